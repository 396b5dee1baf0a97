/** What the customer grants, as evidence: a signed capability for each participant whenever its grants change, and again before it expires. */
import type { CustomerState, Instant } from '@remote-assist/core'
import { CAPABILITY_LIFE_MS, type Capability, capabilityDue, capabilityForm, type SessionKey, signCapability } from '@remote-assist/secure'
import type { Clock } from '../clock.js'

/** What the desk needs to know, and whom it tells. */
export interface CapabilityParts {
  readonly clock: Clock
  readonly key: SessionKey
  state(): CustomerState
  sessionId(): Uint8Array
  /** The session key that a participant proved; undefined while it is not secured. */
  keyOf(participant: number): Uint8Array | undefined
  /** A capability was signed: it goes to its participant. `form`: what was signed. */
  issued(participant: number, serial: number, signed: Uint8Array, form: Uint8Array): void
}

export class CapabilityDesk {
  readonly #parts: CapabilityParts
  /** The newest of each participant that is there. */
  readonly #issued = new Map<number, { readonly capability: Capability; readonly signed: Uint8Array }>()
  #serial = 0
  #cancelTimer: (() => void) | undefined

  constructor(parts: CapabilityParts) {
    this.#parts = parts
  }

  /** Grants, participants or their lines changed, or time has passed: whoever lacks a capability that fits gets one (RA-SEC-235). */
  follow(): void {
    const { state, clock } = this.#parts
    const { peers, session } = state()
    for (const [number, { machine, role }] of peers) {
      const engaged = session.phase === 'live' && (machine.phase === 'active' || machine.phase === 'paused')
      if (engaged)
        this.#renew(
          number,
          role,
          machine.grants.map(({ permission }) => permission).sort((a, b) => a - b),
        )
      else this.#issued.delete(number)
    }
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#issued.size === 0) return
    const oldest = Math.min(...[...this.#issued.values()].map(({ capability }) => capability.notBefore))
    const inMs = Math.max(0, oldest + (CAPABILITY_LIFE_MS * 2) / 3 - clock.date())
    this.#cancelTimer = clock.setTimer((clock.now() + inMs) as Instant, () => this.follow())
  }

  /** The newest of a participant, signed; undefined if it has none. */
  newest(participant: number): Uint8Array | undefined {
    return this.#issued.get(participant)?.signed
  }

  /** Nothing is issued any more. */
  stop(): void {
    this.#cancelTimer?.()
    this.#issued.clear()
  }

  #renew(participant: number, role: number, permissions: readonly number[]): void {
    const { clock, key, state, sessionId, keyOf, issued } = this.#parts
    const publicKey = keyOf(participant)
    const notBefore = Math.round(clock.date())
    const last = this.#issued.get(participant)?.capability
    const fits = last !== undefined && last.permissions.join() === permissions.join() && !capabilityDue(last, notBefore)
    if (publicKey === undefined || fits) return
    const expires = notBefore + CAPABILITY_LIFE_MS
    const capability = {
      session: sessionId(),
      participant,
      publicKey,
      role,
      permissions,
      notBefore,
      expires,
      epoch: state().mediaEpoch,
      serial: ++this.#serial,
    }
    const signed = signCapability(capability, key)
    this.#issued.set(participant, { capability, signed })
    issued(participant, capability.serial, signed, capabilityForm(capability))
  }
}
