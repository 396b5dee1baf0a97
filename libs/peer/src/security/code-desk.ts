import type { Instant } from '@remote-assist/core'
import { type Code, claim, closedBy, newCode, settle, spendTry } from '@remote-assist/secure'
import type { Clock } from '../clock.js'
import type { Soon } from './security.js'
import { remembered } from './told.js'

/** An exchange's turn to prove the code. */
export interface Turn {
  /** Tries left before this one; 0 = it may not begin. */
  readonly triesLeft: number
  /** The share goes out: a try is gone. */
  spend(): void
  /** The exchange is over; the next one may have its turn. Only the first call counts. */
  end(proven: boolean): void
}

/** A turn that never comes: nothing is left to try. */
const NO_TURN: Turn = { triesLeft: 0, spend: () => undefined, end: () => undefined }

/** Tries of a code: one exchange at a time, with pauses between them, and three in all (`attempts` of libs/secure says the rules). */
export class CodeDesk {
  #code: Code
  readonly #waiting: ((turn: Turn) => void)[] = []
  #cancelTimer: (() => void) | undefined

  constructor(readonly clock: Clock) {
    this.#code = newCode(clock.now())
  }

  /** Tries that are left, 0–3. */
  get triesLeft(): number {
    return this.#code.triesLeft
  }

  /** Nobody may prove the code any more, by its PIN or by its link: it was proven, or its time is over (RA-SEC-064, RA-SEC-066). */
  get closed(): boolean {
    return closedBy(this.#code, this.clock.now()) !== undefined
  }

  /** The code was proven, by its link. */
  burn(): void {
    this.#code = settle(this.#code, true)
    this.#serve()
  }

  /** Resolves when the pause after the last try is over, or the wait is called off. Whoever comes sooner takes up a place at the broker in vain. */
  rested(signal?: AbortSignal): Promise<void> {
    const { earliest } = this.#code
    if (this.clock.now() >= earliest) return Promise.resolve()
    return new Promise(resolve => {
      const cancelTimer = this.clock.setTimer(earliest as Instant, resolve)
      signal?.addEventListener('abort', () => resolve(cancelTimer()), { once: true })
    })
  }

  /** Resolves when an exchange may begin, or to a turn without tries if none may any more. */
  turn(): Soon<Turn> {
    const turn = this.#waiting.length === 0 ? this.#next() : undefined
    return turn ?? new Promise(resolve => this.#waiting.push(resolve))
  }

  #next(): Turn | undefined {
    const answer = claim(this.#code, this.clock.now())
    switch (answer.type) {
      case 'refused':
        return NO_TURN
      case 'wait':
        if (answer.until !== undefined) this.#wakeAt(answer.until as Instant)
        return undefined
      case 'granted':
        this.#code = answer.code
        return this.#granted()
    }
  }

  #granted(): Turn {
    let over = false
    return {
      triesLeft: this.#code.triesLeft,
      spend: () => {
        this.#code = spendTry(this.#code, this.clock.now())
      },
      end: proven => {
        if (over) return
        over = true
        this.#code = settle(this.#code, proven)
        this.#serve()
      },
    }
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const turn = this.#next()
      if (turn === undefined) return
      this.#waiting.shift()?.(turn)
    }
  }

  #wakeAt(at: Instant): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.clock.setTimer(at, () => this.#serve())
  }
}

/**
 * Where the tries of a code are counted that a customer was told: the same place for every join with the same digits on the same clock, so that whoever joins
 * again has the tries that are left (RA-SEC-061), also when the code's life is over.
 */
export const deskOfTold: (digits: string, clock: Clock) => CodeDesk = remembered(clock => new CodeDesk(clock))
