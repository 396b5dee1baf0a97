import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import type { XConnection } from './connection.js'
import { SelectionOwner, TEXT_TARGETS } from './selection-owner.js'
import { readSelection } from './selection-reader.js'
import type { FixesExtension } from './wire.js'

const SELECTION_EVENTS = 7
const SET_OWNER = 0
const MAX_TARGETS_BYTES = 64 * 1024

type Formats = Parameters<Parameters<ClipboardHost['onChange']>[0]>[0]

/** The CLIPBOARD selection of a display, both ways. PRIMARY, the middle mouse button's, is left alone. */
export class X11Clipboard implements ClipboardHost {
  readonly #changes = new Listeners<[Formats]>()
  readonly #owner: SelectionOwner
  #reading: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly connection: XConnection,
    private readonly window: number,
    private readonly selection: number,
    firstEvent: number,
  ) {
    this.#owner = new SelectionOwner(connection, window, selection)
    connection.onEvent(event => {
      if (event.type !== firstEvent || event.selection !== selection || event.subtype !== SET_OWNER) return
      if (event.owner === window || event.owner === 0 || this.#changes.size === 0) return
      this.#announce().catch(() => {})
    })
  }

  static async open(connection: XConnection, fixes: FixesExtension): Promise<X11Clipboard> {
    const { x, root } = connection
    const window = x.AllocID()
    x.CreateWindow(window, root, 0, 0, 1, 1)
    const selection = await connection.atom('CLIPBOARD')
    fixes.SelectSelectionInput(window, selection, SELECTION_EVENTS)
    await connection.sync()
    return new X11Clipboard(connection, window, selection, fixes.firstEvent)
  }

  onChange(listener: (formats: Formats) => void): () => void {
    return this.#changes.add(listener)
  }

  async read(mime: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const own = this.#owner.contents
    if (own) {
      const data = own.find(content => content.mime === mime)?.data
      if (data && data.length > maxBytes) throw new HostError('E_TOO_LARGE', `The clipboard holds ${data.length} bytes; ${maxBytes} are allowed.`)
      return data?.slice()
    }
    // Some programs answer any request with their text, so what is not offered is not asked for.
    const offered = await this.#targets()
    if (mime !== 'text/plain') return offered.includes(mime) ? this.#convert(mime, maxBytes) : undefined
    const utf8 = await this.#convert('UTF8_STRING', maxBytes)
    if (utf8) return utf8
    const latin1 = await this.#convert('STRING', maxBytes)
    return latin1 && new TextEncoder().encode(Buffer.from(latin1).toString('latin1'))
  }

  async write(contents: readonly ClipboardContent[]): Promise<void> {
    if (this.connection.lost) throw this.connection.lost
    await this.#owner.offer(contents)
    const owner = await this.connection.request<number>(done => this.connection.x.GetSelectionOwner(this.selection, done))
    if (owner !== this.window) throw new HostError('E_HOST', 'Another program took the clipboard at the same moment.', { hint: 'Try again.' })
  }

  close(): void {
    this.#changes.clear()
  }

  /** One conversion at a time. */
  #convert(target: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const next = this.#reading.then(async () => {
      const data = await readSelection(this.connection, this.selection, await this.connection.atom(target), maxBytes)
      return data && new Uint8Array(data)
    })
    this.#reading = next.catch(() => {})
    return next
  }

  /** Names of the formats that the owner offers; none if it does not say. */
  async #targets(): Promise<readonly string[]> {
    const targets = Buffer.from((await this.#convert('TARGETS', MAX_TARGETS_BYTES)) ?? [])
    const atoms = Array.from({ length: Math.floor(targets.length / 4) }, (_, i) => targets.readUInt32LE(i * 4)).filter(atom => atom !== 0)
    return Promise.all(atoms.map(atom => this.connection.atomName(atom)))
  }

  async #announce(): Promise<void> {
    const names = await this.#targets()
    const isText = (name: string) => (TEXT_TARGETS as readonly string[]).includes(name)
    const mimes = names.filter(name => name.includes('/') && !name.startsWith('text/plain') && !name.includes(';'))
    const formats = [...(names.some(isText) ? ['text/plain'] : []), ...mimes]
    if (formats.length > 0) this.#changes.emit(formats.map(mime => ({ mime, bytes: -1 })))
  }
}
