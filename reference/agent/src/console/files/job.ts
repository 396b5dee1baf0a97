/** One transfer of the console: what is known of it, as a row. */
import { type FileFailure, type FileSource, FileTransferError, type Transfer, type TransferProgress, type TransferResult } from '@remote-assist/peer'
import { type Told, toldOf } from '../told.js'
import { type EntryRow, MAX_SHOWN, type Progressing, type TransferRow } from './model.js'

/** A file of a transfer, in the order in which they come. */
export interface Listed {
  readonly path: string
  readonly bytes: number
  /** Why it will not arrive, as is known before. */
  readonly failure: Told | undefined
}

/** Why a file does not arrive. */
export const failureOf = ({ code, message, sizes }: FileFailure): Told => ({ code, message, hint: undefined, sizes })

/** What something that is sent or offered is called: the first thing at its top, and how many there are beside it. */
export function titleOf(paths: Iterable<string>): { readonly name: string; readonly others: number } {
  const tops = new Set([...paths].map(path => path.split('/', 1)[0] ?? ''))
  const [name = ''] = tops
  return { name, others: Math.max(0, tops.size - 1) }
}

export class Job {
  #transfer: Transfer | undefined
  #files: readonly Listed[] = []
  #told: TransferProgress | undefined
  #result: TransferResult | undefined
  #error: unknown
  #title: { readonly name: string; readonly others: number } = { name: '', others: 0 }

  constructor(
    readonly id: number,
    readonly way: 'sending' | 'receiving',
    /** What is sent, so that it may be sent again. */
    readonly source: FileSource | undefined,
    readonly changed: () => void,
  ) {}

  /** It is over, one way or the other. */
  get settled(): boolean {
    return this.#result !== undefined || this.#error !== undefined
  }

  /** What is in it. */
  list(paths: readonly string[], files: readonly Listed[]): void {
    this.#title = titleOf(paths)
    this.#files = files
  }

  /** It never began. */
  fail(error: unknown): void {
    this.#error = error
    this.changed()
  }

  /** Follows a transfer to its end. */
  async follow(transfer: Transfer): Promise<void> {
    this.#transfer = transfer
    this.changed()
    try {
      for await (const progress of transfer) {
        this.#told = progress
        this.changed()
      }
      this.#result = await transfer.done
    } catch (error) {
      this.#error = error
    }
    this.changed()
  }

  hold(): void {
    this.#transfer?.hold()
    this.changed()
  }

  goOn(): void {
    this.#transfer?.continue()
    this.changed()
  }

  cancel(): void {
    this.#transfer?.cancel()
  }

  /** As it is shown now. */
  get row(): TransferRow {
    const told = this.#told
    const totalBytes = told?.totalBytes ?? this.#files.reduce((sum, { bytes }) => sum + bytes, 0)
    const failed = this.#error !== undefined && this.#progress !== 'cancelled'
    return {
      id: this.id,
      way: this.way,
      ...this.#title,
      progress: this.#progress,
      bytes: told?.bytes ?? (this.#result === undefined ? 0 : totalBytes),
      totalBytes,
      bytesPerSecond: told?.bytesPerSecond ?? 0,
      secondsLeft: told?.secondsLeft,
      entries: this.#entries(),
      files: this.#files.length,
      why: failed ? toldOf(this.#error) : undefined,
      canRetry: failed && this.source !== undefined && this.#error instanceof FileTransferError && AGAIN.has(this.#error.code),
    }
  }

  get #progress(): Progressing {
    if (this.#error instanceof FileTransferError && this.#error.code === 'E_FILE_CANCELLED') return 'cancelled'
    if (this.#error !== undefined) return 'failed'
    if (this.#result !== undefined) return 'done'
    const { held } = this.#transfer ?? {}
    if (held === undefined) return 'listing'
    if (held.us) return 'held'
    if (held.peer) return 'held-there'
    return this.#told === undefined ? 'asking' : 'moving'
  }

  /** Files come in order, so that where the transfer stands says how far each of them is. */
  #entries(): readonly EntryRow[] {
    const failures = this.#failures()
    const current = this.#files.findIndex(({ path }) => path === this.#told?.path)
    const before = this.#files.slice(0, Math.max(0, current)).reduce((sum, file) => sum + (file.failure === undefined ? file.bytes : 0), 0)
    const known = this.#told?.totalBytes === this.#files.reduce((sum, file) => sum + (file.failure === undefined ? file.bytes : 0), 0)
    const over = this.#result !== undefined
    return this.#files.slice(0, MAX_SHOWN).map(({ path, bytes, failure }, i) => {
      const why = failures.get(path) ?? failure
      const ahead = i > current
      const share = known && bytes > 0 ? Math.min(1, Math.max(0, ((this.#told?.bytes ?? 0) - before) / bytes)) : undefined
      return { path, bytes, failure: why, fraction: why !== undefined ? 0 : over || i < current ? 1 : ahead ? 0 : share }
    })
  }

  #failures(): ReadonlyMap<string, Told> {
    const all = [...(this.#error instanceof FileTransferError ? this.#error.failures : []), ...(this.#result?.refused ?? [])]
    return new Map(all.map(failure => [failure.path, failureOf(failure)]))
  }
}

/** What may be better when it is tried again. */
const AGAIN: ReadonlySet<string> = new Set(['E_FILE_LOST', 'E_FILE_TIMEOUT', 'E_FILE_CORRUPT', 'E_FILE_SPACE', 'E_FILE_STORAGE', 'E_FILE_REFUSED'])
