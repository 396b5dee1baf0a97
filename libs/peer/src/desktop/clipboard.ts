/** The customer's clipboard: told to agents as it changes, read when one of them pastes, written when one of them copied. */
import type { CustomerChannelCall, CustomerNotice } from '@remote-assist/core'
import { joined, MAX_CLIPBOARD_TEXT_BYTES, PLAIN_TEXT, piecesOf } from '../api/clipboard.js'
import type { ClipboardHost } from '../host.js'

type Call = Extract<CustomerChannelCall, { readonly channel: 'clipboard' }>['event']
type Notice = Extract<CustomerNotice, { readonly kind: `clipboard.${string}` }>

/** Formats in an offer, at most. */
const MAX_FORMATS = 16

/** What the bridge asks of its owner. */
export interface ClipboardOwner {
  /** The participants that there are. */
  peers(): Iterable<number>
  /** Tells a participant's channel; nothing happens if that is not possible now. */
  call(participant: number, event: Call): void
  failed(error: unknown): void
}

export class ClipboardBridge {
  readonly #stop: () => void
  /** Pieces that arrive, by participant. */
  readonly #arriving = new Map<number, Uint8Array[]>()

  constructor(
    readonly host: ClipboardHost,
    readonly owner: ClipboardOwner,
  ) {
    this.#stop = host.onChange(formats => {
      const offered = formats.slice(0, MAX_FORMATS).map(({ mime, bytes }) => ({ mime, bytes: BigInt(Math.max(0, bytes)) }))
      for (const peer of owner.peers()) owner.call(peer, { type: 'local.changed', formats: offered, fromPeer: false })
    })
  }

  /** No word follows. */
  stop(): void {
    this.#stop()
    this.#arriving.clear()
  }

  /** A word of the core about a participant's clipboard. */
  hear(participant: number, notice: Notice): void {
    switch (notice.kind) {
      case 'clipboard.offered':
        // A desktop's clipboard has no room for promises: what an agent copied is fetched at once.
        if (notice.formats.some(({ mime }) => mime === PLAIN_TEXT)) this.#fetch(participant)
        return
      case 'clipboard.wanted':
        return void this.#serve(participant, notice.offerId, notice.mime).catch(error => this.owner.failed(error))
      case 'clipboard.piece':
        this.#arriving.get(participant)?.push(notice.data.slice())
        return notice.last ? void this.#write(participant).catch(error => this.owner.failed(error)) : undefined
      case 'clipboard.failed':
      case 'clipboard.withdrawn':
        return void this.#arriving.delete(participant)
      default:
        return
    }
  }

  #fetch(participant: number): void {
    this.#arriving.set(participant, [])
    this.owner.call(participant, { type: 'local.request', mime: PLAIN_TEXT })
  }

  async #serve(participant: number, offerId: number, mime: string): Promise<void> {
    const data = await this.host.read(mime, MAX_CLIPBOARD_TEXT_BYTES).catch(() => undefined)
    if (data === undefined) return this.owner.call(participant, { type: 'local.unavailable', offerId, mime })
    for (const piece of piecesOf(data)) this.owner.call(participant, { type: 'local.data', offerId, mime, ...piece })
  }

  async #write(participant: number): Promise<void> {
    const pieces = this.#arriving.get(participant)
    this.#arriving.delete(participant)
    if (pieces === undefined) return
    await this.host.write([{ mime: PLAIN_TEXT, data: joined(pieces) }])
    // It came through the session: nobody is offered it, and what was offered before is gone.
    for (const peer of this.owner.peers()) this.owner.call(peer, { type: 'local.changed', formats: [], fromPeer: true })
  }
}
