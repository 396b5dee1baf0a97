/** The sizes and limits of sealed records. */
import { TAG_BYTES } from '../aead.js'
import { SecureError } from '../errors.js'

/** Length of what stands before the ciphertext: generation or epoch (4 bytes) and counter (8 bytes). */
export const LEAD_BYTES = 12
/** How many bytes longer than its plaintext a sealed record is: 28. */
export const RECORD_OVERHEAD_BYTES = LEAD_BYTES + TAG_BYTES
/** The most that the plaintext of a record may have, in bytes (RA-RLY-022). */
export const MAX_RECORD_PLAINTEXT_BYTES = 263_168
/** For how long, and for how many records, a key seals. */
export interface Pace {
  readonly records: number
  /** From the first record on. */
  readonly ms: number
}

/** The longest that a key may seal: 2²² records, ten minutes (RA-SEC-213). */
export const PACE: Pace = { records: 4_194_304, ms: 600_000 }

/** Throws `SecureError` E_FORMAT for a pace that is slower than what is allowed, or none at all. */
export function checkPace({ records, ms }: Pace): void {
  if (!(records >= 1 && records <= PACE.records && ms > 0 && ms <= PACE.ms))
    throw new SecureError('E_FORMAT', `A key seals for at most ${PACE.records} records and ${PACE.ms} ms.`)
}

/** Length of a traffic secret, in bytes. */
export const SECRET_BYTES = 32
