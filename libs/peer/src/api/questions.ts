/** The questions that are open at a customer's end: from the core's word about them to the answer of whoever listens. */
import { type CustomerNotice, LocalProtocolError } from '@remote-assist/core'
import { type Asker, ConsentRequest, ElevationQuestion } from './consent.js'
import type { CustomerEnd } from './customer-end.js'
import type { RejoinQuestion } from './rejoin.js'

/** Whatever a customer is asked. */
export type AnyQuestion = ConsentRequest | ElevationQuestion | RejoinQuestion

/** What the questions of a customer stand on. */
export interface QuestionsParts {
  readonly end: CustomerEnd
  /** Who a participant is, as far as that is known now. */
  asker(participant: number): Asker
  /** Calls back once it is known whether an organisation vouches for a participant. */
  whenKnown(participant: number, listener: () => void): void
  /** Puts a question to the program; false = nobody listens for it yet. */
  put(question: AnyQuestion): boolean
}

export class Questions {
  readonly #parts: QuestionsParts
  readonly #consents = new Map<string, ConsentRequest>()
  readonly #elevations = new Map<number, ElevationQuestion>()
  readonly #unheard: AnyQuestion[] = []

  constructor(parts: QuestionsParts) {
    this.#parts = parts
  }

  /** A word of the core. */
  hear(notice: CustomerNotice, peer: number): void {
    switch (notice.kind) {
      case 'peer.asks':
        return this.#ask(peer, notice)
      case 'peer.asked':
        return this.#asked(`${peer}:${notice.requestId}`)
      case 'elevation.asked':
        return this.#askElevation(peer, notice)
      case 'elevation.changed':
        return notice.phase > 2 ? this.#elevations.get(peer)?.close() : undefined
      default:
        return
    }
  }

  /** Puts the questions that nobody has heard once more: whoever awaits `join` can only listen afterwards. */
  retell(): void {
    for (const question of this.#unheard.splice(0)) if (!question.settled.aborted && !this.#parts.put(question)) this.#unheard.push(question)
  }

  /** Takes every question off the table. */
  close(): void {
    for (const key of [...this.#consents.keys()]) this.#asked(key)
    for (const question of this.#elevations.values()) question.close()
  }

  #ask(peer: number, { requestId, permissions, reason, by }: Extract<CustomerNotice, { readonly kind: 'peer.asks' }>): void {
    const { end, asker, whenKnown } = this.#parts
    const request = new ConsentRequest(
      () => asker(peer),
      permissions,
      reason,
      by,
      granted =>
        answered(() =>
          end.dispatch({
            type: 'local.peer',
            peer,
            event: { type: 'local.decide', requestId, granted: granted.map(({ permission, minutes }) => ({ permission, expiresInMs: msOf(minutes) })) },
          }),
        ),
    )
    this.#consents.set(`${peer}:${requestId}`, request)
    whenKnown(peer, () => this.#put(request))
  }

  #askElevation(peer: number, notice: Extract<CustomerNotice, { readonly kind: 'elevation.asked' }>): void {
    const { end, asker, whenKnown } = this.#parts
    const { requestId, reason, scope, method, durationMs, by } = notice
    const question = new ElevationQuestion(
      () => asker(peer),
      reason,
      scope,
      method,
      durationMs,
      by,
      allow => answered(() => end.late(peer, 'elevation', { type: 'local.decide', requestId, allow })),
    )
    this.#elevations.set(peer, question)
    whenKnown(peer, () => this.#put(question))
  }

  #asked(key: string): void {
    this.#consents.get(key)?.close()
    this.#consents.delete(key)
  }

  /** Puts a question once it is known who vouches for the asker, now or when somebody listens. */
  ask(question: RejoinQuestion, peer: number): void {
    this.#parts.whenKnown(peer, () => this.#put(question))
  }

  #put(question: AnyQuestion): void {
    this.#unheard.push(question)
    this.retell()
  }
}

/** An answer counts if the question is still open where it matters. */
export function answered(tell: () => void): boolean {
  try {
    tell()
    return true
  } catch (error) {
    if (error instanceof LocalProtocolError) return false
    throw error
  }
}

/** Minutes as the core has them: ms, 0 = with the session. */
export const msOf = (minutes: number | undefined): number => (minutes === undefined ? 0 : Math.max(1, Math.round(minutes * 60_000)))
