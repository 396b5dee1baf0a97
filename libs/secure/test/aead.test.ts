import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Aead, webAead } from '../src/index.js'
import { nodeAead } from '../src/node/index.js'
import { hex, toHex } from './support/bytes.js'
import { failure } from './support/failure.js'
import { describePublished, tellPublished } from './support/published.js'

const AEADS: readonly (readonly [string, Aead])[] = [
  ['WebCrypto', webAead],
  ['node:crypto', nodeAead],
]

/** McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", as submitted to NIST (gcm-spec.pdf), appendix B: AES-256 with an IV of 96 bits. */
const NIST = [
  { name: 'test case 13', key: '00'.repeat(32), iv: '00'.repeat(12), aad: '', msg: '', sealed: '530f8afbc74536b9a963b4f1c4cb738b' },
  {
    name: 'test case 14',
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    aad: '',
    msg: '00'.repeat(16),
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: 'test case 15',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    iv: 'cafebabefacedbaddecaf888',
    aad: '',
    msg: 'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c',
  },
  {
    name: 'test case 16',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    iv: 'cafebabefacedbaddecaf888',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    msg: 'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
] as const

interface Wycheproof {
  readonly numberOfTests: number
  readonly testGroups: readonly Group[]
}

interface Group {
  readonly keySize: number
  readonly ivSize: number
  readonly tests: readonly {
    readonly tcId: number
    readonly key: string
    readonly iv: string
    readonly aad: string
    readonly msg: string
    readonly ct: string
    readonly tag: string
    readonly result: 'valid' | 'invalid'
  }[]
}

describe.each(AEADS)('AES-256-GCM by %s (RA-SEC-201)', (_name, aead) => {
  test.each(NIST)('seals and opens $name of the GCM specification', async ({ key, iv, aad, msg, sealed }) => {
    const it = aead(hex(key))
    expect(toHex(await it.seal(hex(iv), hex(aad), hex(msg)))).toBe(sealed)
    expect(toHex(await it.open(hex(iv), hex(aad), hex(sealed)))).toBe(msg)
  })

  test('puts the lead before what it seals', async () => {
    const it = aead(new Uint8Array(32))
    const [nonce, aad] = [new Uint8Array(12), new Uint8Array(0)]
    expect(toHex(await it.seal(nonce, aad, hex('0102'), hex('abcd')))).toBe(`abcd${toHex(await it.seal(nonce, aad, hex('0102')))}`)
  })

  test('takes a copy of the key: it may be wiped at once', async () => {
    const bytes = new Uint8Array(32).fill(7)
    const it = aead(bytes)
    bytes.fill(0)
    const [nonce, aad] = [new Uint8Array(12), new Uint8Array(0)]
    expect(await it.seal(nonce, aad, hex('00'))).toEqual(await aead(new Uint8Array(32).fill(7)).seal(nonce, aad, hex('00')))
  })

  test('throws nothing but SecureError, whatever it is to open', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 16 }), fc.uint8Array({ maxLength: 40 }), async (key, nonce, sealed) => {
        const right = key.length === 32 && nonce.length === 12
        expect(await failure(() => aead(key).open(nonce, new Uint8Array(0), sealed))).toBe(right ? 'E_TAMPERED' : 'E_FORMAT')
        if (!right) expect(await failure(() => aead(key).seal(nonce, new Uint8Array(0), sealed))).toBe('E_FORMAT')
      }),
    ))
})

describePublished<Wycheproof>('wycheproof/aes_gcm_test.json', ({ numberOfTests, testGroups }) => {
  test.each(AEADS)(`%s agrees with all ${numberOfTests} vectors (RA-SEC-201)`, async (name, aead) => {
    let ran = 0
    for (const { keySize, ivSize, tests } of testGroups)
      for (const { tcId, key, iv, aad, msg, ct, tag, result } of tests) {
        ran++
        const open = async () => aead(hex(key)).open(hex(iv), hex(aad), hex(ct + tag))
        if (keySize !== 256 || ivSize !== 96) expect([tcId, await failure(open)]).toEqual([tcId, 'E_FORMAT'])
        else if (result === 'invalid') expect([tcId, await failure(open)]).toEqual([tcId, 'E_TAMPERED'])
        else {
          expect([tcId, toHex(await open())]).toEqual([tcId, msg])
          expect([tcId, toHex(await aead(hex(key)).seal(hex(iv), hex(aad), hex(msg)))]).toEqual([tcId, ct + tag])
        }
      }
    expect(ran).toBe(numberOfTests)
    tellPublished(`wycheproof/aes_gcm_test.json by ${name}`, ran)
  })
})

test('both implementations seal alike', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ maxLength: 300 }),
      async (key, nonce, aad, plaintext) => {
        const sealed = await nodeAead(key).seal(nonce, aad, plaintext)
        expect(toHex(await webAead(key).seal(nonce, aad, plaintext))).toBe(toHex(sealed))
        expect(toHex(await webAead(key).open(nonce, aad, sealed))).toBe(toHex(plaintext))
      },
    ),
  ))
