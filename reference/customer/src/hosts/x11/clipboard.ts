import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import type { XConnection } from './connection.js'
import { type Held, SelectionOwner } from './selection-owner.js'
import { readSelection } from './selection-reader.js'
import { htmlFrom, mimesOf, SECRET_HINT } from './selection-targets.js'
import type { FixesExtension, XEvent } from './wire.js'

const SELECTION_EVENTS = 7
const SET_OWNER = 0
const PROPERTY_CHANGE = 0x00400000
const MAX_TARGETS_BYTES = 64 * 1024
const MAX_HINT_BYTES = 1_024

type Listener = Parameters<ClipboardHost['onChange']>[0]
type Told = Parameters<Listener>

/** Another program that has the clipboard. */
interface Owner {
  /** Server time at which it was seen to have it. */
  readonly time: number
}

/** The CLIPBOARD selection of a display, both ways. PRIMARY, the middle mouse button's, is left alone. */
export class X11Clipboard implements ClipboardHost {
  readonly #changes = new Listeners<Told>()
  readonly #owner: SelectionOwner
  #theirs: Owner | undefined
  /** The owner that listeners know of: what one who came since has may be a secret, and is not read before it was looked at. */
  #told: Owner | undefined
  #reading: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly connection: XConnection,
    window: number,
    private readonly selection: number,
    private readonly firstEvent: number,
  ) {
    this.#owner = new SelectionOwner(connection, window, selection)
    connection.onEvent(event => {
      if (!this.#isAboutOwner(event)) return
      const before = this.#theirs
      this.#theirs = event.subtype === SET_OWNER && event.owner !== 0 && event.owner !== window ? { time: Number(event.timestamp) } : undefined
      if (before !== this.#theirs && event.owner !== window && this.#changes.size > 0) void this.#announce(this.#theirs)
    })
  }

  static async open(connection: XConnection, fixes: FixesExtension): Promise<X11Clipboard> {
    const { x, root } = connection
    const window = x.AllocID()
    x.CreateWindow(window, root, 0, 0, 1, 1, 0, 0, 0, 0, { eventMask: PROPERTY_CHANGE })
    const selection = await connection.atom('CLIPBOARD')
    fixes.SelectSelectionInput(window, selection, SELECTION_EVENTS)
    await connection.sync()
    return new X11Clipboard(connection, window, selection, fixes.firstEvent)
  }

  onChange(listener: Listener): () => void {
    return this.#changes.add(listener)
  }

  async read(mime: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const owner = this.#told
    // Some programs answer any request with their text, so what is not offered is not asked for.
    if (owner === undefined || owner !== this.#theirs || !mimesOf(await this.#targets(owner)).includes(mime)) return undefined
    if (mime !== 'text/plain') {
      const data = await this.#convert(owner, mime, maxBytes)
      return data && (mime === 'text/html' ? htmlFrom(data) : new Uint8Array(data))
    }
    const utf8 = await this.#convert(owner, 'UTF8_STRING', maxBytes)
    if (utf8) return new Uint8Array(utf8)
    const latin1 = await this.#convert(owner, 'STRING', maxBytes)
    return latin1 && new TextEncoder().encode(latin1.toString('latin1'))
  }

  async write(contents: readonly ClipboardContent[]): Promise<void> {
    const copies = new Map(contents.map(({ mime, data }) => [mime, data.slice()]))
    await this.#take({ mimes: [...copies.keys()], fetch: async mime => copies.get(mime) })
  }

  async promise(mimes: readonly string[], fetch: (mime: string) => Promise<Uint8Array | undefined>): Promise<() => void> {
    const held: Held = { mimes, fetch }
    await this.#take(held)
    return () => this.#owner.release(held)
  }

  close(): void {
    this.#changes.clear()
  }

  async #take(held: Held): Promise<void> {
    if (this.connection.lost) throw this.connection.lost
    this.#theirs = undefined
    const taken = await this.#owner.take(held)
    if (taken) return
    // What came of it may have been looked at while the clipboard was still taken for ours.
    if (this.#changes.size > 0) void this.#announce(this.#theirs)
    throw new HostError('E_HOST', 'Another program took the clipboard at the same moment.', { hint: 'Try again.' })
  }

  #isAboutOwner(event: XEvent): boolean {
    return event.type === this.firstEvent && event.selection === this.selection
  }

  /** One conversion at a time; undefined if that owner has it no more. */
  #convert(owner: Owner, target: string, maxBytes: number): Promise<Buffer | undefined> {
    const isCurrent = () => this.#theirs === owner
    const next = this.#reading.then(async () => {
      if (!isCurrent()) return undefined
      const { time } = owner
      const saysGone = (event: XEvent) => this.#isAboutOwner(event) && event.subtype !== SET_OWNER
      return readSelection(this.connection, { selection: this.selection, target: await this.connection.atom(target), time, maxBytes, isCurrent, saysGone })
    })
    this.#reading = next.catch(() => {})
    return next
  }

  /** Names of the formats that the owner offers; none if it does not say. */
  async #targets(owner: Owner): Promise<readonly string[]> {
    const targets = (await this.#convert(owner, 'TARGETS', MAX_TARGETS_BYTES)) ?? Buffer.alloc(0)
    const atoms = Array.from({ length: Math.floor(targets.length / 4) }, (_, i) => targets.readUInt32LE(i * 4)).filter(atom => atom !== 0)
    return Promise.all(atoms.map(atom => this.connection.atomName(atom)))
  }

  /** Tells what there is now; of several changes at once, the last. */
  async #announce(owner: Owner | undefined): Promise<void> {
    const [formats, secret] = owner === undefined ? NOTHING : await this.#look(owner).catch(() => NOTHING)
    const isTold = owner !== undefined && this.#told === owner
    if (this.#theirs !== owner || this.#owner.held !== undefined || isTold) return
    this.#told = secret ? undefined : owner
    this.#changes.emit(formats, secret)
  }

  async #look(owner: Owner): Promise<Told> {
    const targets = await this.#targets(owner)
    const formats = mimesOf(targets).map(mime => ({ mime, bytes: -1 }))
    if (!targets.includes(SECRET_HINT)) return [formats, false]
    // Who marks it, and does not say as what, marks it as a secret.
    const hint = await this.#convert(owner, SECRET_HINT, MAX_HINT_BYTES).catch(() => undefined)
    return [formats, hint === undefined || hint.toString('latin1').trim() === 'secret']
  }
}

/** Nothing that anybody could paste. */
const NOTHING: Told = [[], false]
