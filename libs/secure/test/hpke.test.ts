import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { x25519 } from '@noble/curves/ed25519.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { shake128 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, lv, utf8 } from '../src/bytes.js'
import { sealTo } from '../src/hpke-sender.js'
import { CredentialOpener, MAX_CREDENTIAL_BYTES, sealCredentials, sessionKey, sign, signCredentialKey } from '../src/index.js'
import { anyBytes, hex, seeded, toHex } from './support/bytes.js'
import { failure } from './support/failure.js'
import { describePublished, tellPublished } from './support/published.js'

const CUSTOMER = sessionKey(seeded(1, 32))
const CUSTOMER_KEY = CUSTOMER.publicKey
const REQUEST = { session: seeded(2, 16), requestId: 7 }
const CREDENTIALS = new TextEncoder().encode('administrator\0correct horse')

async function scene(request = REQUEST) {
  const opener = await CredentialOpener.create(request, seeded(3, 32))
  return { opener, key: signCredentialKey(request, opener.publicKey, CUSTOMER) }
}

describe('credentials', () => {
  test('are read by the helper alone, 48 bytes longer on the way (RA-SEC-241)', () =>
    fc.assert(
      fc.asyncProperty(
        anyBytes(32),
        anyBytes(16),
        fc.nat(0xffff_ffff),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        async (seed, session, requestId, credentials) => {
          const opener = await CredentialOpener.create({ session, requestId }, seed)
          const key = signCredentialKey({ session, requestId }, opener.publicKey, CUSTOMER)
          const sealed = await sealCredentials({ session, requestId }, key, CUSTOMER_KEY, credentials)
          expect(sealed.length).toBe(credentials.length + 48)
          expect(toHex(await opener.open(sealed))).toBe(toHex(credentials))
        },
      ),
      { numRuns: 20 },
    ))

  test('open once: the key is gone, whatever came of it (RA-SEC-244)', async () => {
    const { opener, key } = await scene()
    const sealed = await sealCredentials(REQUEST, key, CUSTOMER_KEY, CREDENTIALS)
    const twice = await Promise.all([failure(() => opener.open(sealed)), failure(() => opener.open(sealed))])
    expect(twice).toEqual([undefined, 'E_SPENT'])

    const again = await scene()
    expect(await failure(() => again.opener.open(sealed.subarray(1)))).toBe('E_TAMPERED')
    expect(await failure(() => again.opener.open(sealed))).toBe('E_SPENT')

    const given = await scene()
    given.opener.destroy()
    expect(await failure(() => given.opener.open(sealed))).toBe('E_SPENT')
  })

  test('with a bit flipped in any byte, or cut anywhere, do not open (RA-SEC-241)', async () => {
    const { key } = await scene()
    const sealed = await sealCredentials(REQUEST, key, CUSTOMER_KEY, CREDENTIALS)
    for (let byte = 0; byte < sealed.length; byte++) {
      const altered = Uint8Array.from(sealed)
      // The highest bit of a point is not part of it (RFC 7748); it is of the encapsulation, which the keys are bound to.
      altered[byte] = (altered[byte] as number) ^ (byte === 31 ? 0x80 : 1 << (byte & 7))
      expect([byte, await failure(async () => (await scene()).opener.open(altered))]).toEqual([byte, 'E_TAMPERED'])
      expect([byte, await failure(async () => (await scene()).opener.open(sealed.subarray(0, byte)))]).toEqual([byte, 'E_TAMPERED'])
    }
  })

  test('do not open for another request, session or key (RA-SEC-243)', async () => {
    const { key } = await scene()
    const sealed = await sealCredentials(REQUEST, key, CUSTOMER_KEY, CREDENTIALS)
    for (const other of [
      { ...REQUEST, requestId: 8 },
      { ...REQUEST, session: seeded(9, 16) },
    ])
      expect(await failure(async () => (await scene(other)).opener.open(sealed))).toBe('E_TAMPERED')
    const stranger = await CredentialOpener.create(REQUEST, seeded(4, 32))
    expect(await failure(() => stranger.open(sealed))).toBe('E_TAMPERED')
  })

  test('are not sealed to a key that the customer did not sign for this request (RA-SEC-242)', async () => {
    const { key } = await scene()
    const stranger = (await CredentialOpener.create(REQUEST, seeded(4, 32))).publicKey
    const seal = (request: typeof REQUEST, signed: typeof key, customerKey = CUSTOMER_KEY) =>
      failure(() => sealCredentials(request, signed, customerKey, CREDENTIALS))
    expect(await seal({ ...REQUEST, requestId: 8 }, key)).toBe('E_SIGNATURE')
    expect(await seal({ ...REQUEST, session: seeded(9, 16) }, key)).toBe('E_SIGNATURE')
    expect(await seal(REQUEST, { ...key, key: stranger })).toBe('E_SIGNATURE')
    expect(await seal(REQUEST, { ...key, signature: seeded(5, 64) })).toBe('E_SIGNATURE')
    expect(await seal(REQUEST, key, sessionKey(seeded(6, 32)).publicKey)).toBe('E_SIGNATURE')
    expect(await seal(REQUEST, signCredentialKey(REQUEST, key.key, sessionKey(seeded(6, 32))))).toBe('E_SIGNATURE')
    expect(key.signature).toEqual(sign(CUSTOMER, lv('RA1-credential-key', REQUEST.session, 7, key.key)))
  })

  test('are not sealed to a point of small order, though it is signed', async () => {
    for (const point of [new Uint8Array(32), Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))])
      expect(await failure(() => sealCredentials(REQUEST, signCredentialKey(REQUEST, point, CUSTOMER), CUSTOMER_KEY, CREDENTIALS))).toBe('E_POINT')
  })

  test('have 1 to 4,048 bytes, so that they fit their message', async () => {
    const { opener, key } = await scene()
    for (const length of [0, MAX_CREDENTIAL_BYTES + 1])
      expect(await failure(() => sealCredentials(REQUEST, key, CUSTOMER_KEY, new Uint8Array(length)))).toBe('E_FORMAT')
    const sealed = await sealCredentials(REQUEST, key, CUSTOMER_KEY, new Uint8Array(MAX_CREDENTIAL_BYTES))
    expect(sealed.length).toBe(4_096)
    expect((await opener.open(sealed)).length).toBe(MAX_CREDENTIAL_BYTES)
  })

  test('the seed of a key is wiped; keys and requests have their sizes', async () => {
    const seed = seeded(3, 32)
    await CredentialOpener.create(REQUEST, seed)
    expect(seed).toEqual(new Uint8Array(32))
    expect(await failure(() => CredentialOpener.create(REQUEST, new Uint8Array(31)))).toBe('E_FORMAT')
    expect(await failure(() => CredentialOpener.create({ ...REQUEST, requestId: -1 }, seeded(3, 32)))).toBe('E_FORMAT')
    expect(await failure(() => signCredentialKey({ ...REQUEST, session: new Uint8Array(3) }, seeded(3, 32), CUSTOMER))).toBe('E_FORMAT')
    expect(await failure(() => signCredentialKey(REQUEST, seeded(3, 31), CUSTOMER))).toBe('E_FORMAT')
  })

  test('any bytes: a SecureError, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async bytes => {
        expect(await failure(async () => (await scene()).opener.open(bytes))).toBe('E_TAMPERED')
        expect(await failure(() => sealCredentials(REQUEST, { key: bytes, signature: bytes }, CUSTOMER_KEY, CREDENTIALS))).toMatch(/^E_(SIGNATURE|FORMAT)$/)
      }),
      { numRuns: 30 },
    ))
})

