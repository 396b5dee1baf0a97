/** The desktop companion: keeps what its window shows, and does what the person asks for there. The session is here; the window only shows and asks. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join as joinPath } from 'node:path'
import { type Annotation, type AuditSink, type Customer, type Host, HostError, type ScreenInfo } from '@remote-assist/peer'
import {
  type Act,
  Attendance,
  type CompanionState,
  FileDesk,
  givesMore,
  initialCompanion,
  isAsked,
  plain,
  problemOf,
  type Shared,
  TOPICS,
} from '@remote-assist/ui'
import type { ChosenHost } from '../choose-host.js'
import { keyOf } from '../code.js'
import { exitCodeOf } from '../exit.js'
import { Hand } from '../hand.js'
import { type JoinSettings, join } from '../join.js'
import { PowerQuestions } from './power.js'
import type { Uploads } from './uploads.js'

/** What a companion is made of. */
export interface CompanionOptions extends JoinSettings {
  /** The broker's URL, for codes that do not say where it is. */
  readonly broker: string | undefined
  /** A new log for each session, beside what the window shows; undefined = none is kept. */
  audit(): AuditSink | undefined
  /** Files that the window lent. */
  readonly uploads: Uploads
  /** Shows a folder to the person. */
  showFolder(folder: string): void
  /** What is to be seen is another. */
  changed(state: CompanionState): void
  /** The screens of the person's display are these; none while it is not shared. */
  arranged(screens: readonly ScreenInfo[]): void
  /** An agent drew something on them, or took it away. */
  drawn(annotation: Annotation): void
}

export class Companion {
  readonly #options: CompanionOptions
  readonly #power = new PowerQuestions(power => this.#set({ power }))
  #state: CompanionState
  #attendance = this.#newAttendance()
  #files = this.#newFiles()
  #stop = new AbortController()
  #hand: Hand | undefined
  #exitCode = 0

  constructor(options: CompanionOptions) {
    this.#options = options
    this.#state = { ...initialCompanion, folder: options.downloads }
  }

  get state(): CompanionState {
    return this.#state
  }

  /** How the last session ended, as a number; 0 if there was none. */
  get exitCode(): number {
    return this.#exitCode
  }

  /** Does what the person asked for. What gives somebody more than they have is done for the person's own hand alone. */
  act(act: Act): void {
    if (givesMore(act) && this.#hand?.own === false) return this.#set({ notice: { code: 'E_NOT_YOUR_HAND', message: '', hint: undefined } })
    const customer = this.#attendance.customer
    switch (act.do) {
      case 'join':
        return this.join(act.code)
      case 'cancel':
      case 'restart':
        return void this.restart()
      case 'start':
        return void this.#attendance.decide(act.question, new Set(act.topics))
      case 'refuse':
        return this.#attendance.refuse()
      case 'pause':
        return customer?.pause()
      case 'go-on':
        return customer?.unpause()
      case 'stop':
        return this.stop()
      case 'allow':
        return this.#attendance.allow(act.topic, act.on)
      case 'turn-out':
        return this.#attendance.turnOut(act.person)
      case 'same-words':
        return this.#attendance.sameWords(act.person)
      case 'say':
        return this.#attendance.say(act.text)
      case 'accept':
        return this.#files.accept(act.question)
      case 'decline':
        return this.#files.decline(act.question)
      case 'send':
        return this.#send(act.uploads, act.question)
      case 'answer':
        return this.#power.answer(act.question, act.allow)
      case 'password':
        return this.#power.answer(act.question, true, new TextEncoder().encode(act.text))
      case 'save-log':
        return void this.#saveLog().catch((error: unknown) => this.#attendance.failed(error))
      case 'show-folder':
        return this.#options.showFolder(this.#options.downloads)
      case 'cancel-rejoin':
        return customer?.cancelRejoin()
      case 'dismiss':
        return this.#set({ notice: undefined })
    }
  }

  /** Joins with a code, if nothing goes on. */
  join(code: string): void {
    if (this.#state.stage.name !== 'code') return
    this.#set({ stage: { name: 'joining' }, notice: undefined })
    const { signal } = this.#stop
    this.#enter(code, signal).catch((error: unknown) => {
      this.#hand = undefined
      this.#exitCode = exitCodeOf(error)
      if (!signal.aborted) this.#set({ stage: { name: 'code', problem: problemOf(error, code, Date.now()) }, shared: undefined })
    })
  }

