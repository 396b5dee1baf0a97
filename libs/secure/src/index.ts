/** The security of the Remote Assist Protocol, for Node.js and browsers alike. */

// Sealing.
export { type Aead, type AeadKey, KEY_BYTES, NONCE_BYTES, type Soon, TAG_BYTES, webAead } from './aead.js'
// PIN and links.
export { fromBase64Url, toBase64Url } from './base64url.js'
export { SecureError, type SecureErrorCode } from './errors.js'
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
export type { RecordHeader } from './records/form.js'
export { MAX_RECORD_PLAINTEXT_BYTES, PACE, type Pace, RECORD_OVERHEAD_BYTES, SECRET_BYTES } from './records/limits.js'
export { type MediaKey, MediaOpener, MediaSealer } from './records/media.js'
export { RecordOpener } from './records/opener.js'
export { RecordSealer } from './records/sealer.js'
