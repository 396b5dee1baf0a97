/** One transfer in its quarantine: a private folder, from which files move to their final names when they are verified. */
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, open, readdir, rename, rm, unlink, utimes } from 'node:fs/promises'
import { type Entry, MAX_CHUNK_BYTES } from '@remote-assist/codec'
import { type Hasher, sameDigest } from '../files/hasher.js'
import { type Intake, type Kept, type Placement, SMALL_FILE_BYTES, StoreError } from '../files/store.js'
import { LEAF_SIZE } from '../files/tree.js'
import { codeOf, type Folder, storeError, WITHOUT_LINKS } from './file-store-folder.js'
import { Groups } from './file-store-group.js'
import { FOLDER, type Journal, type JournalContent } from './file-store-journal.js'
import type { Mark } from './file-store-mark.js'

const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
const REOPEN = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)
/** Permission bits that a sender may ask for; others never write, and nothing runs as somebody else. */
const MODES = 0o755
const OWNER = { file: 0o600, folder: 0o700 } as const

/** The name of the journal in a quarantine. */
export const JOURNAL = 'journal'

const modeOf = ({ mode }: Entry): number => ((mode || 0o644) & MODES) | OWNER.file

const ZEROS = new Uint8Array(MAX_CHUNK_BYTES)
const isZero = (data: Uint8Array): boolean => data.length <= ZEROS.length && Buffer.compare(data, ZEROS.subarray(0, data.length)) === 0

const isSmall = ({ bytes }: Entry): boolean => bytes <= SMALL_FILE_BYTES

const partOf = ({ entry }: Pick<Entry, 'entry'>): string => `${entry}.part`

/** A file in the quarantine that is being written. */
interface Written {
  readonly handle: FileHandle
  /** So long it is: there the next bytes go, or it is begun anew. */
  readonly bytes: number
}

export class DiskIntake implements Intake {
  readonly #files = new Map<number, Written>()
  /** Small files, as they come: they are written when they are complete. */
  readonly #small = new Map<number, Uint8Array>()
  readonly #groups: Groups
  /** Folders that were made, and when they are to have been modified. */
  readonly #made: { readonly path: readonly string[]; readonly modifiedMs: number }[] = []

  constructor(
    readonly root: Folder,
    readonly quarantine: Folder,
    readonly journal: Journal,
    readonly content: JournalContent | undefined,
    readonly kept: Kept | undefined,
    /** Marks what came, while it is still in the quarantine. */
    readonly mark: Mark | undefined,
    /** Removes the quarantine, or keeps it, and frees its key. */
    readonly release: (keep: boolean) => Promise<void>,
  ) {
    this.#groups = new Groups({ root, quarantine, journal, mark })
    for (const [entry, modifiedMs] of content?.made ?? []) {
      const path = content?.placements.get(entry)?.path
      if (path !== undefined) this.#made.push({ path, modifiedMs })
    }
  }

  async plan(placements: ReadonlyMap<number, Placement>): Promise<void> {
    await this.journal.add({ plan: [...placements].map(([entry, { path, overwrite }]) => [entry, path, overwrite]) }).catch(fail)
  }

  async folder({ entry, modifiedMs, mode }: Entry, { path }: Placement): Promise<void> {
    const make = async (folder: Folder, name: string) => {
      const isNew = !(await folder.has(name))
      // Said before it is done, as with a file: a folder of which the journal knew nothing would be somebody else's, and this one made beside it.
      await this.journal.add({ done: isNew ? [entry, FOLDER, Number(modifiedMs)] : [entry, FOLDER] })
      if (await folder.make(name, ((mode || MODES) & MODES) | OWNER.folder)) this.#made.push({ path, modifiedMs: Number(modifiedMs) })
    }
    await this.#inParent(path, make).catch(fail)
  }

  async leaves(entry: Entry, hasher: Hasher): Promise<readonly Uint8Array[]> {
    const journaled = this.content?.leaves.get(entry.entry) ?? []
    const handle = await open(this.quarantine.at(partOf(entry)), REOPEN).catch(() => undefined)
    if (handle === undefined) return []
    const here: Uint8Array[] = []
    try {
      const leaf = new Uint8Array(LEAF_SIZE)
      for (const digest of journaled) {
        const { bytesRead } = await handle.read(leaf, 0, LEAF_SIZE, here.length * LEAF_SIZE)
        const hash = hasher.leaf()
        hash.update(leaf.slice(0, bytesRead))
        if (bytesRead !== LEAF_SIZE || !sameDigest(await hash.digest(), digest)) break
        here.push(digest)
      }
    } catch (error) {
      fail(error)
    } finally {
      await handle.close()
    }
    return here
  }

  async write(entry: Entry, offset: number, data: Uint8Array): Promise<void> {
    if (isSmall(entry)) return this.#smallOf(entry).set(data, offset)
    try {
      const handle = await this.#at(entry, offset)
      // Zeros are a hole: the file ends here, grows, and takes no room.
      if (isZero(data)) await handle.truncate(offset + data.length)
      else {
        for (let done = 0; done < data.length; ) {
          const { bytesWritten } = await handle.write(data, done, data.length - done, offset + done)
          done += bytesWritten
        }
      }
      this.#files.set(entry.entry, { handle, bytes: offset + data.length })
    } catch (error) {
      fail(error)
    }
  }

