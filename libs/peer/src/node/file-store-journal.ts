/** What is known of an unfinished transfer: kept beside its bytes, line by line, so that it goes on after a killed process. */
import { constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { pathFault } from '../files/names.js'
import type { Placement } from '../files/store.js'

/** The size that stands for a folder. */
export const FOLDER = -1

const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)

const LINE_END = 0x0a

/** What a journal says. */
export interface JournalContent {
  readonly placements: Map<number, Placement>
  /** Entries at their final names, or about to be, with their sizes; `FOLDER` for a folder. */
  readonly settled: Map<number, number>
  /** When the folders that were made are to have been modified, in ms since 1970-01-01 UTC: their times are set at the end, when nothing more goes into them. */
  readonly made: Map<number, number>
  /** Digests of verified leaves, by entry and leaf. */
  readonly leaves: Map<number, Uint8Array[]>
}

type Line =
  | { readonly plan: readonly (readonly [entry: number, path: readonly string[], overwrite: boolean])[] }
  | { readonly leaf: readonly [entry: number, index: number, sha256: string] }
  | { readonly done: readonly [entry: number, size: number, modifiedMs?: number] }
  | { readonly discard: number }

/** Reads what was written up to the moment at which the writer died. Undefined if it makes no sense. */
export async function readJournal(path: string): Promise<JournalContent | undefined> {
  const content: JournalContent = { placements: new Map(), settled: new Map(), made: new Map(), leaves: new Map() }
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
  try {
    for (const line of lines) take(content, JSON.parse(line) as Line)
  } catch {
    return undefined
  }
  return content.placements.size === 0 ? undefined : content
}

function take({ placements, settled, made, leaves }: JournalContent, line: Line): void {
  if ('plan' in line) {
    for (const [entry, path, overwrite] of line.plan) {
      if (pathFault(path) !== undefined) throw new RangeError('the journal names a path that is not possible')
      placements.set(entry, { path, overwrite })
    }
  } else if ('leaf' in line) {
    const [entry, index, sha256] = line.leaf
    const known = leaves.get(entry) ?? []
    known.splice(index, Number.POSITIVE_INFINITY, new Uint8Array(Buffer.from(sha256, 'hex')))
    leaves.set(entry, known)
  } else if ('done' in line) {
    const [entry, size, modifiedMs] = line.done
    settled.set(entry, size)
    if (modifiedMs !== undefined) made.set(entry, modifiedMs)
  } else {
    leaves.delete(line.discard)
    settled.delete(line.discard)
  }
}

/** Appends to a journal. Lines that come while others are being written are written together. */
export class Journal {
  readonly #handle: FileHandle
  #lines: string[] = []
  /** What writes the lines that wait. */
  #next: Promise<void> | undefined
  /** What writes all lines so far; never rejects. */
  #written: Promise<void> = Promise.resolve()
  #failure: { readonly cause: unknown } | undefined
  /** Bytes of whole lines. */
  #length: number

  private constructor(handle: FileHandle, length: number) {
    this.#handle = handle
    this.#length = length
  }

  /** Opens the journal at this path, which only its owner can read. A line that was not written to its end is cut off. */
  static async open(path: string): Promise<Journal> {
    const handle = await open(path, APPEND, 0o600)
    const length = (await handle.readFile()).lastIndexOf(LINE_END) + 1
    await handle.truncate(length)
    return new Journal(handle, length)
  }

  /**
   * Adds a line. Resolves when the system has it: it outlives this process. Whoever does not wait may lose it, and has something sent again. Rejects if it could not be
   * written, as on a full disk; what was written of it is taken back, and if that fails no line follows: behind one that was cut off nothing can be read.
   */
  add(line: Line): Promise<void> {
    this.#lines.push(`${JSON.stringify(line)}\n`)
    if (this.#next !== undefined) return this.#next
    const next = this.#written.then(() => this.#write())
    this.#next = next
    this.#written = next.catch(() => {})
    return next
  }

  async #write(): Promise<void> {
    const text = this.#lines.join('')
    this.#lines = []
    this.#next = undefined
    if (this.#failure !== undefined) throw this.#failure.cause
    try {
      await this.#handle.appendFile(text)
      this.#length += Buffer.byteLength(text)
    } catch (error) {
      await this.#handle.truncate(this.#length).catch(cause => {
        this.#failure = { cause }
      })
      throw error
    }
  }

  /** Makes every line so far last: it outlives a loss of power. Rejects if one could not be written. */
  async last(): Promise<void> {
    await this.#written
    if (this.#failure !== undefined) throw this.#failure.cause
    await this.#handle.datasync()
  }

  async close(): Promise<void> {
    await this.#written
    await this.#handle.close()
  }
}
