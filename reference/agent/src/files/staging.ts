/** Where the bytes of a file wait until all of them are verified: on the browser's own disk, or in memory where there is none. */
import { StoreError } from '@remote-assist/peer'

/** A file that is not complete yet. */
export interface Staged {
  /** Writes bytes; in order, or again from an earlier place. */
  write(offset: number, data: Uint8Array): Promise<void>
  /** Everything that was written. It can be read until `discard`. */
  finish(): Promise<Blob>
  discard(): Promise<void>
}

/** A place for such files. Every method rejects with `StoreError`. */
export interface Staging {
  /** Whether what is finished can be read after it was discarded: memory is there for as long as somebody holds it, a file on a disk is not. */
  readonly inMemory: boolean
  /** Bytes that it has room for. */
  room(): Promise<bigint>
  begin(): Promise<Staged>
}

/** The most bytes that are received where a browser lets pages write to no disk. */
export const MEMORY_BYTES = 268_435_456

/** Bytes that are gathered before they are handed to the browser, which keeps large blobs elsewhere than in the page's memory. */
const GATHERED_BYTES = 4_194_304

/** What came of it, with a failure as the store says it. */
export async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    throw new StoreError(cause instanceof DOMException && cause.name === 'QuotaExceededError' ? 'space' : 'storage', { cause })
  }
}

/** The browser's own disk where pages may write to one, else memory. */
export async function browserStaging(): Promise<Staging> {
  try {
    const root = await navigator.storage.getDirectory()
    return diskStaging(await folderOfThisPage(root))
  } catch {
    return memoryStaging()
  }
}

/** What the names of the folders begin with. Each page has one, and holds a lock of the same name for as long as it lives. */
const PREFIX = 'remote-assist-'

async function folderOfThisPage(root: FileSystemDirectoryHandle): Promise<FileSystemDirectoryHandle> {
  const mine = PREFIX + crypto.randomUUID()
  await new Promise<void>(resolve => {
    void navigator.locks.request(mine, () => {
      resolve()
      return new Promise(() => undefined)
    })
  })
  await forgetOthers(root)
  const folder = await root.getDirectoryHandle(mine, { create: true })
  // Some browsers have the folder, and let nobody write but workers.
  const probe = await folder.getFileHandle('probe', { create: true })
  await (await probe.createWritable()).close()
  await folder.removeEntry('probe')
  return folder
}

/** What pages that are gone have left behind goes as well: it is the customer's. */
async function forgetOthers(root: FileSystemDirectoryHandle): Promise<void> {
  for await (const name of root.keys()) {
    if (!name.startsWith(PREFIX)) continue
    await navigator.locks.request(name, { ifAvailable: true }, lock => (lock === null ? undefined : root.removeEntry(name, { recursive: true })))
  }
}

function diskStaging(folder: FileSystemDirectoryHandle): Staging {
  let files = 0
  return {
    inMemory: false,
    async room() {
      const { quota = 0, usage = 0 } = await stored(navigator.storage.estimate())
      return BigInt(Math.max(0, Math.floor(quota - usage)))
    },
    async begin() {
      const name = String(files++)
      const handle = await stored(folder.getFileHandle(name, { create: true }))
      const writable = await stored(handle.createWritable())
      return {
        write: (position, data) => stored(writable.write({ type: 'write', position, data: data as Uint8Array<ArrayBuffer> })),
        finish: () => stored(writable.close().then(() => handle.getFile())),
        async discard() {
          // It may be closed already; then there is nothing to abort.
          await writable.abort().catch(() => undefined)
          await stored(folder.removeEntry(name))
        },
      }
    },
  }
}

/** Memory, up to `MEMORY_BYTES` at a time. */
export function memoryStaging(): Staging {
  let used = 0
  return {
    inMemory: true,
    room: async () => BigInt(Math.max(0, MEMORY_BYTES - used)),
    begin: async () => {
      let blob = new Blob()
      let parts: Uint8Array<ArrayBuffer>[] = []
      let gathered = 0
      const gather = () => {
        blob = new Blob([blob, ...parts])
        parts = []
        gathered = 0
      }
      const cut = (bytes: number) => {
        if (blob.size + gathered <= bytes) return
        gather()
        used -= blob.size - bytes
        blob = blob.slice(0, bytes)
      }
      return {
        async write(offset, data) {
          cut(offset)
          if (used + data.length > MEMORY_BYTES) throw new StoreError('space')
          used += data.length
          gathered += data.length
          parts.push(data.slice())
          if (gathered >= GATHERED_BYTES) gather()
        },
        async finish() {
          gather()
          return blob
        },
        async discard() {
          used -= blob.size + gathered
          blob = new Blob()
          parts = []
          gathered = 0
        },
      }
    },
  }
}
