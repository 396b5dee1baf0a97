import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { agentTokens, UsedIds } from '../src/agent-tokens.js'
import { silentLog } from '../src/log.js'
import { Issuer } from './issuer.js'
import { SimClock } from './sim-clock.js'

const clock = new SimClock()
const issuer = await Issuer.make()
const taking = () => agentTokens(issuer.options, clock, silentLog())
const second = () => Math.floor(clock.now() / 1_000)

test('a token of the issuer names the tenant, once (RA-RLY-194)', async () => {
  const tokens = taking()
  const token = await issuer.token(clock.now())
  expect(await tokens.verify(token)).toEqual({ tenant: 'acme' })
  expect(await tokens.verify(token)).toBeUndefined()
  expect(await Promise.all(Array.from({ length: 8 }, async () => tokens.verify(token)))).toEqual(Array(8).fill(undefined))
})

test('of many at one time, one is taken (RA-RLY-194)', async () => {
  const tokens = taking()
  const token = await issuer.token(clock.now())
  const answers = await Promise.all(Array.from({ length: 20 }, () => tokens.verify(token)))
  expect(answers.filter(answer => answer !== undefined)).toEqual([{ tenant: 'acme' }])
})

test.each<[string, (claims: JWTPayload) => JWTPayload]>([
  ['another issuer', claims => ({ ...claims, iss: 'https://evil.example' })],
  ['another audience', claims => ({ ...claims, aud: 'https://other.example' })],
  ['no audience', ({ aud: _, ...claims }) => claims],
  ['an end that has passed', claims => ({ ...claims, iat: second() - 120, exp: second() - 6 })],
  ['a beginning in the future', claims => ({ ...claims, iat: second() + 6, exp: second() + 60 })],
  ['a beginning that it states itself, in the future', claims => ({ ...claims, nbf: second() + 6 })],
  ['a life of more than 5 min', claims => ({ ...claims, exp: second() + 301 })],
  ['a life without end', ({ exp: _, ...claims }) => claims],
  ['a life without beginning', ({ iat: _, ...claims }) => claims],
  ['a long past, though not over', claims => ({ ...claims, iat: second() - 306, exp: second() + 1 })],
  ['no id', ({ jti: _, ...claims }) => claims],
  ['an id that is too long', claims => ({ ...claims, jti: 'x'.repeat(129) })],
  ['nobody in it', ({ sub: _, ...claims }) => claims],
  ['no tenant', ({ tenant: _, ...claims }) => claims],
  ['an empty tenant', claims => ({ ...claims, tenant: '' })],
  ['a tenant that is none', claims => ({ ...claims, tenant: ['acme', 'other'] })],
])('a token with %s is refused (RA-RLY-192, RA-RLY-193, RA-RLY-194)', async (_what, spoil) => {
  expect(await taking().verify(await issuer.sign(spoil(issuer.claims(clock.now()))))).toBeUndefined()
})

test('clocks may differ by five seconds', async () => {
  const claims = { ...issuer.claims(clock.now()), iat: second() + 4, exp: second() + 304 }
  expect(await taking().verify(await issuer.sign(claims))).toEqual({ tenant: 'acme' })
})

describe('a signature (RA-RLY-191)', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test('by another key is refused', async () => {
    const { privateKey } = await generateKeyPair('EdDSA')
    expect(await taking().verify(await issuer.sign(issuer.claims(clock.now()), privateKey))).toBeUndefined()
  })

  test('by the public key, taken for a shared secret, is refused', async () => {
    const shared = Buffer.from(issuer.options.keys.keys[0]?.x ?? '', 'base64url')
    expect(await taking().verify(await issuer.sign(issuer.claims(clock.now()), shared, 'HS256'))).toBeUndefined()
  })

  test('of another kind is refused, though its key be in the header', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    expect(await taking().verify(await issuer.sign(issuer.claims(clock.now()), privateKey, 'ES256'))).toBeUndefined()
    const [, payload = ''] = (await issuer.token(clock.now())).split('.')
    const header = encode({ alg: 'EdDSA', jwk: await exportJWK(publicKey) })
    expect(await taking().verify(`${header}.${payload}.${'A'.repeat(86)}`)).toBeUndefined()
  })

  test('that is none is refused', async () => {
    const payload = encode(issuer.claims(clock.now()))
    for (const alg of ['none', 'None', 'EdDSA', '']) expect(await taking().verify(`${encode({ alg })}.${payload}.`)).toBeUndefined()
  })

  test('does not survive a changed byte', async () => {
    const tokens = taking()
    const bytes = Buffer.from(await issuer.token(clock.now()))
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const isSame = sameParts(changed.toString('latin1'), bytes.toString('latin1'))
        expect(isSame || (await tokens.verify(changed.toString('latin1'))) === undefined).toBe(true)
      }),
    )
  })

  test('is not looked for in what is no token, or too long for one', async () => {
    const tokens = taking()
    const long = await issuer.sign({ ...issuer.claims(clock.now()), more: 'x'.repeat(4_096) })
    expect(await tokens.verify(long)).toBeUndefined()
    await fc.assert(
      fc.asyncProperty(fc.string(), async text => {
        expect(await tokens.verify(text)).toBeUndefined()
      }),
    )
  })
})

/** Whether two tokens stand for the same bytes: the last character of a part may hold bits that mean nothing. */
const sameParts = (a: string, b: string): boolean =>
  a.split('.').every((part, i) => Buffer.from(part, 'base64url').equals(Buffer.from(b.split('.')[i] ?? '', 'base64url')))

describe('keys', () => {
  test.each([
    ['none', { keys: [] }],
    ['of another kind', { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] }],
    ['that are private', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' }] }],
    ['that come without TLS', new URL('http://login.example/keys')],
  ])('%s are declined', (_what, keys) => {
    expect(() => agentTokens({ ...issuer.options, keys }, clock, silentLog())).toThrow(expect.objectContaining({ code: 'E_OPTION' }))
  })

  test('come from a URL as well, and are asked for once', async () => {
    let asked = 0
    const server = createServer((_request, response) => {
      asked++
      response.setHeader('content-type', 'application/json').end(JSON.stringify(issuer.options.keys))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const keys = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`)
    const tokens = agentTokens({ ...issuer.options, keys }, clock, silentLog())
    for (let i = 0; i < 3; i++) expect(await tokens.verify(await issuer.token(clock.now()))).toEqual({ tenant: 'acme' })
    expect(asked).toBe(1)
    server.closeAllConnections()
    server.close()
  })
})

test('used ids are remembered until they have expired, no longer, and never more than there is room for (RA-RLY-194)', () => {
  const step = fc.record({ id: fc.nat(30).map(String), livesMs: fc.integer({ min: 1, max: 300_000 }), afterMs: fc.nat(60_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const used = new UsedIds(10)
      const taken = new Map<string, number>()
      let now = 0
      for (const { id, livesMs, afterMs } of steps) {
        now += afterMs
        const isUsed = (taken.get(id) ?? 0) > now
        if (used.use(id, now + livesMs, now)) {
          expect(isUsed).toBe(false)
          taken.set(id, now + livesMs)
        }
        expect(used.size).toBeLessThanOrEqual(10)
      }
      now += 300_000
      expect(used.use('another', now + 1, now)).toBe(true)
      expect(used.size).toBe(1)
    }),
  )
})
