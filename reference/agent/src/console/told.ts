/** What went wrong, or is over, as the console keeps it. */
import { AssistError, type FileFailure, FileTransferError } from '@remote-assist/peer'
import type { Told as Plain } from '@remote-assist/ui'

/** Something went wrong, or is over: in English, and what it takes to say it in another language. */
export interface Told extends Plain {
  /** Which of several things the code means, e.g. why elevation was declined. */
  readonly reason?: string | undefined
  /** The file that it is about. */
  readonly file?: string | undefined
  /** How large that is, and may be. */
  readonly sizes?: FileFailure['sizes']
}

/** An error in words for a person. */
export function toldOf(error: unknown): Told {
  if (error instanceof AssistError || error instanceof FileTransferError) {
    const { code, message, hint, cause } = error
    const { path, sizes }: Partial<FileFailure> = (error instanceof FileTransferError ? error.failures[0] : undefined) ?? {}
    return { code, message, hint, reason: typeof cause === 'string' ? cause : undefined, file: path, sizes }
  }
  return { code: 'E_UNEXPECTED', message: error instanceof Error ? error.message : String(error), hint: undefined }
}
