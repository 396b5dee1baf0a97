/** One visit of a customer, from the PIN to the end: what the page's controls do, and what they show of it. */
import { type Annotation, AssistError, Customer, type CustomerEvents, HostError, type JoinOptions, type Trust } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { FileDesk } from './files/desk.js'
import { BrowserHost, pickScreen } from './host/browser-host.js'
import { entryOf } from './log.js'
import { type Actions, type CustomerState, initialState, mayAnybody } from './model.js'
import { Questions } from './questions.js'
import { plain, presentOf, problemOf, toldOf } from './told.js'
import { permissionsOf, type Topic } from './topics.js'

/** What a visit needs of its element. */
export interface VisitOptions {
  /** Base URL. */
  readonly broker: () => string
  readonly displayName: () => string
  readonly trust: () => Trust | undefined
  /** The state is another. */
  readonly changed: () => void
  /** Something was drawn, or went. */
  readonly drawn: (annotation: Annotation) => void
  /** The visit is over. */
  readonly ended: () => void
}

/** So many lines of chat are kept. */
const MAX_LINES = 500

export class Visit implements Actions {
  readonly #options: VisitOptions
  readonly #questions = new Questions(
    questions => this.#set({ questions }),
    () => this.#lapsed(),
  )
  #state = initialState
  #files = this.#newFiles()
  #stop = new AbortController()
  #customer: Customer | undefined
  #host: BrowserHost | undefined
  #lines: string[] = []
  #refused = false
  #picking = false
  #nextLine = 1

  constructor(options: VisitOptions) {
    this.#options = options
  }

  get state(): CustomerState {
    return this.#state
  }

  join(code: string): void {
    if (this.#state.stage.name !== 'code') return
    this.#set({ stage: { name: 'joining' }, notice: undefined })
    const { signal } = this.#stop
    this.#enter(code, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#set({ stage: { name: 'code', problem: problemOf(error, code, Date.now()) } })
    })
  }

  cancel(): void {
    this.restart()
  }

  start(chosen: ReadonlySet<Topic>): void {
    const asked = this.#questions.first
    if (asked === undefined) return
    const sees = chosen.has('see') && this.#state.shared === undefined
    const picked = sees ? this.#share() : Promise.resolve(true)
    picked.then(
      shared => shared && this.#decide(asked.id, chosen),
      (error: unknown) => this.failed(error),
    )
  }

  refuse(): void {
    this.#refused = this.#state.people.length === 0 && this.#state.questions.length === 1
    this.#questions.decide(new Set())
    if (this.#refused) this.#customer?.leave()
  }

  pause(): void {
    this.#customer?.pause()
  }

  goOn(): void {
    this.#customer?.unpause()
  }

  stop(): void {
    // What is shared ends here and now, whatever the session does.
    this.#host?.unshare()
    this.#customer?.stop()
  }

  pickScreen(): void {
    this.#share().catch((error: unknown) => this.failed(error))
  }

  allow(topic: Topic, on: boolean): void {
    const customer = this.#customer
    if (customer === undefined) return
    this.#try(() => {
      for (const { id, role, holds } of this.#state.people) {
        // Who looks on gets no more than that.
        if (on ? role === 'viewer' || holds.includes(topic) : !holds.includes(topic)) continue
        for (const permission of permissionsOf(topic)) on ? customer.grant(permission, id) : customer.revoke(permission, id)
      }
    })
    if (topic !== 'see') return
    if (!on) this.#host?.unshare()
    else if (this.#state.shared === undefined) this.pickScreen()
  }

  turnOut(person: number): void {
    this.#try(() => this.#customer?.remove(person))
  }

  wordsOf(person: number): readonly string[] {
    return this.#customer?.words(person) ?? []
  }

  sameWords(person: number): void {
    this.#try(() => {
      this.#customer?.confirmWords(person)
      this.#set({ compared: new Set([...this.#state.compared, person]) })
    })
  }

  say(text: string): void {
    this.#try(() => this.#customer?.say(text))
  }

  accept(question: number): void {
    this.#files.accept(question)
  }

  decline(question: number): void {
    this.#files.decline(question)
  }

  sendFiles(files: readonly File[], question?: number): void {
    this.#files.send(files, question).catch((error: unknown) => this.failed(error))
  }

  giveCopied(text: string): void {
    this.#host?.clipboard.give(text)
  }

  /** The log so far, as `remote-assist-audit verify` reads it. */
  get log(): string {
    return this.#lines.join('')
  }

  saveLog(): void {
    const url = URL.createObjectURL(new Blob([this.log], { type: 'application/jsonl' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'remote-assist-log.jsonl' })
    link.click()
    // The browser has begun to read it by the next turn of the page.
    setTimeout(() => URL.revokeObjectURL(url))
  }

  restart(): void {
    this.close()
    this.#stop = new AbortController()
    this.#lines = []
    this.#refused = false
    this.#files = this.#newFiles()
    this.#set({ ...initialState })
  }

  dismissNotice(): void {
    this.#set({ notice: undefined })
  }

  failed(error: unknown): void {
    this.#set({ notice: toldOf(error) })
  }

  /** Ends whatever goes on. */
  close(): void {
    this.#stop.abort()
    this.#host?.unshare()
    void this.#customer?.close()
    this.#customer = undefined
    this.#host = undefined
    this.#questions.close()
    this.#files.close()
  }

  async #enter(code: string, signal: AbortSignal): Promise<void> {
    if (!navigator.onLine) throw new AssistError('E_CONNECT', 'This computer is offline.')
    const host = new BrowserHost({ shared: shared => this.#set({ shared }), received: copied => this.#set({ copied }) })
    const broker = this.#options.broker()
    const trust = this.#options.trust()
    const options: Omit<JoinOptions, 'pin' | 'url'> = {
      transport: connect(broker),
      host,
      displayName: this.#options.displayName(),
      files: this.#files.platform,
      audit: line => this.#noted(line),
      signal,
      ...(trust === undefined ? {} : { trust }),
    }
    const customer = await Customer.join(code.includes('#') ? { ...options, url: code } : { ...options, pin: code })
    if (signal.aborted) return customer.close()
    this.#customer = customer
    this.#host = host
    this.#set({ stage: { name: 'waiting' } })
    this.#attend(customer, signal)
  }

  #attend(customer: Customer, signal: AbortSignal): void {
    this.#files.attend(customer)
    const hear = <K extends keyof CustomerEvents>(name: K, listener: (event: CustomerEvents[K]) => void) =>
      customer.on(name, event => {
        if (!signal.aborted) listener(event)
      })
    hear('consent', request => this.#questions.add(request))
    hear('participants', list => this.#set({ people: presentOf(list) }))
    hear('line', line => this.#set({ lineUp: line === 'up' }))
    hear('paused', paused => this.#set({ paused }))
    hear('chat', ({ from, text, atMs }) => this.#heard(from, text, Number(atMs)))
    hear('annotation', annotation => this.#options.drawn(annotation))
    hear('host-error', error => this.#hostFailed(error))
    hear('audit-broken', ({ error }) => this.failed(error))
    hear('ended', why => this.#over(why))
  }

  /** The person answered a question, and what is to be seen is there. */
  #decide(question: number, chosen: ReadonlySet<Topic>): void {
    if (this.#questions.first?.id !== question || !this.#questions.decide(chosen)) return this.#lapsed()
    if (chosen.size > 0) this.#set({ stage: { name: 'live' }, notice: undefined })
  }

  /** A question went off the table. What nobody was let to see is not captured any longer. */
  #lapsed(): void {
    if (this.#state.stage.name === 'ended') return
    if (!mayAnybody(this.#state, 'see')) this.#host?.unshare()
    this.#set({ notice: { code: 'E_LATE', message: '', hint: undefined } })
  }

  /** Has the person pick what to share. Whether it is shared now: not if the question is open already, or the visit is over by then. */
  async #share(): Promise<boolean> {
    const host = this.#host
    if (this.#picking || host === undefined) return false
    this.#picking = true
    const stream = await pickScreen().finally(() => {
      this.#picking = false
    })
    const there = host === this.#host && this.#state.stage.name !== 'ended'
    if (there) await host.share(stream)
    else for (const track of stream.getTracks()) track.stop()
    return there
  }

  #hostFailed(error: Error): void {
    // The person ended the share, or picked another screen: they know.
    if (error instanceof HostError && error.code === 'E_SCREEN_GONE') return
    this.failed(error)
  }

  #heard(from: number, text: string, atMs: number): void {
    const person = this.#customer?.participants.find(({ participant }) => participant === from)
    const self = person === undefined || !this.#state.people.some(({ id }) => id === from)
    const line = { id: this.#nextLine++, name: plain(person?.displayName ?? ''), self, text, atMs }
    this.#set({ chat: [...this.#state.chat, line].slice(-MAX_LINES) })
  }

  #noted(line: string): void {
    this.#lines.push(line)
    const entry = entryOf(line)
    if (entry !== undefined) this.#set({ log: [...this.#state.log, entry] })
  }

  #over(why: AssistError): void {
    this.#host?.unshare()
    this.#questions.close()
    this.#files.close()
    this.#set({
      stage: { name: 'ended', why: toldOf(why), refused: this.#refused },
      people: [],
      shared: undefined,
      paused: false,
      lineUp: true,
      notice: undefined,
    })
    this.#options.ended()
  }

  #newFiles(): FileDesk {
    return new FileDesk({
      customer: () => this.#customer,
      nameOf: participant => plain(this.#customer?.participants.find(it => it.participant === participant)?.displayName ?? ''),
      takers: () => this.#state.people.filter(({ role, holds }) => role === 'agent' && holds.includes('files')).map(({ id }) => id),
      changed: state => this.#set(state),
      failed: error => this.failed(error),
    })
  }

  #try(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.failed(error)
    }
  }

  #set(change: Partial<CustomerState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.changed()
  }
}
