/** The sizes and limits of sealed records. */
import { TAG_BYTES } from '../aead.js'

/** Length of what stands before the ciphertext: generation or epoch (4 bytes) and counter (8 bytes). */
export const LEAD_BYTES = 12
/** How many bytes longer than its plaintext a sealed record is: 28. */
export const RECORD_OVERHEAD_BYTES = LEAD_BYTES + TAG_BYTES
/** The most that the plaintext of a record may have, in bytes (RA-RLY-022). */
export const MAX_RECORD_PLAINTEXT_BYTES = 263_168
/** How many records a key of a pairwise channel seals at most: 2²² (RA-SEC-213). */
export const MAX_RECORDS_PER_GENERATION = 4_194_304
/** For how long a key seals, in ms from its first record: ten minutes. */
export const GENERATION_MS = 600_000
/** How many records a media key seals at most: 2²³, twice of what a new epoch is due after (RA-SEC-227). */
export const MAX_RECORDS_PER_EPOCH = 8_388_608
/** The highest generation and epoch. */
export const MAX_GENERATION = 0xffff_ffff
/** Length of a traffic secret, in bytes. */
export const SECRET_BYTES = 32
