/** Handshakes in which somebody did not prove a secret: entries of the audit log, also of those that were before it began. */
import { CloseCode } from '@remote-assist/codec'
import type { CustomerNotice } from '@remote-assist/core'
import { type AuditDetails, CODE_LIFE_MS, PASSWORD_CLASS } from '@remote-assist/secure'
import type { Clock } from '../clock.js'
import { remembered } from '../security/told.js'
import type { Note } from './world.js'

/** A handshake that came to nothing. */
export type FailedProof = AuditDetails<'proof.failed'>

/** Failures that are remembered until the log begins; there are more only if somebody goes on when no try is left. */
const MAX_EARLIER = 16

/** With these codes a handshake ends; with any other, somebody went before it came to that. */
const FAILURES: readonly (CloseCode | undefined)[] = [
  CloseCode.INCOMPATIBLE,
  CloseCode.TIMEOUT,
  CloseCode.WRONG_SECRET,
  CloseCode.HANDSHAKE,
  CloseCode.ATTEMPTS,
]

/** Where failures wait for a log of the session that a locator finds, be it that of a later joining. */
export const failedBefore: (locator: string, clock: Clock) => FailedProof[] = remembered(() => [])

/** What is known of an exchange besides how it ended. */
export interface ProofsParts {
  readonly note: Note
  /** Whether the log has begun. */
  begun(): boolean
  /** Ms since 1970. */
  date(): number
  /** The class of the secret that a participant should know. */
  classOf(peer: number): number
  /** The tries that are left for the PIN at this end. */
  triesLeft(): number
  /** `failedBefore`. Those from before the code was made are of another session. */
  readonly earlier: FailedProof[]
}

export class Proofs {
  readonly #parts: ProofsParts
  readonly #proven = new Set<number>()

  constructor(parts: ProofsParts) {
    this.#parts = parts
  }

  /** The log begins: what was before is written down first. */
  begin(): void {
    const { earlier, note, date } = this.#parts
    for (const failed of earlier.splice(0)) if (Number(failed.date) > date() - CODE_LIFE_MS) note('proof.failed', failed)
  }

  /** A word of the core. Who proved a secret once and fails on its return leaves, which has an entry of its own. */
  hear(notice: CustomerNotice, peer: number): void {
    if (notice.kind !== 'peer.phase') return
    if (notice.phase === 'gone') this.#gone(peer, notice.code)
    else if (notice.phase !== 'securing' && notice.phase !== 'suspended') this.#proven.add(peer)
  }

  #gone(peer: number, code: CloseCode | undefined): void {
    if (code === undefined || !FAILURES.includes(code) || this.#proven.has(peer)) return
    const { note, begun, earlier, date, classOf, triesLeft } = this.#parts
    const passwordClass = classOf(peer)
    const left = passwordClass === PASSWORD_CLASS.PIN ? triesLeft() : 0
    const failed: FailedProof = { class: passwordClass, code, date: Math.round(date()), left, participant: peer }
    if (begun()) note('proof.failed', failed)
    else if (earlier.length < MAX_EARLIER) earlier.push(failed)
  }
}
