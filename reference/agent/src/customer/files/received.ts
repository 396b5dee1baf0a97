/** Files that came, kept with a link each until the person saves them. */
import { type Occupant, StoreError } from '@remote-assist/peer'
import type { ReceivedFile } from '@remote-assist/ui'
import type { Destination } from '../../files/destination.js'

/** A destination that keeps each file behind a link: the person decides what is saved, and when. */
export function linkedFiles(received: (file: ReceivedFile) => void): Destination {
  const taken = new Map<string, Occupant>()
  return {
    after: 'kept',
    async names(folder) {
      const inside = [...taken].map(([path, occupant]) => ({ parts: path.split('/'), occupant }))
      const there = inside.filter(({ parts }) => parts.length === folder.length + 1 && folder.every((name, depth) => parts[depth] === name))
      return new Map(there.map(({ parts, occupant }) => [parts.at(-1) ?? '', occupant]))
    },
    async folder(path) {
      taken.set(path.join('/'), 'folder')
    },
    async deliver(path, content, overwrite) {
      const name = path.join('/')
      if (taken.has(name) && !overwrite) throw new StoreError('exists')
      taken.set(name, 'file')
      // Whatever it is, the browser saves it, and never shows it as a page of ours.
      received({ path: name, bytes: content.size, url: URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' })) })
    },
  }
}
