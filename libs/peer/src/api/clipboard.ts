/** The clipboard at an agent: a switch for each direction, content announced at once and fetched when somebody wants it. */
import { type ClipboardFormat, Direction } from '@remote-assist/codec'
import { AssistError, refusalError } from '../errors.js'
import type { ToCustomer } from './joiner.js'

/** Most bytes of clipboard content in a message. */
const PIECE_BYTES = 65_536
/** Most bytes of text on a clipboard. */
export const MAX_CLIPBOARD_TEXT_BYTES = 1_048_576
/** The format that everybody has. */
export const PLAIN_TEXT = 'text/plain'

/** What is switched on, as the customer confirmed it. */
export interface ClipboardSwitches {
  readonly toCustomer: boolean
  readonly fromCustomer: boolean
}

interface Fetch {
  readonly mime: string
  readonly pieces: Uint8Array[]
  readonly done: (data: Uint8Array | undefined) => void
  readonly failed: (error: Error) => void
}

export class Clipboard {
  #switches: ClipboardSwitches = { toCustomer: false, fromCustomer: false }
  #offered: readonly ClipboardFormat[] = []
  #own: Uint8Array | undefined
  #fetch: Fetch | undefined
  readonly #to: ToCustomer

  constructor(to: ToCustomer) {
    this.#to = to
    const { words } = to
    words.on('clipboard.switched', ({ direction, on }) => {
      const name = direction === Direction.TO_CUSTOMER ? 'toCustomer' : 'fromCustomer'
      this.#switches = { ...this.#switches, [name]: on }
    })
    words.on('clipboard.offered', ({ formats }) => {
      this.#offered = formats
    })
    words.on('clipboard.withdrawn', () => {
      this.#offered = []
    })
    words.on('clipboard.wanted', ({ offerId, mime }) => this.#serve(offerId, mime))
    words.on('clipboard.piece', ({ data, last }) => this.#piece(data, last))
    words.on('clipboard.failed', ({ reason }) => this.#end(fetch => fetch.failed(refusalError(reason))))
    words.on('over', error => this.#end(fetch => fetch.failed(error)))
  }

  /** What is switched on now. */
  get switches(): ClipboardSwitches {
    return this.#switches
  }

  /** The formats of what the customer has copied since its direction was switched on. */
  get offered(): readonly ClipboardFormat[] {
    return this.#offered
  }

  /** Switches directions on or off; what is absent stays. The event `clipboard-sync` tells what came of it. */
  sync({ toCustomer, fromCustomer }: Partial<ClipboardSwitches>): void {
    if (toCustomer !== undefined) this.#to.call('clipboard', { type: 'local.sync', direction: Direction.TO_CUSTOMER, on: toCustomer })
    if (fromCustomer !== undefined) this.#to.call('clipboard', { type: 'local.sync', direction: Direction.FROM_CUSTOMER, on: fromCustomer })
  }

  /** This agent copied text: the customer can paste it while that direction is on. Throws `E_LIMIT` beyond 1 MiB. */
  offer(text: string): void {
    const data = new TextEncoder().encode(text)
    if (data.length > MAX_CLIPBOARD_TEXT_BYTES)
      throw new AssistError('E_LIMIT', 'The text is larger than a clipboard takes (1 MiB).', { hint: 'Send it as a file.' })
    this.#own = data
    const formats = data.length === 0 ? [] : [{ mime: PLAIN_TEXT, bytes: BigInt(data.length) }]
    this.#to.call('clipboard', { type: 'local.changed', formats, fromPeer: false })
  }

  /** The text that the customer copied last; undefined if there is none. Rejects with the refusal if it is not to be had. */
  async read(): Promise<string | undefined> {
    const data = await this.readAs(PLAIN_TEXT)
    return data === undefined ? undefined : new TextDecoder().decode(data)
  }

  /** What the customer copied last, in one of the formats of `offered`; undefined if it is not offered. One at a time: `E_BUSY`. */
  async readAs(mime: string): Promise<Uint8Array | undefined> {
    if (!this.#offered.some(format => format.mime === mime)) return undefined
    if (this.#fetch !== undefined) throw new AssistError('E_BUSY', 'The clipboard is being read already.')
    return new Promise((done, failed) => {
      this.#fetch = { mime, pieces: [], done, failed }
      try {
        this.#to.call('clipboard', { type: 'local.request', mime })
      } catch (error) {
        this.#end(fetch => fetch.failed(error as Error))
      }
    })
  }

  #piece(data: Uint8Array, last: boolean): void {
    this.#fetch?.pieces.push(data.slice())
    if (last) this.#end(fetch => fetch.done(joined(fetch.pieces)))
  }

  #end(how: (fetch: Fetch) => void): void {
    const fetch = this.#fetch
    this.#fetch = undefined
    if (fetch !== undefined) how(fetch)
  }

  #serve(offerId: number, mime: string): void {
    const data = mime === PLAIN_TEXT ? this.#own : undefined
    if (data === undefined) return this.#to.call('clipboard', { type: 'local.unavailable', offerId, mime })
    for (const piece of piecesOf(data)) this.#to.call('clipboard', { type: 'local.data', offerId, mime, ...piece })
  }
}

/** Content in pieces, in order; one empty piece if there is none. */
export function* piecesOf(data: Uint8Array): Generator<{ readonly offset: number; readonly data: Uint8Array; readonly last: boolean }> {
  let offset = 0
  do {
    const piece = data.subarray(offset, offset + PIECE_BYTES)
    yield { offset, data: piece, last: offset + piece.length >= data.length }
    offset += piece.length
  } while (offset < data.length)
}

/** Pieces in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
