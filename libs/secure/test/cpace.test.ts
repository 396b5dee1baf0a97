import { readFileSync } from 'node:fs'
import { ristretto255 } from '@noble/curves/ed25519.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, utf8 } from '../src/bytes.js'
import {
  calculateGenerator,
  confirmationTags,
  generatorString,
  intermediateKey,
  lvCat,
  prependLength,
  sampleScalar,
  scalarMult,
  scalarMultVfy,
  sidOutput,
  transcriptIr,
} from '../src/cpace.js'
import { SecureError } from '../src/errors.js'
import { anyBytes, hex, toHex } from './support/bytes.js'
import { describePublished, tellPublished } from './support/published.js'

interface Held {
  readonly prependLength: readonly { readonly bytes: string; readonly result: string }[]
  readonly lvCat: readonly { readonly strings: readonly string[]; readonly result: string }[]
  readonly transcriptIr: readonly { readonly initiator: HeldSaid; readonly responder: HeldSaid; readonly result: string }[]
  readonly generator: Readonly<Record<'dsi' | 'prs' | 'ci' | 'sid' | 'generatorString' | 'hash' | 'generator', string>> & { readonly paddingLength: number }
  readonly run: Readonly<Record<'prs' | 'ci' | 'sid' | 'generator' | 'point' | 'isk' | 'sidOutput', string>> & {
    readonly initiator: HeldSaid & { readonly scalar: string }
    readonly responder: HeldSaid & { readonly scalar: string }
  }
  readonly points: { readonly scalar: string; readonly valid: { readonly share: string; readonly result: string }; readonly invalid: readonly string[] }
}

interface HeldSaid {
  readonly share: string
  readonly associatedData: string
}

const held = JSON.parse(readFileSync(new URL('./vectors/cpace.json', import.meta.url), 'utf8')) as Held
const saidOf = ({ share, associatedData }: HeldSaid) => ({ share: hex(share), associatedData: hex(associatedData) })

const codeOf = (call: () => unknown): string | undefined => {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof SecureError) return error.code
    throw error
  }
}

describe('the vectors of draft-irtf-cfrg-cpace-21 for CPACE-RISTR255-SHA512 (RA-SEC-011)', () => {
  const { run, generator, points } = held
  const [initiator, responder] = [saidOf(run.initiator), saidOf(run.responder)]

  test('strings behind their lengths', () => {
    for (const { bytes, result } of held.prependLength) expect(toHex(prependLength(hex(bytes)))).toBe(result)
    for (const { strings, result } of held.lvCat) expect(toHex(lvCat(...strings.map(hex)))).toBe(result)
    for (const one of held.transcriptIr) expect(toHex(transcriptIr(saidOf(one.initiator), saidOf(one.responder)))).toBe(one.result)
  })

  test('generator', () => {
    const text = generatorString(hex(generator.prs), hex(generator.ci), hex(generator.sid))
    expect(toHex(text)).toBe(generator.generatorString)
    expect(toHex(sha512(text))).toBe(generator.hash)
    expect(toHex(calculateGenerator(hex(generator.prs), hex(generator.ci), hex(generator.sid)).toBytes())).toBe(generator.generator)
  })

  test('shares, the shared point, the key and the session id', () => {
    const base = calculateGenerator(hex(run.prs), hex(run.ci), hex(run.sid))
    expect(toHex(base.toBytes())).toBe(run.generator)
    expect(toHex(scalarMult(hex(run.initiator.scalar), base))).toBe(run.initiator.share)
    expect(toHex(scalarMult(hex(run.responder.scalar), base))).toBe(run.responder.share)
    expect(toHex(scalarMultVfy(hex(run.initiator.scalar), responder.share))).toBe(run.point)
    expect(toHex(scalarMultVfy(hex(run.responder.scalar), initiator.share))).toBe(run.point)
    expect(toHex(intermediateKey(hex(run.sid), hex(run.point), initiator, responder))).toBe(run.isk)
    expect(toHex(sidOutput(initiator, responder))).toBe(run.sidOutput)
  })

  test('a valid point, and the invalid ones', () => {
    const scalar = hex(points.scalar)
    expect(toHex(scalarMult(scalar, ristretto255.Point.fromBytes(hex(points.valid.share))))).toBe(points.valid.result)
    expect(toHex(scalarMultVfy(scalar, hex(points.valid.share)))).toBe(points.valid.result)
    expect(points.invalid).toHaveLength(2)
    for (const share of points.invalid) expect(codeOf(() => scalarMultVfy(scalar, hex(share)))).toBe('E_POINT')
  })
})

