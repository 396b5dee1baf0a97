import { type ClipboardContent, type ClipboardHost, HostError } from '@remote-assist/peer'
import { Listeners } from '../listeners.js'
import type { TextClipboard } from './typing.js'

const TEXT = 'text/plain'

/**
 * The clipboard of a virtual desktop, in any number of formats. `write` comes from outside; `take` from the programs on the desktop and the person in front of
 * it. It has no room for promises, so that a paste never waits.
 */
export class VirtualClipboard implements ClipboardHost, TextClipboard {
  #contents: readonly ClipboardContent[] = []
  readonly #listeners = new Listeners<Parameters<Parameters<ClipboardHost['onChange']>[0]>>()

  onChange(listener: Parameters<ClipboardHost['onChange']>[0]): () => void {
    return this.#listeners.add(listener)
  }

  async read(mime: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const data = this.peek(mime)
    if (data && data.length > maxBytes) throw new HostError('E_TOO_LARGE', `The clipboard holds ${data.length} bytes; ${maxBytes} are allowed.`)
    return data
  }

  async write(contents: readonly ClipboardContent[]): Promise<void> {
    this.#contents = copyOf(contents)
  }

  /** What is there, without a limit. */
  peek(mime: string): Uint8Array | undefined {
    return this.#contents.find(content => content.mime === mime)?.data.slice()
  }

  /** `secret`: the program that has it marks it so. */
  take(contents: readonly ClipboardContent[], secret = false): void {
    this.#contents = copyOf(contents)
    this.#listeners.emit(
      this.#contents.map(({ mime, data }) => ({ mime, bytes: data.length })),
      secret,
    )
  }

  copy(text: string): void {
    this.take([{ mime: TEXT, data: new TextEncoder().encode(text) }])
  }

  paste(): string | undefined {
    const data = this.peek(TEXT)
    return data && new TextDecoder().decode(data)
  }

  close(): void {
    this.#listeners.clear()
  }
}

function copyOf(contents: readonly ClipboardContent[]): readonly ClipboardContent[] {
  return contents.map(({ mime, data }) => ({ mime, data: data.slice() }))
}
