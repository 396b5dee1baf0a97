/** A role that a testee plays for one case. */
import type { Fields } from '../play/player.js'
import type { Conversation } from './conversation.js'
import { type AdapterError, AdapterHang, RoleRefused, TesteeCrash } from './errors.js'
import { EventQueue } from './events.js'

/** How a command went. `created` is there for CreateSession. */
export interface Result {
  readonly ok: boolean
  /** "unsupported", "refused", "failed", or empty. */
  readonly error: string
  readonly text: string
  readonly url: string
  readonly data: Uint8Array
  readonly id: number
  readonly created?: Fields
}

/** Takes down what is said to the testee and what it says; returns the place of that in the case's trace. */
export type Traced = (direction: 'to' | 'from', what: string, fields: unknown) => number

/** Where to connect instead of this URL, for the role of this key. */
export type Detour = (websocketUrl: string, key: string) => Promise<string>

/** One running role. Commands reject with `AdapterHang`, `TesteeCrash` or `AdapterError`. */
export class RoleUnderTest {
  /** What the testee tells by itself. */
  readonly events = new EventQueue()
  /** Resolves if the process crashes while the role is played; else it stays open. */
  readonly crashed: Promise<TesteeCrash>
  readonly #crash: (crash: TesteeCrash) => void
  readonly #traced: Traced
  #ready: Fields = {}
  #hung = false

  constructor(
    /** Names the role among those of the process. */
    readonly key: string,
    private readonly conversation: Conversation,
    private readonly ways: { readonly commandMs: number; readonly detour: Detour | undefined },
    traced: Traced | undefined,
    private readonly forget: () => void,
  ) {
    let crash: (crash: TesteeCrash) => void = () => {}
    this.crashed = new Promise(resolve => {
      crash = resolve
    })
    this.#crash = crash
    let index = 0
    this.#traced = traced ?? (() => index++)
  }

  /** RoleReady's fields. */
  get ready(): Fields {
    return this.#ready
  }

  /** Has its user or system do something: one member of Do's oneof. */
  async do(action: Fields): Promise<Result> {
    const { fields } = await this.#ask('do', action)
    return fields as unknown as Result
  }

  /** How it stands: SnapshotData's fields. Rejects with `RoleRefused` if the testee does not tell. */
  async snapshot(): Promise<Fields> {
    const { what, fields } = await this.#ask('snapshot', {})
    if (what === 'result') throw new RoleRefused(String(fields.error), String(fields.text))
    return fields
  }

  /** Ends it; the key is forgotten. Resolves at once if a command of it was never answered: a fresh process will follow. */
  async stop(): Promise<void> {
    try {
      if (!this.#hung) await this.#ask('stopRole', {})
    } finally {
      this.forget()
      this.events.end(new Error('The role was stopped.'))
    }
  }

  /** Starts it; `Testee.startRole` does. */
  async start(start: Fields): Promise<void> {
    const { what, fields } = await this.#ask('startRole', await this.#detoured(start))
    if (what === 'result') throw new RoleRefused(String(fields.error), String(fields.text))
    this.#ready = await this.#detoured(fields)
  }

  async #detoured(fields: Fields): Promise<Fields> {
    const { websocketUrl } = fields
    const { detour } = this.ways
    return detour === undefined || typeof websocketUrl !== 'string' || websocketUrl === ''
      ? fields
      : { ...fields, websocketUrl: await detour(websocketUrl, this.key) }
  }

  /** Takes an event; `Testee` calls it. */
  took(event: Fields): void {
    for (const [name, fields] of Object.entries(event)) {
      this.events.push({ index: this.#traced('from', name, fields), name, fields })
    }
  }

  /** Tells it that its process is gone; `Testee` calls it. */
  over(reason: AdapterError | TesteeCrash): void {
    this.events.end(reason)
    if (reason instanceof TesteeCrash) this.#crash(reason)
  }

  livesIn(conversation: Conversation): boolean {
    return conversation === this.conversation
  }

  async #ask(what: 'startRole' | 'do' | 'snapshot' | 'stopRole', fields: Fields) {
    this.#traced('to', what, fields)
    try {
      const answer = await this.conversation.ask(this.key, what, fields, this.ways.commandMs)
      this.#traced('from', answer.what, answer.fields)
      return answer
    } catch (error) {
      if (error instanceof AdapterHang) this.#hung = true
      throw error
    }
  }
}
