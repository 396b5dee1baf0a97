import { join, sha256 } from './bytes.js'

/** The tree by which files are verified: RFC 9162 over leaves of 1 MiB. */

export const LEAF_BYTES = 1_048_576

/** The digest of a leaf (RA-FIL-042). */
export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(0), leaf))

/** The leaves of a file: of an empty one, none. */
export function leavesOf(file: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(file.length / LEAF_BYTES) }, (_, index) => file.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES))
}

/** The root over a file's leaves; of an empty file SHA-256 of nothing. */
export const fileRoot = (file: Uint8Array): Uint8Array => rootOf(leavesOf(file).map(leafHash))

/** The root over digests of leaves: both sides of each node as large as RFC 9162 has them. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves
  if (first === undefined) return sha256(new Uint8Array(0))
  if (leaves.length === 1) return first
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  return sha256(join(Uint8Array.of(1), rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left))))
}

/** The bytes that the adapter contract gives a file of which it names the size alone: byte i is (i × 31 + 7) mod 251. */
export function patternBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, place) => (place * 31 + 7) % 251)
}
