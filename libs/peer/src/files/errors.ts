/** What goes wrong with files, for people. */
import { CancelReason, FileRefusal, RefusalReason } from '@remote-assist/codec'
import type { Outcome } from '@remote-assist/core'
import { refusalWord } from '../errors.js'

/** The stable codes. */
export type FileErrorCode =
  | 'E_FILE_TOO_LARGE'
  | 'E_FILE_REFUSED'
  | 'E_FILE_NAME'
  | 'E_FILE_SPACE'
  | 'E_FILE_LIMIT'
  | 'E_FILE_UNSUPPORTED'
  | 'E_FILE_CORRUPT'
  | 'E_FILE_SOURCE'
  | 'E_FILE_STORAGE'
  | 'E_FILE_OVERRUN'
  | 'E_FILE_CANCELLED'
  | 'E_FILE_REVOKED'
  | 'E_FILE_TIMEOUT'
  | 'E_FILE_PROTOCOL'
  | 'E_FILE_LOST'

/** One entry that did not arrive. */
export interface FileFailure {
  /** Its path, components joined by `/`. */
  readonly path: string
  readonly code: FileErrorCode
  /** A sentence for a person. */
  readonly message: string
  /** With `E_FILE_NAME`: a name that the receiver would take. */
  readonly proposedName?: string
  /** With `E_FILE_TOO_LARGE`, of a file that is larger than the administrator lets one be: both in bytes. */
  readonly sizes?: { readonly bytes: bigint; readonly maxFileBytes: bigint }
}

/** A file, or a whole transfer, did not arrive. `message` is a sentence for a person, `hint` says what to do about it. */
export class FileTransferError extends Error {
  override readonly name = 'FileTransferError'
  readonly hint: string | undefined
  /** The entries that did not arrive; empty if the transfer failed as a whole. */
  readonly failures: readonly FileFailure[]

