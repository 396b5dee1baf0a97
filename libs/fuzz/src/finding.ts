/** `exception`: an error that is not the documented one · `disagreement`: a promise is broken · `hang`: a step over its bound · `memory`: bytes over their bound. */
export type FindingKind = 'exception' | 'disagreement' | 'hang' | 'memory'

/** An input that breaks a promise. */
export interface Finding {
  readonly target: string
  readonly kind: FindingKind
  readonly message: string
  /** Makes the input that was found first. */
  readonly seed: number
  /** The smallest input that was found to do the same. */
  readonly input: Uint8Array
}