  /** Pauses, or goes on. */
  togglePause(): void {
    const { customer } = this.#attendance
    if (this.#state.paused) customer?.unpause()
    else customer?.pause()
  }

  /** Ends the session, for everybody, now. */
  stop(): void {
    this.#attendance.customer?.stop()
  }

  /** Leaves kindly, so that a way back after a restart stays, if that was agreed to; else stops. */
  leave(): void {
    if (this.#state.rejoinReady) this.#attendance.customer?.leave()
    else this.stop()
  }

  /** Ends whatever goes on, and begins anew. */
  async restart(): Promise<void> {
    await this.close()
    this.#stop = new AbortController()
    this.#attendance = this.#newAttendance()
    this.#files = this.#newFiles()
    this.#exitCode = 0
    this.#set({ ...initialCompanion, folder: this.#options.downloads, stopKeys: this.#state.stopKeys })
  }

  /** Ends whatever goes on; resolves when the desktop is let go of. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#power.close()
    this.#files.close()
    await this.#attendance.close()
    this.#hand = undefined
  }

  /** Something is so that the window shows. */
  show(change: Pick<Partial<CompanionState>, 'stopKeys' | 'notice'>): void {
    this.#set(change)
  }

  async #enter(code: string, signal: AbortSignal): Promise<void> {
    const { audit, broker } = this.#options
    const attendance = this.#attendance
    const kept = audit.call(this.#options)
    const customer = await join(keyOf(code, broker), this.#options, {
      signal,
      password: (over, attemptsLeft) => this.#power.password(over, attemptsLeft),
      audit: (line, log) => {
        attendance.noted(line)
        kept?.(line, log)
      },
      chosen: desktop => this.#share(desktop),
    })
    if (signal.aborted) return customer.close()
    this.#files.attend(customer)
    this.#attend(customer)
    attendance.attend(customer, signal)
  }

  /** What belongs to a desktop alone. */
  #attend(customer: Customer): void {
    customer.on('annotation', annotation => this.#options.drawn(annotation))
    customer.on('elevation', question => this.#power.elevation(question))
    customer.on('rejoin', question => this.#power.rejoin(question))
    customer.on('rejoin-ready', rejoinReady => this.#set({ rejoinReady }))
    customer.on('ended', why => {
      this.#exitCode = exitCodeOf(why)
    })
  }

  #share({ host, display }: ChosenHost): Host {
    const { screens } = host
    const shared = () => {
      this.#set({ shared: allOf(screens.list()) })
      // A desktop that is made up is not in front of the person.
      if (display !== undefined) this.#options.arranged(screens.list())
    }
    screens.onChange(shared)
    shared()
    if (host.input === undefined) this.#set({ notice: { code: 'E_NO_INPUT', message: '', hint: undefined } })
    const hand = new Hand(host)
    // What is injected into a desktop that is made up reaches no window of the person's.
    this.#hand = display === undefined ? undefined : hand
    return hand.host
  }

  #send(uploads: readonly number[], question: number | undefined): void {
    const { uploads: lent } = this.#options
    const paths = lent.pathsOf(uploads)
    if (paths.length === 0) return
    const transfers = this.#files.send(
      paths,
      paths.map(path => plain(basename(path))),
      question,
    )
    void Promise.allSettled(transfers.map(({ done }) => done)).then(() => lent.drop(uploads))
  }

  async #saveLog(): Promise<void> {
    const { downloads } = this.#options
    await mkdir(downloads, { recursive: true })
    const file = joinPath(downloads, `remote-assist-log-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`)
    await writeFile(file, this.#attendance.log, { flag: 'wx', mode: 0o600 })
    this.#set({ logFile: file })
  }

  #newAttendance(): Attendance {
    return new Attendance({
      able: TOPICS,
      state: () => this.#state,
      set: change => this.#set(change),
      lapsed: () => undefined,
      hostFailed: error => !(error instanceof HostError && error.code === 'E_SCREEN_GONE') && this.#attendance.failed(error),
      ended: () => {
        this.#power.close()
        this.#files.close()
        this.#hand = undefined
      },
    })
  }

  #newFiles(): FileDesk {
    return new FileDesk({
      customer: () => this.#attendance.customer,
      nameOf: participant => this.#attendance.nameOf(participant),
      takers: () => this.#attendance.takers(),
      take: async offer => offer.accept(),
      took: ({ arrived }) => {
        for (const path of arrived) this.#files.received({ path: plain(path), bytes: undefined, url: undefined })
      },
      changed: state => this.#set(state),
      failed: error => this.#attendance.failed(error),
    })
  }

  #set(change: Partial<CompanionState>): void {
    const state = { ...this.#state, ...change }
    const words = Object.fromEntries(state.people.map(({ id }) => [id, this.#attendance.wordsOf(id)]))
    this.#state = { ...state, words }
    this.#hand?.hold(isAsked(this.#state))
    this.#options.changed(this.#state)
  }
}

/** All screens as one picture. */
function allOf(screens: readonly ScreenInfo[]): Shared | undefined {
  if (screens.length === 0) return undefined
  const [left, top] = [Math.min(...screens.map(({ x }) => x)), Math.min(...screens.map(({ y }) => y))]
  const [right, bottom] = [Math.max(...screens.map(({ x, width }) => x + width)), Math.max(...screens.map(({ y, height }) => y + height))]
  return { surface: 'desktop', width: right - left, height: bottom - top }
}
