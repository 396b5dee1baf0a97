/** SHA-256 as RFC 9162 uses it, behind an interface so small that each platform can bring its own. */

/** A value now, or soon. */
export type Soon<T> = T | Promise<T>

/** The digest of one leaf, fed piece by piece: SHA-256(0x00 ‖ leaf). */
export interface LeafHash {
  /** Takes the next bytes. They are read before this returns, or kept and not changed by anybody. */
  update(data: Uint8Array): void
  /** The digest of everything so far, 32 bytes. Called once. */
  digest(): Soon<Uint8Array>
}

/** What a Merkle tree is hashed with (RA-FIL-042). Digests are 32 bytes. */
export interface Hasher {
  leaf(): LeafHash
  /** SHA-256(0x01 ‖ left ‖ right). */
  node(left: Uint8Array, right: Uint8Array): Soon<Uint8Array>
  /** SHA-256 of nothing: the root of an empty file. */
  empty(): Soon<Uint8Array>
}

/** The prefixes that keep leaves and nodes apart (RFC 9162, section 2.1.1). */
export const LEAF_PREFIX = 0x00
export const NODE_PREFIX = 0x01

function joined(prefix: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 1))
  bytes[0] = prefix
  let at = 1
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** WebCrypto, which every browser and Node have. It takes a leaf as a whole, so that up to one leaf (1 MiB) waits in memory. */
export const webHasher: Hasher = {
  leaf() {
    const parts: Uint8Array[] = []
    return { update: data => void parts.push(data), digest: () => sha256(joined(LEAF_PREFIX, parts)) }
  },
  node: (left, right) => sha256(joined(NODE_PREFIX, [left, right])),
  empty: () => sha256(new Uint8Array()),
}

/** Whether two digests are the same. */
export const sameDigest = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
