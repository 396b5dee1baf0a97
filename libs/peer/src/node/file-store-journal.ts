/** What is known of an unfinished transfer: kept beside its bytes, line by line, so that it goes on after a killed process. */
import { constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { pathFault } from '../files/names.js'
import type { Placement } from '../files/store.js'

/** The size that stands for a folder. */
export const FOLDER = -1

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0)

/** What a journal says. */
export interface JournalContent {
  readonly placements: Map<number, Placement>
  /** Entries at their final names, with their sizes; `FOLDER` for a folder. */
  readonly settled: Map<number, number>
  /** Digests of verified leaves, by entry and leaf. */
  readonly leaves: Map<number, Uint8Array[]>
}

type Line =
  | { readonly plan: readonly (readonly [entry: number, path: readonly string[], overwrite: boolean])[] }
  | { readonly leaf: readonly [entry: number, index: number, sha256: string] }
  | { readonly done: readonly [entry: number, size: number] }
  | { readonly discard: number }

/** Reads what was written up to the moment at which the writer died. Undefined if it makes no sense. */
export async function readJournal(path: string): Promise<JournalContent | undefined> {
  const content: JournalContent = { placements: new Map(), settled: new Map(), leaves: new Map() }
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
  try {
    for (const line of lines) take(content, JSON.parse(line) as Line)
  } catch {
    return undefined
  }
  return content.placements.size === 0 ? undefined : content
}

function take({ placements, settled, leaves }: JournalContent, line: Line): void {
  if ('plan' in line) {
    for (const [entry, path, overwrite] of line.plan) {
      if (pathFault(path) !== undefined) throw new RangeError('the journal names a path that is not possible')
      placements.set(entry, { path, overwrite })
    }
  } else if ('leaf' in line) {
    const [entry, index, sha256] = line.leaf
    const known = leaves.get(entry) ?? []
    leaves.set(entry, [...known.slice(0, index), new Uint8Array(Buffer.from(sha256, 'hex'))])
  } else if ('done' in line) {
    const [entry, size] = line.done
    settled.set(entry, size)
  } else leaves.delete(line.discard)
}

/** Appends to a journal. Lines that come while others are being written are written together. */
export class Journal {
  readonly #handle: FileHandle
  #lines: string[] = []
  #writing: Promise<void> | undefined

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Opens the journal at this path, which only its owner can read. */
  static async open(path: string): Promise<Journal> {
    return new Journal(await open(path, APPEND, 0o600))
  }

  /** Adds a line; it is written soon. A line that is lost costs no more than sending something again. */
  add(line: Line): void {
    this.#lines.push(`${JSON.stringify(line)}\n`)
    this.#writing ??= this.#write()
  }

  async #write(): Promise<void> {
    while (this.#lines.length > 0) {
      const text = this.#lines.join('')
      this.#lines = []
      await this.#handle.appendFile(text)
    }
    this.#writing = undefined
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async close(): Promise<void> {
    await this.flush().catch(() => {})
    await this.#handle.close()
  }
}
