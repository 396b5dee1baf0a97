import { PasswordClass, Permission, PictureCodec, type Policy } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY, narrowPolicy, policyToWire, type RoomPolicy } from '../../src/room/policy.js'

const NOTHING: Policy = {
  maxFileBytes: 0n,
  maxSessionBytes: 0n,
  maxTransferEntries: 0,
  permissionsCeiling: [],
  consentTimeoutMs: 0,
  maxParticipants: 0,
  idleTimeoutMs: 0,
  maxSessionDurationMs: 0,
  requireWordsBeforeElevation: false,
  passwordClasses: [],
  pictureCodecs: [],
  maxElevationMs: 0,
}
const asked = (policy: Partial<Policy>): Policy => ({ ...NOTHING, ...policy })

describe('a policy', () => {
  test('asked for nothing, stays the tenant’s', () => {
    expect(narrowPolicy(DEFAULT_POLICY, NOTHING)).toEqual({ policy: DEFAULT_POLICY })
  })

  test('is narrowed field by field', () => {
    const narrow = {
      maxFileBytes: 1_000n,
      maxSessionBytes: 5_000n,
      permissionsCeiling: [Permission.VIEW_SCREEN],
      passwordClasses: [PasswordClass.LINK],
      pictureCodecs: [PictureCodec.PNG],
      requireWordsBeforeElevation: true,
    }
    expect(narrowPolicy(DEFAULT_POLICY, asked(narrow))).toEqual({ policy: { ...DEFAULT_POLICY, ...narrow, maxFileBytes: 1_000, maxSessionBytes: 5_000 } })
  })

  test.each<[keyof Policy, Partial<Policy>]>([
    ['maxFileBytes', { maxFileBytes: 2n ** 40n }],
    ['maxParticipants', { maxParticipants: 33 }],
    ['maxElevationMs', { maxElevationMs: 3_600_000 }],
    ['passwordClasses', { passwordClasses: [PasswordClass.INVITE] }],
  ])('that would widen %s is refused', (field, policy) => {
    expect(narrowPolicy(DEFAULT_POLICY, asked(policy))).toEqual({ widens: field })
  })

  test('an empty ceiling of the tenant’s allows nothing, an empty list of codecs all', () => {
    const tenant: RoomPolicy = { ...DEFAULT_POLICY, permissionsCeiling: [], pictureCodecs: [PictureCodec.PNG], maxFileBytes: 0 }
    expect(narrowPolicy(tenant, asked({ permissionsCeiling: [Permission.CHAT] }))).toEqual({ widens: 'permissionsCeiling' })
    expect(narrowPolicy(tenant, asked({ pictureCodecs: [PictureCodec.JPEG] }))).toEqual({ widens: 'pictureCodecs' })
    expect(narrowPolicy(tenant, asked({ maxFileBytes: 1n }))).toEqual({ widens: 'maxFileBytes' })
  })

  test('narrowed twice is never wider than narrowed once', () => {
    const request = fc.record({ maxFileBytes: fc.bigInt(0n, 2n ** 31n), idleTimeoutMs: fc.nat(10_000), maxParticipants: fc.integer({ min: 0, max: 40 }) })
    fc.assert(
      fc.property(request, request, (first, second) => {
        const once = narrowPolicy({ ...DEFAULT_POLICY, idleTimeoutMs: 0 }, asked(first))
        if (!('policy' in once)) return
        const twice = narrowPolicy(once.policy, asked(second))
        if (!('policy' in twice)) return
        expect(twice.policy.maxFileBytes).toBeLessThanOrEqual(once.policy.maxFileBytes)
        expect(twice.policy.maxParticipants).toBeLessThanOrEqual(once.policy.maxParticipants)
        if (once.policy.idleTimeoutMs > 0) expect(twice.policy.idleTimeoutMs).toBeLessThanOrEqual(once.policy.idleTimeoutMs)
      }),
    )
  })

  test('crosses the wire with its byte counts as 64-bit numbers', () => {
    expect(policyToWire(DEFAULT_POLICY)).toMatchObject({ maxFileBytes: 1_073_741_824n, maxSessionBytes: 0n })
  })
})
