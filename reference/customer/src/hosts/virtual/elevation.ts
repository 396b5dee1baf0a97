import {
  type CredentialRequest,
  type CredentialSlot,
  type Elevated,
  type ElevationAuthority,
  type ElevationHost,
  type ElevationStart,
  HostError,
} from '@remote-assist/peer'
import { BadCapability, PERMISSION } from '../../helper/capability.js'
import { HeldCapability } from '../../helper/held.js'
import { Listeners } from '../listeners.js'
import { runCommand } from './commands.js'
import { type Account, CredentialHelper } from './credential-helper.js'
import { CUSTOMER, type DesktopState } from './state.js'

/** What covers the desktop, for a person. */
const PROMPT = 'User Account Control'

/** What a machine's policy may forbid to those who are elevated. */
export type Forbidden = 'secure-keys' | 'switch-user'

/** What an administrator set up. */
interface Machine {
  readonly accounts: readonly Account[]
  readonly forbids: readonly Forbidden[]
}

/**
 * Elevation as on Windows: the system's prompt opens on the secure desktop and only the person in front of the machine can answer it;
 * credentials, which the privileged helper alone can open, make it unnecessary.
 */
export class VirtualElevation implements ElevationHost {
  readonly #secureDesktop = new Listeners<[active: boolean, reason: string]>()
  readonly #credentials: CredentialHelper
  #answer: ((answer: 'yes' | 'no' | 'cancelled') => void) | undefined
  #helper: Helper | undefined

  constructor(
    private readonly state: DesktopState,
    private readonly machine: Machine,
    private readonly changed: () => void,
    private readonly passed: (seconds: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.#credentials = new CredentialHelper(machine.accounts)
  }

  onSecureDesktop(listener: (active: boolean, reason: string) => void): () => void {
    const stop = this.#secureDesktop.add(listener)
    if (this.#answer) listener(true, PROMPT)
    return stop
  }

  async start(request: ElevationStart): Promise<Elevated> {
    this.#assertFree()
    request.signal.throwIfAborted()
    await this.#prompt(request.signal, request.progress)
    const administrator = this.machine.accounts.find(account => account.administrator)?.user ?? 'administrator'
    return this.#handOver(request.scope === 'admin' ? administrator : CUSTOMER, request)
  }

  async awaitCredentials(request: CredentialRequest): Promise<CredentialSlot> {
    const { id, publicKey } = await this.#credentials.newKey(request)
    return {
      publicKey,
      start: async given => {
        const user = await this.#credentials.check(id, given.sealed, given.scope)
        given.signal.throwIfAborted()
        this.#assertFree()
        return this.#handOver(user, given)
      },
      forget: () => this.#credentials.forget(id),
    }
  }

  /** The local person answers the prompt. Throws if none is open. */
  answer(answer: 'yes' | 'no'): void {
    if (!this.#answer) throw new RangeError('No prompt is open.')
    this.#answer(answer)
  }

  /** The helper ends by itself, as if it had crashed. */
  endHelper(reason: string): void {
    this.#helper?.end(reason)
  }

  async close(): Promise<void> {
    this.#answer?.('cancelled')
    this.#credentials.close()
    await this.#helper?.drop()
    this.#secureDesktop.clear()
  }

  #assertFree(): void {
    if (this.#answer || this.#helper) throw new HostError('E_DENIED', 'Elevation is under way or in force already.', { hint: 'Drop it first.' })
  }

  /** The elevated helper starts, as that user. */
  #handOver(user: string, { authority, progress }: ElevationStart): Elevated {
    const held = holding(authority, fault => this.#helper?.end(fault.message))
    progress('handover')
    this.state.elevated = true
    this.#helper = new Helper(held, this.state, user, this.machine.forbids, this.changed, this.passed, () => {
      this.#helper = undefined
    })
    this.changed()
    return this.#helper
  }

  async #prompt(signal: AbortSignal, progress: (stage: 'os-prompt') => void): Promise<void> {
    progress('os-prompt')
    const cancel = () => this.#answer?.('cancelled')
    signal.addEventListener('abort', cancel, { once: true })
    const answer = await new Promise<'yes' | 'no' | 'cancelled'>(resolve => {
      this.#answer = resolve
      this.#cover(true)
    })
    signal.removeEventListener('abort', cancel)
    this.#answer = undefined
    this.#cover(false)
    signal.throwIfAborted()
    if (answer !== 'yes') throw new HostError('E_DENIED', answer === 'no' ? 'The customer answered No to the prompt.' : 'The prompt was closed.')
  }

