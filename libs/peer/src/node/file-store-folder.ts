/** A folder held open, in which names are used without following a link. */
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError } from '../files/store.js'

/** A folder, and no link to one. */
export const OPEN_FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)
/** Linux names what is in an open folder through its descriptor, so that nobody can put another in its place meanwhile. */
export const BY_DESCRIPTOR = process.platform === 'linux'

export class Folder {
  private constructor(
    readonly handle: FileHandle | undefined,
    readonly path: string,
  ) {}

  /** Opens the folder at this path, which must be no link itself (RA-FIL-028). Rejects if it is no folder. */
  static async open(path: string): Promise<Folder> {
    if (BY_DESCRIPTOR) {
      const handle = await open(path, OPEN_FOLDER)
      return new Folder(handle, `/proc/self/fd/${handle.fd}`)
    }
    if (!(await lstat(path)).isDirectory()) throw new StoreError('exists')
    return new Folder(undefined, path)
  }

  /** The path of a name in this folder; of use while the folder is open. `name` is one component. */
  at(name: string): string {
    return join(this.path, name)
  }

  /** Opens a folder in this one. */
  folder(name: string): Promise<Folder> {
    return Folder.open(this.at(name))
  }

  /** Does something in the folder with this path below, which is open meanwhile. */
  async within<T>(path: readonly string[], task: (folder: Folder) => Promise<T>): Promise<T> {
    const [name, ...rest] = path
    if (name === undefined) return task(this)
    const folder = await this.folder(name)
    try {
      return await folder.within(rest, task)
    } finally {
      await folder.close()
    }
  }

  /** Whether something in this folder has the name. */
  async has(name: string): Promise<boolean> {
    return (await lstat(this.at(name)).catch(() => undefined)) !== undefined
  }

  /** Makes a folder in this one; true if it was not there. Rejects with `exists` if something else has the name. */
  async make(name: string, mode: number): Promise<boolean> {
    try {
      await mkdir(this.at(name), { mode })
      return true
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      if (!(await lstat(this.at(name))).isDirectory()) throw new StoreError('exists', { cause: error })
      return false
    }
  }

  /** Makes the names in it last, where the system has a way. */
  async last(): Promise<void> {
    await this.handle?.sync()
  }

  async close(): Promise<void> {
    await this.handle?.close()
  }
}

/** The code of a system error. */
export const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined)

/** FAT and some network folders say so where a file cannot have a second name. */
export const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

const SPACE: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const TAKEN: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ELOOP', 'ENOTDIR', 'EISDIR'])

/** What the code of a system error means to a transfer. */
export const storeFault = (code: string | undefined, cause: unknown = code): StoreError =>
  new StoreError(SPACE.has(code) ? 'space' : TAKEN.has(code) ? 'exists' : 'storage', { cause })

/** What a system error means to a transfer. */
export const storeError = (error: unknown): StoreError => (error instanceof StoreError ? error : storeFault(codeOf(error), error))
