/**
 * Sees what every honest end seals and opens, and what nobody else sees: which payload is whose. What opens has to be what an honest end sealed next, for just
 * this place; who is secured has to know the secret. It shares nothing with what it judges.
 */
import { Channel } from '@remote-assist/codec'
import { PASSWORD_CLASS } from '@remote-assist/secure'
import { Breach } from '../breach.js'
import type { Handshaking, Header, Payload, Sealing } from './sealing.js'

/** Where a payload comes from. */
interface Origin {
  readonly header: Header
  /** The pair's words; of a picture: whose it is, and the epoch. */
  readonly stream: string
  readonly index: number
}

/** What the witness looks at of an end. */
interface End {
  readonly credentials: { readonly name: string; readonly secret: string }
  readonly sealing: Pick<Sealing, 'publicKey' | 'pairing'>
  /** Whether the end knew this secret when the session began, or learned it since. */
  knows(secret: string): boolean
}

/** Tries of one code at one end. */
const MAX_TRIES = 3

const ACCEPTED = 'nothing forged, replayed or reordered is accepted'

export class Witness {
  readonly #origins = new WeakMap<Payload, Origin>()
  readonly #sealed = new Map<string, number>()
  readonly #opened = new Map<string, number>()
  readonly #ends = new Map<string, End>()
  /** The epoch that an end was told last, by the pair's words. */
  readonly #epochs = new Map<string, number>()
  readonly #announced = new Map<End, number>()
  /** Shares that were released for a PIN, and who proved it. */
  readonly #tries = new Map<End, number>()
  readonly #proven = new Set<End>()
  readonly #proving = new Map<string, number>()
  /** Records that were opened. */
  records = 0

  /** An honest end. */
  introduce(end: End): void {
    this.#ends.set(end.sealing.publicKey, end)
  }

  sealed(end: End, header: Header, payload: Payload): void {
    const stream = header.channel === Channel.MEDIA ? this.#pictures(end) : wordsOf(end, header.targets[0] ?? 0)
    const name = `${end.credentials.name} ${stream} ${header.channel}`
    const index = (this.#sealed.get(name) ?? 0) + 1
    this.#sealed.set(name, index)
    this.#origins.set(payload, { header, stream, index })
  }

  #pictures(end: End): string {
    return `${end.sealing.publicKey} ${this.#announced.get(end)}`
  }

  /** The customer seals pictures under this epoch from now on. */
  announced(end: End, epoch: number): void {
    this.#announced.set(end, epoch)
  }

  /** A joiner was told of an epoch. */
  told(end: End, peer: number, epoch: number): void {
    this.#epochs.set(`${end.credentials.name} ${wordsOf(end, peer)}`, epoch)
  }

  opened(end: End, header: Header, payload: Payload): void {
    this.records++
    const { name } = end.credentials
    const wrong = (what: string): never => {
      throw new Breach(ACCEPTED, `${name} opened ${what} on channel ${header.channel}`)
    }
    const origin = this.#origins.get(payload)
    if (origin === undefined) return wrong('what nobody sealed')
    const pair = end.sealing.pairing(header.source)
    const picture = header.channel === Channel.MEDIA
    const stream = picture ? `${pair?.publicKey} ${this.#epochs.get(`${name} ${pair?.words}`)}` : pair?.words
    if (origin.stream !== stream) return wrong('what was sealed under other keys')
    if (!sameHeader(origin.header, header)) return wrong('what was sealed for another place')
    const seen = `${name} ${stream} ${header.channel} ${header.source}`
    const last = this.#opened.get(seen) ?? 0
    if (picture ? origin.index <= last : origin.index !== last + 1) return wrong(`record ${origin.index} after ${last}`)
    this.#opened.set(seen, origin.index)
  }

  /** A handshake message came or goes. */
  shaken(end: End, peer: number, { step, passwordClass }: Handshaking, sent: boolean): void {
    const name = `${end.credentials.name} ${peer}`
    if (step === 'start' && passwordClass !== undefined) this.#proving.set(name, passwordClass)
    if (step !== 'share' || !sent || this.#proving.get(name) !== PASSWORD_CLASS.PIN) return
    const tries = (this.#tries.get(end) ?? 0) + 1
    this.#tries.set(end, tries)
    if (tries > MAX_TRIES) throw new Breach('a code has three tries', `${end.credentials.name} released share ${tries}`)
    if (this.#proven.has(end)) throw new Breach('a proven code is burned', `${end.credentials.name} released another share`)
  }

  /** An exchange succeeded at this end. */
  secured(end: End, peer: number): void {
    if (this.#proving.get(`${end.credentials.name} ${peer}`) === PASSWORD_CLASS.PIN) this.#proven.add(end)
    const pair = end.sealing.pairing(peer)
    const other = pair && this.#ends.get(pair.publicKey)
    if (other === undefined || !(end.knows(other.credentials.secret) || other.knows(end.credentials.secret)))
      throw new Breach('who is secured knows the secret', `${end.credentials.name} is secured with ${other?.credentials.name ?? 'nobody honest'}`)
  }
}

const wordsOf = (end: End, peer: number): string => end.sealing.pairing(peer)?.words ?? ''

const sameHeader = (a: Header, b: Header): boolean =>
  a.channel === b.channel &&
  a.source === b.source &&
  a.sequence === b.sequence &&
  a.targets.length === b.targets.length &&
  a.targets.every((it, i) => it === b.targets[i])