describePublished<Record<string, Record<string, string | Record<string, string>>>>('cpace/testvectors.json', set => {
  test('has the figures that the project holds', () => {
    const { run, points } = held
    const upper = (text: string) => text.toUpperCase()
    expect(set.G_Coffee25519).toMatchObject({
      PRS: upper(run.prs),
      CI: upper(run.ci),
      sid: upper(run.sid),
      g: upper(run.generator),
      ya: upper(run.initiator.scalar),
      ADa: upper(run.initiator.associatedData),
      Ya: upper(run.initiator.share),
      yb: upper(run.responder.scalar),
      ADb: upper(run.responder.associatedData),
      Yb: upper(run.responder.share),
      K: upper(run.point),
      ISK_IR: upper(run.isk),
      sid_output_ir: upper(run.sidOutput),
    })
    const [y1 = '', y2 = ''] = points.invalid
    expect(set.G_Coffee25519_points).toEqual({
      Valid: {
        s: upper(points.scalar),
        X: upper(points.valid.share),
        'G.scalar_mult(s,decode(X))': upper(points.valid.result),
        'G.scalar_mult_vfy(s,X)': upper(points.valid.result),
      },
      'Invalid Y1': upper(y1),
      'Invalid Y2': upper(y2),
    })
    tellPublished('cpace/testvectors.json, ristretto255', 13 + 4 + 2)
  })
})

describe('CPace', () => {
  const inputs = fc.record({
    password: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    channel: fc.uint8Array({ maxLength: 200 }),
    sid: anyBytes(32),
    random: anyBytes(128),
    ads: fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 })),
  })

  test('gives both ends the same key, whatever the password and the data', () => {
    fc.assert(
      fc.property(inputs, ({ password, channel, sid, random, ads }) => {
        const base = calculateGenerator(password, channel, sid)
        const [a, b] = [sampleScalar(random.subarray(0, 64)), sampleScalar(random.subarray(64))]
        const initiator = { share: scalarMult(a, base), associatedData: ads[0] }
        const responder = { share: scalarMult(b, base), associatedData: ads[1] }
        const point = scalarMultVfy(a, responder.share)
        expect(scalarMultVfy(b, initiator.share)).toEqual(point)
        expect(intermediateKey(sid, point, initiator, responder)).toHaveLength(64)
      }),
      { numRuns: 30 },
    )
  })

  test('pads the generator string so that the password fills at least one block of the hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 40 }), anyBytes(16), (password, channel, sid) => {
        const text = generatorString(password, channel, sid)
        const after = lvCat(channel, sid)
        expect(text.length - after.length).toBeGreaterThanOrEqual(128)
        expect(text.slice(text.length - after.length)).toEqual(after)
      }),
    )
  })

  test('takes any bytes for a share, and refuses with E_POINT what is none (RA-SEC-021)', () => {
    const scalar = sampleScalar(new Uint8Array(64).fill(7))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), share => {
        expect([undefined, 'E_POINT']).toContain(codeOf(() => scalarMultVfy(scalar, share)))
        if (share.length !== 32) expect(codeOf(() => scalarMultVfy(scalar, share))).toBe('E_POINT')
      }),
    )
  })

  test('samples scalars from 1 to the order − 1, from 64 random bytes and no other number', () => {
    const order = ristretto255.Point.Fn.ORDER
    const numberOf = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes.slice().reverse())}`)
    expect(numberOf(sampleScalar(new Uint8Array(64)))).toBe(1n)
    fc.assert(
      fc.property(anyBytes(64), random => {
        const scalar = numberOf(sampleScalar(random))
        expect(scalar).toBe((numberOf(random) % (order - 1n)) + 1n)
        expect(scalar > 0n && scalar < order).toBe(true)
      }),
    )
    for (const length of [0, 32, 63, 65]) expect(codeOf(() => sampleScalar(new Uint8Array(length)))).toBe('E_FORMAT')
  })

  test('confirms the key with HMAC-SHA-512 over what each end itself said', () => {
    const { run } = held
    const [sid, isk] = [hex(run.sid), hex(run.isk)]
    const [initiator, responder] = [saidOf(run.initiator), saidOf(run.responder)]
    const key = sha512(concat(utf8('CPaceMac'), sid, isk))
    const tags = confirmationTags(sid, isk, initiator, responder)
    expect(tags.initiator).toEqual(hmac(sha512, key, lvCat(initiator.share, initiator.associatedData)))
    expect(tags.responder).toEqual(hmac(sha512, key, lvCat(responder.share, responder.associatedData)))
    expect(isk).toEqual(hex(run.isk))
  })
})
