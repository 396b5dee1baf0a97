/** HID usages (page 0x07) that the virtual desktop gives a meaning to. */
export const Usage = {
  enter: 0x28,
  escape: 0x29,
  backspace: 0x2a,
  tab: 0x2b,
  capsLock: 0x39,
  numLock: 0x53,
  home: 0x4a,
  pageUp: 0x4b,
  delete: 0x4c,
  end: 0x4d,
  pageDown: 0x4e,
  right: 0x4f,
  left: 0x50,
  down: 0x51,
  up: 0x52,
} as const

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const PLAIN = new Map<number, string>()
const SHIFTED = new Map<number, string>()

;[...LETTERS].forEach((letter, i) => {
  PLAIN.set(0x04 + i, letter)
  SHIFTED.set(0x04 + i, letter.toUpperCase())
})
;[...'1234567890'].forEach((digit, i) => {
  PLAIN.set(0x1e + i, digit)
  SHIFTED.set(0x1e + i, '!@#$%^&*()'[i] ?? '')
})
;[...' -=[]\\'].forEach((char, i) => {
  PLAIN.set(0x2c + i, char)
  SHIFTED.set(0x2c + i, ' _+{}|'[i] ?? '')
})
;[...";'`,./"].forEach((char, i) => {
  PLAIN.set(0x33 + i, char)
  SHIFTED.set(0x33 + i, ':"~<>?'[i] ?? '')
})
;[...'/*-+'].forEach((char, i) => {
  PLAIN.set(0x54 + i, char)
  SHIFTED.set(0x54 + i, char)
})
;[...'1234567890.'].forEach((char, i) => {
  PLAIN.set(0x59 + i, char)
  SHIFTED.set(0x59 + i, char)
})

/** Keys of the keypad from 1 to the point, in order; undefined: without Num Lock they do nothing. */
const KEYPAD = 0x59
const WITHOUT_NUM_LOCK = [
  Usage.end,
  Usage.down,
  Usage.pageDown,
  Usage.left,
  undefined,
  Usage.right,
  Usage.home,
  Usage.up,
  Usage.pageUp,
  undefined,
  Usage.delete,
] as const

/** What a key of the keypad stands for while Num Lock is off; undefined = nothing. Other keys stand for themselves. */
export const withoutNumLock = (usage: number): number | undefined =>
  usage >= KEYPAD && usage < KEYPAD + WITHOUT_NUM_LOCK.length ? WITHOUT_NUM_LOCK[usage - KEYPAD] : usage

/** The character of a key on a US keyboard; undefined for keys that write nothing. */
export function character(usage: number, shift: boolean, capsLock: boolean): string | undefined {
  const isLetter = usage >= 0x04 && usage <= 0x1d
  return (shift !== (isLetter && capsLock) ? SHIFTED : PLAIN).get(usage)
}

/** The key strokes that write a character on a US keyboard; undefined if none do. */
export function strokesFor(char: string): { usage: number; shift: boolean } | undefined {
  if (char === '\n') return { usage: Usage.enter, shift: false }
  for (const [table, shift] of [
    [PLAIN, false],
    [SHIFTED, true],
  ] as const) {
    for (const [usage, own] of table) if (own === char) return { usage, shift }
  }
  return undefined
}

/** True while one of the keys is held; left and right count alike. */
export const modifiers = (held: ReadonlySet<number>) => ({
  ctrl: held.has(0xe0) || held.has(0xe4),
  shift: held.has(0xe1) || held.has(0xe5),
  alt: held.has(0xe2) || held.has(0xe6),
})

/** Left and right Windows, or Command, key. */
export const isSystemKey = (usage: number) => usage === 0xe3 || usage === 0xe7
