/** The customer's clipboard: told to agents as it changes, read when one of them pastes; promised what one of them copied. */
import { RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice } from '@remote-assist/core'
import { Fetcher } from '../clipboard/fetcher.js'
import { maxBytesOf, offerable, piecesOf } from '../clipboard/formats.js'
import { refusalError } from '../errors.js'
import { type ClipboardContent, type ClipboardHost, HostError } from '../host.js'

type Call = Extract<CustomerChannelCall, { readonly channel: 'clipboard' }>['event']
type Notice = Extract<CustomerNotice, { readonly kind: `clipboard.${string}` }>

/** What the bridge asks of its owner. */
export interface ClipboardOwner {
  /** The participants that there are. */
  peers(): Iterable<number>
  /** Tells a participant's channel; nothing happens if that is not possible now. */
  call(participant: number, event: Call): void
  /** As `call`; throws if that is not possible now. */
  request(participant: number, event: Call): void
  /** Undefined = the line has room; else it resolves when that may be so again. */
  room(): Promise<void> | undefined
  failed(error: unknown): void
}

/** What an agent copied, on its way to the host's clipboard or on it. */
interface Theirs {
  readonly participant: number
  /** Gives the clipboard up, if it is still promised this. */
  release?: () => void
}

export class ClipboardBridge {
  readonly #stop: () => void
  readonly #fetchers = new Map<number, Fetcher>()
  #theirs: Theirs | undefined

  constructor(
    readonly host: ClipboardHost,
    readonly owner: ClipboardOwner,
  ) {
    this.#stop = host.onChange((formats, secret = false) => {
      this.#theirs = undefined
      const offered = secret ? [] : offerable(formats)
      for (const peer of owner.peers()) owner.call(peer, { type: 'local.changed', formats: offered, fromPeer: false })
    })
  }

  /** No word follows, and nothing that was promised is to be had. */
  stop(): void {
    this.#stop()
    for (const participant of [...this.#fetchers.keys()]) this.forget(participant)
  }

  /** A participant is not there any more: what it copied is gone. */
  forget(participant: number): void {
    this.#withdraw(participant)
    this.#fetchers.get(participant)?.close(refusalError(RefusalReason.NOT_ACTIVE))
    this.#fetchers.delete(participant)
  }

  /** A word of the core about a participant's clipboard. */
  hear(participant: number, notice: Notice): void {
    switch (notice.kind) {
      case 'clipboard.offered':
        this.#fetcher(participant).offered(notice.offerId, notice.formats)
        return void this.#take(participant).catch(error => this.owner.failed(error))
      case 'clipboard.wanted':
        return void this.#serve(participant, notice.offerId, notice.mime).catch(error => this.owner.failed(error))
      case 'clipboard.piece':
        return this.#fetcher(participant).piece(notice.data, notice.last)
      case 'clipboard.failed':
        return this.#fetcher(participant).failed(refusalError(notice.reason))
      case 'clipboard.withdrawn':
        this.#fetcher(participant).offered(notice.offerId, [])
        return this.#withdraw(participant)
      default:
        return
    }
  }

  #fetcher(participant: number): Fetcher {
    const known = this.#fetchers.get(participant)
    if (known !== undefined) return known
    const fetcher = new Fetcher(mime => this.owner.request(participant, { type: 'local.request', mime }))
    this.#fetchers.set(participant, fetcher)
    return fetcher
  }

  /** What an agent copied takes the place of what is on the clipboard: as a promise, or, where there is no room for one, fetched at once (RA-CLP-026). */
  async #take(participant: number): Promise<void> {
    const fetcher = this.#fetcher(participant)
    const mimes = fetcher.formats.map(({ mime }) => mime)
    if (mimes.length === 0) return
    const theirs: Theirs = { participant }
    this.#theirs = theirs
    const once = new Map<string, Promise<Uint8Array | undefined>>()
    const fetch = async (mime: string): Promise<Uint8Array | undefined> => {
      const fetching = once.get(mime) ?? fetcher.fetch(mime).catch(() => undefined)
      once.set(mime, fetching)
      const fetched = await fetching
      if (fetched === undefined) once.delete(mime)
      return fetched
    }
    if (this.host.promise !== undefined) {
      theirs.release = await this.host.promise(mimes, fetch)
      if (this.#theirs !== theirs) return theirs.release()
    } else {
      const contents: ClipboardContent[] = []
      for (const mime of mimes) {
        const data = await fetch(mime)
        if (data !== undefined) contents.push({ mime, data })
      }
      if (this.#theirs !== theirs || contents.length === 0) return
      await this.host.write(contents)
    }
    // It came through the session: nobody is offered it, and what was offered before is gone.
    for (const peer of this.owner.peers()) this.owner.call(peer, { type: 'local.changed', formats: [], fromPeer: true })
  }

  #withdraw(participant: number): void {
    const theirs = this.#theirs
    if (theirs?.participant !== participant) return
    this.#theirs = undefined
    theirs.release?.()
  }

  async #serve(participant: number, offerId: number, mime: string): Promise<void> {
    let reason = RefusalReason.NOT_FOUND
    const data = await this.host.read(mime, maxBytesOf(mime)).catch((error: unknown) => {
      if (error instanceof HostError && error.code === 'E_TOO_LARGE') reason = RefusalReason.LIMIT
      return undefined
    })
    if (data === undefined) return this.owner.call(participant, { type: 'local.unavailable', offerId, mime, reason })
    for (const piece of piecesOf(data)) {
      await this.owner.room()
      this.owner.call(participant, { type: 'local.data', offerId, mime, ...piece })
    }
  }
}