describe('the suite', () => {
  const info = hex('4f6465206f6e2061204772656369616e2055726e')
  const kem = new DhkemX25519HkdfSha256()
  const pairOf = (ikm: string) => kem.deriveKeyPair(hex(ikm).buffer)

  test('is what RFC 9180, appendix A.1.1, says of X25519 and HKDF-SHA256, there with AES-128-GCM', async () => {
    const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes128Gcm() })
    const { publicKey, privateKey } = await pairOf('6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037')
    expect(toHex(new Uint8Array(await kem.serializePublicKey(publicKey)))).toBe('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d')
    const ekm = await pairOf('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234')
    const sender = await suite.createSenderContext({ recipientPublicKey: publicKey, ekm, info })
    expect(toHex(new Uint8Array(sender.enc))).toBe('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431')
    const recipient = await suite.createRecipientContext({ recipientKey: privateKey, enc: sender.enc, info })
    const plaintext = '4265617574792069732074727574682c20747275746820626561757479'
    for (const [count, ciphertext] of [
      'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
      'af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84',
      '498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19ad4a683518973dcc180',
    ].entries()) {
      const aad = new TextEncoder().encode(`Count-${count}`)
      expect(toHex(new Uint8Array(await sender.seal(hex(plaintext), aad)))).toBe(ciphertext)
      expect(toHex(new Uint8Array(await recipient.open(hex(ciphertext), aad)))).toBe(plaintext)
    }
  })

  /**
   * The vectors of RFC 9180 for AES-256-GCM are in the set beside the document; this one is kem 32, kdf 1, aead 2, mode 0 as in golang/go,
   * src/crypto/hpke/testdata/rfc9180.json (commit 499c189d5038), which holds the hash of a thousand encryptions of what SHAKE128 gives.
   */
  test('is what the vectors beside RFC 9180 say of it with AES-256-GCM, a thousand times', async () => {
    const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() })
    const { publicKey, privateKey } = await pairOf('dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee')
    expect(toHex(new Uint8Array(await kem.serializePublicKey(publicKey)))).toBe('430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c')
    const ekm = await pairOf('2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9')
    const sender = await suite.createSenderContext({ recipientPublicKey: publicKey, ekm, info })
    expect(toHex(new Uint8Array(sender.enc))).toBe('6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256')
    const recipient = await suite.createRecipientContext({ recipientKey: privateKey, enc: sender.enc, info })
    const [source, sink] = [shake128.create({ dkLen: 16 }), shake128.create({ dkLen: 16 })]
    const draw = () => {
      const [length = 0] = source.xof(1)
      return length === 0 ? new Uint8Array(0) : source.xof(length)
    }
    for (let n = 0; n < 1_000; n++) {
      const [aad, plaintext] = [draw(), draw()]
      const sealed = new Uint8Array(await sender.seal(plaintext, aad))
      sink.update(sealed)
      expect(toHex(new Uint8Array(await recipient.open(sealed, aad)))).toBe(toHex(plaintext))
    }
    expect(toHex(sink.xof(16))).toBe('1702e73e1e71705faa8241022af1deea')
  })

  test('is what credentials are sealed with: byte for byte the same from the same ephemeral key, which is wiped (RA-SEC-241)', () =>
    fc.assert(
      fc.asyncProperty(
        anyBytes(32),
        anyBytes(32),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        async (ikm, ekm, info, text) => {
          const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() })
          const { publicKey } = await kem.deriveKeyPair(ikm.slice().buffer)
          const sender = await suite.createSenderContext({ recipientPublicKey: publicKey, ekm: await kem.deriveKeyPair(ekm.slice().buffer), info })
          const theirs = concat(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(text)))
          const { privateKey } = await kem.deriveKeyPair(ekm.slice().buffer)
          const ephemeral = new Uint8Array(await kem.serializePrivateKey(privateKey))
          const ours = await sealTo(new Uint8Array(await kem.serializePublicKey(publicKey)), info, text, ephemeral)
          expect(toHex(ours)).toBe(toHex(theirs))
          expect(ephemeral).toEqual(new Uint8Array(32))
        },
      ),
      { numRuns: 30 },
    ))
})

