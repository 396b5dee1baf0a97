/** What a policy says to an end, where it says it by a default. */
import type { Policy } from '@remote-assist/codec'
import { DEFAULT_POLICY, policyToWire } from '../room/policy.js'

/** No tenant set a ceiling, and a session has no time limit but what the broker has of itself. */
const NO_POLICY: Policy = { ...policyToWire(DEFAULT_POLICY), idleTimeoutMs: 0, maxSessionDurationMs: 0 }

const orDefault = <T>(list: readonly T[], fallback: readonly T[]): readonly T[] => (list.length === 0 ? fallback : list)

/**
 * The policy that an end goes by: each field as sent, or its default where there is no policy, or where 0 or an empty list stands for one (RA-SES-037).
 * What the handshake binds is the policy as it was sent.
 */
export function effectivePolicy(sent: Policy | undefined): Policy {
  if (sent === undefined) return NO_POLICY
  return {
    ...sent,
    maxTransferEntries: sent.maxTransferEntries || NO_POLICY.maxTransferEntries,
    consentTimeoutMs: sent.consentTimeoutMs || NO_POLICY.consentTimeoutMs,
    maxParticipants: sent.maxParticipants || NO_POLICY.maxParticipants,
    passwordClasses: orDefault(sent.passwordClasses, NO_POLICY.passwordClasses),
  }
}
