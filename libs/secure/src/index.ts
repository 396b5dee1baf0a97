/** The security of the Remote Assist Protocol, for Node.js and browsers alike. */

// Sealing.
/** AES-256-GCM with what the platform has: node:crypto in Node.js, WebCrypto in browsers. */
export { platformAead } from '#platform-aead'
export { type Aead, type AeadKey, KEY_BYTES, NONCE_BYTES, type Soon, TAG_BYTES, webAead } from './aead.js'
// The handshake.
export {
  type Claim,
  CODE_LIFE_MS,
  type Code,
  type Codes,
  claim,
  closedBy,
  issueCode,
  MAX_CODES,
  NO_CODES,
  newCode,
  PIN_TRIES,
  settle,
  spendTry,
  TRY_DELAYS_MS,
} from './attempts.js'
// The audit log.
export {
  AUDIT_PACE,
  type AuditChain,
  type AuditHeader,
  type AuditMessage,
  type AuditSignature,
  appendAudit,
  auditDue,
  beginAudit,
  checkAuditSignature,
  followAudit,
  hasAuditEntry,
  signAudit,
} from './audit/chain.js'
export { auditCommand } from './audit/command.js'
export { type AuditRecord, auditEntry, MAX_ENTRY_BYTES, readAuditEntry } from './audit/entry.js'
export { AUDIT_KINDS, type AuditDetails, type AuditKind } from './audit/kinds.js'
export { AUDIT_FORMAT, entryLine, headerLine, signatureLine } from './audit/lines.js'
export { type AuditFault, type AuditFaultKind, type AuditReport, type AuditSigner, describeReport } from './audit/report.js'
export { verifyAudit } from './audit/verify.js'
// PIN and links.
export { fromBase64Url, toBase64Url } from './base64url.js'
// Capabilities.
export {
  CAPABILITY_LIFE_MS,
  type Capability,
  type CapabilityContext,
  capabilityDue,
  capabilityForm,
  SESSION_ID_BYTES,
  signCapability,
  verifyCapability,
} from './capability.js'
export { CPACE_SUITE } from './cpace.js'
export { CredentialOpener } from './credential-opener.js'
export { type Account, credentialForm, MAX_ACCOUNT_BYTES, MAX_PASSWORD_BYTES, readCredentials } from './credentials.js'
export { SecureError, type SecureErrorCode } from './errors.js'
export { CHANNELS_OF, HANDSHAKE_RANDOM_BYTES } from './handshake/agreement.js'
export { beginCustomer, type CustomerEvent, type CustomerSetup, type CustomerState, stepCustomer } from './handshake/customer.js'
export { FAULT_CODE, type Fault, type FaultCode, type HandshakeFailed } from './handshake/faults.js'
export type { Context } from './handshake/forms.js'
export { beginJoiner, type JoinerEvent, type JoinerSetup, type JoinerStartEvent, type JoinerState, stepJoiner } from './handshake/joiner.js'
export { wipeLeft } from './handshake/left.js'
export type { HandshakeOutput, HandshakeStep, Secured, Self, TrafficSecrets } from './handshake/machine.js'
export {
  type HandshakeCommit,
  type HandshakeConfirm,
  type HandshakeFailure,
  type HandshakeKind,
  type HandshakeShare,
  type HandshakeStart,
  type JoinerRole,
  PASSWORD_CLASS,
  type PasswordClass,
  ROLE,
  type VersionRange,
} from './handshake/messages.js'
export { inviteSecret, linkSecret, pinSecret, rejoinSecret, resumeSecret, type Secret, secretNamed } from './handshake/secret.js'
// Credentials and signatures.
export {
  CREDENTIAL_KEY_BYTES,
  type CredentialRequest,
  checkCredentialKey,
  MAX_CREDENTIAL_BYTES,
  type SignedCredentialKey,
  sealCredentials,
  signCredentialKey,
} from './hpke.js'
export {
  type AgentLink,
  agentUrl,
  type CustomerLink,
  customerUrl,
  type InviteLink,
  inviteUrl,
  parseAgentUrl,
  parseCustomerUrl,
  parseInviteUrl,
} from './links.js'
export { LOCATOR_DIGITS, makePin, newPinSecret, PIN_SECRET_DIGITS, type Pin, parsePin } from './pin.js'
export { type PolicyTerms, policyHash } from './policy.js'
export type { RecordHeader } from './records/form.js'
export { MAX_RECORD_PLAINTEXT_BYTES, PACE, type Pace, RECORD_OVERHEAD_BYTES, SECRET_BYTES } from './records/limits.js'
export { type MediaKey, MediaOpener, MediaSealer } from './records/media.js'
export { RecordOpener } from './records/opener.js'
export { RecordSealer } from './records/sealer.js'
export type { ResumeSecret } from './schedule.js'
export { type SessionKey, sessionKey } from './session-key.js'
export { checkSignature, SIGNATURE_BYTES, SIGNING_KEY_BYTES, sign } from './signature.js'
