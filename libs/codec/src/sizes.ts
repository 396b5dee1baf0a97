/** The longest encoded frame, in bytes. */
export const MAX_FRAME_BYTES = 266_240

/** The longest plaintext of a record, in bytes. */
export const MAX_PLAINTEXT_BYTES = 263_168

/** The most data in one `Chunk`, `ClipboardData` or `Rect`, in bytes. */
export const MAX_CHUNK_BYTES = 262_144

/** The most messages in one record. */
export const MAX_MESSAGES_PER_RECORD = 4_096

/** The most targets of one frame. */
export const MAX_TARGETS = 32

/** The highest participant number. */
export const MAX_PARTICIPANT = 65_535
