/** What the other side has on its clipboard, and its content: fetched a format at a time, as the channel has it, and cleaned. */
import { type ClipboardFormat, RefusalReason } from '@remote-assist/codec'
import { refusalError } from '../errors.js'
import { cleanContent } from './clean.js'
import { joined, takeable } from './formats.js'

interface Fetch {
  readonly offerId: number
  readonly mime: string
  readonly pieces: Uint8Array[]
  readonly done: (data: Uint8Array) => void
  readonly failed: (error: unknown) => void
}

export class Fetcher {
  readonly #request: (mime: string) => void
  #offerId = 0
  #formats: readonly ClipboardFormat[] = []
  #current: Fetch | undefined
  readonly #waiting: Fetch[] = []

  /** `request` asks for a format of the newest offer; what it throws is why there is nothing. */
  constructor(request: (mime: string) => void) {
    this.#request = request
  }

  /** What is offered of what this end takes; best first. */
  get formats(): readonly ClipboardFormat[] {
    return this.#formats
  }

  /** The other side has something else now, or nothing any more: no formats. */
  offered(offerId: number, formats: readonly ClipboardFormat[]): void {
    this.#offerId = offerId
    this.#formats = takeable(formats)
    this.#next()
  }

  /** The content in one format, fit for this end's clipboard; undefined if it is not offered. Rejects with the refusal, or as `cleanContent` does. */
  async fetch(mime: string): Promise<Uint8Array | undefined> {
    if (!this.#formats.some(format => format.mime === mime)) return undefined
    return new Promise((done, failed) => {
      this.#waiting.push({ offerId: this.#offerId, mime, pieces: [], done, failed })
      this.#next()
    })
  }

  /** A piece of what was asked for came. After the last one, nothing more is asked for until all is cleaned: of what is unpacked, there is one at a time. */
  piece(data: Uint8Array, last: boolean): void {
    const fetch = this.#current
    fetch?.pieces.push(data.slice())
    if (fetch === undefined || !last) return
    cleanContent(fetch.mime, joined(fetch.pieces)).then(
      cleaned => this.#end(fetch, () => fetch.done(cleaned)),
      (error: unknown) => this.#end(fetch, () => fetch.failed(error)),
    )
  }

  /** What was asked for does not come. */
  failed(error: unknown): void {
    const fetch = this.#current
    if (fetch !== undefined) this.#end(fetch, () => fetch.failed(error))
  }

  /** Nothing comes any more. */
  close(error: unknown): void {
    this.#formats = []
    for (const fetch of this.#waiting.splice(0)) fetch.failed(error)
    this.failed(error)
  }

  #end(fetch: Fetch, tell: () => void): void {
    tell()
    if (this.#current !== fetch) return
    this.#current = undefined
    this.#next()
  }

  /** Asks for what waits; what was offered before is gone. */
  #next(): void {
    while (this.#current === undefined) {
      const fetch = this.#waiting.shift()
      if (fetch === undefined) return
      if (fetch.offerId !== this.#offerId || this.#formats.length === 0) {
        fetch.failed(refusalError(RefusalReason.NOT_FOUND))
        continue
      }
      this.#current = fetch
      try {
        this.#request(fetch.mime)
      } catch (error) {
        this.#current = undefined
        fetch.failed(error)
      }
    }
  }
}
