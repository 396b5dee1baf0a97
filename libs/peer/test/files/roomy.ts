import type { FilePlatform } from '../../src/files/store.js'
import { diskFiles } from '../../src/node/file-store.js'

/** Files of a disk that says it has so much room, whatever is written. */
export const roomy =
  (bytes: number) =>
  (folder: string): FilePlatform => {
    const disk = diskFiles({ folder })
    const { store } = disk
    return { ...disk, store: store && { room: async () => BigInt(bytes), names: path => store.names(path), begin: key => store.begin(key) } }
  }
