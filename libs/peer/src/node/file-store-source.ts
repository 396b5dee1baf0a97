/** Files and folders of a disk, listed to be sent. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { FileTransferError, sourceError } from '../files/errors.js'
import { pathFault } from '../files/names.js'
import type { FileSource, SourceEntry, SourceFile } from '../files/store.js'
import { hands } from './file-store-hands.js'
import type { Identity } from './file-store-orders.js'

/** The most entries of a transfer. */
const MAX_ENTRIES = 100_000
/** Bytes of a content id. */
const CONTENT_ID_BYTES = 16
/** Never through a link, and never waiting for the other end of a pipe. Windows has neither. */
export const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

interface Found extends SourceEntry {
  readonly at: string
  readonly stats: Identity
}

/** Whether a file is still what it was. */
export const same = (a: Identity, b: Identity): boolean => a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs

/** Lists these paths: each file, and each folder with all that is in it but links, devices, sockets and pipes (RA-FIL-029). Rejects with `E_FILE_SOURCE`. */
export async function fileSource(paths: readonly string[]): Promise<FileSource> {
  const found: Found[] = []
  for (const path of paths) {
    const at = resolve(path)
    const before = found.length
    await list([{ at, path: [basename(at)] }], found)
    if (found.length === before)
      throw new FileTransferError('E_FILE_SOURCE', `${path} is neither a file nor a folder.`, { hint: 'Name what a link points to.' })
  }
  if (found.length === 0) throw new FileTransferError('E_FILE_SOURCE', 'There is nothing to send.')
  return {
    entries: found,
    contentId: contentIdOf(found),
    open: entry => openFound(found[entry]),
    whole: entries => readFound(entries.map(entry => found[entry])),
  }
}

/** A file or folder that is to be listed. */
interface Place {
  readonly at: string
  readonly path: readonly string[]
}

/** Lists places of one folder, and what is in them; all are looked at in one go. */
async function list(places: readonly Place[], found: Found[]): Promise<void> {
  const all = await hands.do(
    'look',
    places.map(({ at }) => at),
  )
  for (const [index, { at, path }] of places.entries()) {
    const seen = all[index]
    if (seen === undefined) throw new FileTransferError('E_FILE_SOURCE', `${at} could not be read.`)
    if (seen.kind === 'other') continue
    const { stats, mtimeMs, kind, mode } = seen
    const fault = pathFault(path)
    if (fault === 'long' || fault === 'deep') throw new FileTransferError('E_FILE_NAME', `The path of ${path.join('/')} is too ${fault}.`)
    if (found.length === MAX_ENTRIES)
      throw new FileTransferError('E_FILE_LIMIT', `There are more than ${MAX_ENTRIES} files and folders.`, { hint: 'Pack them first.' })
    const bytes = kind === 'folder' ? 0n : stats.size
    found.push({ at, stats, path, kind, bytes, modifiedMs: mtimeMs, mode: process.platform === 'win32' ? 0 : mode & 0o777 })
    if (kind !== 'folder') continue
    const names = await readdir(at).catch(cause => {
      throw new FileTransferError('E_FILE_SOURCE', `${at} could not be read.`, { cause })
    })
    const inside = names.sort().map(name => ({ at: join(at, name), path: [...path, name] }))
    await list(inside, found)
  }
}

/** Names the content by what and where it is: the same files, unchanged, have the same id, which says nothing about them. */
function contentIdOf(found: readonly Found[]): Uint8Array {
  const hash = createHash('sha256')
  for (const { at, stats } of found) hash.update(JSON.stringify([at, `${stats.dev}`, `${stats.ino}`, `${stats.size}`, `${stats.mtimeNs}`]))
  return new Uint8Array(hash.digest().subarray(0, CONTENT_ID_BYTES))
}

async function readFound(found: readonly (Found | undefined)[]): Promise<readonly Uint8Array[]> {
  const asked = found.flatMap(it =>
    it === undefined ? [] : [{ at: it.at, dev: it.stats.dev, ino: it.stats.ino, size: it.stats.size, mtimeNs: it.stats.mtimeNs }],
  )
  const read = await hands.do('read', asked)
  return found.map((it, index) => {
    const data = read[index]
    if (data === undefined) throw sourceError(it?.path.join('/') ?? '')
    return data
  })
}

async function openFound(found: Found | undefined): Promise<SourceFile> {
  if (found === undefined || found.kind === 'folder') throw sourceError('A folder')
  const path = found.path.join('/')
  const handle = await open(found.at, READ).catch(cause => {
    throw sourceError(path, cause)
  })
  const unchanged = async () => same(await handle.stat({ bigint: true }), found.stats)
  if (!(await unchanged())) {
    await handle.close()
    throw sourceError(path)
  }
  return { read: (offset, into) => readAll(handle, offset, into), unchanged, close: () => handle.close() }
}

async function readAll(handle: FileHandle, offset: number, into: Uint8Array): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const { bytesRead } = await handle.read(into, filled, into.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
