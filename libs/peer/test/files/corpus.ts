/** Names that people, programs and attackers give to files. What becomes of each is known by how it was made, not by asking the code. */

/** A path, and how many in its own folder come before it under a name that is the same on some system. */
export type Path = readonly string[]

const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))
const repeat = (unit: string, count: number): string => unit.repeat(count)

/** Letters, marks and signs of many scripts, one name each: with a number, so that no two are the same on any system. */
const SCRIPTS = [
  ...range(0xc0, 0x17f),
  ...range(0x391, 0x3c9),
  ...range(0x410, 0x44f),
  ...range(0x5d0, 0x5ea),
  ...range(0x627, 0x64a),
  ...range(0x905, 0x939),
  ...range(0xe01, 0xe2e),
  ...range(0x1e00, 0x1e7f),
  ...range(0x3041, 0x3096),
  ...range(0x4e00, 0x4e3f),
  ...range(0xac00, 0xac2f),
  ...range(0x1f600, 0x1f64f),
  ...range(0x20000, 0x2000f),
  // Decomposed, with marks in either order, and marks without a letter.
  ...['e\u0301', 'a\u0323\u0302', 'a\u0302\u0323', 'o\u0308\u0304', '\u0301', '\u1100\u1161\u11a8', 'Z\u0351\u036b\u0343', 'नि', 'ก็'],
  // Joined, of a colour, of a country, chosen as text or picture.
  ...['👩‍👩‍👧‍👦', '👍🏽', '🇩🇪', '🏴‍☠️', '☂︎', '☂️', '1️⃣'],
  // Nothing to be seen, or not what it seems.
  ...[
    '\u00a0',
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u180e',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2028',
    '\u2029',
    '\u2060',
    '\u3000',
    '\u3164',
    '\ufeff',
    '\uff0e',
    '\uff0f',
  ],
  ...['\u2024', '\u2215', '\u29f8', '\ua789', '\uff1a', '\ufffd', '\ufdd0', '\uffff', '\ue000'],
  // Of significance elsewhere: to a shell, to a URL, to a program that reads names.
  ...['-rf', '--', '$(id)', '`id`', '$HOME', "'", ';', '&', '#', '%00', '%2e%2e%2f', '~', '!', '[a]', '{b}', '=', '+', '@', ',', '(1)', "';--"],
]

/** Taken as they are, each in a folder of its own. */
const EXACT = [
  ...[
    '.hidden',
    '..a',
    '...a',
    'a..b',
    ' a',
    '  a',
    'a b',
    '-',
    '-rf',
    '~',
    'console',
    'com',
    'com10',
    'lpt',
    'lpt10',
    'nulls.txt',
    'aux1',
    'xcon',
    'co',
    'prn_',
    'con-1',
    'conin',
    'nul0',
  ],
  ...['a.lnk', 'autorun.inf', 'desktop.ini', 'Thumbs.db', '.DS_Store', '.git', '.ssh', '$RECYCLE.BIN', 'a.tar.gz', 'A', 'İ', 'ı', 'ß', 'ẞ', 'ﬁ', 'K', 'Ω', 'ς'],
  ...[1, 2, 3, 4].map(bytes => repeat(['a', 'é', '漢', '😀'][bytes - 1] ?? '', Math.floor(255 / bytes))),
  ...[`${repeat('a', 251)}.txt`, `${repeat('漢', 83)}é.txt`, `${repeat('a', 254)}~`, `${repeat('e\u0301', 85)}`],
]

/** Refused wherever they are, each with another name. */
const REFUSED = [
  '.',
  '..',
  ...[...'/\\:*?"<>|', ...range(0, 0x1f), ...range(0x7f, 0x9f)].flatMap(it => [it, `a${it}b`, `${it}a`, `a${it}.txt`]),
  ...[0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]
    .map(code => String.fromCodePoint(code))
    .flatMap(it => [it, `invoice${it}fdp.exe`, `a${it}`]),
  ...[
    '../../etc/passwd',
    '..\\..\\Windows',
    '/etc/shadow',
    'C:',
    'C:\\x',
    '\\\\server\\share',
    '//server/share',
    'a:stream',
    'a::$DATA',
    '\\\\?\\C:',
    'a/..',
    './a',
    'a\0.txt',
  ],
  ...['a.', 'a ', 'a..', 'a. ', 'a .', '...', '....', ' ', '   ', '. ', ' .', 'name.txt.', 'con.', 'ä ', '漢.', '😀 '],
  ...['con', 'prn', 'aux', 'nul', 'conin$', 'conout$', ...['com', 'lpt'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit))].flatMap(name => [
    name,
    name.toUpperCase(),
    `${name}.txt`,
    `${name}.tar.gz`,
    `${name} .txt`,
  ]),
]

/** The second of each is the same as the first on some system. */
const COLLIDING = [
  ['Readme', 'README'],
  ['caf\u00e9', 'cafe\u0301'],
  ['Stra\u00dfe', 'STRASSE'],
  ['\u03a3\u0391\u03a3', '\u03c3\u03b1\u03c2'],
  ['\u2126', '\u03c9'],
  ['\u212a', 'k'],
  ['\u01c5', '\u01c6'],
  ['\uac01', '\u1100\u1161\u11a8'],
  ['a\u0323\u0302', '\u1ead'],
  ['same', 'same'],
] as const

/** What no manifest can hold: it is not offered. */
export const UNSAYABLE: readonly Path[] = [
  [''],
  ['a', '', 'b'],
  ['\ud800'],
  ['a\udfffb'],
  ['\udc00\ud800'],
  [repeat('a', 256)],
  [repeat('é', 128)],
  [repeat('漢', 86)],
  [repeat('😀', 64)],
  [`${repeat('a', 255)}:`],
  Array<string>(33).fill('d'),
  [...Array<string>(4).fill(repeat('b', 250)), repeat('c', 25)],
]

/** The deepest and the longest path there may be. */
const DEEP: readonly Path[] = [Array<string>(32).fill('d'), [...Array<string>(4).fill(repeat('b', 250)), repeat('c', 24)]]

const below = (folder: string, names: readonly string[]): Path[] => names.map((name, i) => [`${folder} ${i}`, name])

/** Paths that arrive as they are. */
export const GOOD: readonly Path[] = [
  ...SCRIPTS.map((name, i) => ['scripts', `${i} ${name}`]),
  ...SCRIPTS.slice(0, 40).map((name, i) => [`folder ${i} ${name}`, 'a']),
  ...below('exact', EXACT),
  ...COLLIDING.map(([first], i) => [`collision ${i}`, first]),
  ...DEEP,
]

/** Paths whose last name is refused, and of which another one is proposed. */
export const BAD: readonly Path[] = [...below('refused', REFUSED), ...COLLIDING.map(([, second], i) => [`collision ${i}`, second])]
