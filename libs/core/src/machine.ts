/**
 * How a state machine is written here: a table says which events are legal in which phase and which phases may follow;
 * the handlers' types are derived from the table, so that a missing cell, an extra cell or a wrong target does not compile.
 */
import type { CloseCode } from '@remote-assist/codec'
import type { Instant } from './instant.js'

/** The next state and what to do about it. */
export interface Step<S, X> {
  readonly state: S
  readonly effects: readonly X[]
}

/** Which events are legal in each phase, and which phases may follow each. */
export type TransitionTable<P extends string = string, E extends string = string> = {
  readonly [Phase in P]: { readonly [Event in E]?: readonly P[] }
}

type Phased = { readonly phase: string }
type Typed = { readonly type: string }
type In<S, P> = Extract<S, { readonly phase: P }>
type On<E, T> = Extract<E, { readonly type: T }>
// `infer` matters: `Extract<T[P][K], readonly string[]>[number]` looks the same and silently accepts wrong targets.
type To<T, P extends keyof T, K extends keyof T[P]> = T[P][K] extends readonly (infer N)[] ? N : never

/** One handler per table cell, able to return only the phases that the cell lists, and none where the table has no cell. */
export type Handlers<T extends TransitionTable, S extends Phased, E extends Typed, X> = {
  readonly [P in S['phase']]: {
    readonly [K in keyof T[P] & E['type']]: (state: In<S, P>, event: On<E, K>, now: Instant) => Step<In<S, To<T, P, K>>, X>
  } & { readonly [K in Exclude<E['type'], keyof T[P]>]?: never }
}

/** An illegal event from the other side: what arrived when, and what the connection closes with. */
export interface Violation {
  readonly type: 'violation'
  readonly phase: string
  readonly event: string
  readonly code: CloseCode
}

/** A call that the machine's owner must not make in this phase. The state is unchanged. */
export class LocalProtocolError extends Error {
  override readonly name = 'LocalProtocolError'
  readonly code = 'E_NOT_NOW'
  constructor(
    readonly machine: string,
    readonly phase: string,
    readonly event: string,
    detail?: string,
  ) {
    super(detail ?? `${event} is not possible while the ${machine} is ${phase}`)
  }
}

/** A machine: its table as data, and its behaviour as a total function. */
export interface Machine<S extends Phased, E extends Typed, X> {
  readonly name: string
  readonly table: TransitionTable
  /** Advances by one event. Total for remote input; throws `LocalProtocolError` only for an illegal `local.*` event. */
  step(state: S, event: E, now: Instant): Step<S, X | Violation>
  /** When the driver must next deliver a `tick`; `undefined` = never. */
  nextDeadline(state: S): Instant | undefined
}

/**
 * Builds a machine. An event without a cell: `local.*` throws; `remote.*` is a violation with `illegal` (the state is unchanged;
 * whoever owns the machine decides what ends); everything else (`tick`, `permit`, …) changes nothing. A bundler leaves out machines that nobody uses.
 * @__NO_SIDE_EFFECTS__
 */
export function defineMachine<T extends TransitionTable, S extends Phased, E extends Typed, X>(definition: {
  readonly name: string
  readonly table: T
  readonly handlers: Handlers<T, S, E, X>
  readonly nextDeadline: (state: S) => Instant | undefined
  readonly illegal: CloseCode
}): Machine<S, E, X> {
  const { name, table, illegal } = definition
  // Every key of the table was checked against S, E and X above; from here on the cell is looked up by name.
  const handlers = definition.handlers as unknown as {
    readonly [phase: string]: { readonly [event: string]: (state: S, event: E, now: Instant) => Step<S, X> }
  }
  return {
    name,
    table,
    nextDeadline: definition.nextDeadline,
    step(state, event, now) {
      const handler = handlers[state.phase]?.[event.type]
      if (handler !== undefined) return handler(state, event, now)
      if (event.type.startsWith('local.')) throw new LocalProtocolError(name, state.phase, event.type)
      if (event.type.startsWith('remote.')) return { state, effects: [{ type: 'violation', phase: state.phase, event: event.type, code: illegal }] }
      return { state, effects: [] }
    },
  }
}

/** A step that changes nothing. */
export const stay = <S>(state: S): Step<S, never> => ({ state, effects: [] })

/** A step to `state` with these effects. */
export const go = <S, X>(state: S, ...effects: readonly X[]): Step<S, X> => ({ state, effects })
