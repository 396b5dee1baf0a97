import type { AssistError, Customer, CustomerEvents, Participant } from '@remote-assist/peer'
import { entryOf } from './log.js'
import type { CustomerState } from './model.js'
import { plain } from './plain.js'
import { Questions } from './questions.js'
import { presentOf, toldOf } from './told.js'
import { permissionsOf, type Topic } from './topics.js'

/** What an attendance needs of its owner, who keeps the state. */
export interface AttendanceOwner {
  /** What this end can allow. */
  readonly able: readonly Topic[]
  readonly state: () => CustomerState
  set(change: Partial<CustomerState>): void
  /** A question went off the table without an answer; it is said. */
  lapsed(): void
  /** The desktop could not do something. */
  hostFailed(error: Error): void
  /** It is over; the state says why. */
  ended(): void
}

/** So many lines of chat are kept. */
const MAX_LINES = 500

/** One session as its customer follows it: who is there and asks, what is said and done; and what the customer does about it. */
export class Attendance {
  readonly #owner: AttendanceOwner
  readonly #questions: Questions
  #customer: Customer | undefined
  #lines: string[] = []
  #refused = false
  #nextLine = 1

  constructor(owner: AttendanceOwner) {
    this.#owner = owner
    this.#questions = new Questions(
      owner.able,
      questions => owner.set({ questions }),
      () => {
        owner.lapsed()
        if (owner.state().stage.name !== 'ended') owner.set({ notice: { code: 'E_LATE', message: '', hint: undefined } })
      },
    )
  }

  /** The customer that is attended; undefined before it joined and after it is over. */
  get customer(): Customer | undefined {
    return this.#customer
  }

  /** The log so far, as `remote-assist-audit verify` reads it. */
  get log(): string {
    return this.#lines.join('')
  }

  /** Follows a session that was just joined, until `signal` is aborted. */
  attend(customer: Customer, signal: AbortSignal): void {
    this.#customer = customer
    const { set, hostFailed } = this.#owner
    const hear = <K extends keyof CustomerEvents>(name: K, listener: (event: CustomerEvents[K]) => void) =>
      customer.on(name, event => {
        if (!signal.aborted) listener(event)
      })
    set({ stage: { name: 'waiting' } })
    hear('consent', request => this.#questions.add(request))
    hear('participants', list => set({ people: presentOf(list) }))
    hear('line', line => set({ lineUp: line === 'up' }))
    hear('paused', paused => set({ paused }))
    hear('chat', ({ from, text, atMs }) => this.#heard(from, text, Number(atMs)))
    hear('host-error', error => hostFailed(error))
    hear('audit-broken', ({ error }) => this.failed(error))
    hear('ended', why => this.#over(why))
  }

  /** The question that is shown. */
  get first(): number | undefined {
    return this.#questions.first?.id
  }

  /** Answers a question with what is chosen. Whether it was open. */
  decide(question: number, chosen: ReadonlySet<Topic>): boolean {
    const { lapsed, set } = this.#owner
    if (this.first !== question || !this.#questions.decide(chosen)) {
      lapsed()
      set({ notice: { code: 'E_LATE', message: '', hint: undefined } })
      return false
    }
    if (chosen.size > 0) set({ stage: { name: 'live' }, notice: undefined })
    return true
  }

  /** Turns down whoever asks; who was the first to ask is not waited for. */
  refuse(): void {
    const { people, questions } = this.#owner.state()
    this.#refused = people.length === 0 && questions.length === 1
    this.#questions.decide(new Set())
    if (this.#refused) this.#customer?.leave()
  }

  /** Gives or takes a topic: to or from everybody whom it concerns. Who looks on gets no more than that. */
  allow(topic: Topic, on: boolean): void {
    const customer = this.#customer
    if (customer === undefined) return
    this.attempt(() => {
      for (const { id, role, away, holds } of this.#owner.state().people) {
        if (on ? role === 'viewer' || away || holds.includes(topic) : !holds.includes(topic)) continue
        for (const permission of permissionsOf(topic)) on ? customer.grant(permission, id) : customer.revoke(permission, id)
      }
    })
  }

  turnOut(person: number): void {
    this.attempt(() => this.#customer?.remove(person))
  }

  wordsOf(person: number): readonly string[] {
    return this.#customer?.words(person) ?? []
  }

  sameWords(person: number): void {
    this.attempt(() => {
      this.#customer?.confirmWords(person)
      this.#owner.set({ compared: [...this.#owner.state().compared, person] })
    })
  }

  say(text: string): void {
    this.attempt(() => this.#customer?.say(text))
  }

  /** What a participant is called; empty = gave no name. */
  nameOf(participant: number): string {
    return plain(this.#person(participant)?.displayName ?? '')
  }

  /** Those who may have files. */
  takers(): readonly number[] {
    return this.#owner
      .state()
      .people.filter(({ role, holds }) => role === 'agent' && holds.includes('files'))
      .map(({ id }) => id)
  }

  /** Takes a line of the audit log. */
  noted(line: string): void {
    this.#lines.push(line)
    const entry = entryOf(line)
    if (entry !== undefined) this.#owner.set({ log: [...this.#owner.state().log, entry] })
  }

  /** Says what did not work. */
  failed(error: unknown): void {
    this.#owner.set({ notice: toldOf(error) })
  }

  /** Does something that may not work. */
  attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.failed(error)
    }
  }

  /** Ends whatever goes on; resolves when the desktop is let go of. */
  async close(): Promise<void> {
    this.#questions.close()
    const customer = this.#customer
    this.#customer = undefined
    await customer?.close()
  }

  #heard(from: number, text: string, atMs: number): void {
    const { chat, people } = this.#owner.state()
    const person = this.#person(from)
    const self = person === undefined || !people.some(({ id }) => id === from)
    const line = { id: this.#nextLine++, name: plain(person?.displayName ?? ''), self, text, atMs }
    this.#owner.set({ chat: [...chat, line].slice(-MAX_LINES) })
  }

  #over(why: AssistError): void {
    this.#questions.close()
    this.#owner.set({
      stage: { name: 'ended', why: toldOf(why), refused: this.#refused },
      people: [],
      shared: undefined,
      paused: false,
      lineUp: true,
      notice: undefined,
    })
    this.#owner.ended()
  }

  #person(participant: number): Participant | undefined {
    return this.#customer?.participants.find(it => it.participant === participant)
  }
}
