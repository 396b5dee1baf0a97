/** How the command ends. */

export const EXIT = {
  /** Conformant; or what was asked for is done. */
  conformant: 0,
  /** Not conformant. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** The suite or the adapter failed: nothing is said about the implementation. */
  harness: 3,
  /** The baseline is stale, or nothing was checked. */
  empty: 4,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command: the message tells a person why, the code tells a program. */
export class Abort extends Error {
  override readonly name = 'Abort'
  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly hint = '',
  ) {
    super(message)
  }
}

/** The command was not understood. */
export const usage = (message: string, hint = ''): Abort => new Abort(EXIT.usage, message, hint)
