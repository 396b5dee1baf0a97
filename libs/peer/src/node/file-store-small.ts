/** Many small files at a time, with system calls that wait: for a thread of its own. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { BY_DESCRIPTOR, codeOf, OPEN_FOLDER, WITHOUT_LINKS } from './file-store-folder.js'
import type { Listed, Naming, Orders, Part, Seen } from './file-store-orders.js'
import { READ, same } from './file-store-source.js'

/** A disk is slower than this, in milliseconds. */
const QUICK_MS = 0.2

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** What is at each of these paths. */
export function look(paths: readonly string[]): readonly (Seen | undefined)[] {
  return paths.map(at => {
    try {
      const stats = lstatSync(at, { bigint: true })
      const { dev, ino, size, mtimeNs } = stats
      const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
      return { kind, stats: { dev, ino, size, mtimeNs }, mtimeMs: Number(stats.mtimeMs), mode: Number(stats.mode) }
    } catch {
      return undefined
    }
  })
}

/** Reads each of these whole, if it is what was listed, before and after. */
export function readWhole(files: readonly Listed[]): readonly (Uint8Array | undefined)[] {
  return files.map(listed => {
    try {
      return readOne(listed)
    } catch {
      return undefined
    }
  })
}

function readOne(listed: Listed): Uint8Array | undefined {
  const fd = openSync(listed.at, READ)
  try {
    if (!same(fstatSync(fd, { bigint: true }), listed)) return undefined
    const data = new Uint8Array(Number(listed.size))
    for (let filled = 0; filled < data.length; ) {
      const count = readSync(fd, data, filled, data.length - filled, filled)
      if (count === 0) return undefined
      filled += count
    }
    return same(fstatSync(fd, { bigint: true }), listed) ? data : undefined
  } finally {
    closeSync(fd)
  }
}

/** Writes files into the quarantine, then has the system make all of them last. */
export async function writeParts({ quarantine, bytes, parts }: Orders['write']['asked']): Promise<Orders['write']['done']> {
  const written = parts.map(part => attempt(() => writePart(join(quarantine, part.name), bytes, part)))
  const last = lasting()
  return Promise.all(written.map(it => (typeof it === 'number' ? last(it) : it.code)))
}

function writePart(at: string, bytes: Uint8Array, { from, to, mode, modifiedMs }: Part): number {
  const fd = createAnew(at)
  try {
    for (let offset = from; offset < to; ) offset += writeSync(fd, bytes, offset, to - offset, offset - from)
    if (modifiedMs > 0) futimesSync(fd, Date.now() / 1_000, modifiedMs / 1_000)
    fchmodSync(fd, mode)
    return fd
  } catch (error) {
    closeSync(fd)
    // Where the disk is full, the others need the room.
    unlinkSync(at)
    throw error
  }
}

/** What a process that died left of the file is in the way. */
function createAnew(at: string): number {
  try {
    return openSync(at, CREATE, 0o600)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    unlinkSync(at)
    return openSync(at, CREATE, 0o600)
  }
}

/** Has the system put on the disk what is written so far, and closes; the code of what went wrong. Where that is quick it waits, else many do so at a time. */
function lasting(): (fd: number) => Promise<string | undefined> | string | undefined {
  let quick = true
  return fd => {
    if (!quick) return new Promise(resolve => fsync(fd, error => resolve(closed(fd, error))))
    const start = performance.now()
    const failed = attempt(() => fsyncSync(fd))
    quick = performance.now() - start < QUICK_MS
    return closed(fd, failed ?? null)
  }
}

function closed(fd: number, failed: { readonly code?: string | undefined } | null): string | undefined {
  closeSync(fd)
  return failed === null ? undefined : (failed.code ?? 'EIO')
}

/** Gives files their final names, then has the system make the folders last in which they are. */
export async function nameParts({ quarantine, root, files }: Orders['name']['asked']): Promise<Orders['name']['done']> {
  const folders = new Folders(root)
  const codes = files.map(file => attempt(() => nameOne(folders, join(quarantine, file.part), file))?.code)
  await folders.close()
  return codes
}

/** A link gives the name, since it fails where a rename would replace silently. */
function nameOne(folders: Folders, part: string, { path, overwrite }: Naming): undefined {
  const to = join(folders.at(path.slice(0, -1)), path.at(-1) ?? '')
  if (overwrite) {
    if (lstatSync(to, { throwIfNoEntry: false })?.isFile() === false) throw Object.assign(new Error('The name is taken.'), { code: 'EEXIST' })
    return void renameSync(part, to)
  }
  try {
    linkSync(part, to)
  } catch (error) {
    if (!WITHOUT_LINKS.has(codeOf(error) ?? '')) throw error
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw Object.assign(new Error('The name is taken.'), { code: 'EEXIST' })
    return void renameSync(part, to)
  }
  unlinkSync(part)
}

/** Folders below a root, each opened once, without following a link (RA-FIL-028). */
class Folders {
  readonly #open = new Map<string, { readonly path: string; readonly fd: number | undefined }>()

  constructor(readonly root: string) {}

  /** The path by which what is in a folder is named. */
  at(path: readonly string[]): string {
    return this.#folder(path).path
  }

  #folder(path: readonly string[]): { readonly path: string; readonly fd: number | undefined } {
    const key = path.join('\0')
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const folder = this.#opened(path.length === 0 ? this.root : join(this.at(path.slice(0, -1)), path.at(-1) ?? ''), path.length === 0)
    this.#open.set(key, folder)
    return folder
  }

  #opened(at: string, isRoot: boolean): { readonly path: string; readonly fd: number | undefined } {
    if (BY_DESCRIPTOR) {
      // The root is named through a descriptor already, which is a link to it.
      const fd = openSync(isRoot ? `${at}/.` : at, OPEN_FOLDER)
      return { path: `/proc/self/fd/${fd}`, fd }
    }
    if (!lstatSync(at).isDirectory()) throw Object.assign(new Error('It is no folder.'), { code: 'ENOTDIR' })
    return { path: at, fd: undefined }
  }

  /** Makes the names in these folders last, where the system has a way, and closes them. */
  async close(): Promise<void> {
    const last = lasting()
    await Promise.all([...this.#open.values()].map(({ fd }) => (fd === undefined ? undefined : last(fd))))
  }
}

/** What a task comes to, or the code of what went wrong. */
function attempt<T>(task: () => T): T | { readonly code: string } {
  try {
    return task()
  } catch (error) {
    return { code: codeOf(error) ?? 'EIO' }
  }
}
