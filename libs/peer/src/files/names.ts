/**
 * Which names may be written on every system. A name is accepted or rejected, never repaired; for a rejected one, `proposeName` finds one that would do.
 */

/** The most bytes of a component in UTF-8. */
export const MAX_COMPONENT_BYTES = 255
/** The most components of a path. */
export const MAX_DEPTH = 32
/** The most bytes of a path's components together. */
export const MAX_PATH_BYTES = 1_024

/** What is wrong with a name. */
export type NameFault = 'empty' | 'dots' | 'character' | 'trailing' | 'device' | 'surrogate' | 'long' | 'deep'

/** Separators, what Windows reserves, controls, and the characters that turn the direction of text (RA-FIL-022). */
const FORBIDDEN = /[/\\:*?"<>|\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u
const LONE_SURROGATE = /\p{Surrogate}/u
/** Windows opens a device for these, whatever the extension; it ignores spaces before the dot (RA-FIL-024). */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i

/** The most bytes of UTF-8 that one unit of a string comes to: what is short enough by that need not be encoded. */
const MAX_UNIT_BYTES = 3

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).length

const isLonger = (text: string, maxBytes: number): boolean => text.length * MAX_UNIT_BYTES > maxBytes && bytesOf(text) > maxBytes

/** What is wrong with one component of a path; undefined = nothing (RA-FIL-021 to RA-FIL-024). */
export function nameFault(name: string): NameFault | undefined {
  if (name === '') return 'empty'
  if (name === '.' || name === '..') return 'dots'
  if (LONE_SURROGATE.test(name)) return 'surrogate'
  if (FORBIDDEN.test(name)) return 'character'
  if (name.endsWith('.') || name.endsWith(' ')) return 'trailing'
  if (DEVICE.test(name)) return 'device'
  return isLonger(name, MAX_COMPONENT_BYTES) ? 'long' : undefined
}

/** What is wrong with a path; undefined = nothing. */
export function pathFault(path: readonly string[]): NameFault | undefined {
  if (path.length === 0) return 'empty'
  if (path.length > MAX_DEPTH) return 'deep'
  for (const name of path) {
    const fault = nameFault(name)
    if (fault !== undefined) return fault
  }
  return isLonger(path.join(''), MAX_PATH_BYTES) ? 'long' : undefined
}

/** Whether a path fits into a manifest: 1–32 components of 1–255 bytes of UTF-8, together at most 1,024. What does not is not even offered. */
export function isSayable(path: readonly string[]): boolean {
  const fits = (name: string) => name !== '' && !LONE_SURROGATE.test(name) && !isLonger(name, MAX_COMPONENT_BYTES)
  return path.length > 0 && path.length <= MAX_DEPTH && path.every(fits) && !isLonger(path.join(''), MAX_PATH_BYTES)
}

/** Two names of one folder are the same on some system if their folded forms are equal: NFC and case folding (RA-FIL-025). Used for nothing else. */
export const foldName = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

/** The first part of a text that fits into so many bytes of UTF-8, cut between characters. */
function cut(text: string, maxBytes: number): string {
  let bytes = 0
  let kept = ''
  for (const character of text) {
    bytes += bytesOf(character)
    if (bytes > maxBytes) break
    kept += character
  }
  return kept
}

/** The stem and the extension (with its dot); a leading dot begins no extension. */
function split(name: string): readonly [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  return dot <= 0 || name.length - dot > 16 ? [name, ''] : [name.slice(0, dot), name.slice(dot)]
}

const allForbidden = new RegExp(FORBIDDEN.source, 'gu')
const allSurrogates = new RegExp(LONE_SURROGATE.source, 'gu')

/** A name without the dots and spaces at its end. In one pass: a regular expression would try each run of them anew from each of its places. */
function withoutTail(name: string): string {
  let end = name.length
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--
  return name.slice(0, end)
}

/** A name with a suffix before its extension, cut so that it is short enough and does not end in a dot or space. */
function withSuffix(name: string, suffix: string): string {
  const [stem, extension] = split(name)
  const room = MAX_COMPONENT_BYTES - bytesOf(suffix) - bytesOf(extension)
  return withoutTail(`${cut(stem, room)}${suffix}${extension}`)
}

/** A name like `name` that is acceptable itself and that `isTaken` does not know: of an acceptable, free name that name (RA-FIL-027). */
export function proposeName(name: string, isTaken: (name: string) => boolean = () => false): string {
  let safe = withoutTail(name.replace(allSurrogates, '_').replace(allForbidden, '_'))
  if (safe === '') safe = 'file'
  if (DEVICE.test(safe)) safe = `_${safe}`
  if (bytesOf(safe) > MAX_COMPONENT_BYTES) safe = withSuffix(safe, '')
  if (nameFault(safe) !== undefined) safe = 'file'
  if (!isTaken(safe)) return safe
  for (let number = 2; ; number++) {
    const other = withSuffix(safe, ` (${number})`)
    if (!isTaken(other)) return other
  }
}
