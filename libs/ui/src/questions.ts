import { type ConsentRequest, Permission, systemClock } from '@remote-assist/peer'
import type { Question } from './model.js'
import { plain } from './plain.js'
import { helperOf } from './told.js'
import { grantsFor, type Topic, topicsOf } from './topics.js'

interface Open {
  readonly request: ConsentRequest
  readonly question: Question
}

/** Who asks for what: the consent requests that are open, in their order. */
export class Questions {
  readonly #changed: (questions: readonly Question[]) => void
  readonly #lapsed: () => void
  readonly #able: readonly Topic[]
  #open: readonly Open[] = []
  #nextId = 1

  /** `able`: what this end can allow. `lapsed`: a question went off the table without an answer. */
  constructor(able: readonly Topic[], changed: (questions: readonly Question[]) => void, lapsed: () => void) {
    this.#able = able
    this.#changed = changed
    this.#lapsed = lapsed
  }

  /** The one that is shown. */
  get first(): Question | undefined {
    return this.#open[0]?.question
  }

  /** Somebody asks. */
  add(request: ConsentRequest): void {
    const { asker, permissions, reason, by, settled } = request
    const { participant, role, displayName, organisation, words } = asker
    const question: Question = {
      id: this.#nextId++,
      from: helperOf({ participant, role, displayName, organisation: organisation?.name }),
      words,
      reason: plain(reason),
      topics: topicsOf(permissions).filter(topic => this.#able.includes(topic)),
      wantsControl: permissions.includes(Permission.CONTROL_INPUT) && !this.#able.includes('control'),
      byMs: Date.now() + (by - systemClock.now()),
    }
    this.#set([...this.#open, { request, question }])
    settled.addEventListener('abort', () => this.#remove(question.id) && this.#lapsed(), { once: true })
  }

  /** Answers the first question, as far as this end can allow things. False = it is no longer open. */
  decide(chosen: ReadonlySet<Topic>): boolean {
    const [first] = this.#open
    if (first === undefined) return false
    const { request, question } = first
    this.#remove(question.id)
    return request.decide(grantsFor(new Set(question.topics.filter(topic => chosen.has(topic))), request.permissions))
  }

  /** No question is open any more. */
  close(): void {
    this.#set([])
  }

  #remove(id: number): boolean {
    const rest = this.#open.filter(({ question }) => question.id !== id)
    const found = rest.length < this.#open.length
    if (found) this.#set(rest)
    return found
  }

  #set(open: readonly Open[]): void {
    this.#open = open
    this.#changed(open.map(({ question }) => question))
  }
}
