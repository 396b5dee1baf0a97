/** How the command ends, in words and in a number. */
import { AssistError, type AssistErrorCode, FileTransferError, HostError } from '@remote-assist/peer'
import type { Person } from './person.js'
import { plain } from './presence.js'

/** What each exit code means. */
export const EXIT_CODES = [
  { code: 0, meaning: 'the session ended' },
  { code: 1, meaning: 'something went wrong' },
  { code: 3, meaning: 'the broker was not reached, or the line was lost' },
  { code: 4, meaning: 'the code was not accepted' },
  { code: 5, meaning: 'consent was denied' },
  { code: 6, meaning: 'the desktop cannot be shared' },
] as const

type ExitCode = (typeof EXIT_CODES)[number]['code']

const CODES: { readonly [C in AssistErrorCode]?: ExitCode } = {
  E_LEFT: 0,
  E_STOPPED: 0,
  E_ENDED: 0,
  E_IDLE: 0,
  E_DURATION: 0,
  E_CANCELLED: 0,
  E_CONNECT: 3,
  E_LINE_LOST: 3,
  E_RESUME: 3,
  E_PIN_FORMAT: 4,
  E_LINK_FORMAT: 4,
  E_PIN_WRONG: 4,
  E_ATTEMPTS: 4,
  E_CODE_EXPIRED: 4,
  E_CODE_UNKNOWN: 4,
  E_CODE_USED: 4,
  E_THROTTLED: 4,
  E_CONSENT_DENIED: 5,
}

/** The exit code that an end, or an error, means. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof HostError) return 6
  return error instanceof AssistError ? (CODES[error.code] ?? 1) : 1
}

/** Says what went wrong and what to do about it; never a stack. */
export function tellError(error: unknown, person: Pick<Person, 'tell'>): void {
  if (error instanceof AssistError || error instanceof HostError || error instanceof FileTransferError) {
    person.tell(`${plain(error.message)} (${error.code})`)
    if (error.hint !== undefined) person.tell(plain(error.hint))
  } else {
    person.tell(`Something went wrong: ${plain(error instanceof Error ? error.message : String(error))}`)
  }
}
