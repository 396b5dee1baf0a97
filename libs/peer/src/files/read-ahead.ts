/** Small files, read whole and ahead of their turn: they leave back to back, as many in a record as it holds. */
import type { Hasher } from './hasher.js'
import { type FileSource, SMALL_FILE_BYTES } from './store.js'

/** What is read at a time, at most. */
const MAX_FILES = 128
const MAX_BYTES = 524_288

/** A small file as it is to be sent. */
export interface WholeFile {
  readonly entry: number
  readonly data: Uint8Array
  /** The digest of its one leaf; undefined = it is empty. */
  readonly leaf: Uint8Array | undefined
  readonly root: Uint8Array
}

export class ReadAhead {
  #next: { readonly from: number; readonly files: Promise<readonly WholeFile[]> } | undefined

  /** `isSent`: whether this entry is a file that is to be sent. */
  constructor(
    readonly source: FileSource,
    readonly hasher: Hasher,
    readonly isSent: (entry: number) => boolean,
  ) {}

  /** The small files that leave together from this one on; none if this one is not small, or its source reads none whole. Rejects with `E_FILE_SOURCE`. */
  async from(entry: number): Promise<readonly WholeFile[]> {
    const files = await (this.#next?.from === entry ? this.#next.files : this.#read(entry))
    const last = files.at(-1)
    if (last === undefined) return files
    const from = this.#following(last.entry + 1)
    const next = { from, files: this.#read(from) }
    // Whoever asks for them hears of it.
    next.files.catch(() => {})
    this.#next = next
    return files
  }

  async #read(from: number): Promise<readonly WholeFile[]> {
    const entries = this.#smallFrom(from)
    if (entries.length === 0 || this.source.whole === undefined) return []
    const all = await this.source.whole(entries)
    return Promise.all(entries.map((entry, at) => this.#hashed(entry, all[at] ?? new Uint8Array())))
  }

  async #hashed(entry: number, data: Uint8Array): Promise<WholeFile> {
    if (data.length === 0) return { entry, data, leaf: undefined, root: await this.hasher.empty() }
    const hash = this.hasher.leaf()
    hash.update(data)
    const leaf = await hash.digest()
    // The tree over one leaf is that leaf (RFC 9162, section 2.1.1).
    return { entry, data, leaf, root: leaf }
  }

  /** The next entry that is sent; behind the last one there is none. */
  #following(from: number): number {
    let entry = from
    while (entry < this.source.entries.length && !this.isSent(entry)) entry++
    return entry
  }

  #smallFrom(from: number): number[] {
    const small: number[] = []
    let bytes = 0
    for (let entry = this.#following(from); entry < this.source.entries.length; entry = this.#following(entry + 1)) {
      const size = this.source.entries[entry]?.bytes ?? 0n
      bytes += Number(size)
      if (size > SMALL_FILE_BYTES || small.length === MAX_FILES || bytes > MAX_BYTES) break
      small.push(entry)
    }
    return small
  }
}
