/** The customer's clipboard: told to agents as it changes, read when one of them pastes; promised what one of them copied. */
import { type ClipboardFormat, RefusalReason } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice } from '@remote-assist/core'
import { Fetcher } from '../clipboard/fetcher.js'
import { maxBytesOf, offerable, piecesOf } from '../clipboard/formats.js'
import { refusalError } from '../errors.js'
import { type ClipboardContent, type ClipboardHost, HostError } from '../host.js'
import { Received } from './received.js'

type Call = Extract<CustomerChannelCall, { readonly channel: 'clipboard' }>['event']
type Notice = Extract<CustomerNotice, { readonly kind: `clipboard.${string}` }>

/** However fast agents say that they copied something: the desktop's clipboard changes hands so often in any second at most (RA-CLP-017). */
const TAKES_PER_SECOND = 5

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
  /** Monotonic, ms. */
  now(): number
  /** Does something later, unless the session is over by then. */
  later(ms: number, task: () => void): void
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
  readonly #taking = new Map<number, Promise<void>>()
  readonly #received = new Received()
  /** Participants whose newest copy is taken when its time comes. */
  readonly #waiting = new Set<number>()
  /** When the last ones were taken, or will be. */
  #takes: readonly number[] = []
  #theirs: Theirs | undefined
  /** Counts what came to be on the clipboard. */
  #lastChange = 0

  constructor(
    readonly host: ClipboardHost,
    readonly owner: ClipboardOwner,
  ) {
    this.#stop = host.onChange((formats, secret = false) => void this.#changed(secret ? [] : offerable(formats)).catch(error => owner.failed(error)))
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

  /** What a participant copied is on its way to the host's clipboard; resolves when it is there, or will not be. Undefined = nothing is. */
  taking(participant: number): Promise<void> | undefined {
    return this.#taking.get(participant)
  }

  /** A word of the core about a participant's clipboard. */
  hear(participant: number, notice: Notice): void {
    switch (notice.kind) {
      case 'clipboard.offered':
        this.#fetcher(participant).offered(notice.offerId, notice.formats)
        return this.#begin(participant)
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

  /** Another program has the clipboard now. What it took over of what came through the session is offered to nobody (RA-CLP-015, RA-CLP-016). */
  async #changed(formats: readonly ClipboardFormat[]): Promise<void> {
    this.#theirs = undefined
    const change = ++this.#lastChange
    if (formats.length > 0 && this.host.givenByHand !== true && !this.#received.isEmpty) {
      // What was offered before is gone, whatever comes of this look.
      this.#tell([], true)
      if (await this.#isReceived(formats)) return
      if (change !== this.#lastChange) return
    }
    this.#tell(formats, false)
  }

  async #isReceived(formats: readonly ClipboardFormat[]): Promise<boolean> {
    for (const { mime } of formats) {
      const data = await this.host.read(mime, maxBytesOf(mime)).catch(() => undefined)
      if (data !== undefined && (await this.#received.has(data))) return true
    }
    return false
  }

  #tell(formats: readonly ClipboardFormat[], fromPeer: boolean): void {
    for (const peer of this.owner.peers()) this.owner.call(peer, { type: 'local.changed', formats, fromPeer })
  }

  #fetcher(participant: number): Fetcher {
    const known = this.#fetchers.get(participant)
    if (known !== undefined) return known
    const fetcher = new Fetcher(mime => this.owner.request(participant, { type: 'local.request', mime }))
    this.#fetchers.set(participant, fetcher)
    return fetcher
  }

  /** Takes what a participant copied, when it is time to: of what comes meanwhile, the newest. */
  #begin(participant: number): void {
    if (this.#waiting.has(participant)) return
    const now = this.owner.now()
    const at = Math.max(now, (this.#takes.at(-TAKES_PER_SECOND) ?? Number.NEGATIVE_INFINITY) + 1_000)
    this.#takes = [...this.#takes, at].slice(-TAKES_PER_SECOND)
    const taking: Promise<void> = (at === now ? this.#take(participant) : this.#takeLater(participant, at - now))
      .catch(error => this.owner.failed(error))
      .finally(() => {
        if (this.#taking.get(participant) === taking) this.#taking.delete(participant)
      })
    this.#taking.set(participant, taking)
  }

  async #takeLater(participant: number, waitMs: number): Promise<void> {
    this.#waiting.add(participant)
    await new Promise<void>(resolve => this.owner.later(waitMs, resolve))
    this.#waiting.delete(participant)
    await this.#take(participant)
  }

  /** What an agent copied takes the place of what is on the clipboard: as a promise, or, where there is no room for one, fetched at once (RA-CLP-026). */
  async #take(participant: number): Promise<void> {
    const fetcher = this.#fetcher(participant)
    const mimes = fetcher.formats.map(({ mime }) => mime)
    if (mimes.length === 0) return
    const theirs: Theirs = { participant }
    this.#theirs = theirs
    this.#lastChange++
    const once = new Map<string, Promise<Uint8Array | undefined>>()
    const fetch = async (mime: string): Promise<Uint8Array | undefined> => {
      const fetching = once.get(mime) ?? this.#receive(fetcher, mime).catch(() => undefined)
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
    this.#tell([], true)
  }

  async #receive(fetcher: Fetcher, mime: string): Promise<Uint8Array | undefined> {
    const data = await fetcher.fetch(mime)
    if (data !== undefined) await this.#received.add(data)
    return data
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
