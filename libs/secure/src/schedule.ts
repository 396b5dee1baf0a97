/** The key schedule: what follows from the key that a handshake agreed on, each secret for one purpose (RFC 5869, HKDF-SHA-256). */
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { lv, wipe } from './bytes.js'
import { wordsOf } from './words.js'

/** Bytes of a traffic, resume or audit secret. */
const SECRET_BYTES = 32
/** Bytes of the name of a resume secret. */
export const RESUME_NAME_BYTES = 16
/** Bytes that the verification words stand for. */
const WORDS_BYTES = 3

/** Who sends under a traffic secret. */
export type Direction = 'customer' | 'joiner'

/** The secrets of one pairwise channel, 32 bytes each, for generation 0. */
export interface ChannelSecrets {
  /** The number of the channel in the schema's enum `Channel`. */
  readonly channel: number
  /** For the records that the customer sends. */
  readonly fromCustomer: Uint8Array
  /** For the records that the joiner sends. */
  readonly fromJoiner: Uint8Array
}

/** A secret that both ends keep for a return, and what names it in the open. */
export interface ResumeSecret {
  /** 32 bytes, in memory only. */
  readonly secret: Uint8Array
  /** The first 16 bytes of its SHA-256. */
  readonly name: Uint8Array
}

/** Everything that follows from one handshake. */
export interface Derived {
  readonly channels: readonly ChannelSecrets[]
  /** Three words, the same at both ends: people compare them by voice. */
  readonly words: readonly string[]
  readonly resume: ResumeSecret
  /** 32 bytes. */
  readonly audit: Uint8Array
}

/** The sid of an exchange: SHA-256(lv("RA1-sid", session id, customer's nonce, joiner's nonce)), 32 bytes (RA-SEC-013). */
export const exchangeId = (sessionId: Uint8Array, customerNonce: Uint8Array, joinerNonce: Uint8Array): Uint8Array =>
  sha256(lv('RA1-sid', sessionId, customerNonce, joinerNonce))

/** The pseudorandom key (PRK): HKDF-Extract with the hash of the transcript as salt, 32 bytes (RA-SEC-041). To be wiped once everything is derived. */
export const pseudorandomKey = (transcriptHash: Uint8Array, isk: Uint8Array): Uint8Array => extract(sha256, isk, transcriptHash)

/** HKDF-Expand with lv(label, …) as info. */
const derive = (prk: Uint8Array, length: number, ...info: readonly (string | number)[]): Uint8Array => expand(sha256, prk, lv(...info), length)

/** The traffic secret of one channel and direction, generation 0 (RA-SEC-042). */
export const trafficSecret = (prk: Uint8Array, direction: Direction, channel: number): Uint8Array =>
  derive(prk, SECRET_BYTES, 'RA1-traffic', direction, channel)

/** What names a resume secret without telling it: the first 16 bytes of its SHA-256 (RA-SEC-045). */
export const resumeName = (secret: Uint8Array): Uint8Array => sha256(secret).slice(0, RESUME_NAME_BYTES)

/** Derives everything for these channels, and nothing for any other (RA-SEC-043). */
export function deriveAll(prk: Uint8Array, channels: readonly number[]): Derived {
  const words = derive(prk, WORDS_BYTES, 'RA1-words')
  const secret = derive(prk, SECRET_BYTES, 'RA1-resume')
  const derived = {
    channels: channels.map(channel => ({
      channel,
      fromCustomer: trafficSecret(prk, 'customer', channel),
      fromJoiner: trafficSecret(prk, 'joiner', channel),
    })),
    words: wordsOf(words),
    resume: { secret, name: resumeName(secret) },
    audit: derive(prk, SECRET_BYTES, 'RA1-audit'),
  }
  wipe(words)
  return derived
}
