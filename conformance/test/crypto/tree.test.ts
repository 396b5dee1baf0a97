import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, join, sha256 } from '../../src/crypto/bytes.js'
import { fileRoot, LEAF_BYTES, leafHash, leavesOf, patternBytes, rootOf } from '../../src/crypto/tree.js'

describe('the tree of a file', () => {
  it('is SHA-256 of nothing for an empty file, and the leaf’s digest for one leaf', () => {
    expect(hex(fileRoot(new Uint8Array(0)))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(fileRoot(patternBytes(100))).toEqual(leafHash(patternBytes(100)))
  })

  it('splits at the largest power of two below the number of leaves', () => {
    const file = patternBytes(2 * LEAF_BYTES + 1)
    const [a, b, c] = leavesOf(file).map(leafHash)
    const node = (left?: Uint8Array, right?: Uint8Array) => sha256(join(Uint8Array.of(1), left ?? new Uint8Array(0), right ?? new Uint8Array(0)))
    expect(fileRoot(file)).toEqual(node(node(a, b), c))
  })

  it('changes with every leaf', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 }), fc.nat(), (leaves, place) => {
        const at = place % leaves.length
        const other = leaves.map((leaf, index) => (index === at ? leaf.map(byte => byte ^ 1) : leaf))
        expect(hex(rootOf(other))).not.toBe(hex(rootOf(leaves)))
      }),
    )
  })
})
