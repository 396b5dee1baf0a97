/** Something that must hold did not. */
export class Breach extends Error {
  override readonly name = 'Breach'
  /** @param invariant numbers as in the protocol's design */
  constructor(
    readonly invariant: string,
    message: string,
  ) {
    super(`${invariant}: ${message}`)
  }
}