/** What DHKEM(X25519, HKDF-SHA256) makes of a shared point (RFC 9180, section 4.1). */
function sharedSecret(point: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const suite = concat(utf8('HPKE-v1KEM'), Uint8Array.of(0, 0x20))
  const secret = extract(sha256, concat(suite, utf8('eae_prk'), point), new Uint8Array(0))
  return expand(sha256, secret, concat(Uint8Array.of(0, 32), suite, utf8('shared_secret'), enc, recipient), 32)
}

interface Wycheproof {
  readonly numberOfTests: number
  readonly testGroups: readonly {
    readonly tests: readonly ({ readonly tcId: number; readonly flags: readonly string[] } & Readonly<Record<'public' | 'private' | 'shared', string>>)[]
  }[]
}

test.each([
  [
    '5.2, the first',
    'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  ],
  [
    '5.2, the second',
    '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
    '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  ],
  [
    '6.1, of Alice',
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  ],
  [
    '6.1, of Bob',
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  ],
])('RFC 7748, %s: X25519 of both halves of HPKE', async (_which, secret, point, shared) => {
  expect(toHex(x25519.getSharedSecret(hex(secret), hex(point)))).toBe(shared)
  const kem = new DhkemX25519HkdfSha256()
  const recipientKey = await kem.importKey('raw', hex(secret).slice().buffer, false)
  const opened = new Uint8Array(await kem.decap({ recipientKey, enc: hex(point).slice().buffer }))
  expect(toHex(opened)).toBe(toHex(sharedSecret(hex(shared), hex(point), x25519.getPublicKey(hex(secret)))))
})

describePublished<Wycheproof>('wycheproof/x25519_test.json', ({ numberOfTests, testGroups }) => {
  test(`agrees with all ${numberOfTests} vectors, as credentials are opened: a point without a secret is refused (RA-SEC-241)`, async () => {
    const kem = new DhkemX25519HkdfSha256()
    let [ran, refused] = [0, 0]
    for (const { tests } of testGroups)
      for (const { tcId, flags, public: point, private: scalar, shared } of tests) {
        ran++
        const [enc, secret] = [hex(point), hex(scalar)]
        const recipientKey = await kem.importKey('raw', secret.slice().buffer, false)
        const opened = await kem.decap({ recipientKey, enc: enc.slice().buffer }).catch(() => undefined)
        if (opened === undefined) refused++
        // RFC 9180, section 7.1.4: an all-zero result is to be refused.
        const expected = flags.includes('ZeroSharedSecret') ? undefined : toHex(sharedSecret(hex(shared), enc, x25519.getPublicKey(secret)))
        expect([tcId, opened && toHex(new Uint8Array(opened))]).toEqual([tcId, expected])
      }
    expect(ran).toBe(numberOfTests)
    expect(refused).toBeGreaterThan(0)
    tellPublished('wycheproof/x25519_test.json', ran)
  })
})
