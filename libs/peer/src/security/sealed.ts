import { Channel, type MediaKey, Role } from '@remote-assist/codec'
import {
  type Aead,
  KEY_BYTES,
  MediaOpener,
  MediaSealer,
  NONCE_BYTES,
  RecordOpener,
  RecordSealer,
  type ResumeSecret,
  type Secured,
  SecureError,
  type SessionKey,
  sessionKey,
} from '@remote-assist/secure'
import { hex } from '../audit/text.js'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { CustomerExchange, type ExchangeParts, JoinerExchange } from './exchange.js'
import { type CredentialSubject, credentialSubject } from './organisation.js'
import type { Secrets } from './secrets.js'
import type { Acquaintance, Counterpart, ExchangeEvents, PeerSecurity, RecordHeader, Security, Soon } from './security.js'

/** Secrets kept for one counterpart's return: as many handshakes in a row may end without its knowing. */
const MAX_KEPT = 8

/** The keys with one counterpart. */
interface Keys {
  readonly sealers: ReadonlyMap<Channel, RecordSealer>
  readonly openers: ReadonlyMap<Channel, RecordOpener>
  readonly pictures: MediaOpener
  readonly acquaintance: Acquaintance
}

/** What the security of an end is made of. */
export interface SealedParts {
  readonly secrets: Secrets
  /** Who a joiner's organisation says it is, a compact JWS; empty = it has none. Default: that. */
  readonly credential?: (subject: CredentialSubject) => Soon<string>
  readonly aead: Aead
  readonly clock: Clock
  readonly random: Random
}

/** Everything between participants is sealed: a handshake with each counterpart, keys for each channel and direction, a key of the picture for all who see. */
export class SealedSecurity implements Security {
  readonly #parts: SealedParts
  readonly #sessionKey: SessionKey
  readonly #keys = new Map<number, Keys>()
  readonly #kept = new Map<number, readonly ResumeSecret[]>()
  readonly #media: MediaSealer
  #mediaKey: MediaKey | undefined

  constructor(parts: SealedParts) {
    this.#parts = parts
    const seed = parts.random.bytes(32)
    this.#sessionKey = sessionKey(seed)
    seed.fill(0)
    this.#media = new MediaSealer(parts.aead)
  }

  /** What this end signs with; all zeros once the session is over. */
  get sessionKey(): SessionKey {
    return this.#sessionKey
  }

  secure(counterpart: Counterpart, events: ExchangeEvents): PeerSecurity {
    const { secrets, random, credential = () => '' } = this.#parts
    const { participant } = counterpart
    this.#drop(participant)
    const parts: ExchangeParts = {
      counterpart,
      secrets,
      random,
      key: this.#sessionKey,
      credential: () => credential(credentialSubject(hex(counterpart.sessionId), this.#sessionKey.publicKey)),
      kept: () => this.#kept.get(participant) ?? [],
      events,
      secured: secured => this.#secured(participant, secured),
    }
    return counterpart.role === Role.CUSTOMER ? new CustomerExchange(parts) : new JoinerExchange(parts)
  }

  seal(header: RecordHeader, plaintext: Uint8Array, head: Uint8Array): Soon<Uint8Array> {
    const now = this.#parts.clock.now()
    if (header.channel === Channel.MEDIA) return this.#media.seal(header, plaintext, now, head)
    const sealer = this.#keys.get(header.targets[0] ?? 0)?.sealers.get(header.channel)
    if (sealer === undefined) throw new SecureError('E_SPENT', `There is no key for participant ${header.targets.join()} on channel ${header.channel}.`)
    return sealer.seal(header, plaintext, now, head)
  }

  open(header: RecordHeader, payload: Uint8Array): Soon<Uint8Array> {
    const { source, channel } = header
    const keys = this.#keys.get(source)
    const opener = channel === Channel.MEDIA ? keys?.pictures : keys?.openers.get(channel)
    if (keys !== undefined && opener === undefined) throw new SecureError('E_CHANNEL', `Channel ${channel} is closed to participant ${source}.`)
    if (opener === undefined) throw new SecureError('E_TAMPERED', `There is no key for what participant ${source} sends on channel ${channel}.`)
    const opened = opener.open(header, payload)
    if (opened instanceof Uint8Array) this.#returned(source)
    else
      opened.then(
        () => this.#keys.get(source) === keys && this.#returned(source),
        () => undefined,
      )
    return opened
  }

  mediaKey(epoch: number): MediaKey {
    if (this.#mediaKey?.epoch === epoch) return this.#mediaKey
    const { random } = this.#parts
    const key = { epoch, key: random.bytes(KEY_BYTES), salt: random.bytes(NONCE_BYTES) }
    this.#media.switchTo(key)
    this.#wipeMediaKey()
    this.#mediaKey = key
    return key
  }

  get mediaSpent(): boolean {
    return this.#media.due(this.#parts.clock.now())
  }

  takeMediaKey(participant: number, key: MediaKey): void {
    this.#keys.get(participant)?.pictures.switchTo(key)
  }

  acquaintance(participant: number): Acquaintance | undefined {
    return this.#keys.get(participant)?.acquaintance
  }

  forget(participant: number): void {
    this.#drop(participant)
    for (const { secret } of this.#kept.get(participant) ?? []) secret.fill(0)
    this.#kept.delete(participant)
  }

  endMedia(before = Number.POSITIVE_INFINITY): void {
    if ((this.#media.epoch ?? 0) >= before) return
    this.#media.destroy()
    this.#wipeMediaKey()
  }

  end(): void {
    this.endMedia()
    for (const participant of new Set([...this.#keys.keys(), ...this.#kept.keys()])) this.forget(participant)
    this.#sessionKey.seed.fill(0)
  }

  #secured(participant: number, { traffic, words, resume, audit, counterpart }: Secured): void {
    const { aead } = this.#parts
    this.#keys.set(participant, {
      sealers: new Map(traffic.map(({ channel, send }) => [channel, new RecordSealer(aead, send)])),
      openers: new Map(traffic.map(({ channel, receive }) => [channel, new RecordOpener(aead, receive)])),
      pictures: new MediaOpener(aead),
      acquaintance: { words, credential: counterpart.credential, publicKey: counterpart.publicKey },
    })
    for (const { send, receive } of traffic) {
      send.fill(0)
      receive.fill(0)
    }
    // The audit log is signed; nothing is kept under a secret of its own yet.
    audit.fill(0)
    const kept = [resume, ...(this.#kept.get(participant) ?? [])]
    for (const { secret } of kept.splice(MAX_KEPT)) secret.fill(0)
    this.#kept.set(participant, kept)
  }

  /** Whoever speaks under the newest keys knows their secret: the ones before are of no more use. */
  #returned(participant: number): void {
    const [newest, ...older] = this.#kept.get(participant) ?? []
    if (newest === undefined || older.length === 0) return
    for (const { secret } of older) secret.fill(0)
    this.#kept.set(participant, [newest])
  }

  #drop(participant: number): void {
    const keys = this.#keys.get(participant)
    this.#keys.delete(participant)
    for (const key of [...(keys?.sealers.values() ?? []), ...(keys?.openers.values() ?? [])]) key.destroy()
    keys?.pictures.destroy()
  }

  #wipeMediaKey(): void {
    this.#mediaKey?.key.fill(0)
    this.#mediaKey?.salt.fill(0)
    this.#mediaKey = undefined
  }
}
