/** The policy as the handshake binds it: both ends must have been told the same. */
import { sha256 } from '@noble/hashes/sha2.js'
import { lv } from './bytes.js'

/** The fields of the schema's `Policy`, in its order. Enums are numbers. */
export interface PolicyTerms {
  readonly maxFileBytes: bigint
  readonly maxSessionBytes: bigint
  readonly maxTransferEntries: number
  readonly permissionsCeiling: readonly number[]
  readonly consentTimeoutMs: number
  readonly maxParticipants: number
  readonly idleTimeoutMs: number
  readonly maxSessionDurationMs: number
  readonly requireWordsBeforeElevation: boolean
  readonly passwordClasses: readonly number[]
  readonly pictureCodecs: readonly number[]
  readonly maxElevationMs: number
}

/** SHA-256 of the policy's transcript form, 32 bytes; of the name alone where there is no policy (RA-SEC-031). */
export const policyHash = (policy: PolicyTerms | undefined): Uint8Array => sha256(policyForm(policy))

const policyForm = (policy: PolicyTerms | undefined): Uint8Array =>
  policy === undefined
    ? lv('RA1-policy')
    : lv(
        'RA1-policy',
        policy.maxFileBytes,
        policy.maxSessionBytes,
        policy.maxTransferEntries,
        lv(...policy.permissionsCeiling),
        policy.consentTimeoutMs,
        policy.maxParticipants,
        policy.idleTimeoutMs,
        policy.maxSessionDurationMs,
        policy.requireWordsBeforeElevation,
        lv(...policy.passwordClasses),
        lv(...policy.pictureCodecs),
        policy.maxElevationMs,
      )
