/** A clipboard in memory. */
import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'
import { added } from './screens.js'

type Listener = Parameters<ClipboardHost['onChange']>[0]

interface Promised {
  readonly mimes: readonly string[]
  readonly fetch: (mime: string) => Promise<Uint8Array | undefined>
}

/** The clipboard of a desktop: promised content by the session, or taken by another program. */
export class Clipboard implements ClipboardHost {
  #contents: readonly ClipboardContent[] = []
  #promised: Promised | undefined
  readonly #onChange = new Set<Listener>()

  /** What is on it; of what was promised, what was pasted. */
  get contents(): readonly ClipboardContent[] {
    return this.#contents
  }

  onChange(listener: Listener): () => void {
    return added(this.#onChange, listener)
  }

  async read(mime: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const data = this.#contents.find(content => content.mime === mime)?.data
    if (data !== undefined && data.length > maxBytes) throw new HostError('E_TOO_LARGE', `The clipboard holds ${data.length} bytes; ${maxBytes} are allowed.`)
    return data
  }

  async write(contents: readonly ClipboardContent[]): Promise<void> {
    this.#promised = undefined
    this.#contents = contents.map(({ mime, data }) => ({ mime, data: data.slice() }))
  }

  async promise(mimes: readonly string[], fetch: Promised['fetch']): Promise<() => void> {
    const promised: Promised = { mimes, fetch }
    this.#promised = promised
    this.#contents = []
    return () => {
      if (this.#promised === promised) void this.write([])
    }
  }

  /** A program pastes: begins to fetch what is promised, and gives what is there. */
  paste(mime: string): Uint8Array | undefined {
    const promised = this.#promised
    const there = this.#contents.find(content => content.mime === mime)?.data
    if (there === undefined && promised?.mimes.includes(mime)) void this.#keep(promised, mime)
    return there
  }

  /** Another program takes it; `secret`: it says that nobody is to see it. */
  take(content: ClipboardContent, secret: boolean): void {
    this.#promised = undefined
    this.#contents = [content]
    for (const listener of this.#onChange) listener([{ mime: content.mime, bytes: content.data.length }], secret)
  }

  async #keep(promised: Promised, mime: string): Promise<void> {
    const data = await promised.fetch(mime)
    if (data !== undefined && this.#promised === promised) this.#contents = [...this.#contents, { mime, data }]
  }
}
