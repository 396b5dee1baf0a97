import { PasswordClass, type Policy } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effectivePolicy } from '../../src/endpoint/policy.js'
import { DEFAULT_POLICY, policyToWire } from '../../src/room/policy.js'

const UNSAID: Policy = {
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

describe('a policy in Welcome (RA-SES-037)', () => {
  test('that says nothing but zeros takes some for a default, and others at their word', () => {
    const defaults = { maxTransferEntries: 100_000, consentTimeoutMs: 60_000, maxParticipants: 32, passwordClasses: [PasswordClass.PIN, PasswordClass.LINK] }
    expect(effectivePolicy(UNSAID)).toEqual({ ...UNSAID, ...defaults })
  })

  test('that is not there has every default, and no time limit', () => {
    expect(effectivePolicy(undefined)).toEqual({ ...policyToWire(DEFAULT_POLICY), idleTimeoutMs: 0, maxSessionDurationMs: 0 })
  })

  test('is taken at its word in all that it says', () => {
    const said = fc.record({
      maxFileBytes: fc.bigInt({ min: 0n, max: 1n << 40n }),
      maxTransferEntries: fc.integer({ min: 1, max: 100_000 }),
      consentTimeoutMs: fc.integer({ min: 5_000, max: 600_000 }),
      maxParticipants: fc.integer({ min: 2, max: 32 }),
      passwordClasses: fc.constantFrom([PasswordClass.PIN], [PasswordClass.LINK]),
      maxElevationMs: fc.integer({ min: 0, max: 3_600_000 }),
    })
    fc.assert(
      fc.property(said, fields => {
        expect(effectivePolicy({ ...UNSAID, ...fields })).toEqual({ ...UNSAID, ...fields })
      }),
    )
  })
})
