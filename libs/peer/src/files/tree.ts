/** The Merkle tree of RFC 9162, section 2.1.1, over the leaves of a file, in memory that grows with the logarithm of their number. */
import { LEAF_BYTES } from '@remote-assist/core'
import type { Hasher } from './hasher.js'

/** The bytes of a leaf, as a number. */
export const LEAF_SIZE = Number(LEAF_BYTES)

/**
 * A tree that grows leaf by leaf (RA-FIL-042). It keeps the roots of its complete subtrees, largest first, one for each bit that is set in
 * the number of leaves. It never changes: `with` returns the next tree, so that an older one may be kept to go on from.
 */
export class MerkleTree {
  private constructor(
    readonly hasher: Hasher,
    /** Leaves in the tree. */
    readonly leaves: number,
    readonly subtrees: readonly Uint8Array[],
  ) {}

  /** The tree without leaves. */
  static empty(hasher: Hasher): MerkleTree {
    return new MerkleTree(hasher, 0, [])
  }

  /** The tree over these leaves, given by their digests. */
  static async over(hasher: Hasher, leaves: readonly Uint8Array[]): Promise<MerkleTree> {
    let tree = MerkleTree.empty(hasher)
    for (const leaf of leaves) tree = await tree.with(leaf)
    return tree
  }

  /** The tree with one more leaf, given by its digest. */
  async with(leaf: Uint8Array): Promise<MerkleTree> {
    const subtrees = [...this.subtrees]
    let right = leaf
    for (let count = this.leaves; count % 2 === 1; count = Math.floor(count / 2)) {
      right = await this.hasher.node(subtrees.pop() as Uint8Array, right)
    }
    return new MerkleTree(this.hasher, this.leaves + 1, [...subtrees, right])
  }

  /** The root, 32 bytes; of a tree without leaves the digest of nothing. */
  async root(): Promise<Uint8Array> {
    let root: Uint8Array | undefined
    for (const left of this.subtrees.toReversed()) root = root === undefined ? left : await this.hasher.node(left, root)
    return root ?? this.hasher.empty()
  }
}
