/** Files that are nowhere but in memory: what happens to them takes no longer than the clock of a test says. */
import type { Entry } from '@remote-assist/codec'
import type { FilePlatform, FileSource, Intake } from '../../src/files/store.js'
import { nodeHasher } from '../../src/node/file-store-hasher.js'

const ROOM_BYTES = 1_073_741_824n

/** One file to send. */
export const fileOf = (name: string, content: Uint8Array): FileSource => ({
  contentId: new Uint8Array(16).fill(content.length),
  entries: [{ path: [name], kind: 'file', bytes: BigInt(content.length), modifiedMs: 0, mode: 0 }],
  open: async () => ({
    read: async (offset, into) => {
      const part = content.subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
    unchanged: async () => true,
    close: async () => undefined,
  }),
})

/** A platform that takes files, and keeps nothing of one that is not complete. */
export class MemoryFiles implements FilePlatform {
  readonly hasher = nodeHasher
  /** What arrived, by path. */
  readonly arrived = new Map<string, Uint8Array>()

  readonly store = {
    room: async () => ROOM_BYTES,
    names: async () => new Map(),
    begin: async () => this.#intake(),
  }

  source(): Promise<FileSource> {
    return Promise.reject(new Error('Nothing is at a path.'))
  }

  #intake(): Intake {
    const parts = new Map<number, Uint8Array>()
    const partOf = ({ entry, bytes }: Entry): Uint8Array => {
      const part = parts.get(entry) ?? new Uint8Array(Number(bytes))
      parts.set(entry, part)
      return part
    }
    return {
      kept: undefined,
      plan: async () => undefined,
      folder: async () => undefined,
      leaves: async () => [],
      write: async (entry, offset, data) => partOf(entry).set(data, offset),
      verified: async () => undefined,
      commit: async (entry, { path }) => void this.arrived.set(path.join('/'), partOf(entry)),
      discard: async ({ entry }) => void parts.delete(entry),
      end: async () => undefined,
    }
  }
}
