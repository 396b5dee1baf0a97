/** What an elevated helper acts by: the newest capability of the agent that it was started for, as long as that holds. */
import { type Authority, BadCapability, type Capability, PERMISSION, ROLE_AGENT, readCapability } from './capability.js'

export class HeldCapability {
  readonly #authority: Authority
  readonly #over: (fault: BadCapability) => void
  readonly #now: () => number
  #held: Capability
  #timer: NodeJS.Timeout | undefined

  /**
   * Holds the first one; who it is for is settled by it. Throws `BadCapability`.
   * @param over Called when the time of the newest one is over, unless `close` came before
   * @param now Ms since 1970
   */
  constructor(authority: Authority, signed: Uint8Array, over: (fault: BadCapability) => void, now: () => number = Date.now) {
    this.#authority = authority
    this.#over = over
    this.#now = now
    this.#held = this.#read(signed)
    this.#await()
  }

  /** Takes the next one. Throws `BadCapability`; whoever was given such a thing stops to act. */
  renew(signed: Uint8Array): void {
    const { participant, publicKey, serial, epoch } = this.#held
    const next = this.#read(signed)
    if (next.participant !== participant || !next.publicKey.equals(publicKey)) throw new BadCapability('E_STRANGER', 'The capability is another agent’s.')
    if (next.serial <= serial || next.epoch < epoch) throw new BadCapability('E_STALE', 'The capability is not newer than the one before.')
    this.#held = next
    this.#await()
  }

  /** Whether it allows this now. Throws `BadCapability` `E_EXPIRED` if it does not hold at all any more. */
  allows(permission: number): boolean {
    if (this.#now() >= this.#held.expires) throw lapsed()
    return this.#held.permissions.includes(permission)
  }

  /** Nobody is told any more when its time is over. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #read(signed: Uint8Array): Capability {
    const capability = readCapability(signed, this.#authority, this.#now())
    if (capability.role !== ROLE_AGENT) throw new BadCapability('E_ROLE', 'The capability is no agent’s.')
    if (!capability.permissions.includes(PERMISSION.ELEVATE)) throw new BadCapability('E_NO_GRANT', 'The capability does not have ELEVATE.')
    return capability
  }

  #await(): void {
    clearTimeout(this.#timer)
    const leftMs = this.#held.expires - this.#now()
    if (leftMs <= 0) return this.#over(lapsed())
    this.#timer = setTimeout(() => this.#await(), leftMs)
  }
}

const lapsed = (): BadCapability => new BadCapability('E_EXPIRED', 'The time of the capability is over, and there is no newer one.')
