import { posix, win32 } from 'node:path'
import { codePoint } from '@remote-assist/codec/testing'
import { foldName, nameFault, pathFault, proposeName } from '@remote-assist/peer'
import fc from 'fast-check'
import { fromText, promise, type Target, toText } from '../target.js'

const DEVICES = ['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$', ...['COM', 'LPT'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit))]
const FORBIDDEN = new Set('/\\:*?"<>|')
const DIRECTION = new Set([0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])

/** Whether a component may be written, as RA-FIL-021 to RA-FIL-024 have it; read code point by code point, without a regular expression. */
function isAcceptable(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.endsWith('.') || name.endsWith(' ')) return false
  let bytes = 0
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff) || FORBIDDEN.has(character) || DIRECTION.has(code)) return false
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  const dot = name.indexOf('.')
  let stem = dot < 0 ? name : name.slice(0, dot)
  while (stem.endsWith(' ')) stem = stem.slice(0, -1)
  return bytes <= 255 && !DEVICES.includes(stem.toUpperCase())
}

const NASTY = ['..', '.', 'CON', 'con.txt', 'aux ', 'COM¹', 'lpt9.a.b', '\u202etxt.exe', 'a\ud800b', 'C:', '\\\\host\\share', 'ﬀ', 'e\u0301', 'é', '𝒜'] as const
const names = () =>
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY, ...DEVICES, '.', ' ', '/', '\\', ':', '\0', '\n'), fc.string({ unit: codePoint, maxLength: 6 })), {
      maxLength: 6,
    })
    .map(parts => parts.join(''))

/** A name goes nowhere but into its folder, on every system. */
const staysInside = (path: string): boolean => win32.dirname(win32.resolve('C:\\in', path)) === 'C:\\in' && posix.dirname(posix.resolve('/in', path)) === '/in'

/** The rules about names of files; components are separated by U+0001, which none may hold. */
export const fileName: Target = {
  name: 'file-name',
  title: 'a name is accepted exactly if every system can write it inside its folder, and what is proposed for another one is',
  seeds: () => [...NASTY, 'report.pdf', 'Größe 84 €.txt', 'a\u0001b\u0001c', 'x'.repeat(255), `${'y'.repeat(250)}.tar.gz`].map(fromText),
  grammar: () =>
    fc.oneof(
      names().map(fromText),
      fc.array(names(), { maxLength: 34 }).map(path => fromText(path.join('\u0001'))),
    ),
  unit: 2,
  run: input => {
    const path = toText(input).split('\u0001')
    const [first = ''] = path
    const fault = nameFault(first)
    promise((fault === undefined) === isAcceptable(first), `a name is judged as ${fault ?? 'acceptable'}, and should not be`)
    promise(fault !== undefined || staysInside(first), 'a name leads out of its folder')
    const whole = pathFault(path)
    promise(whole !== undefined || path.every(isAcceptable), 'a path is accepted with a name that is not')
    promise(whole !== undefined || path.length <= 32, 'a path is deeper than 32')
    const proposed = proposeName(first)
    promise(isAcceptable(proposed) && staysInside(proposed), 'what is proposed is not acceptable itself')
    promise(fault !== undefined || proposed === first, 'another name is proposed for one that would do')
    const taken = new Set([foldName(proposed)])
    for (let i = 0; i < 3; i++) {
      const other = proposeName(first, it => taken.has(foldName(it)))
      promise(isAcceptable(other) && !taken.has(foldName(other)), 'what is proposed is taken')
      taken.add(foldName(other))
    }
    return fault ?? (whole === undefined ? 'acceptable' : `path ${whole}`)
  },
}
