import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { hmac, join, sha512, utf8 } from './bytes.js'

/** CPACE-RISTR255-SHA512 of draft-irtf-cfrg-cpace-21, initiator and responder, with explicit key confirmation. */

const { Point } = ristretto255
type Element = InstanceType<typeof Point>
const order = Point.Fn.ORDER

/** Each piece behind its length in LEB128: the draft's `lv_cat`. */
export function lvCat(...pieces: readonly Uint8Array[]): Uint8Array {
  return join(...pieces.flatMap(piece => [leb128(piece.length), piece]))
}

function leb128(length: number): Uint8Array {
  return length < 128 ? Uint8Array.of(length) : join(Uint8Array.of((length & 127) | 128), leb128(length >> 7))
}

/** Bytes of input that SHA-512 takes before it works: the password is padded to it. */
const BLOCK = 128

/** The generator of an exchange, encoded. */
export function generatorOf(password: Uint8Array, channel: Uint8Array, sid: Uint8Array): Uint8Array {
  const domain = utf8('CPaceRistretto255')
  const padding = Math.max(0, BLOCK - lvCat(password).length - lvCat(domain).length - 1)
  const text = lvCat(domain, password, new Uint8Array(padding), channel, sid)
  const derived = ristretto255_hasher.deriveToCurve?.(sha512(text)) as Element | undefined
  if (derived === undefined) throw new Error('The curve library has no one-way map.')
  return derived.toBytes()
}

/** A scalar of 64 random bytes: read little-endian, modulo the order − 1, plus 1. */
export function scalarOf(random: Uint8Array): bigint {
  const number = [...random].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return (number % (order - 1n)) + 1n
}

/** `scalar_mult`: a point times a scalar, both encoded as the suite does. */
export function multiply(point: Uint8Array, scalar: bigint): Uint8Array {
  return Point.fromBytes(point).multiply(scalar).toBytes()
}

/** `scalar_mult_vfy`: undefined if the share is no encoded point, or the neutral element comes out. */
export function agree(share: Uint8Array, scalar: bigint): Uint8Array | undefined {
  let product: Element
  try {
    product = Point.fromBytes(share).multiply(scalar)
  } catch {
    return undefined
  }
  return product.equals(Point.ZERO) ? undefined : product.toBytes()
}

/** What an end says: its share, with its associated data. */
export interface Said {
  readonly share: Uint8Array
  readonly data: Uint8Array
}

/** The intermediate session key, of initiator (a) and responder (b). */
export function sessionKey(sid: Uint8Array, point: Uint8Array, a: Said, b: Said): Uint8Array {
  return sha512(join(lvCat(utf8('CPaceRistretto255_ISK'), sid, point), lvCat(a.share, a.data), lvCat(b.share, b.data)))
}

/** The tag by which an end proves the key: over what it said itself. */
export function tagOf(sid: Uint8Array, isk: Uint8Array, said: Said): Uint8Array {
  return hmac('sha512', sha512(join(utf8('CPaceMac'), sid, isk)), lvCat(said.share, said.data))
}
