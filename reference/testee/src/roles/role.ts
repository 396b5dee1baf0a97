/** What every role under test is: actions by name, a look at how it stands, and an end. */
import type { StandingTime } from '../clocks.js'
import type { ActionName, ActionValue, Happening, Outcome, Ready, Standing, StartRole } from '../contract.js'
import type { Pending } from '../pending.js'

/** What an action says beyond that it was done, or begun. */
type Said = Omit<Outcome, 'ok' | 'error' | '$typeName'>

/** Actions by their names. One that is absent is not supported. They run in the order of the commands, up to where each first waits. */
export type Actions = { readonly [N in ActionName]?: (value: ActionValue<N>) => void | Said | Promise<void> | Promise<Said> }

/** A role that is being played. */
export interface Role {
  readonly ready: Ready
  readonly actions: Actions
  /** How it stands, as its user sees it. */
  look(): Standing | Promise<Standing>
  /** Ends it at once; everything that it held is released when this resolves. */
  end(): Promise<void>
}

/** What a role has to play with. */
export interface Stage {
  readonly start: StartRole
  /** The time that it lives by; undefined = the machine's. */
  readonly time: StandingTime | undefined
  /** What it begins by itself and its time waits for. */
  readonly pending: Pending
  /** A folder of its own, empty, that goes with it. */
  readonly folder: string
  /** Tells the suite that something happened. */
  tell(happening: Happening): void
}

/** Begins to play. Resolves once it has begun to connect, or listens. */
export type Player = (stage: Stage) => Role | Promise<Role>

/** The role has such a thing, and declines now. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** How an action went that threw. What people are told has a code that begins with `E_`. */
export function failureOf(error: unknown): Outcome {
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof Refused) return { ok: false, error: 'refused', text }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('E_')) return { ok: false, error: 'failed', text }
  return { ok: false, error: code === 'E_UNSUPPORTED' ? 'unsupported' : 'refused', text: `${code}: ${text}` }
}
