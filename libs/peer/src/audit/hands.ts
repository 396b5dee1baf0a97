/** What was done with pointer and keyboard: one entry for each time that somebody was in control and used it. Counts alone, never a key, a place or a text. */
import type { CustomerNotice } from '@remote-assist/core'
import type { Note } from './world.js'

type Injection = Extract<CustomerNotice, { readonly kind: 'input.inject' }>['injections'][number]

/** What is counted of what was injected: what went down, and not that it went up. */
const NOTHING = { presses: 0, texts: 0, moves: 0, buttons: 0, wheels: 0 }

function countOf(injection: Injection): keyof typeof NOTHING | undefined {
  switch (injection.do) {
    case 'key':
      return injection.down ? 'presses' : undefined
    case 'button':
      return injection.down ? 'buttons' : undefined
    case 'text':
      return 'texts'
    case 'move':
      return 'moves'
    case 'wheel':
      return 'wheels'
    default:
      return undefined
  }
}

/** What the hands of one session stand on. */
export interface HandsParts {
  readonly note: Note
  /** Ms since 1970. */
  date(): number
}

export class Hands {
  readonly #parts: HandsParts
  #epoch = 0
  #used: { participant: number; epoch: number; began: number; ended: number; counts: typeof NOTHING } | undefined

  constructor(parts: HandsParts) {
    this.#parts = parts
  }

  /** A word of the core. Control that changes hands, or is held off, closes the entry of who had it. */
  hear(notice: CustomerNotice, peer: number): void {
    if (notice.kind === 'control') {
      this.close()
      this.#epoch = notice.epoch
    } else if (notice.kind === 'input.inject') for (const injection of notice.injections) this.#count(peer, injection)
  }

  /** Writes down what was done since control changed last, if anything was. */
  close(): void {
    const used = this.#used
    if (used === undefined) return
    this.#used = undefined
    const { counts, ...rest } = used
    this.#parts.note('input.used', { ...rest, ...counts })
  }

  #count(participant: number, injection: Injection): void {
    const what = countOf(injection)
    if (what === undefined) return
    const now = Math.round(this.#parts.date())
    const used = this.#used ?? { participant, epoch: this.#epoch, began: now, ended: now, counts: NOTHING }
    this.#used = { ...used, ended: now, counts: { ...used.counts, [what]: used.counts[what] + 1 } }
  }
}
