/** Files and folders that a person picked or dropped, to be sent: read piece by piece, never as a whole. */
import { type FileSource, FileTransferError, pathFault, type SourceEntry, type SourceFile } from '@remote-assist/peer'

/** Something that was picked. */
export interface Picked {
  /** Components below the transfer's root. */
  readonly path: readonly string[]
  /** Undefined = a folder. */
  readonly file: File | undefined
}

/** The most entries of a transfer. */
const MAX_ENTRIES = 100_000
/** Bytes of a content id. */
const CONTENT_ID_BYTES = 16
/** What is read at a time: browsers answer a few large reads much faster than many small ones. */
const BLOCK_BYTES = 1_048_576

/** What an `<input type="file">` holds, also one that picks a folder: folders come before what is in them. */
export function pickedFiles(files: Iterable<File>): readonly Picked[] {
  const folders = new Set<string>()
  return [...files].flatMap(file => {
    const path = file.webkitRelativePath === '' ? [file.name] : file.webkitRelativePath.split('/')
    const above = path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1))
    const fresh = above.filter(folder => !folders.has(folder.join('/')))
    for (const folder of fresh) folders.add(folder.join('/'))
    return [...fresh.map((folder): Picked => ({ path: folder, file: undefined })), { path, file }]
  })
}

/** What was dropped, folders with all that is in them. To be called while the `drop` event is handled: later the browser gives nothing any more. Rejects with `E_FILE_SOURCE`. */
export function droppedFiles({ items, files }: DataTransfer): Promise<readonly Picked[]> {
  const entries = [...items].flatMap(item => item.webkitGetAsEntry?.() ?? [])
  return entries.length === 0 ? Promise.resolve(pickedFiles(files)) : listed(entries, [])
}

async function listed(entries: readonly FileSystemEntry[], above: readonly string[]): Promise<readonly Picked[]> {
  const found: Picked[] = []
  for (const entry of entries) {
    const path = [...above, entry.name]
    try {
      if (entry.isFile) found.push({ path, file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) })
      else if (entry.isDirectory) found.push({ path, file: undefined }, ...(await listed(await contentOf(entry as FileSystemDirectoryEntry), path)))
    } catch (cause) {
      throw unreadable(path, cause)
    }
  }
  return found
}

/** A folder's entries come in portions; an empty one is the last. */
async function contentOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const found: FileSystemEntry[] = []
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return found
    found.push(...portion)
  }
}

/** What was picked, ready to be sent. Rejects with `FileTransferError`: nothing was picked, there is too much of it, or a path is longer than may be. */
export async function pickedSource(picked: readonly Picked[]): Promise<FileSource> {
  if (picked.length === 0) throw new FileTransferError('E_FILE_SOURCE', 'There is nothing to send.')
  if (picked.length > MAX_ENTRIES)
    throw new FileTransferError('E_FILE_LIMIT', `There are more than ${MAX_ENTRIES} files and folders.`, { hint: 'Pack them first.' })
  for (const { path } of picked) {
    const fault = pathFault(path)
    if (fault === 'long' || fault === 'deep') throw new FileTransferError('E_FILE_NAME', `The path of ${path.join('/')} is too ${fault}.`)
  }
  const entries = picked.map(
    ({ path, file }): SourceEntry => ({
      path,
      kind: file === undefined ? 'folder' : 'file',
      bytes: BigInt(file?.size ?? 0),
      modifiedMs: file?.lastModified ?? 0,
      mode: 0,
    }),
  )
  return { entries, contentId: await contentIdOf(entries), open: entry => opened(picked[entry]) }
}

/** The same files, unchanged, have the same id. */
async function contentIdOf(entries: readonly SourceEntry[]): Promise<Uint8Array> {
  const names = JSON.stringify(entries.map(({ path, bytes, modifiedMs }) => [path, `${bytes}`, modifiedMs]))
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(names)), 0, CONTENT_ID_BYTES).slice()
}

async function opened(picked: Picked | undefined): Promise<SourceFile> {
  const file = picked?.file
  if (file === undefined) throw unreadable(picked?.path ?? [])
  const reader = new BlockReader(file)
  if (!(await reader.unchanged())) throw unreadable(picked?.path ?? [])
  return reader
}

const unreadable = (path: readonly string[], cause?: unknown): FileTransferError =>
  new FileTransferError('E_FILE_SOURCE', `${path.join('/')} could not be read, or changed while it was sent.`, {
    hint: 'Wait until nothing writes to it, then send it again.',
    cause,
  })

/** Reads a file in blocks, one of which is kept. */
class BlockReader implements SourceFile {
  #block = new Uint8Array()
  #at = 0

  constructor(readonly file: File) {}

  async read(offset: number, into: Uint8Array): Promise<number> {
    let filled = 0
    while (filled < into.length) {
      const at = offset + filled
      if (at < this.#at || at >= this.#at + this.#block.length) await this.#load(at)
      const part = this.#block.subarray(at - this.#at, at - this.#at + into.length - filled)
      if (part.length === 0) break
      into.set(part, filled)
      filled += part.length
    }
    return filled
  }

  /** A browser refuses to read a file that is not what it was when it was picked. */
  async unchanged(): Promise<boolean> {
    return this.file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      )
  }

  async close(): Promise<void> {
    this.#block = new Uint8Array()
  }

  async #load(at: number): Promise<void> {
    this.#block = new Uint8Array(await this.file.slice(at, at + BLOCK_BYTES).arrayBuffer())
    this.#at = at
  }
}
