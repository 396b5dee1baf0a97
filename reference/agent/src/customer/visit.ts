/** One visit of a customer in a browser, from the PIN to the end: what the page's controls do, and what they show of it. */
import { type Annotation, AssistError, Customer, HostError, type JoinOptions, type Trust } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket/browser'
import { Attendance, BROWSER_TOPICS, type CustomerState, mayAnybody, problemOf, type Topic } from '@remote-assist/ui'
import { PickedFiles } from './files/desk.js'
import { BrowserHost, pickScreen } from './host/browser-host.js'
import { initialPage, type PageActions, type PageState } from './model.js'

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

export class Visit implements PageActions {
  readonly #options: VisitOptions
  #state = initialPage
  #attendance = this.#newAttendance()
  #files = this.#newFiles()
  #stop = new AbortController()
  #host: BrowserHost | undefined
  #picking = false

  constructor(options: VisitOptions) {
    this.#options = options
  }

  get state(): PageState {
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
    const asked = this.#attendance.first
    if (asked === undefined) return
    const sees = chosen.has('see') && this.#state.shared === undefined
    const picked = sees ? this.#share() : Promise.resolve(true)
    picked.then(
      shared => shared && this.#attendance.decide(asked, chosen),
      (error: unknown) => this.failed(error),
    )
  }

  refuse(): void {
    this.#attendance.refuse()
  }

  pause(): void {
    this.#attendance.customer?.pause()
  }

  goOn(): void {
    this.#attendance.customer?.unpause()
  }

  stop(): void {
    // What is shared ends here and now, whatever the session does.
    this.#host?.unshare()
    this.#attendance.customer?.stop()
  }

  pickScreen(): void {
    this.#share().catch((error: unknown) => this.failed(error))
  }

  allow(topic: Topic, on: boolean): void {
    if (this.#attendance.customer === undefined) return
    this.#attendance.allow(topic, on)
    if (topic !== 'see') return
    if (!on) this.#host?.unshare()
    else if (this.#state.shared === undefined) this.pickScreen()
  }

  turnOut(person: number): void {
    this.#attendance.turnOut(person)
  }

  wordsOf(person: number): readonly string[] {
    return this.#attendance.wordsOf(person)
  }

  sameWords(person: number): void {
    this.#attendance.sameWords(person)
  }

  say(text: string): void {
    this.#attendance.say(text)
  }

  accept(question: number): void {
    this.#files.desk.accept(question)
  }

  decline(question: number): void {
    this.#files.desk.decline(question)
  }

  sendFiles(files: readonly File[], question?: number): void {
    this.#files.send(files, question).catch((error: unknown) => this.failed(error))
  }

  giveCopied(text: string): void {
    this.#host?.clipboard.give(text)
  }

  saveLog(): void {
    const url = URL.createObjectURL(new Blob([this.#attendance.log], { type: 'application/jsonl' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'remote-assist-log.jsonl' })
    link.click()
    // The browser has begun to read it by the next turn of the page.
    setTimeout(() => URL.revokeObjectURL(url))
  }

  restart(): void {
    this.close()
    this.#stop = new AbortController()
    this.#attendance = this.#newAttendance()
    this.#files = this.#newFiles()
    this.#set({ ...initialPage })
  }

  dismissNotice(): void {
    this.#set({ notice: undefined })
  }

  failed(error: unknown): void {
    this.#attendance.failed(error)
  }

  /** Ends whatever goes on. */
  close(): void {
    this.#stop.abort()
    this.#host?.unshare()
    this.#host = undefined
    void this.#attendance.close()
    this.#files.desk.close()
  }

  async #enter(code: string, signal: AbortSignal): Promise<void> {
    if (!navigator.onLine) throw new AssistError('E_CONNECT', 'This computer is offline.')
    const host = new BrowserHost({ shared: shared => this.#set({ shared }), received: copied => this.#set({ copied }) })
    const attendance = this.#attendance
    const trust = this.#options.trust()
    const options: Omit<JoinOptions, 'pin' | 'url'> = {
      transport: connect(this.#options.broker()),
      host,
      displayName: this.#options.displayName(),
      files: this.#files.platform,
      audit: line => attendance.noted(line),
      signal,
      ...(trust === undefined ? {} : { trust }),
    }
    const customer = await Customer.join(code.includes('#') ? { ...options, url: code } : { ...options, pin: code })
    if (signal.aborted) return customer.close()
    this.#host = host
    this.#files.desk.attend(customer)
    attendance.attend(customer, signal)
    customer.on('annotation', annotation => !signal.aborted && this.#options.drawn(annotation))
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

  #newAttendance(): Attendance {
    return new Attendance({
      able: BROWSER_TOPICS,
      state: () => this.#state,
      set: change => this.#set(change),
      // What nobody was let to see is not captured any longer.
      lapsed: () => !mayAnybody(this.#state, 'see') && this.#host?.unshare(),
      // The person ended the share, or picked another screen: they know.
      hostFailed: error => !(error instanceof HostError && error.code === 'E_SCREEN_GONE') && this.failed(error),
      ended: () => {
        this.#host?.unshare()
        this.#files.desk.close()
        this.#options.ended()
      },
    })
  }

  #newFiles(): PickedFiles {
    return new PickedFiles({
      customer: () => this.#attendance.customer,
      nameOf: participant => this.#attendance.nameOf(participant),
      takers: () => this.#attendance.takers(),
      changed: state => this.#set(state),
      failed: error => this.failed(error),
    })
  }

  #set(change: Partial<PageState> | Partial<CustomerState>): void {
    this.#state = { ...this.#state, ...change } as PageState
    this.#options.changed()
  }
}
