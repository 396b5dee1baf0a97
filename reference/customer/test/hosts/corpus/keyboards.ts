/** What is printed on keyboards, row by row, as their makers print it: the truth that a display's keyboard map is held against. */

/** HID usages of the keys with characters, in four rows from the key above Tab on; the key beside the left Shift comes first in the last row. */
const ROWS: readonly (readonly number[])[] = [
  [0x35, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2d, 0x2e],
  [0x14, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18, 0x0c, 0x12, 0x13, 0x2f, 0x30],
  [0x04, 0x16, 0x07, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x0f, 0x33, 0x34, 0x31],
  [0x64, 0x1d, 0x1b, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38],
]

/** A key of a keyboard, and a level of it that a character is printed for. */
export interface Printed {
  readonly usage: number
  readonly level: Level
  readonly char: string
}

/** What is held for a character. */
export type Level = 'plain' | 'shift' | 'altgr'

/** A keyboard: rows of characters by level. A blank is a key without one here; `·` stands for a dead key. */
export interface Keyboard {
  /** Arguments of `setxkbmap`. */
  readonly layout: readonly string[]
  readonly levels: Readonly<Partial<Record<Level, readonly string[]>>>
  /** A dead key with what is held, the key after it, and what both make. */
  readonly dead: readonly (readonly [accent: readonly [usage: number, level: Level], base: readonly [usage: number, level: Level], char: string])[]
  /** The decimal key of its number pad. */
  readonly decimal: string
}

const A = 0x04
const E = 0x08
const I = 0x0c
const N = 0x11
const O = 0x12
const U = 0x18
const SPACE = 0x2c

/** An accent over vowels, small and capital, and by itself. */
const over = (usage: number, level: Level, keys: readonly number[], small: string, alone?: string): Keyboard['dead'] => [
  ...[...small].flatMap((char, i): Keyboard['dead'] => [
    [[usage, level], [keys[i] ?? 0, 'plain'], char],
    [[usage, level], [keys[i] ?? 0, 'shift'], char.toUpperCase()],
  ]),
  ...(alone === undefined ? [] : ([[[usage, level], [SPACE, 'plain'], alone]] as const)),
]

const VOWELS = [A, E, I, O, U]

export const KEYBOARDS: Readonly<Record<string, Keyboard>> = {
  us: {
    layout: ['us'],
    levels: {
      plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", '<zxcvbnm,./'],
      shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', '>ZXCVBNM<>?'],
    },
    dead: [],
    decimal: '.',
  },
  international: {
    layout: ['us', '-variant', 'intl'],
    levels: {
      plain: ['·1234567890-=', 'qwertyuiop[]', 'asdfghjkl;·\\', '\\zxcvbnm,./'],
      shift: ['·!@#$%·&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:·|', '|ZXCVBNM<>?'],
      altgr: [' ¡²³¤€¼½¾‘’¥×', 'äåé®þüúíóö«»', 'áßð     ø¶ ¬', ' æ ©  ñµç ¿'],
    },
    dead: [
      ...over(0x34, 'plain', VOWELS, 'áéíóú'),
      ...over(0x34, 'shift', VOWELS, 'äëïöü'),
      ...over(0x35, 'plain', VOWELS, 'àèìòù', '`'),
      ...over(0x35, 'shift', [A, N, O], 'ãñõ', '~'),
      ...over(0x23, 'shift', VOWELS, 'âêîôû', '^'),
    ],
    decimal: '.',
  },
  de: {
    layout: ['de'],
    levels: {
      plain: ['·1234567890ß·', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
      shift: ['°!"§$%&/()=?·', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
      altgr: ['  ²³   {[]}\\ ', '@ €        ~', '            ', '|      µ   '],
    },
    dead: [...over(0x2e, 'plain', VOWELS, 'áéíóú'), ...over(0x2e, 'shift', VOWELS, 'àèìòù', '`'), ...over(0x35, 'plain', VOWELS, 'âêîôû', '^')],
    decimal: ',',
  },
  fr: {
    layout: ['fr'],
    levels: {
      plain: ['²&é"\'(-è_çà)=', 'azertyuiop·$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
      shift: ['~1234567890°+', 'AZERTYUIOP·£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
      altgr: ['  ~#{[|`\\^@]}', '  €         ', '            ', '           '],
    },
    // The key of A is that of Q on a US keyboard.
    dead: [...over(0x2f, 'plain', [0x14, E, I, O, U], 'âêîôû', '^'), ...over(0x2f, 'shift', [0x14, E, I, O, U], 'äëïöü')],
    decimal: '.',
  },
  ru: {
    layout: ['ru'],
    levels: {
      plain: ['ё1234567890-=', 'йцукенгшщзхъ', 'фывапролджэ\\', '/ячсмитьбю.'],
      shift: ['Ё!"№;%:?*()_+', 'ЙЦУКЕНГШЩЗХЪ', 'ФЫВАПРОЛДЖЭ/', '|ЯЧСМИТЬБЮ,'],
    },
    dead: [],
    decimal: ',',
  },
  jp: {
    layout: ['jp'],
    levels: {
      plain: [' 1234567890-^', 'qwertyuiop@[', 'asdfghjkl;:]', ' zxcvbnm,./'],
      shift: [' !"#$%&\'() =~', 'QWERTYUIOP`{', 'ASDFGHJKL+*}', ' ZXCVBNM<>?'],
    },
    dead: [],
    decimal: '.',
  },
}

/** Every character that is printed on a keyboard, with its key; dead keys left out. */
export function printed({ levels }: Keyboard): readonly Printed[] {
  return (Object.entries(levels) as [Level, readonly string[]][]).flatMap(([level, rows]) =>
    rows.flatMap((row, r) => [...row].flatMap((char, i) => (char === ' ' || char === '·' ? [] : [{ usage: ROWS[r]?.[i] ?? 0, level, char }]))),
  )
}

/** Keys that make no character and what a terminal gets of them (xterm, ctlseqs: PC-style function keys, normal mode). */
export const FUNCTION_KEYS: readonly (readonly [usage: number, sequence: string])[] = [
  [0x29, '\x1b'],
  [0x2b, '\t'],
  [0x2c, ' '],
  ...['OP', 'OQ', 'OR', 'OS', '[15~', '[17~', '[18~', '[19~', '[20~', '[21~', '[23~', '[24~'].map((tail, i) => [0x3a + i, `\x1b${tail}`] as const),
  ...['[2~', '[H', '[5~', '[3~', '[F', '[6~', '[C', '[D', '[B', '[A'].map((tail, i) => [0x49 + i, `\x1b${tail}`] as const),
]

/** The number pad: usage, with Num Lock, without. The decimal key stands apart. */
export const NUMBER_PAD: readonly (readonly [usage: number, on: string, off: string])[] = [
  [0x54, '/', '/'],
  [0x55, '*', '*'],
  [0x56, '-', '-'],
  [0x57, '+', '+'],
  ...['[F', '[B', '[6~', '[D', '[E', '[C', '[H', '[A', '[5~', '[2~'].map((tail, i) => [0x59 + i, String((i + 1) % 10), `\x1b${tail}`] as const),
]
