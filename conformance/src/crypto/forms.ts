import type { Fields } from '../play/player.js'
import { enumOf, enumValue } from '../wire/schema.js'
import { type Field, hkdfExpand, hkdfExtract, lv, sha256 } from './bytes.js'
import { wordsOf } from './words.js'

/** What a handshake binds, and what comes of it: the tables of the specification's page. */

export const SUITE = 'CPACE-RISTR255-SHA512'
export const CUSTOMER_ROLE = 2

/** What an end says of itself in `HandshakeShare`, enums as numbers. */
export interface SelfDescription {
  readonly role: number
  readonly publicKey: Uint8Array
  readonly credential: string
  readonly policyHash: Uint8Array
  readonly minMinor: number
  readonly maxMinor: number
  readonly capabilities: readonly string[]
}

/** The sid of an exchange (RA-SEC-013). */
export const sidOf = (sessionId: Uint8Array, customerNonce: Uint8Array, joinerNonce: Uint8Array): Uint8Array =>
  sha256(lv('RA1-sid', sessionId, customerNonce, joinerNonce))

/** Who takes part in an exchange, and by what. */
export interface ChannelFacts {
  readonly suite: string
  readonly passwordClass: number
  readonly secretId: Uint8Array
  readonly customer: number
  readonly joinerRole: number
  readonly joiner: number
}

/** The channel identifier (RA-SEC-014). */
export const channelIdentifier = ({ suite, passwordClass, secretId, customer, joinerRole, joiner }: ChannelFacts): Uint8Array =>
  lv('RA1-channel', 1, suite, passwordClass, secretId, CUSTOMER_ROLE, customer, joinerRole, joiner)

/** The associated data of an end (RA-SEC-015). */
export const associatedData = (self: SelfDescription): Uint8Array =>
  lv('RA1-said', self.role, self.publicKey, self.credential, self.policyHash, self.minMinor, self.maxMinor, self.capabilities)

/** The joiner's commitment (RA-SEC-016). */
export const commitmentOf = (share: Uint8Array, data: Uint8Array): Uint8Array => sha256(lv('RA1-commit', share, data))

/** The hash of a policy, as `Welcome` had it; of none, where it had none (RA-SEC-031). */
export function policyHash(policy: Fields | undefined): Uint8Array {
  if (policy === undefined) return sha256(lv('RA1-policy'))
  const number = (name: string) => String(policy[name] ?? 0)
  const list = (name: string, type: string): Field[] =>
    ((policy[name] ?? []) as (string | number)[]).map(item => (typeof item === 'number' ? item : enumValue(enumOf(type), item)))
  return sha256(
    lv(
      'RA1-policy',
      number('maxFileBytes'),
      number('maxSessionBytes'),
      number('maxTransferEntries'),
      list('permissionsCeiling', 'Permission'),
      number('consentTimeoutMs'),
      number('maxParticipants'),
      number('idleTimeoutMs'),
      number('maxSessionDurationMs'),
      policy.requireWordsBeforeElevation === true,
      list('passwordClasses', 'PasswordClass'),
      list('pictureCodecs', 'PictureCodec'),
      number('maxElevationMs'),
    ),
  )
}

/** Everything that was said, in the order of the table (RA-SEC-040). */
export function transcriptOf(said: {
  readonly sessionId: Uint8Array
  readonly channel: Uint8Array
  readonly customerNonce: Uint8Array
  readonly joinerNonce: Uint8Array
  readonly commitment: Uint8Array
  readonly customer: { readonly share: Uint8Array; readonly data: Uint8Array }
  readonly joiner: { readonly share: Uint8Array; readonly data: Uint8Array }
}): Uint8Array {
  const { sessionId, channel, customerNonce, joinerNonce, commitment, customer, joiner } = said
  return lv('RA1-transcript', sessionId, channel, customerNonce, joinerNonce, commitment, customer.share, customer.data, joiner.share, joiner.data)
}

/** What an end of that role signs with the key that it named (RA-SEC-070). */
export const proofForm = (role: number, transcriptHash: Uint8Array): Uint8Array => lv('RA1-proof', role, transcriptHash)

/** What both ends have after an exchange. */
export interface Secrets {
  /** Of a channel's number and sender, 32 bytes: where a chain begins. */
  traffic(from: 'customer' | 'joiner', channel: number): Uint8Array
  readonly words: readonly string[]
  readonly resume: { readonly secret: Uint8Array; readonly name: Uint8Array }
  readonly audit: Uint8Array
  readonly prk: Uint8Array
}

/** The key schedule (RA-SEC-041, RA-SEC-042, RA-SEC-045). */
export function secretsOf(transcript: Uint8Array, isk: Uint8Array): Secrets {
  const prk = hkdfExtract(sha256(transcript), isk)
  const resume = hkdfExpand(prk, lv('RA1-resume'), 32)
  return {
    traffic: (from, channel) => hkdfExpand(prk, lv('RA1-traffic', from, channel), 32),
    words: wordsOf(hkdfExpand(prk, lv('RA1-words'), 3)),
    resume: { secret: resume, name: sha256(resume).slice(0, 16) },
    audit: hkdfExpand(prk, lv('RA1-audit'), 32),
    prk,
  }
}

/** A secret that an end has, by class and name. */
export interface Secret {
  readonly passwordClass: 'PIN' | 'LINK' | 'INVITE' | 'RESUME'
  readonly password: Uint8Array
  /** 16 bytes, or none. */
  readonly secretId: Uint8Array
}
