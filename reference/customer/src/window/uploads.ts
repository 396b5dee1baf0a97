/** Files that the window lends to the program, for as long as it takes to give them to somebody: in a private folder that goes with the program. */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { nameFault } from '@remote-assist/peer'
import { MAX_UPLOADS } from '@remote-assist/ui'

export class Uploads {
  readonly #folder: Promise<string>
  readonly #paths = new Map<number, string>()
  #nextId = 1

  constructor() {
    this.#folder = mkdtemp(join(tmpdir(), 'remote-assist-window-'))
  }

  /** Takes a file as it comes; resolves to its number. Rejects if there are too many, or it has a name that no file may have. */
  async take(name: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    if (this.#paths.size >= MAX_UPLOADS || nameFault(name) !== undefined) throw new RangeError('This file is not taken.')
    const id = this.#nextId++
    const folder = join(await this.#folder, String(id))
    await mkdir(folder, { mode: 0o700 })
    const path = join(folder, name)
    this.#paths.set(id, path)
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return id
  }

  /** Where files lie that were lent. */
  pathsOf(ids: readonly number[]): readonly string[] {
    return ids.flatMap(id => this.#paths.get(id) ?? [])
  }

  /** These are no longer needed. */
  async drop(ids: readonly number[]): Promise<void> {
    for (const id of ids) if (this.#paths.delete(id)) await rm(join(await this.#folder, String(id)), { recursive: true, force: true })
  }

  /** Takes everything away. */
  async close(): Promise<void> {
    await rm(await this.#folder, { recursive: true, force: true })
  }
}