  #cover(active: boolean): void {
    this.state.cover = active ? 'prompt' : 'none'
    this.changed()
    this.#secureDesktop.emit(active, PROMPT)
  }
}

/** The elevated helper process of the virtual machine. */
class Helper implements Elevated {
  readonly ended: Promise<string>
  readonly #alive = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  #resolveEnded: (reason: string) => void = () => {}

  constructor(
    private readonly held: HeldCapability,
    private readonly state: DesktopState,
    private readonly account: string,
    private readonly forbids: readonly Forbidden[],
    private readonly changed: () => void,
    private readonly passed: (seconds: number, signal: AbortSignal) => Promise<void>,
    private readonly gone: () => void,
  ) {
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  async sendSecureKeys(): Promise<'ok' | 'policy-blocked' | 'unsupported'> {
    if (!this.#allows(PERMISSION.SECURE_KEYS)) throw new HostError('E_CAPABILITY', 'The capability does not have SECURE_KEYS.')
    if (this.forbids.includes('secure-keys')) return 'policy-blocked'
    this.#cover('security')
    return 'ok'
  }

  async switchUser(): Promise<void> {
    this.#allows(PERMISSION.ELEVATE)
    if (this.forbids.includes('switch-user')) throw new HostError('E_NOT_PERMITTED', "The machine's policy forbids to switch users.")
    this.#cover('log-in')
  }

  async run(argv: readonly string[], options: Parameters<Elevated['run']>[1]): Promise<{ readonly exitCode: number | undefined; readonly signal?: string }> {
    if (!this.#allows(PERMISSION.RUN_COMMAND)) return { exitCode: undefined, signal: 'E_CAPABILITY' }
    const signal = AbortSignal.any([options.signal, this.#alive.signal])
    const encoder = new TextEncoder()
    const write = (stream: 'stdout' | 'stderr') => async (text: string) => {
      if (!signal.aborted) await options.output(stream, encoder.encode(text))
    }
    const context = {
      state: this.state,
      account: options.as ?? this.account,
      signal,
      out: write('stdout'),
      err: write('stderr'),
      passed: (seconds: number) => this.passed(seconds, signal),
    }
    const running = signal.aborted ? Promise.resolve(0) : runCommand(argv, context)
    this.#running.add(running)
    const exitCode = await running.finally(() => this.#running.delete(running))
    this.changed()
    return signal.aborted ? { exitCode: undefined, signal: 'SIGTERM' } : { exitCode }
  }

  renew(capability: Uint8Array): void {
    if (this.#alive.signal.aborted) return
    try {
      this.held.renew(capability)
    } catch (error) {
      this.end(faultOf(error).message)
    }
  }

  async drop(): Promise<void> {
    this.#leave()
    await Promise.allSettled(this.#running)
  }

  end(reason: string): void {
    this.#leave()
    this.#resolveEnded(reason)
  }

  #cover(cover: 'security' | 'log-in'): void {
    this.state.cover = cover
    this.state.startMenu = false
    this.changed()
  }

  #leave(): void {
    if (this.#alive.signal.aborted) return
    this.#alive.abort()
    this.held.close()
    this.state.elevated = false
    if (this.state.cover === 'security') this.state.cover = 'none'
    this.gone()
    this.changed()
  }

  /** Whether the agent may do this. Throws `HostError` `E_DENIED` once it may do nothing any more. */
  #allows(permission: number): boolean {
    try {
      if (!this.#alive.signal.aborted) return this.held.allows(permission)
    } catch (error) {
      this.end(faultOf(error).message)
    }
    throw new HostError('E_DENIED', 'The elevated helper has ended.', { hint: 'Elevate again.' })
  }
}

/** What the helper acts by. Throws `HostError` `E_CAPABILITY`. */
function holding(authority: ElevationAuthority, over: (fault: BadCapability) => void): HeldCapability {
  try {
    return new HeldCapability(authority, authority.capability, over)
  } catch (error) {
    throw new HostError('E_CAPABILITY', faultOf(error).message, { cause: error })
  }
}

function faultOf(error: unknown): BadCapability {
  if (error instanceof BadCapability) return error
  throw error
}
