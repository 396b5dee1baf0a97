/** How an end goes: what is still to be said is said and heard, then it says goodbye, then its line closes and its keys are destroyed. */
import { Channel, CloseCode } from '@remote-assist/codec'
import type { Send } from '@remote-assist/core'
import type { Security } from '../security/security.js'
import type { Line } from './line.js'
import type { Outbox } from './outbox.js'

/** From this code on somebody broke the rules, or the broker failed: then there is nothing more to be said, and nobody to be believed. */
const FIRST_BREACH: number = CloseCode.MALFORMED

/** What takes part in it. */
export interface PartingParts {
  readonly line: Line
  readonly outbox: Outbox
  readonly security: Security
  /** Resolves when nothing more is to be said or heard. Undefined: nothing is. */
  lastWords(): Promise<void> | undefined
}

export class Parting {
  readonly #parts: PartingParts
  #code: CloseCode | undefined
  #bye: Send | undefined
  #step: 'here' | 'going' | 'speaking' | 'gone' = 'here'

  constructor(parts: PartingParts) {
    this.#parts = parts
  }

  /** The goodbye was not said yet: the others may still be told something, and heard. */
  get speaking(): boolean {
    return this.#step === 'going' || this.#step === 'speaking'
  }

  /** What the broker is told at last. */
  bye(bye: Send): void {
    this.#bye = bye
  }

  /** It is over: pictures and files do not leave any more. */
  over(code: CloseCode): void {
    if (this.#step !== 'here') return
    this.#step = 'going'
    this.#code = code
    this.#parts.outbox.purge()
  }

  /** Every word of the core was heard. An end that says no goodbye, or has no line, has nobody to talk to. */
  heard(): void {
    if (this.#step !== 'going') return
    this.#step = 'speaking'
    const alone = this.#bye === undefined || this.#parts.line.connection === undefined || (this.#code ?? 0) >= FIRST_BREACH
    const words = alone ? undefined : this.#parts.lastWords()
    if (words === undefined) this.go()
    else void words.then(() => this.go())
  }

  /** The broker asks whether this end is still there: until the goodbye, it is (RA-RLY-132). */
  pinged(id: bigint): void {
    const { line, outbox } = this.#parts
    if (!this.speaking || line.connection === undefined) return
    outbox.push({ type: 'send', channel: Channel.RELAY, kind: { $case: 'pong', value: { id } }, to: [] })
    outbox.pump()
  }

  /** Says goodbye and closes. Only the first call counts, but for a line that was lost before the goodbye had left. */
  go(): void {
    const { line, outbox, security } = this.#parts
    if (this.#step === 'gone' && line.connection === undefined) return security.end()
    if (this.#step !== 'speaking') return
    this.#step = 'gone'
    if (line.connection === undefined) {
      line.abort()
      return security.end()
    }
    if (this.#bye !== undefined) outbox.push(this.#bye)
    outbox.finish(() => {
      security.end()
      line.close(this.#code as CloseCode)
    })
  }
}
