/** How programs under X call the formats of clipboards, and the form in which they have them. */

/** Names under which programs ask for plain text. */
const TEXT_TARGETS: readonly string[] = ['UTF8_STRING', 'text/plain;charset=utf-8', 'text/plain', 'STRING', 'TEXT']
const TEXT = 'text/plain'
const HTML = 'text/html'
/** Programs that are told no encoding take HTML for what their locale says; browsers write this, too. */
const HTML_ENCODING = '<meta http-equiv="content-type" content="text/html; charset=utf-8">'

/** Beside its content a program says here that this is a password: `secret`. */
export const SECRET_HINT = 'x-kde-passwordManagerHint'

/** What a program may ask for when there are these formats. */
export const targetsOf = (mimes: readonly string[]): string[] => [
  'TARGETS',
  'TIMESTAMP',
  'MULTIPLE',
  ...mimes.flatMap(mime => (mime === TEXT ? TEXT_TARGETS : [mime])),
]

/** The format that a target means; undefined if it is the name of none. */
export function mimeOf(target: string): string | undefined {
  if (TEXT_TARGETS.includes(target)) return TEXT
  return target.includes('/') && !target.includes(';') && !target.startsWith('text/plain') ? target : undefined
}

/** The formats that these targets mean, each once. */
export const mimesOf = (targets: readonly string[]): readonly string[] => [...new Set(targets.flatMap(target => mimeOf(target) ?? []))]

/** Content as a program gets it under that name: of which type, and the bytes. */
export function contentFor(target: string, data: Uint8Array): { readonly type: string; readonly bytes: Buffer } {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
  if (target === 'TEXT') return { type: 'UTF8_STRING', bytes }
  if (target === 'STRING') return { type: target, bytes: Buffer.from(latin1(bytes.toString('utf8')), 'latin1') }
  return { type: target, bytes: target === HTML ? Buffer.concat([Buffer.from(HTML_ENCODING), bytes]) : bytes }
}

/** STRING is Latin-1; what it lacks becomes a question mark. */
const latin1 = (text: string): string => [...text].map(char => ((char.codePointAt(0) ?? 0) <= 0xff ? char : '?')).join('')

/** HTML in UTF-8; some programs hand it over in UTF-16, with a byte order mark. */
export function htmlFrom(bytes: Buffer): Uint8Array {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
  return encoding === undefined ? new Uint8Array(bytes) : new TextEncoder().encode(new TextDecoder(encoding).decode(bytes))
}
