import type { XConnection } from './connection.js'
import { SelectionSender } from './selection-sender.js'
import { contentFor, mimeOf, targetsOf } from './selection-targets.js'
import type { Property, XEvent } from './wire.js'

const XA_ATOM = 4
const XA_INTEGER = 19
const ANY_TYPE = 0
const APPEND = 2
/** Pairs of a request for several formats at once. */
const MAX_PAIRS = 32

/** What is offered to other programs. */
export interface Held {
  readonly mimes: readonly string[]
  /** The content in one format; undefined if it is not to be had. */
  fetch(mime: string): Promise<Uint8Array | undefined>
}

/** Serves a selection to the programs that ask for it (ICCCM 2.2). Content is fetched when one of them does. */
export class SelectionOwner {
  readonly #sender: SelectionSender
  #held: Held | undefined
  /** Server time at which the selection became ours. */
  #since = 0

  /** `window` has to tell of changes of its properties. */
  constructor(
    private readonly connection: XConnection,
    private readonly window: number,
    private readonly selection: number,
  ) {
    this.#sender = new SelectionSender(connection)
    connection.onEvent(event => {
      if (event.name === 'SelectionClear' && event.selection === selection) this.#held = undefined
      if (event.name === 'SelectionRequest' && event.owner === window) void this.#serve(event).catch(() => {})
    })
  }

  /** What is on offer; undefined if another program owns the selection. */
  get held(): Held | undefined {
    return this.#held
  }

  /** Takes the selection. False if another program did at the same moment. */
  async take(held: Held): Promise<boolean> {
    // Some programs ask by no name that the server has not heard.
    await this.#atoms(held)
    const time = await this.#serverTime()
    this.connection.x.SetSelectionOwner(this.window, this.selection, time)
    this.#held = held
    this.#since = time
    const owner = await this.connection.request<number>(done => this.connection.x.GetSelectionOwner(this.selection, done))
    // Another program has it, and nobody says so: what was never ours is not taken from us.
    if (owner !== this.window && this.#held === held) this.#held = undefined
    return owner === this.window
  }

  /** Gives the selection up, if this is still what it holds. */
  release(held: Held): void {
    if (this.#held !== held || this.connection.lost) return
    this.#held = undefined
    this.connection.x.SetSelectionOwner(0, this.selection, this.#since)
  }

  #atoms({ mimes }: Held): Promise<number[]> {
    return Promise.all(targetsOf(mimes).map(target => this.connection.atom(target)))
  }

  /** Now, on the server's clock: changing a property to what it is tells. */
  async #serverTime(): Promise<number> {
    const property = await this.connection.atom('REMOTE_ASSIST_TIME')
    const told = new Promise<number>(resolve => {
      const stop = this.connection.onEvent(event => {
        if (event.name !== 'PropertyNotify' || event.wid !== this.window || event.atom !== property) return
        stop()
        resolve(Number(event.time))
      })
    })
    this.connection.x.ChangeProperty(APPEND, this.window, property, XA_INTEGER, 32, [])
    await this.connection.sync()
    return told
  }

  async #serve(request: XEvent): Promise<void> {
    const held = this.#held
    const requestor = Number(request.requestor)
    const target = Number(request.target)
    const property = Number(request.property) || target
    const answered = held !== undefined && (await this.#answer(held, requestor, property, target).catch(() => false))
    if (this.connection.lost) return
    this.connection.x.SendEvent(requestor, false, 0, {
      name: 'SelectionNotify',
      time: request.time,
      requestor,
      selection: request.selection,
      target,
      property: answered ? property : 0,
    })
  }

  async #answer(held: Held, requestor: number, property: number, target: number, among = false): Promise<boolean> {
    const { connection } = this
    const name = await connection.atomName(target)
    switch (name) {
      case 'TARGETS':
        connection.x.ChangeProperty(0, requestor, property, XA_ATOM, 32, await this.#atoms(held))
        return true
      case 'TIMESTAMP':
        connection.x.ChangeProperty(0, requestor, property, XA_INTEGER, 32, [this.#since])
        return true
      case 'MULTIPLE':
        return !among && this.#answerAll(held, requestor, property)
      default: {
        const mime = mimeOf(name)
        const data = mime !== undefined && held.mimes.includes(mime) ? await held.fetch(mime) : undefined
        if (data === undefined) return false
        const { type, bytes } = contentFor(name, data)
        return this.#sender.put(requestor, property, await connection.atom(type), bytes)
      }
    }
  }

  /** Several formats at once: pairs of a target and a property; where there is nothing, the property's name is taken out. */
  async #answerAll(held: Held, requestor: number, property: number): Promise<boolean> {
    const { x } = this.connection
    const asked = await this.connection.request<Property>(done => x.GetProperty(0, requestor, property, ANY_TYPE, 0, MAX_PAIRS * 2, done))
    const atoms = Array.from({ length: asked.data.length >> 2 }, (_, i) => asked.data.readUInt32LE(i * 4))
    for (let at = 0; at + 1 < atoms.length; at += 2) {
      const answered = await this.#answer(held, requestor, atoms[at + 1] as number, atoms[at] as number, true)
      if (!answered) atoms[at + 1] = 0
    }
    x.ChangeProperty(0, requestor, property, asked.type, 32, atoms)
    return atoms.length > 0
  }
}
