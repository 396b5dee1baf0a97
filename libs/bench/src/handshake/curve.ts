import { randomBytes } from 'node:crypto'
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'

const { Point } = ristretto255

/** What an end of CPace computes on the curve, and nothing else, by the same library: a generator, its own share, the shared point. Returns that. */
export function curveWork(theirShare: Uint8Array): Uint8Array {
  const generator = ristretto255_hasher.deriveToCurve?.(randomBytes(64))
  if (generator === undefined) throw new TypeError('@noble/curves derives no elements of ristretto255.')
  const scalar = Point.Fn.fromBytes(randomBytes(32).fill(0, 31))
  generator.multiply(scalar).toBytes()
  return Point.fromBytes(theirShare).multiply(scalar).toBytes()
}

/** A share that somebody else might have sent. */
export const someShare = (): Uint8Array => Point.BASE.multiply(Point.Fn.fromBytes(randomBytes(32).fill(0, 31))).toBytes()
