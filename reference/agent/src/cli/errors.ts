/** What goes wrong at the command, in words and in an exit code. Never a stack. */

/** Anything that is an error for a person: `AssistError`, `FileTransferError`, and ours. */
interface Worded {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
}

/** The script is not one, or cannot be read. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  readonly code = 'E_SCRIPT'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** The credential is none, or not one for this session. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError'
  readonly code = 'E_CREDENTIAL'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** What a step expected did not come true. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError'
  readonly code = 'E_EXPECTED'
}

/** How the command ends. */
export const EXIT = { ok: 0, failed: 1, usage: 2, line: 3, denied: 5 } as const

/** What each exit code means. */
export const EXIT_HELP =
  '\nExit codes: 0 every step held · 1 a step failed · 2 the script or an option is wrong · 3 the broker was not reached · 5 consent was denied, or not given in time.'

const CODES: Readonly<Record<string, number>> = {
  E_SCRIPT: EXIT.usage,
  E_CREDENTIAL: EXIT.usage,
  E_CONNECT: EXIT.line,
  E_LINE_LOST: EXIT.line,
  E_CONSENT_DENIED: EXIT.denied,
}

/** The words of an error; one that nobody foresaw says so. */
export function wordsOf(error: unknown): Worded {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
    return { code: error.code, message: error.message, hint }
  }
  return { code: 'E_UNEXPECTED', message: error instanceof Error ? error.message : String(error) }
}

/** The exit code that an error means. */
export const exitCodeOf = (error: unknown): number => CODES[wordsOf(error).code] ?? EXIT.failed

/** An error in one or two lines. */
export function sentenceOf(error: unknown): string {
  const { code, message, hint } = wordsOf(error)
  return [`${message} (${code})`, hint].filter(line => line !== undefined).join('\n')
}
