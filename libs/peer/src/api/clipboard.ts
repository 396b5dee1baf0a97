import { type ClipboardFormat, Direction, RefusalReason } from '@remote-assist/codec'
import { Fetcher } from '../clipboard/fetcher.js'
import { maxBytesOf, offerable, PLAIN_TEXT, piecesOf } from '../clipboard/formats.js'
import { AssistError, refusalError } from '../errors.js'
import type { ToCustomer } from './joiner.js'

/** What is switched on, as the customer confirmed it. */
export interface ClipboardSwitches {
  readonly toCustomer: boolean
  readonly fromCustomer: boolean
}

/** One way to have what this agent copied. */
export interface ClipboardSource {
  /** `text/plain`, `text/html` (both UTF-8) or `image/png`; of any other nothing is said. */
  readonly mime: string
  /** The content, or what reads it once the customer pastes; undefined = it is gone. */
  readonly data: Uint8Array | (() => Promise<Uint8Array | undefined>)
}

/** The clipboard at an agent: a switch for each direction, content announced at once and fetched when somebody wants it. */
export class Clipboard {
  #switches: ClipboardSwitches = { toCustomer: false, fromCustomer: false }
  #own: readonly ClipboardSource[] = []
  readonly #fetcher: Fetcher
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
    const { words } = to
    this.#fetcher = new Fetcher(mime => to.call('clipboard', { type: 'local.request', mime }))
    words.on('clipboard.switched', ({ direction, on }) => {
      const name = direction === Direction.TO_CUSTOMER ? 'toCustomer' : 'fromCustomer'
      this.#switches = { ...this.#switches, [name]: on }
    })
    words.on('clipboard.offered', ({ offerId, formats }) => this.#fetcher.offered(offerId, formats))
    words.on('clipboard.withdrawn', ({ offerId }) => this.#fetcher.offered(offerId, []))
    words.on('clipboard.wanted', ({ offerId, mime }) => void this.#serve(offerId, mime).catch(() => undefined))
    words.on('clipboard.piece', ({ data, last }) => this.#fetcher.piece(data, last))
    words.on('clipboard.failed', ({ reason }) => this.#fetcher.failed(refusalError(reason)))
    words.on('over', error => this.#fetcher.close(error))
  }

  /** What is switched on now. */
  get switches(): ClipboardSwitches {
    return this.#switches
  }

  /** The formats of what the customer has copied since its direction was switched on: `text/plain`, `text/html`, `image/png`. */
  get offered(): readonly ClipboardFormat[] {
    return this.#fetcher.formats
  }

  /** Switches directions on or off; what is absent stays. The event `clipboard-sync` tells what came of it. */
  sync({ toCustomer, fromCustomer }: Partial<ClipboardSwitches>): void {
    if (toCustomer !== undefined) this.#to.call('clipboard', { type: 'local.sync', direction: Direction.TO_CUSTOMER, on: toCustomer })
    if (fromCustomer !== undefined) this.#to.call('clipboard', { type: 'local.sync', direction: Direction.FROM_CUSTOMER, on: fromCustomer })
  }

  /**
   * This agent copied text, or something that there is in several formats: the customer can paste it while that direction is on.
   * `secret`: the program that it comes from marks it so; nothing is offered then, and what was is gone (RA-CLP-021).
   * Throws `E_LIMIT` beyond 1 MiB of text or HTML, or 16 MiB of a picture; what is read later is refused then.
   */
  offer(content: string | readonly ClipboardSource[], { secret = false }: { readonly secret?: boolean } = {}): void {
    const sources = typeof content === 'string' ? textOf(content) : content
    for (const { mime, data } of sources) if (typeof data !== 'function' && data.length > maxBytesOf(mime)) throw tooLarge(mime)
    this.#own = secret ? [] : sources
    const formats = offerable(this.#own.map(({ mime, data }) => ({ mime, bytes: typeof data === 'function' ? -1 : data.length })))
    this.#to.call('clipboard', { type: 'local.changed', formats, fromPeer: false })
  }

  /** The text that the customer copied last; undefined if there is none. Rejects with the refusal if it is not to be had. */
  async read(): Promise<string | undefined> {
    const data = await this.readAs(PLAIN_TEXT)
    return data === undefined ? undefined : new TextDecoder().decode(data)
  }

  /**
   * What the customer copied last, in one of the formats of `offered`; undefined if it is not offered. HTML comes without anything that acts, a picture as
   * nothing but its pixels. Rejects with the refusal if it is not to be had, with `E_INVALID` for a picture that is none or too large.
   */
  async readAs(mime: string): Promise<Uint8Array | undefined> {
    return this.#fetcher.fetch(mime)
  }

  async #serve(offerId: number, mime: string): Promise<void> {
    const source = this.#own.find(source => source.mime === mime)?.data
    const data = typeof source === 'function' ? await source().catch(() => undefined) : source
    if (data === undefined || data.length > maxBytesOf(mime)) {
      const reason = data === undefined ? RefusalReason.NOT_FOUND : RefusalReason.LIMIT
      return this.#to.call('clipboard', { type: 'local.unavailable', offerId, mime, reason })
    }
    for (const piece of piecesOf(data)) {
      await this.#to.driver.room()
      this.#to.call('clipboard', { type: 'local.data', offerId, mime, ...piece })
    }
  }
}

/** An empty text empties the clipboard. */
const textOf = (text: string): readonly ClipboardSource[] => (text === '' ? [] : [{ mime: PLAIN_TEXT, data: new TextEncoder().encode(text) }])

const tooLarge = (mime: string): AssistError =>
  mime === PLAIN_TEXT
    ? new AssistError('E_LIMIT', 'The text is larger than a clipboard takes (1 MiB).', { hint: 'Send it as a file.' })
    : new AssistError('E_LIMIT', `That is more ${mime} than a clipboard takes (${maxBytesOf(mime) / 1_048_576} MiB).`, { hint: 'Send it as a file.' })
