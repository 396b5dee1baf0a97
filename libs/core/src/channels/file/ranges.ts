/** Runs of entry numbers, ascending and apart: what EntryVerified carries. */
import type { EntryRange } from '@remote-assist/codec'

/** The ranges with one more entry. Adding in ascending order touches the last range alone. */
export function withEntry(ranges: readonly EntryRange[], entry: number): readonly EntryRange[] {
  const at = ranges.findLastIndex(range => range.first <= entry)
  const before = ranges[at]
  if (before !== undefined && entry <= before.last) return ranges
  const next = ranges[at + 1]
  const joinsBefore = before !== undefined && before.last + 1 === entry
  const joinsNext = next !== undefined && entry + 1 === next.first
  const merged: EntryRange = { first: joinsBefore ? before.first : entry, last: joinsNext ? next.last : entry }
  return ranges.toSpliced(joinsBefore ? at : at + 1, (joinsBefore ? 1 : 0) + (joinsNext ? 1 : 0), merged)
}

/** How many entries the ranges hold; undefined if they are not ascending and apart, or go beyond `entries`. */
export function countIn(ranges: readonly EntryRange[], entries: number): number | undefined {
  let count = 0
  let from = 0
  for (const { first, last } of ranges) {
    if (first < from || last < first || last >= entries) return undefined
    count += last - first + 1
    from = last + 1
  }
  return count
}
