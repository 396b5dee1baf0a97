/** Why nothing can be said about a testee: its adapter broke the contract, or did not answer, or is gone. */

/** How many bytes of what was wrong an error shows. */
const SHOWN_BYTES = 64

export type AdapterErrorCode =
  /** The program could not be started, or did not dial in. */
  | 'NOT_STARTED'
  /** A frame is longer than 16 MiB. */
  | 'TOO_LARGE'
  /** What came is no frame. */
  | 'RUBBISH'
  /** An answer to a command that was not given, or the second one. */
  | 'WRONG_SEQUENCE'
  /** An answer of another kind than the command has, or about another role. */
  | 'WRONG_ANSWER'
  /** HelloAck says something that the contract does not know. */
  | 'WRONG_HELLO'

/** The adapter broke the contract. Nothing is said about the implementation behind it; the suite ends with exit code 3. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError'
  constructor(
    readonly code: AdapterErrorCode,
    message: string,
    /** What came, as far as it is worth showing. */
    readonly bytes?: Uint8Array,
    /** What to do about it. */
    readonly hint?: string,
  ) {
    super(bytes === undefined ? message : `${message} The bytes: ${describeBytes(bytes)}.`)
  }
}

/** A command was not answered in time. The case in which it was given has failed; its process is replaced as soon as no other case needs it. */
export class AdapterHang extends Error {
  override readonly name = 'AdapterHang'
  constructor(
    /** The member of HostFrame's oneof. */
    readonly command: string,
    readonly afterMs: number,
  ) {
    super(`The testee did not answer ${command} within ${afterMs / 1_000} s.`)
  }
}

/** The testee's process ended, or its connection, without having been told to. */
export class TesteeCrash extends Error {
  override readonly name = 'TesteeCrash'
  constructor(
    /** As Node tells it: one of the two is null. Both are null where the testee had dialled in. */
    readonly exit: { readonly code: number | null; readonly signal: string | null },
    /** The end of what it wrote to stderr. */
    readonly stderrTail: string,
  ) {
    super(`The testee ${describeExit(exit)}.${stderrTail === '' ? '' : ` The end of its stderr:\n${stderrTail}`}`)
  }
}

/** The testee answered StartRole with a result that says no. */
export class RoleRefused extends Error {
  override readonly name = 'RoleRefused'
  constructor(
    /** "unsupported", "refused" or "failed". */
    readonly error: string,
    readonly text: string,
  ) {
    super(`The testee does not play the role: ${error}${text === '' ? '' : ` (${text})`}.`)
  }
}

function describeExit({ code, signal }: TesteeCrash['exit']): string {
  if (code !== null) return `ended with exit code ${code}`
  return signal === null ? 'closed its connection' : `was ended by ${signal}`
}

/** Bytes for a person: hexadecimal, and as text where they are text. */
export function describeBytes(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, SHOWN_BYTES)
  const hex = Buffer.from(shown)
    .toString('hex')
    .replaceAll(/(..)(?!$)/g, '$1 ')
  const text = isText(shown) ? `, as text ${JSON.stringify(new TextDecoder().decode(shown, { stream: true }))}` : ''
  const rest = bytes.length > SHOWN_BYTES ? ` … (${bytes.length} in all)` : ''
  return `${hex}${rest}${text}`
}

/** Whether it is UTF-8 without control characters but tabs and line ends; the last character may be cut off. */
export function isText(bytes: Uint8Array): boolean {
  try {
    return bytes.length > 0 && !/[^\P{Cc}\n\r\t]/u.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }))
  } catch {
    return false
  }
}
