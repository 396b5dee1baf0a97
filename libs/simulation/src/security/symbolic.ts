/** Security without cryptography: keys are terms, and what is forged is found by construction. Counters, epochs, generations and tries are as in the real one. */
import { Channel, type MediaKey, Role } from '@remote-assist/codec'
import type { Instant, OpenedRecord } from '@remote-assist/core'
import type { Counterpart, Secrets } from '@remote-assist/peer'
import { hex } from '../hex.js'
import { type Exchange, type ExchangeEvents, type Header, type Pairing, type Payload, type Sealing, Unopened } from './sealing.js'
import { type Agreed, type ExchangeParts, SymbolicCustomer, SymbolicJoiner } from './symbolic-exchange.js'
import { type Lead, Sealed } from './terms.js'

/** After how long a key is followed by the next one: sooner than in earnest, so that it happens. */
const PACE_MS = 20_000
const MEDIA_PACE_MS = 45_000
/** Secrets kept for one counterpart's return. */
const MAX_KEPT = 8

/** One direction of one channel. */
interface Way {
  readonly key: string
  generation: number
  counter: number
  since: number
}

interface Keys {
  readonly pairing: Pairing
  readonly sends: string
  readonly receives: string
  readonly sealers: Map<Channel, Way>
  readonly openers: Map<Channel, Way>
  media: Way | undefined
  /** Something did not open: nothing will any more. */
  broken: boolean
}

const way = (key: string, generation = 0): Way => ({ key, generation, counter: 0, since: 0 })

function wayOf(ways: Map<Channel, Way>, key: string, channel: Channel): Way {
  const found = ways.get(channel) ?? way(key)
  ways.set(channel, found)
  return found
}

/** What the security of an end is made of. `fresh` names something that was never named before, `short` a term by few letters. */
export interface SymbolicParts {
  readonly name: string
  readonly secrets: Secrets
  now(): Instant
  fresh(): number
  short(term: string): string
}

export class SymbolicSealing implements Sealing {
  readonly publicKey: string
  readonly #keys = new Map<number, Keys>()
  readonly #kept = new Map<number, readonly string[]>()
  #media: Way | undefined
  #mediaKey: MediaKey | undefined

  constructor(private readonly parts: SymbolicParts) {
    this.publicKey = `key of ${parts.name}`
  }

  secure(counterpart: Counterpart, events: ExchangeEvents): Exchange {
    const { participant, role } = counterpart
    this.#keys.delete(participant)
    const parts: ExchangeParts = {
      counterpart,
      publicKey: this.publicKey,
      secrets: this.parts.secrets,
      fresh: () => `${this.parts.name}.${this.parts.fresh()}`,
      short: term => this.parts.short(term),
      kept: () => this.#kept.get(participant) ?? [],
      secured: agreed => this.#secured(participant, role, agreed),
      events,
    }
    return role === Role.CUSTOMER ? new SymbolicCustomer(parts) : new SymbolicJoiner(parts)
  }

  #secured(participant: number, role: Role, { key, publicKey }: Agreed): void {
    const [down, up] = [`${key}↓`, `${key}↑`]
    const [sends, receives] = role === Role.CUSTOMER ? [down, up] : [up, down]
    const pairing = { words: key, publicKey }
    this.#keys.set(participant, { pairing, sends, receives, sealers: new Map(), openers: new Map(), media: undefined, broken: false })
    this.#kept.set(participant, [`return of ${key}`, ...(this.#kept.get(participant) ?? [])].slice(0, MAX_KEPT))
  }

  seal(header: Header, record: OpenedRecord): Payload {
    const { channel, targets } = header
    const keys = channel === Channel.MEDIA ? undefined : this.#keys.get(targets[0] ?? 0)
    const sealer = channel === Channel.MEDIA ? this.#media : keys && wayOf(keys.sealers, keys.sends, channel)
    if (sealer === undefined) throw new Unopened(`there is no key for participant ${targets} on channel ${channel}`)
    const now = this.parts.now()
    if (keys !== undefined && sealer.counter > 0 && now - sealer.since >= PACE_MS) {
      sealer.generation++
      sealer.since = now
    }
    if (sealer.counter === 0) sealer.since = now
    return new Sealed(sealer.key, { generation: sealer.generation, counter: ++sealer.counter }, header, record)
  }

  open(header: Header, payload: Payload): OpenedRecord {
    const keys = this.#keys.get(header.source)
    if (keys === undefined || keys.broken || !(payload instanceof Sealed)) throw new Unopened(`there is no key for what participant ${header.source} sends`)
    const media = header.channel === Channel.MEDIA
    const opener = media ? keys.media : wayOf(keys.openers, keys.receives, header.channel)
    if (opener === undefined || !(media ? follows(opener, payload.lead) : isNext(opener, payload.lead)) || !isSealedFor(opener, header, payload)) {
      keys.broken = true
      throw new Unopened(`record ${payload.lead.generation}.${payload.lead.counter} came after ${opener?.generation}.${opener?.counter}`)
    }
    opener.generation = payload.lead.generation
    opener.counter = payload.lead.counter
    this.#returned(header.source)
    return payload.record
  }

  /** Whoever speaks under the newest keys knows their secret: the ones before are of no more use. */
  #returned(participant: number): void {
    const kept = this.#kept.get(participant)
    if (kept !== undefined && kept.length > 1) this.#kept.set(participant, kept.slice(0, 1))
  }

  mediaKey(epoch: number): MediaKey {
    if (this.#mediaKey?.epoch === epoch) return this.#mediaKey
    const key = new Uint8Array(32)
    new DataView(key.buffer).setUint32(0, this.parts.fresh())
    this.#mediaKey = { epoch, key, salt: new Uint8Array(12) }
    this.#media = way(hex(key), epoch)
    return this.#mediaKey
  }

  get mediaSpent(): boolean {
    return this.#media !== undefined && this.#media.counter > 0 && this.parts.now() - this.#media.since >= MEDIA_PACE_MS
  }

  takeMediaKey(participant: number, { epoch, key }: MediaKey): void {
    const keys = this.#keys.get(participant)
    if (keys === undefined) return
    if (keys.media !== undefined && epoch <= keys.media.generation) throw new Unopened(`epoch ${epoch} does not follow ${keys.media.generation}`)
    keys.media = way(hex(key), epoch)
  }

  pairing(participant: number): Pairing | undefined {
    return this.#keys.get(participant)?.pairing
  }

  forget(participant: number): void {
    this.#keys.delete(participant)
    this.#kept.delete(participant)
  }

  endMedia(before = Number.POSITIVE_INFINITY): void {
    if ((this.#mediaKey?.epoch ?? 0) >= before) return
    this.#media = undefined
    this.#mediaKey = undefined
  }

  end(): void {
    this.endMedia()
    this.#keys.clear()
    this.#kept.clear()
  }
}

/** Pairwise: nothing is missing, repeated or moved; the key is the same or the next. */
const isNext = (opener: Way, { generation, counter }: Lead): boolean =>
  counter === opener.counter + 1 && (generation === opener.generation || generation === opener.generation + 1)

/** Pictures: of the epoch that was told last, and later than the last one. */
const follows = (opener: Way, { generation, counter }: Lead): boolean => generation === opener.generation && counter > opener.counter

/** Sealed under this key, for this place. */
const isSealedFor = (opener: Way, { channel, source, targets, sequence }: Header, { key, header }: Sealed): boolean =>
  key === opener.key &&
  header.channel === channel &&
  header.source === source &&
  header.sequence === sequence &&
  header.targets.length === targets.length &&
  header.targets.every((target, i) => target === targets[i])
