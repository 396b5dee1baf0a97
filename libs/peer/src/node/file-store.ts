/** Files of a disk: what is sent from it, and the folder that takes what comes. */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, realpath, rm, rmdir, stat, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FilePlatform, FileStore, Intake, Kept, Occupant, TransferKey } from '../files/store.js'
import { StoreError } from '../files/store.js'
import { Folder, storeError } from './file-store-folder.js'
import { nodeHasher } from './file-store-hasher.js'
import { DiskIntake, isThere, JOURNAL, partsIn } from './file-store-intake.js'
import { Journal, type JournalContent, readJournal } from './file-store-journal.js'
import { type Mark, markOf } from './file-store-mark.js'
import { fileSource } from './file-store-source.js'

/** Where bytes stay until they are verified: in the folder itself, so that a rename suffices. Nothing else may have this name. */
export const QUARANTINE = '.remote-assist'
/** How long what is unfinished is kept (RA-FIL-066). */
export const KEEP_MS = 24 * 60 * 60 * 1_000

/** Options of a store. */
export interface FileStoreOptions {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly date?: () => number
  /** Marks what came as the system does with files from elsewhere. Default as this system does, if it does. */
  readonly mark?: Mark
}

/** A folder of a disk that takes files. It is made if it is not there. */
export class DiskStore implements FileStore {
  readonly #path: string
  readonly #date: () => number
  readonly #mark: Mark | undefined
  /** The keys of transfers that are at work. */
  readonly #active = new Set<string>()
  #turn: Promise<void> = Promise.resolve()

  constructor(folder: string, { date = Date.now, mark = markOf(process.platform) }: FileStoreOptions = {}) {
    this.#path = resolve(folder)
    this.#mark = mark
    this.#date = date
  }

  async room(): Promise<bigint> {
    const { bavail, bsize } = await statfs(await this.#root(), { bigint: true })
    return bavail * bsize
  }

  async names(path: readonly string[]): Promise<ReadonlyMap<string, Occupant>> {
    const names = new Map<string, Occupant>()
    const root = await Folder.open(await this.#root())
    try {
      await root.within(path, async folder => {
        for (const entry of await readdir(folder.path, { withFileTypes: true })) {
          names.set(entry.name, entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other')
        }
      })
    } catch {
      names.clear()
    } finally {
      await root.close()
    }
    if (path.length === 0) names.set(QUARANTINE, 'other')
    return names
  }

  begin(key: TransferKey): Promise<Intake> {
    return this.#inTurn(() => this.#begin(key)).catch(error => {
      throw storeError(error)
    })
  }

  /** Folders of quarantines come and go one after the other. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task)
    this.#turn = result.then(
      () => {},
      () => {},
    )
    return result
  }

  async #begin(key: TransferKey): Promise<Intake> {
    const root = await Folder.open(await this.#root())
    const open = [root]
    // The same content twice at a time: the second has a place of its own, which is not kept.
    const named = nameOf(key)
    const shared = this.#active.has(named)
    const name = shared ? `${named}-${randomBytes(8).toString('hex')}` : named
    const close = async () => {
      this.#active.delete(name)
      if (this.#active.size === 0) await rmdir(root.at(QUARANTINE)).catch(() => {})
      for (const folder of open.reverse()) await folder.close()
    }
    try {
      const all = await this.#quarantine(root)
      open.push(all)
      await this.#clean(all)
      this.#active.add(name)
      await all.make(name, 0o700)
      const quarantine = await all.folder(name)
      open.push(quarantine)
      const content = await readJournal(quarantine.at(JOURNAL)).catch(() => undefined)
      if (content === undefined) for (const stale of await readdir(quarantine.path)) await rm(quarantine.at(stale), { recursive: true, force: true })
      const kept = content === undefined ? undefined : await keptOf(root, quarantine, content)
      const release = (keep: boolean) =>
        this.#inTurn(async () => {
          if (!keep || shared) await rm(all.at(name), { recursive: true, force: true })
          await close()
        })
      return new DiskIntake(root, quarantine, await Journal.open(quarantine.at(JOURNAL)), content, kept, this.#mark, release)
    } catch (error) {
      await close()
      throw error
    }
  }

  /** The folder itself, links resolved: whoever chose it may have chosen one. */
  async #root(): Promise<string> {
    await mkdir(this.#path, { recursive: true })
    return realpath(this.#path)
  }

  /** Opens the folder of quarantines, which must be ours alone (RA-FIL-047). */
  async #quarantine(root: Folder): Promise<Folder> {
    await root.make(QUARANTINE, 0o700)
    const folder = await root.folder(QUARANTINE)
    const { uid, mode } = await stat(folder.path)
    if (process.getuid !== undefined && uid !== process.getuid()) throw new StoreError('storage')
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(folder.path, 0o700)
    return folder
  }

  /** Removes what nobody came back for. */
  async #clean(all: Folder): Promise<void> {
    for (const name of await readdir(all.path)) {
      if (this.#active.has(name)) continue
      const { mtimeMs } = await lstat(`${all.at(name)}/${JOURNAL}`).catch(() => lstat(all.at(name)))
      if (this.#date() - mtimeMs > KEEP_MS) await rm(all.at(name), { recursive: true, force: true })
    }
  }
}

function nameOf({ contentId, peer, manifest }: TransferKey): string {
  return createHash('sha256').update(contentId).update(manifest).update(peer).digest('hex').slice(0, 32)
}

async function keptOf(root: Folder, quarantine: Folder, { placements, settled }: JournalContent): Promise<Kept> {
  const there = new Set<number>()
  for (const [entry, size] of settled) {
    const placement = placements.get(entry)
    if (placement !== undefined && (await isThere(root, quarantine, entry, placement, size))) there.add(entry)
  }
  return { placements, settled: there, partBytes: await partsIn(quarantine) }
}

/** The files of this computer. `folder`: where what comes is put; without one, this end takes no files. */
export function diskFiles({ folder, ...options }: { readonly folder?: string } & FileStoreOptions = {}): FilePlatform {
  return { hasher: nodeHasher, source: fileSource, store: folder === undefined ? undefined : new DiskStore(folder, options) }
}
