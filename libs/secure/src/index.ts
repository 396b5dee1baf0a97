/** The security of the Remote Assist Protocol, for Node.js and browsers alike. */

export { SecureError, type SecureErrorCode } from './errors.js'
