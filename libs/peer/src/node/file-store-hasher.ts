import { createHash } from 'node:crypto'
import { type Hasher, LEAF_PREFIX, NODE_PREFIX } from '../files/hasher.js'

const LEAF = Uint8Array.of(LEAF_PREFIX)
const NODE = Uint8Array.of(NODE_PREFIX)

/** SHA-256 of node:crypto: synchronous, and piece by piece. */
export const nodeHasher: Hasher = {
  leaf() {
    const hash = createHash('sha256').update(LEAF)
    return { update: data => void hash.update(data), digest: () => hash.digest() }
  },
  node: (left, right) => createHash('sha256').update(NODE).update(left).update(right).digest(),
  empty: () => createHash('sha256').digest(),
}
