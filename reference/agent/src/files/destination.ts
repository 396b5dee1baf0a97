/** Where a file goes once it is complete: into a folder that the user picked, or to the browser's downloads. */
import { type Occupant, StoreError } from '@remote-assist/peer'
import { stored } from './staging.js'

/** A place for complete files. Every method rejects with `StoreError`. */
export interface Destination {
  /** What becomes of a file that was delivered: it was `copied`; it is `read` once more, by the browser in its own time; or it is `kept` as it is. */
  readonly after: 'copied' | 'read' | 'kept'
  /** The names in a folder below the destination's own; empty if there is no such folder. */
  names(folder: readonly string[]): Promise<ReadonlyMap<string, Occupant>>
  /** Makes a folder; one that is there already is fine. */
  folder(path: readonly string[]): Promise<void>
  deliver(path: readonly string[], content: Blob, overwrite: boolean): Promise<void>
}

/** What browsers with the File System Access API have. */
interface PicksFolders {
  showDirectoryPicker(options: { readonly id?: string; readonly mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>
}

const picker = (): PicksFolders | undefined => ('showDirectoryPicker' in globalThis ? (globalThis as unknown as PicksFolders) : undefined)

/** Whether this browser lets its user pick a folder to save into. */
export const canPickFolder = (): boolean => picker() !== undefined

/** Lets the user pick a folder; undefined = they did not. To be called on a user's action. */
export async function pickFolder(): Promise<Destination | undefined> {
  try {
    const folder = await picker()?.showDirectoryPicker({ id: 'remote-assist', mode: 'readwrite' })
    return folder && folderDestination(folder)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}

/** A folder, by its handle. */
export function folderDestination(root: FileSystemDirectoryHandle): Destination {
  const enter = async (path: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle> => {
    let folder = root
    for (const name of path) folder = await folder.getDirectoryHandle(name, { create })
    return folder
  }
  return {
    after: 'copied',
    async names(path) {
      const found = new Map<string, Occupant>()
      try {
        const folder = await enter(path, false)
        for await (const [name, { kind }] of folder.entries()) found.set(name, kind === 'directory' ? 'folder' : 'file')
      } catch (error) {
        if (!(error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'TypeMismatchError'))) await stored(Promise.reject(error))
      }
      return found
    },
    folder: path => stored(enter(path, true).then(() => undefined)),
    deliver: (path, content, overwrite) => stored(save(path, content, overwrite)),
  }

  async function save(path: readonly string[], content: Blob, overwrite: boolean): Promise<void> {
    const folder = await enter(path.slice(0, -1), true)
    const name = path.at(-1) ?? ''
    const there = await folder.getFileHandle(name).catch(() => undefined)
    if (there !== undefined && !overwrite) throw new StoreError('exists')
    const handle = there ?? (await folder.getFileHandle(name, { create: true }))
    try {
      // What is written takes its place when it is closed, and not before.
      await content.stream().pipeTo(await handle.createWritable())
    } catch (error) {
      if (there === undefined) await folder.removeEntry(name).catch(() => undefined)
      throw error
    }
  }
}

/** How long a download may take to begin, in milliseconds. */
const BEGINS_WITHIN_MS = 60_000

/** The browser's downloads: it names what has a name already, and knows no folders. */
export const downloads: Destination = {
  after: 'read',
  names: async () => new Map(),
  folder: async () => undefined,
  async deliver(path, content) {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(content)
    link.download = path.at(-1) ?? ''
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), BEGINS_WITHIN_MS)
  },
}
