/** What a source has, as a manifest says it. */
import { type Entry, EntryKind } from '@remote-assist/codec'
import { failedEntries, unsayableEntry } from './errors.js'
import { isSayable, proposeName } from './names.js'
import type { SourceEntry } from './store.js'

/** A run of entries, numbered from `first` on. */
export const manifestEntries = (entries: readonly SourceEntry[], first: number): Entry[] =>
  entries.map((entry, i) => ({
    entry: first + i,
    path: [...entry.path],
    kind: entry.kind === 'file' ? EntryKind.FILE : EntryKind.FOLDER,
    bytes: entry.bytes,
    modifiedMs: BigInt(Math.max(0, Math.trunc(entry.modifiedMs))),
    mode: entry.mode & 0o777,
  }))

/** Throws `E_FILE_NAME`, with a failure for each entry whose path no manifest can hold. */
export function checkPaths(entries: readonly SourceEntry[]): void {
  const failures = entries
    .filter(({ path }) => !isSayable(path))
    .map(({ path }) => {
      const name = proposeName(path.at(-1) ?? '')
      return unsayableEntry(path.join('/'), isSayable([...path.slice(0, -1), name]) ? name : '')
    })
  if (failures.length > 0) throw failedEntries(failures)
}
