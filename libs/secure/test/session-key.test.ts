import { describe, expect, test } from 'vitest'
import { sessionKey } from '../src/session-key.js'
import { hex, seeded, toHex } from './support/bytes.js'

describe('a session key', () => {
  test('is the Ed25519 key pair of its 32 random bytes (RFC 8032, §7.1, test 1)', () => {
    const random = hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
    expect(toHex(sessionKey(random).publicKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  })

  test('keeps a copy of them: whoever drew them may wipe them', () => {
    const random = seeded(1, 32)
    const { seed } = sessionKey(random)
    random.fill(0)
    expect(seed).toEqual(seeded(1, 32))
  })

  test('is made from 32 bytes and no other number', () => {
    for (const length of [0, 31, 33, 64]) expect(() => sessionKey(seeded(1, length))).toThrow(expect.objectContaining({ code: 'E_FORMAT' }))
  })
})
