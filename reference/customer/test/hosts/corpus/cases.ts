import fc from 'fast-check'
import { FUNCTION_KEYS, type Keyboard, type Level, NUMBER_PAD, printed } from './keyboards.js'

const CONTROL = 0xe0
const SHIFT = 0xe1
const ALT = 0xe2
const ALT_GR = 0xe6
const DECIMAL = 0x63

/** The keys that are held for a level. */
const HELD: Readonly<Record<Level, readonly number[]>> = { plain: [], shift: [SHIFT], altgr: [ALT_GR] }

/** One thing to type. */
export type Deed =
  /** A key, pressed and released while others are held. */
  | { readonly do: 'key'; readonly usage: number; readonly held: readonly number[] }
  /** A text, while keys are held. */
  | { readonly do: 'text'; readonly text: string; readonly held: readonly number[] }

/** Deeds under a state of the locks, and the bytes that they must give, as text. */
export interface CorpusCase {
  readonly title: string
  readonly locks: { readonly num: boolean; readonly caps: boolean }
  readonly deeds: readonly Deed[]
  readonly expected: string
}

const NO_LOCKS = { num: false, caps: false }
const CAPS = { num: false, caps: true }
const NUM = { num: true, caps: false }

const key = (usage: number, level: Level, ...held: readonly number[]): Deed => ({ do: 'key', usage, held: [...held, ...HELD[level]] })

/** What Caps Lock makes of letters: the other size. ß has a capital of its own since 2017. */
const turned = (char: string): string => {
  if (char === 'ß') return 'ẞ'
  return char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()
}

function keyCases(keyboard: Keyboard): readonly CorpusCase[] {
  const chars = printed(keyboard)
  // Control with J and M is what Enter gives as well.
  const letters = chars.filter(({ char, level }) => /[a-ik-ln-z]/.test(char) && level === 'plain')
  return [
    ...chars.map(({ usage, level, char }) => ({ title: `${level} 0x${usage.toString(16)}`, locks: NO_LOCKS, deeds: [key(usage, level)], expected: char })),
    ...chars
      // µ is a unit, and no letter.
      .filter(({ level, char }) => level !== 'altgr' && char !== 'µ')
      .map(({ usage, level, char }) => ({
        title: `Caps Lock, ${level} 0x${usage.toString(16)}`,
        locks: CAPS,
        deeds: [key(usage, level)],
        expected: turned(char),
      })),
    ...letters.map(({ usage, char }) => ({
      title: `Control+${char}`,
      locks: NUM,
      deeds: [key(usage, 'plain', CONTROL)],
      expected: String.fromCharCode(char.charCodeAt(0) & 0x1f),
    })),
    ...letters.map(({ usage, char }) => ({ title: `Alt+${char}`, locks: NO_LOCKS, deeds: [key(usage, 'plain', ALT)], expected: `\x1b${char}` })),
    ...keyboard.dead.map(([[accent, first], [base, second], char]) => ({
      title: `dead key for ${char}`,
      locks: NO_LOCKS,
      deeds: [key(accent, first), key(base, second)],
      expected: char,
    })),
  ]
}

function commonCases({ decimal }: Keyboard): readonly CorpusCase[] {
  return [
    ...[NO_LOCKS, NUM, CAPS].flatMap(locks =>
      FUNCTION_KEYS.map(([usage, expected]) => ({ title: `function key 0x${usage.toString(16)}`, locks, deeds: [key(usage, 'plain')], expected })),
    ),
    ...NUMBER_PAD.flatMap(([usage, on, off]) => [
      { title: `number pad 0x${usage.toString(16)}`, locks: NUM, deeds: [key(usage, 'plain')], expected: on },
      { title: `number pad 0x${usage.toString(16)} without Num Lock`, locks: NO_LOCKS, deeds: [key(usage, 'plain')], expected: off },
    ]),
    { title: 'decimal key', locks: NUM, deeds: [key(DECIMAL, 'plain')], expected: decimal },
  ]
}

const ALPHABETS = [
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  [...' !"#$%&\'()*+,-./0123456789:;<=>?@[\\]^_`{|}~\t\n'],
  [...'äöüßÄÖÜéèêëàâçñõåæøÿœŒ€£¥§°²³µ'],
  [...'абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗ№'],
  [...'αβγδεζηθικλμνξοπρστυφχψωΑΩ'],
  [...'漢字かなカナ한글中文'],
  [...'😀👍🏽🎉∞≠„“”’…–—'],
]

/** Texts of one or two of these alphabets, under any locks and with anything held. */
const textCase: fc.Arbitrary<CorpusCase> = fc
  .record({
    locks: fc.record({ num: fc.boolean(), caps: fc.boolean() }),
    held: fc.subarray([CONTROL, SHIFT, ALT, ALT_GR], { maxLength: 2 }),
    text: fc
      .tuple(fc.constantFrom(...ALPHABETS), fc.constantFrom(...ALPHABETS))
      .chain(([one, other]) => fc.array(fc.constantFrom(...one, ...other), { minLength: 1, maxLength: 12 }))
      .map(chars => chars.join('')),
  })
  .map(({ locks, held, text }) => ({
    title: `text with ${held.length} keys held`,
    locks,
    deeds: [{ do: 'text', text, held }],
    expected: text.replaceAll('\n', '\r'),
  }))

/** What is typed under a keyboard: all its keys under all locks, and so many texts, the same in every run. */
export function casesOf(name: string, keyboard: Keyboard, texts: number): readonly CorpusCase[] {
  const seed = [...name].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7)
  const all = [...keyCases(keyboard), ...commonCases(keyboard), ...fc.sample(textCase, { numRuns: texts, seed })]
  return all.map(one => ({ ...one, title: `${name}, ${one.title}` }))
}
