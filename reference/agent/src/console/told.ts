/** Something went wrong, or is over, in words for a person. */
export interface Told {
  /** Stable, e.g. `E_CONNECT`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string | undefined
}
