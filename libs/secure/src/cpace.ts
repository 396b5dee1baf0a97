/**
 * CPace, a password-authenticated key exchange, in its suite CPACE-RISTR255-SHA512 with initiator and responder (draft-irtf-cfrg-cpace-21): who knows the
 * password gets the key, who does not can try one password in each exchange and learns nothing to try others with. Randomness comes in as data.
 */
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concat, utf8, wipe } from './bytes.js'
import { SecureError } from './errors.js'

/** The suite's name. */
export const CPACE_SUITE = 'CPACE-RISTR255-SHA512'
/** Bytes of an encoded point. */
export const SHARE_BYTES = 32
/** Random bytes that a scalar is made from. */
export const SCALAR_SEED_BYTES = 64
/** Bytes of a confirmation tag. */
export const TAG_BYTES = 64

const { Point } = ristretto255
const ORDER = Point.Fn.ORDER
const DSI = utf8('CPaceRistretto255')
const DSI_ISK = utf8('CPaceRistretto255_ISK')
const DSI_MAC = utf8('CPaceMac')
/** Bytes that SHA-512 takes at a time: the password fills at least the first of these blocks. */
const HASH_BLOCK_BYTES = 128

/** A point that both ends reach from the same password. */
export interface Generator {
  multiply(scalar: bigint): Generator
  /** Its encoding, 32 bytes. */
  toBytes(): Uint8Array
}

/** What one end says: its share and what it binds to it. */
export interface Said {
  /** The encoded point, 32 bytes. */
  readonly share: Uint8Array
  readonly associatedData: Uint8Array
}

/** prepend_len() of the draft: bytes behind their length in LEB128. */
export function prependLength(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length: number[] = []
  let rest = bytes.length
  do {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    rest >>>= 7
  } while (rest > 0)
  return concat(Uint8Array.from(length), bytes)
}

/** lv_cat() of the draft: each string behind its length. */
export const lvCat = (...strings: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => concat(...strings.map(prependLength))

/** transcript_ir() of the draft: what both said, the initiator first. */
export const transcriptIr = (initiator: Said, responder: Said): Uint8Array<ArrayBuffer> =>
  lvCat(initiator.share, initiator.associatedData, responder.share, responder.associatedData)

/** generator_string() of the draft, for SHA-512. `password` is PRS there, `channel` CI. */
export function generatorString(password: Uint8Array, channel: Uint8Array, sid: Uint8Array): Uint8Array<ArrayBuffer> {
  const padding = Math.max(0, HASH_BLOCK_BYTES - 1 - prependLength(password).length - prependLength(DSI).length)
  return lvCat(DSI, password, new Uint8Array(padding), channel, sid)
}

/** calculate_generator() of the draft. */
export function calculateGenerator(password: Uint8Array, channel: Uint8Array, sid: Uint8Array): Generator {
  const text = generatorString(password, channel, sid)
  const hash = sha512(text)
  const generator = elementOf(hash)
  wipe(text, hash)
  return generator
}

/** element_derivation of RFC 9496, §4.3.4. */
function elementOf(hash: Uint8Array): Generator {
  if (ristretto255_hasher.deriveToCurve === undefined) throw new TypeError('@noble/curves derives no elements of ristretto255.')
  return ristretto255_hasher.deriveToCurve(hash)
}

/**
 * sample_scalar() of the draft, uniform from 1 to the group's order − 1 (to within 2⁻²⁵⁶): 64 random bytes become 32, little-endian.
 * Throws `E_FORMAT` if `random` is not 64 bytes.
 */
export function sampleScalar(random: Uint8Array): Uint8Array<ArrayBuffer> {
  if (random.length !== SCALAR_SEED_BYTES) throw new SecureError('E_FORMAT', 'A scalar is made from 64 random bytes.')
  let rest = (numberOf(random) % (ORDER - 1n)) + 1n
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(rest & 0xffn)
    rest >>= 8n
    return byte
  })
}

/** The number that bytes write, little-endian. */
const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

/** scalar_mult() of the draft: the share that an end sends, 32 bytes. */
export const scalarMult = (scalar: Uint8Array, generator: Generator): Uint8Array => generator.multiply(numberOf(scalar)).toBytes()

/**
 * scalar_mult_vfy() of the draft: the point that both ends share, 32 bytes; to be wiped as soon as the key is made from it.
 * Throws `E_POINT` if the share does not decode, or the result is the neutral element (the draft's abort).
 */
export function scalarMultVfy(scalar: Uint8Array, share: Uint8Array): Uint8Array {
  const point = decoded(share)
  if (point.is0()) throw new SecureError('E_POINT', 'The share is the neutral element.')
  return point.multiply(numberOf(scalar)).toBytes()
}

function decoded(share: Uint8Array): Generator & { is0(): boolean } {
  try {
    return Point.fromBytes(share)
  } catch {
    throw new SecureError('E_POINT', 'The share is no encoded point.')
  }
}

/** The intermediate session key (ISK) of the draft, 64 bytes, from the shared point. */
export const intermediateKey = (sid: Uint8Array, point: Uint8Array, initiator: Said, responder: Said): Uint8Array =>
  hashed(lvCat(DSI_ISK, sid, point), transcriptIr(initiator, responder))

/** sid_output of the draft, 64 bytes: public, unique among honest runs. */
export const sidOutput = (initiator: Said, responder: Said): Uint8Array => sha512(concat(utf8('CPaceSidOutput'), transcriptIr(initiator, responder)))

/** Proofs that an end knows the key, 64 bytes each: HMAC-SHA-512 of what that end itself said (the draft's explicit key confirmation). */
export interface Tags {
  readonly initiator: Uint8Array
  readonly responder: Uint8Array
}

/** The tags that belong to an ISK. */
export function confirmationTags(sid: Uint8Array, isk: Uint8Array, initiator: Said, responder: Said): Tags {
  const key = hashed(DSI_MAC, sid, isk)
  const tagOf = ({ share, associatedData }: Said) => hmac(sha512, key, lvCat(share, associatedData))
  const tags = { initiator: tagOf(initiator), responder: tagOf(responder) }
  wipe(key)
  return tags
}

/** SHA-512 of secrets, put together only for as long as it takes. */
function hashed(...parts: readonly Uint8Array[]): Uint8Array {
  const text = concat(...parts)
  const hash = sha512(text)
  wipe(text)
  return hash
}
