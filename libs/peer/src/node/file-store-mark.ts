/** The mark that a system keeps with a file that came from elsewhere, so that it asks before it opens or runs it (RA-FIL-050). */
import { writeFile } from 'node:fs/promises'

/** Marks a file, by its path. */
export type Mark = (path: string) => Promise<void>

/** What the mark of Windows says: from the internet zone. */
const ZONE = '[ZoneTransfer]\r\nZoneId=3\r\n'

/** Windows keeps the mark in a stream of the file, which goes with it when it is renamed. A file system without streams keeps no marks. */
const markOfTheWeb: Mark = path => writeFile(`${path}:Zone.Identifier`, ZONE).catch(() => {})

/** How a system marks files; undefined if it does not, or offers no way to from here. */
export const markOf = (platform: NodeJS.Platform): Mark | undefined => (platform === 'win32' ? markOfTheWeb : undefined)