  async verified(listed: Entry, index: number, sha256: Uint8Array): Promise<void> {
    const { entry } = listed
    if (isSmall(listed)) return
    await this.journal.add({ leaf: [entry, index, Buffer.from(sha256).toString('hex')] }).catch(fail)
  }

  async commit(entry: Entry, { path, overwrite }: Placement): Promise<void> {
    if (isSmall(entry)) {
      const data = this.#smallOf(entry)
      this.#small.delete(entry.entry)
      return this.#groups.add({ entry: entry.entry, part: partOf(entry), path, overwrite, data, mode: modeOf(entry), modifiedMs: Number(entry.modifiedMs) })
    }
    try {
      const handle = await this.#at(entry, Number(entry.bytes))
      if ((await handle.stat({ bigint: true })).size !== entry.bytes) throw new StoreError('storage')
      if (entry.modifiedMs > 0n) await handle.utimes(Date.now() / 1_000, Number(entry.modifiedMs) / 1_000)
      await handle.chmod(modeOf(entry))
      await handle.sync()
      this.#files.delete(entry.entry)
      await handle.close()
      // Said before it is done: whoever finds the journal looks whether it was (`isThere`).
      await this.journal.add({ done: [entry.entry, Number(entry.bytes)] })
      await this.journal.last()
      await this.#inParent(path, async (folder, name) => {
        await this.#move(this.quarantine.at(partOf(entry)), folder.at(name), overwrite)
        await folder.last()
      })
    } catch (error) {
      fail(error)
    }
  }

  async discard(entry: Entry): Promise<void> {
    this.#small.delete(entry.entry)
    await this.journal.add({ discard: entry.entry }).catch(fail)
    await this.#files.get(entry.entry)?.handle.close()
    this.#files.delete(entry.entry)
    await rm(this.quarantine.at(partOf(entry)), { force: true })
  }

  async end(keep: boolean): Promise<void> {
    for (const { handle } of this.#files.values()) await handle.close()
    this.#files.clear()
    await this.journal.close()
    for (const { path, modifiedMs } of keep ? [] : this.#made.reverse()) {
      if (modifiedMs > 0) await this.#inParent(path, (folder, name) => utimes(folder.at(name), new Date(), new Date(modifiedMs))).catch(() => {})
    }
    await this.release(keep)
  }

  #smallOf({ entry, bytes }: Entry): Uint8Array {
    const known = this.#small.get(entry) ?? new Uint8Array(Number(bytes))
    this.#small.set(entry, known)
    return known
  }

  /** The file, open, and not longer than this: what lies behind it was never verified, and the next bytes go there. */
  async #at(entry: Entry, offset: number): Promise<FileHandle> {
    const known = this.#files.get(entry.entry)
    if (known?.bytes === offset) return known.handle
    this.#files.delete(entry.entry)
    await known?.handle.close()
    const at = this.quarantine.at(partOf(entry))
    if (offset === 0) await rm(at, { force: true })
    const handle = await open(at, offset > 0 ? REOPEN : CREATE, 0o600)
    this.#files.set(entry.entry, { handle, bytes: offset })
    if ((await handle.stat()).size > offset) await handle.truncate(offset)
    return handle
  }

  #inParent<T>(path: readonly string[], task: (folder: Folder, name: string) => Promise<T>): Promise<T> {
    return this.root.within(path.slice(0, -1), folder => task(folder, path.at(-1) ?? ''))
  }

  /** Gives a verified file its name. Without `overwrite` a link does it, since it fails where a rename would replace silently. */
  async #move(from: string, to: string, overwrite: boolean): Promise<void> {
    await this.mark?.(from)
    const there = await lstat(to).catch(() => undefined)
    if (there !== undefined && !(overwrite && there.isFile())) throw new StoreError('exists')
    if (overwrite) return rename(from, to)
    try {
      await link(from, to)
    } catch (error) {
      // Nothing has the name, as was seen just now.
      if (!WITHOUT_LINKS.has(codeOf(error) ?? '')) throw error
      return rename(from, to)
    }
    await unlink(from)
  }
}

function fail(error: unknown): never {
  throw storeError(error)
}

/** The bytes of the files that are in a quarantine, by their entries. */
export async function partsIn(quarantine: Folder): Promise<ReadonlyMap<number, bigint>> {
  const bytes = new Map<number, bigint>()
  for (const name of await readdir(quarantine.path)) {
    const entry = Number.parseInt(name, 10)
    if (name === partOf({ entry })) bytes.set(entry, (await lstat(quarantine.at(name), { bigint: true })).size)
  }
  return bytes
}

/**
 * Whether what a journal calls settled is at its final name, as it was put there. A process that died may have been about to: as long as a file has its name in the quarantine,
 * what has the final one may be another; if both are one file, the name in the quarantine is removed.
 */
export async function isThere(root: Folder, quarantine: Folder, entry: number, { path }: Placement, size: number): Promise<boolean> {
  try {
    return await root.within(path.slice(0, -1), async folder => {
      const there = await lstat(folder.at(path.at(-1) ?? ''), { bigint: true })
      if (size === FOLDER) return there.isDirectory()
      if (!there.isFile() || there.size !== BigInt(size)) return false
      const part = quarantine.at(partOf({ entry }))
      const waiting = await lstat(part, { bigint: true }).catch(() => undefined)
      if (waiting === undefined) return true
      if (waiting.ino !== there.ino || waiting.dev !== there.dev) return false
      await unlink(part)
      return true
    })
  } catch {
    return false
  }
}
