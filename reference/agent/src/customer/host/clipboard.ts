/** A clipboard that only the person's own clicks reach: what they copied is offered by a button, what came is copied by another. */
import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'

const PLAIN_TEXT = 'text/plain'

type Listener = Parameters<ClipboardHost['onChange']>[0]

export class GestureClipboard implements ClipboardHost {
  readonly givenByHand = true
  readonly #listeners = new Set<Listener>()
  readonly #received: (text: string) => void
  #given: Uint8Array | undefined

  /** `received` is called with each text that an agent copied. */
  constructor(received: (text: string) => void) {
    this.#received = received
  }

  /** The person gives this text: agents are told that there is one. */
  give(text: string): void {
    this.#given = new TextEncoder().encode(text)
    const formats = [{ mime: PLAIN_TEXT, bytes: this.#given.length }]
    for (const listener of this.#listeners) listener(formats)
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async read(mime: string, maxBytes: number): Promise<Uint8Array | undefined> {
    if (mime !== PLAIN_TEXT || this.#given === undefined) return undefined
    if (this.#given.length > maxBytes) throw new HostError('E_TOO_LARGE', 'The text is too long for the clipboard of a session.')
    return this.#given
  }

  async write(contents: readonly ClipboardContent[]): Promise<void> {
    const text = contents.find(({ mime }) => mime === PLAIN_TEXT)
    if (text === undefined) return
    // What was given before is replaced, as on any clipboard.
    this.#given = undefined
    this.#received(new TextDecoder().decode(text.data))
  }
}
