/** What goes wrong here, by name: the caller decides what it means for the session. */

/**
 * `E_PIN_FORMAT`, `E_LINK_FORMAT`: text that a person typed or opened is no PIN, no link · `E_POINT`: a share is no valid point, or the neutral one ·
 * `E_TAMPERED`: a sealed thing does not open · `E_ORDER`: a record was dropped, repeated or moved · `E_GENERATION`: under a key that is not to be used (any more, or yet) ·
 * `E_SIGNATURE`: signed by someone else, or altered · `E_EXPIRED`: outside its time · `E_FORMAT`: not of the form it should have · `E_SPENT`: a key was used up ·
 * `E_CHANNEL`: on a channel that is closed to its sender's role.
 */
export type SecureErrorCode =
  | 'E_PIN_FORMAT'
  | 'E_LINK_FORMAT'
  | 'E_POINT'
  | 'E_TAMPERED'
  | 'E_ORDER'
  | 'E_GENERATION'
  | 'E_SIGNATURE'
  | 'E_EXPIRED'
  | 'E_FORMAT'
  | 'E_SPENT'
  | 'E_CHANNEL'

/** A thing that is not to be trusted, or not to be read. Never holds a secret. */
export class SecureError extends Error {
  override readonly name = 'SecureError'
  constructor(
    readonly code: SecureErrorCode,
    message: string,
    /** What a person may do about it. */
    readonly hint?: string,
  ) {
    super(message)
  }
}
