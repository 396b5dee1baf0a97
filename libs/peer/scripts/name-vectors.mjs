/**
 * Writes docs/spec/vectors/names.json: names of files that a receiver takes, and such as it refuses with NAME. `npm run vectors -w @remote-assist/peer`.
 * What is outside ASCII is written by number, so that everybody sees what it is.
 */
import { writeFileSync } from 'node:fs'

const NOTES = {
  Ordinary: { description: 'Nothing is wrong with it, however odd it looks.' },
  Dots: { description: 'A component is empty, “.” or “..”.', reason: 'NAME', requirement: 'RA-FIL-021' },
  Character: {
    description: 'It has a separator, a character that some system reserves, a control, or one that turns the direction of text.',
    reason: 'NAME',
    requirement: 'RA-FIL-022',
  },
  Trailing: { description: 'It ends in a dot or a space.', reason: 'NAME', requirement: 'RA-FIL-023' },
  Device: { description: 'Windows opens a device for it, with or without extension.', reason: 'NAME', requirement: 'RA-FIL-024' },
  Same: { description: 'On some system both are one: the second is refused.', reason: 'NAME', requirement: 'RA-FIL-025' },
}

const CONTROLS = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_none, index) => 0x7f + index)].map(code => String.fromCodePoint(code))
const BIDI = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map(code => String.fromCodePoint(code))
const DEVICES = ['con', 'prn', 'aux', 'nul', 'conin$', 'conout$', ...['com', 'lpt'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit))]
const capital = name => `${name[0].toUpperCase()}${name.slice(1)}`

const REFUSED = {
  Dots: ['', '.', '..'],
  Character: [...'/\\:*?"<>|', ...CONTROLS, ...BIDI]
    .flatMap(it => [it, `a${it}b`, `a${it}`])
    .concat(['C:', 'C:\\x', '\\\\server\\share', '//server/share', '../up', 'a:stream', '\\\\?\\C:']),
  Trailing: ['a.', 'a ', 'a..', 'a. ', '...', ' ', 'name.txt.', 'con.', 'ä '],
  Device: DEVICES.flatMap(name => [name, name.toUpperCase(), capital(name), `${name}.txt`, `${name}.tar.gz`, `${name} .txt`]),
}
const TAKEN = [
  ...['a', 'a.txt', '.hidden', '..a', 'a..b', ' a', 'a b', '~', '-rf', '$(x)', '%2e%2e%2f', "#%&{}$!'@+`=", 'a'.repeat(255)],
  ...['console', 'com', 'com10', 'lpt', 'lpt10', 'nulls.txt', 'aux1', 'xcon', 'prn_', 'con-1', 'conin', 'nul0'],
  ...['é', 'e\u0301', '漢字', '漢'.repeat(85), '😀', '\u00ad', '\u200b', '\u2215', '\uff0f', '\ufeff'],
]
const SAME = [
  ['README', 'readme'],
  ['é', 'e\u0301'],
  ['Stra\u00dfe', 'STRASSE'],
  ['\u03a3\u0391\u03a3', '\u03c3\u03b1\u03c2'],
  ['\u03a9', '\u2126'],
  ['\u212a', 'k'],
]
const DIFFERENT = [
  ['a', 'b'],
  ['é', 'e'],
  ['a.txt', 'a.md'],
  ['a', 'a1'],
  ['a_b', 'a-b'],
]

let tcId = 0
const test = (vector, flag) => ({
  tcId: ++tcId,
  flags: [flag],
  ...vector,
  ...(NOTES[flag].reason === undefined ? { result: 'valid' } : { result: 'invalid', reason: NOTES[flag].reason }),
})
const groups = [
  {
    type: 'component',
    tests: [...TAKEN.map(name => test({ name }, 'Ordinary')), ...Object.entries(REFUSED).flatMap(([flag, names]) => names.map(name => test({ name }, flag)))],
  },
  { type: 'folder', tests: [...DIFFERENT.map(names => test({ names }, 'Ordinary')), ...SAME.map(names => test({ names }, 'Same'))] },
]
const ascii = value => JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const notes = Object.entries(NOTES).map(([flag, note]) => `${ascii(flag)}:${ascii(note)}`)
const written = groups.map(({ type, tests }) => `{"type":${ascii(type)},"tests":[\n${tests.map(ascii).join(',\n')}\n]}`)
writeFileSync(
  new URL('../../../docs/spec/vectors/names.json', import.meta.url),
  `{"source":"libs/peer/scripts/name-vectors.mjs",\n"numberOfTests":${tcId},\n"notes":{\n${notes.join(',\n')}\n},\n"testGroups":[\n${written.join(',\n')}\n]}\n`,
)
console.log(`${tcId} vectors of names`)
