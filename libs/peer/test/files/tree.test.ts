import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Hasher, webHasher } from '../../src/files/hasher.js'
import { MerkleTree } from '../../src/files/tree.js'
import { nodeHasher } from '../../src/node/file-store-hasher.js'

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** The definition of RFC 9162, section 2.1.1, word for word. */
function naive(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Uint8Array.of(1), naive(leaves.slice(0, k)), naive(leaves.slice(k)))
}

async function grow(hasher: Hasher, leaves: readonly Uint8Array[]): Promise<MerkleTree> {
  let tree = MerkleTree.empty(hasher)
  for (const leaf of leaves) {
    const hash = hasher.leaf()
    hash.update(leaf.subarray(0, leaf.length / 2))
    hash.update(leaf.subarray(leaf.length / 2))
    tree = await tree.with(await hash.digest())
  }
  return tree
}

const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** Inputs and roots of the reference tests of Certificate Transparency: google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(unhex)
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe.each([
  ['node:crypto', nodeHasher],
  ['WebCrypto', webHasher],
])('the tree over %s', (_, hasher) => {
  test('RA-FIL-042 has the roots of the Certificate Transparency reference', async () => {
    for (const [count, root] of ROOTS.entries()) {
      expect(new Uint8Array(await (await grow(hasher, LEAVES.slice(0, count))).root())).toEqual(unhex(root))
    }
  })

  test('RA-FIL-042 equals the definition for any leaves, at every length on the way, and older trees stay as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 40 }), fc.nat(40), async (leaves, cut) => {
        const prefix = await grow(hasher, leaves.slice(0, cut))
        let tree = prefix
        for (const leaf of leaves.slice(cut)) {
          const hash = hasher.leaf()
          hash.update(leaf)
          tree = await tree.with(await hash.digest())
        }
        expect(new Uint8Array(await tree.root())).toEqual(naive(leaves))
        expect(new Uint8Array(await prefix.root())).toEqual(naive(leaves.slice(0, cut)))
        expect(tree.subtrees.length).toBeLessThanOrEqual(Math.ceil(Math.log2(leaves.length + 1)))
      }),
      { numRuns: 40 },
    )
  })
})
