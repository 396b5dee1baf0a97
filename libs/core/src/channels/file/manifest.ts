/** Checks a manifest page by page: numbering, totals and limits. Names, and the order of folders, are for the driver to judge. */
import { EntryKind, type ManifestPage } from '@remote-assist/codec'
import { MAX_PAGE } from './events.js'

/** How far a manifest has come, against what its offer stated. */
export interface Listing {
  /** What the offer stated. */
  readonly entries: number
  readonly bytes: bigint
  readonly maxFileBytes: bigint
  /** The next page, and what the pages so far held. */
  readonly page: number
  readonly listed: number
  readonly listedBytes: bigint
  /** Bytes that the session's limit leaves for what is still to be listed; undefined = no limit. */
  readonly roomBytes: bigint | undefined
}

interface Listed {
  readonly listing: Pick<Listing, 'page' | 'listed' | 'listedBytes' | 'roomBytes'>
  /** Entries beyond the limit on a file, or on the session (RA-FIL-014, RA-FIL-015). */
  readonly tooLarge: readonly number[]
}

/** The listing with one more page, or undefined if the page does not fit: out of order, or not what the offer stated (RA-FIL-005). */
export function list(before: Listing, { page, entries, last }: ManifestPage): Listed | undefined {
  if (page !== before.page || entries.length > MAX_PAGE || (entries.length === 0 && !last)) return undefined
  let { listed, listedBytes, roomBytes } = before
  const tooLarge: number[] = []
  for (const { entry, kind, bytes } of entries) {
    if (entry !== listed) return undefined
    const forbidden = kind === EntryKind.FILE && (before.maxFileBytes === 0n || bytes > before.maxFileBytes)
    if (forbidden || (roomBytes !== undefined && bytes > roomBytes)) tooLarge.push(entry)
    else if (roomBytes !== undefined) roomBytes -= bytes
    listed += 1
    listedBytes += bytes
  }
  const fits = last ? listed === before.entries && listedBytes === before.bytes : listed <= before.entries && listedBytes <= before.bytes
  return fits ? { listing: { page: page + 1, listed, listedBytes, roomBytes }, tooLarge } : undefined
}
