/** Questions for more than what was agreed to at the beginning, one at a time. */
import { type Asker, systemClock } from '@remote-assist/peer'
import { helperOf, type PowerQuestion, plain } from '@remote-assist/ui'
import type { Elevating, Returning } from '../questions.js'

/** Nobody presses what has only just appeared: a yes counts after so long, ms. */
const ARMED_MS = 3_000

/** What most questions have nothing of. */
const NONE = { from: undefined, words: [], reason: '', minutes: 0, credentials: false, attemptsLeft: undefined, byMs: undefined } as const

interface Open {
  readonly question: PowerQuestion
  answer(allow: boolean, secret: Uint8Array | undefined): void
}

export class PowerQuestions {
  readonly #changed: (question: PowerQuestion | undefined) => void
  #open: readonly Open[] = []
  #nextId = 1

  /** `changed`: another one is shown. */
  constructor(changed: (question: PowerQuestion | undefined) => void) {
    this.#changed = changed
  }

  /** An agent asks for administrator powers. */
  elevation(question: Elevating): void {
    const { asker, reason, method, durationMs, by, settled } = question
    const what = { kind: 'elevation', minutes: Math.ceil(durationMs / 60_000), credentials: method === 'credentials' } as const
    this.#put({ ...what, ...askedBy(asker), reason: plain(reason), byMs: onClock(by) }, settled, allow => (allow ? question.allow() : question.deny()))
  }

  /** An agent wants to come back after a restart. */
  rejoin(question: Returning): void {
    const { asker, reason, by, settled } = question
    this.#put({ kind: 'rejoin', ...askedBy(asker), reason: plain(reason), byMs: onClock(by) }, settled, allow => (allow ? question.allow() : question.deny()))
  }

  /**
   * The system wants the password of the person's own account; `attemptsLeft`: the one before was wrong, and so many more may be. Resolves to undefined if none
   * was given before `over` was aborted.
   */
  password(over: AbortSignal, attemptsLeft?: number): Promise<Uint8Array | undefined> {
    return new Promise(resolve => {
      if (over.aborted) return resolve(undefined)
      over.addEventListener('abort', () => resolve(undefined), { once: true })
      this.#put({ kind: 'password', attemptsLeft }, over, (_allow, secret) => resolve(secret))
    })
  }

  /** Answers the question that is shown; one that is another, or a yes that comes too soon, is none. */
  answer(id: number, allow: boolean, secret?: Uint8Array): void {
    const [first] = this.#open
    if (first === undefined || first.question.id !== id) return
    if (allow && Date.now() < first.question.armedAtMs) return
    this.#remove(id)
    first.answer(allow, secret)
  }

  /** No question is open any more. */
  close(): void {
    for (const { answer } of this.#open) answer(false, undefined)
    this.#set([])
  }

  #put(question: Pick<PowerQuestion, 'kind'> & Partial<PowerQuestion>, settled: AbortSignal, answer: Open['answer']): void {
    const id = this.#nextId++
    // A password is typed; that takes long enough.
    const armedAtMs = question.kind === 'password' ? 0 : Date.now() + ARMED_MS
    this.#set([...this.#open, { question: { ...NONE, ...question, id, armedAtMs }, answer }])
    settled.addEventListener('abort', () => this.#remove(id), { once: true })
  }

  #remove(id: number): void {
    this.#set(this.#open.filter(({ question }) => question.id !== id))
  }

  #set(open: readonly Open[]): void {
    this.#open = open
    this.#changed(open[0]?.question)
  }
}

const askedBy = ({ participant, role, displayName, organisation, words }: Asker): Pick<PowerQuestion, 'from' | 'words'> => ({
  from: helperOf({ participant, role, displayName, organisation: organisation?.name }),
  words,
})

const onClock = (by: number): number => Date.now() + (by - systemClock.now())
