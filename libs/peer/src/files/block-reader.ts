/** Reads a large file on its way out: in blocks, the next of which is read while one is being sent. */
import { sourceError } from './errors.js'
import type { SourceFile } from './store.js'

/** What is read at a time: a leaf is a whole number of blocks. */
const BLOCK_BYTES = 262_144

/** Bytes of a file with their place in it. */
interface Block {
  readonly at: number
  readonly data: Promise<Uint8Array>
}

/** Fills a new array from `offset` on. Rejects with `E_FILE_SOURCE` if the file cannot be read, or has no so many bytes. `path`: how errors name it. */
export async function readExactly(file: SourceFile, path: string, offset: number, count: number): Promise<Uint8Array> {
  const data = new Uint8Array(count)
  let read: number
  try {
    read = await file.read(offset, data)
  } catch (error) {
    throw sourceError(path, error)
  }
  if (read !== count) throw sourceError(path)
  return data
}

export class BlockReader {
  #at = 0
  #block: Uint8Array = new Uint8Array()
  #next: Block | undefined

  /** `bytes`: how long the file is. */
  constructor(
    readonly file: SourceFile,
    readonly path: string,
    readonly bytes: number,
  ) {}

  /** Bytes from `offset` on, which is before the end: one to `most`, as many as are at hand. Rejects with `E_FILE_SOURCE`. */
  async read(offset: number, most: number): Promise<Uint8Array> {
    if (offset < this.#at || offset >= this.#at + this.#block.length) await this.#turnTo(offset)
    const from = offset - this.#at
    return this.#block.subarray(from, from + most)
  }

  async #turnTo(offset: number): Promise<void> {
    const block = this.#next?.at === offset ? this.#next : this.#load(offset)
    this.#block = await block.data
    this.#at = offset
    const behind = offset + this.#block.length
    this.#next = behind < this.bytes ? this.#load(behind) : undefined
  }

  #load(at: number): Block {
    const data = readExactly(this.file, this.path, at, Math.min(BLOCK_BYTES, this.bytes - at))
    // Whoever asks for it hears of it.
    data.catch(() => {})
    return { at, data }
  }
}