  constructor(
    /** Stable: programs may compare it. */
    readonly code: FileErrorCode,
    message: string,
    options: { readonly hint?: string | undefined; readonly failures?: readonly FileFailure[]; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
    this.failures = options.failures ?? []
  }
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size as people say it, in powers of 1024: 1 GB, 1.4 GB. */
export function sizeOf(bytes: bigint | number): string {
  let size = Number(bytes)
  let unit = 0
  while (size >= 1_024 && unit < UNITS.length - 1) {
    size /= 1_024
    unit++
  }
  return `${size.toLocaleString('en', { maximumFractionDigits: 1 })} ${UNITS[unit]}`
}

/** A size a little above a limit looks larger than it, too: never "1 GB; the limit is 1 GB". */
function sizes(bytes: bigint, limit: bigint): readonly [size: string, limit: string] {
  const rounded = [sizeOf(bytes), sizeOf(limit)] as const
  return rounded[0] === rounded[1] ? [`${bytes.toLocaleString('en')} B`, `${limit.toLocaleString('en')} B`] : rounded
}

/** What an entry is called in a sentence. */
interface Named {
  readonly path: string
  readonly bytes: bigint
}

/** The failure of a file that is larger than the administrator's limit; undefined if it is not, or the limit is not known. It holds before the file is offered. */
export function tooLargeEntry({ path, bytes }: Named, maxFileBytes: bigint | undefined): FileFailure | undefined {
  if (maxFileBytes === undefined || bytes <= maxFileBytes) return undefined
  const [size, limit] = sizes(bytes, maxFileBytes)
  const message = `${path} is ${size}; the limit set by your administrator is ${limit} a file.`
  return { path, code: 'E_FILE_TOO_LARGE', message, sizes: { bytes, maxFileBytes } }
}

/** The failure that a refusal of an entry means. `maxFileBytes`: the administrator's limit, if it is known. */
export function refusedEntry(
  { path, bytes }: Named,
  refusal: FileRefusal,
  { maxFileBytes, name = '' }: { maxFileBytes?: bigint | undefined; name?: string | undefined },
): FileFailure {
  switch (refusal) {
    case FileRefusal.TOO_LARGE: {
      const message = `${path} does not fit into what the administrator allows for a session.`
      return tooLargeEntry({ path, bytes }, maxFileBytes) ?? { path, code: 'E_FILE_TOO_LARGE', message }
    }
    case FileRefusal.NAME: {
      const message = `The name of ${path} is not possible on the other computer${name === '' ? '.' : `; ${name} would be.`}`
      return { path, code: 'E_FILE_NAME', message, ...(name === '' ? {} : { proposedName: name }) }
    }
    case FileRefusal.SPACE:
      return { path, code: 'E_FILE_SPACE', message: `The other computer has no room for ${path}, which is ${sizeOf(bytes)}.` }
    case FileRefusal.LIMIT:
      return { path, code: 'E_FILE_LIMIT', message: `${path} is one too many for a transfer.` }
    case FileRefusal.UNSUPPORTED:
      return { path, code: 'E_FILE_UNSUPPORTED', message: 'The other computer cannot take files.' }
    case FileRefusal.POLICY:
      return { path, code: 'E_FILE_REFUSED', message: `The administrator’s policy does not allow ${path}.` }
    default:
      return { path, code: 'E_FILE_REFUSED', message: `${path} was declined.` }
  }
}

/** The failure of an entry whose path no manifest can hold. `proposedName`: a last component that would do; empty if that alone would not help. */
export const unsayableEntry = (path: string, proposedName: string): FileFailure => ({
  path,
  code: 'E_FILE_NAME',
  message: `${path} has a name or a path that is too long, too deep, empty or no text${proposedName === '' ? '.' : `; ${proposedName} would do.`}`,
  ...(proposedName === '' ? {} : { proposedName }),
})

/** The failure of an entry that arrived damaged, twice. */
export const corruptEntry = ({ path }: Named): FileFailure => ({
  path,
  code: 'E_FILE_CORRUPT',
  message: `${path} arrived damaged, and again when it was sent once more; it was not kept.`,
})

const HINTS: { readonly [C in FileErrorCode]?: string } = {
  E_FILE_TOO_LARGE: 'Send it another way, or ask the administrator to raise the limit.',
  E_FILE_NAME: 'Rename it, then send it again.',
  E_FILE_SPACE: 'Make room there, then send it again.',
  E_FILE_CORRUPT: 'Send it again; if it happens again, check the disk on both computers.',
  E_FILE_SOURCE: 'Wait until nothing writes to it, then send it again.',
  E_FILE_LOST: 'Send it again: it goes on where it stopped.',
  E_FILE_TIMEOUT: 'Send it again: what arrived of it is not lost.',
}

/** The error of a transfer of which some entries did not arrive. */
export function failedEntries(failures: readonly FileFailure[]): FileTransferError {
  const first = failures[0] as FileFailure
  const more = failures.length === 1 ? '' : ` ${failures.length - 1} more did not arrive.`
  return new FileTransferError(first.code, `${first.message}${more}`, { hint: HINTS[first.code], failures })
}

const CANCELLED: { readonly [R in CancelReason]: readonly [FileErrorCode, string] } = {
  [CancelReason.UNSPECIFIED]: ['E_FILE_PROTOCOL', 'The transfer was cancelled without a reason.'],
  [CancelReason.USER]: ['E_FILE_CANCELLED', 'The transfer was cancelled.'],
  [CancelReason.OVERRUN]: ['E_FILE_OVERRUN', 'More bytes came than were announced or allowed; the transfer was cancelled.'],
  [CancelReason.SOURCE]: ['E_FILE_SOURCE', 'A file could not be read, or changed while it was sent; the transfer was cancelled.'],
  [CancelReason.REVOKED]: ['E_FILE_REVOKED', 'The permission to transfer files was taken back.'],
  [CancelReason.PROTOCOL]: ['E_FILE_PROTOCOL', 'The two programs did not understand each other; the transfer was cancelled.'],
  [CancelReason.TIMEOUT]: ['E_FILE_TIMEOUT', 'Nothing came for too long; the transfer was cancelled.'],
  [CancelReason.STORAGE]: ['E_FILE_STORAGE', 'The receiving computer could not write; the transfer was cancelled.'],
}

/** The error that an outcome other than `done` means, for a transfer as a whole. */
export function outcomeError(outcome: Exclude<Outcome, { readonly result: 'done' }>, cause?: unknown): FileTransferError {
  switch (outcome.result) {
    case 'refused': {
      const code =
        outcome.reason === RefusalReason.LIMIT ? 'E_FILE_LIMIT' : outcome.reason === RefusalReason.UNSUPPORTED ? 'E_FILE_UNSUPPORTED' : 'E_FILE_REFUSED'
      return new FileTransferError(code, `The transfer was refused: ${refusalWord(outcome.reason)}.`)
    }
    case 'declined':
      return new FileTransferError('E_FILE_REFUSED', 'The transfer was declined.')
    case 'lost':
      return new FileTransferError('E_FILE_LOST', 'The line dropped before the transfer was over.', { hint: HINTS.E_FILE_LOST })
    case 'cancelled': {
      const [code, message] = CANCELLED[outcome.reason] ?? CANCELLED[CancelReason.UNSPECIFIED]
      return new FileTransferError(code, message, { hint: HINTS[code], cause })
    }
  }
}

/** A source cannot be read as it was listed. */
export const sourceError = (path: string, cause?: unknown): FileTransferError =>
  new FileTransferError('E_FILE_SOURCE', `${path} could not be read, or changed while it was sent.`, { hint: HINTS.E_FILE_SOURCE, cause })
