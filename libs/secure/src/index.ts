/** The security of the Remote Assist Protocol, for Node.js and browsers alike. */

// Sealing.
export { type Aead, type AeadKey, KEY_BYTES, NONCE_BYTES, type Soon, TAG_BYTES, webAead } from './aead.js'
export { SecureError, type SecureErrorCode } from './errors.js'
export type { RecordHeader } from './records/form.js'
export { MAX_RECORD_PLAINTEXT_BYTES, RECORD_OVERHEAD_BYTES, SECRET_BYTES } from './records/limits.js'
export { type MediaKey, MediaOpener, MediaSealer } from './records/media.js'
export { RecordOpener } from './records/opener.js'
export { RecordSealer } from './records/sealer.js'
