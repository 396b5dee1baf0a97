/** A clipboard in memory. */
import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'
import { added } from './screens.js'

type Listener = Parameters<ClipboardHost['onChange']>[0]

/** The clipboard of a desktop: written by the session, or by another program. */
export class Clipboard implements ClipboardHost {
  #contents: readonly ClipboardContent[] = []
  readonly #onChange = new Set<Listener>()

  /** What is on it. */
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
    this.#contents = contents.map(({ mime, data }) => ({ mime, data: data.slice() }))
  }

  /** Another program takes it. */
  take(content: ClipboardContent): void {
    this.#contents = [content]
    for (const listener of this.#onChange) listener([{ mime: content.mime, bytes: content.data.length }])
  }
}
