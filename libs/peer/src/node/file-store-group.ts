/** Small files that are complete get their names in groups: those that come while a group is under way are the next one. */
import { setImmediate } from 'node:timers/promises'
import type { StoreError } from '../files/store.js'
import { type Folder, storeError, storeFault } from './file-store-folder.js'
import { hands } from './file-store-hands.js'
import type { Journal } from './file-store-journal.js'
import type { Mark } from './file-store-mark.js'
import type { Naming, Part } from './file-store-orders.js'

/** A group has at most so many files. */
const MAX_FILES = 256

/** A complete file. */
export interface Complete extends Naming, Pick<Part, 'mode' | 'modifiedMs'> {
  readonly entry: number
  readonly data: Uint8Array
}

interface Waiting {
  readonly file: Complete
  resolve(): void
  reject(error: StoreError): void
}

/** What groups are made of. */
export interface GroupParts {
  readonly root: Folder
  readonly quarantine: Folder
  readonly journal: Journal
  readonly mark: Mark | undefined
}

/**
 * Each group: its bytes are on the disk, then the journal says that they are about to get their names, then they get them, then those last. So whoever dies in between
 * finds each file once, at its final name or in the quarantine; and a file that is told to be verified outlives a loss of power.
 */
export class Groups {
  readonly #parts: GroupParts
  #waiting: Waiting[] = []
  #working = false

  constructor(parts: GroupParts) {
    this.#parts = parts
  }

  /** Resolves when the file is at its final name, for good. Rejects with `StoreError`. */
  add(file: Complete): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, resolve, reject })
      if (!this.#working) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#working = true
    while (this.#waiting.length > 0) {
      // What has come already, but was not looked at, belongs together with it.
      await setImmediate()
      const group = this.#waiting.splice(0, MAX_FILES)
      try {
        await this.#commit(group)
      } catch (cause) {
        for (const { reject } of group) reject(storeError(cause))
      }
    }
    this.#working = false
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { root, quarantine, journal, mark } = this.#parts
    const bytes = new Uint8Array(group.reduce((sum, { file }) => sum + file.data.length, 0))
    let end = 0
    const parts = group.map(({ file: { part, mode, modifiedMs, data } }): Part => {
      bytes.set(data, end)
      const from = end
      end += data.length
      return { name: part, from, to: end, mode, modifiedMs }
    })
    const written = passed(group, await hands.do('write', { quarantine: quarantine.path, bytes, parts }, [bytes.buffer]))
    if (written.length === 0) return
    // Said before it is done: whoever finds the journal looks whether it was (`isThere`).
    await Promise.all(written.map(({ file: { entry, data } }) => journal.add({ done: [entry, data.length] })))
    await journal.last()
    if (mark !== undefined) await Promise.all(written.map(({ file: { part } }) => mark(quarantine.at(part))))
    const files = written.map(({ file: { part, path, overwrite } }): Naming => ({ part, path, overwrite }))
    for (const { resolve } of passed(written, await hands.do('name', { quarantine: quarantine.path, root: root.path, files }))) resolve()
  }
}

/** Those of which nothing went wrong; the others are told. */
function passed(group: readonly Waiting[], codes: readonly (string | undefined)[]): readonly Waiting[] {
  return group.filter(({ reject }, at) => {
    const code = codes[at]
    if (code !== undefined) reject(storeFault(code))
    return code === undefined
  })
}
