/** The real thing behind the seam: the handshake, the keys and the records of libs/secure, as libs/peer drives them. What is random comes from the seed. */
import { Channel, DecodeError, decodeHandshake, decodeMessages, encodeHandshake, encodeMessages, type MediaKey, type RecordChannel } from '@remote-assist/codec'
import type { OpenedRecord } from '@remote-assist/core'
import { type Clock, type Counterpart, SealedSecurity, type Secrets, type Soon } from '@remote-assist/peer'
import { SecureError } from '@remote-assist/secure'
import { nodeAead } from '@remote-assist/secure/node'
import { hex } from '../hex.js'
import type { Random } from '../random.js'
import {
  type Exchange,
  type ExchangeEvents,
  type Forger,
  type Handshaking,
  type Header,
  type Pairing,
  type Payload,
  type Sealing,
  Unopened,
} from './sealing.js'

/** What bytes of others may do wrong is their fault, and no failure of this end. */
function read<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SecureError) throw new Unopened(error.message)
    throw error
  }
}

/** A record stands alone here; the header of its frame is no bytes. */
const NO_HEAD = new Uint8Array()

const bytesOf = (payload: Payload): Uint8Array => (payload instanceof Uint8Array ? payload : new Uint8Array())

/** node:crypto seals and opens at once. */
function atOnce(bytes: Soon<Uint8Array>): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes
  throw new Error('the simulation needs what is sealed at once')
}

export class RealSealing implements Sealing {
  readonly publicKey: string
  readonly #security: SealedSecurity

  constructor(parts: { readonly secrets: Secrets; readonly clock: Clock; readonly random: Random }) {
    const { secrets, clock, random } = parts
    const source = { bytes: (count: number) => random.bytes(count) as Uint8Array<ArrayBuffer>, fraction: () => random.next() / 2 ** 32 }
    this.#security = new SealedSecurity({ secrets, credential: () => '', aead: nodeAead, clock, random: source })
    this.publicKey = hex(this.#security.sessionKey.publicKey)
  }

  secure(counterpart: Counterpart, events: ExchangeEvents): Exchange {
    const exchange = this.#security.secure(counterpart, {
      send: message => events.send(encodeHandshake(message)),
      secured: () => events.secured(),
      failed: ({ code }) => events.failed(code),
    })
    return {
      get secured() {
        return exchange.secured
      },
      start: () => exchange.start(),
      receive: payload => read(() => exchange.receive(decodeHandshake(bytesOf(payload)))),
      end: () => exchange.end(),
    }
  }

  seal(header: Header, { channel, kinds }: OpenedRecord): Payload {
    const messages = kinds.map(kind => ({ kind }))
    return atOnce(this.#security.seal(header, encodeMessages(channel as RecordChannel, messages as never), NO_HEAD))
  }

  open(header: Header, payload: Payload): OpenedRecord {
    return read(() => {
      const kinds = decodeMessages(header.channel as RecordChannel, atOnce(this.#security.open(header, bytesOf(payload)))).map(message => message.kind)
      return { channel: header.channel, kinds } as OpenedRecord
    })
  }

  mediaKey(epoch: number): MediaKey {
    return this.#security.mediaKey(epoch)
  }

  get mediaSpent(): boolean {
    return this.#security.mediaSpent
  }

  takeMediaKey(participant: number, key: MediaKey): void {
    read(() => this.#security.takeMediaKey(participant, key))
  }

  pairing(participant: number): Pairing | undefined {
    const acquaintance = this.#security.acquaintance(participant)
    return acquaintance && { words: acquaintance.words.join(' '), publicKey: hex(acquaintance.publicKey) }
  }

  forget(participant: number): void {
    this.#security.forget(participant)
  }

  endMedia(before?: number): void {
    this.#security.endMedia(before)
  }

  end(): void {
    this.#security.end()
  }
}

/** What can be done to bytes. */
export class ByteForger implements Forger {
  constructor(private readonly random: Random) {}

  peek(payload: Payload): Handshaking | undefined {
    try {
      const { kind } = decodeHandshake(bytesOf(payload))
      return kind && { step: kind.$case, passwordClass: kind.$case === 'start' ? kind.value.passwordClass : undefined }
    } catch (error) {
      if (error instanceof DecodeError) return undefined
      throw error
    }
  }

  altered(payload: Payload): Payload {
    const bytes = bytesOf(payload).slice()
    const at = this.random.below(Math.max(1, bytes.length))
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.random.below(8))
    return bytes
  }

  shortened(payload: Payload): Payload {
    const bytes = bytesOf(payload)
    return bytes.slice(0, this.random.below(Math.max(1, bytes.length)))
  }

  /** The lead of what would follow, and bytes that nobody sealed. */
  forged(header: Header, payload: Payload): Payload {
    if (header.channel === Channel.HANDSHAKE) return this.altered(payload)
    const bytes = this.random.bytes(Math.max(28, bytesOf(payload).length))
    bytes.set(bytesOf(payload).subarray(0, 12))
    if (bytes.length >= 12) bytes[11] = ((bytes[11] ?? 0) + 1) & 255
    return bytes
  }
}
