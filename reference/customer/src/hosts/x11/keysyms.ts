/**
 * Characters of the keysyms that are older than Unicode (X11 protocol, appendix A; `keysymdef.h`), which keyboard maps still use: from the keysym named on,
 * one after the other; a blank is none.
 */
const OLDER: readonly (readonly [first: number, characters: string])[] = [
  // Latin 2
  [0x01a1, 'Ą˘Ł ĽŚ  ŠŞŤŹ ŽŻ ą˛ł ľśˇ šşťź˝žżŔ  Ă ĹĆ Č Ę Ě  ĎĐŃŇ  Ő  ŘŮ Ű  Ţ ŕ  ă ĺć č ę ě  ďđńň  ő  řů ű  ţ˙'],
  // Latin 3
  [0x02a1, 'Ħ'],
  [0x02a6, 'Ĥ  İ ĞĴ'],
  [0x02b1, 'ħ'],
  [0x02b6, 'ĥ  ı ğĵ'],
  [0x02c5, 'ĊĈ'],
  [0x02d5, 'Ġ  Ĝ'],
  [0x02dd, 'ŬŜ'],
  [0x02e5, 'ċĉ'],
  [0x02f5, 'ġ  ĝ'],
  [0x02fd, 'ŭŝ'],
  // Latin 4
  [0x03a2, 'ĸŖ ĨĻ   ĒĢŦ'],
  [0x03b3, 'ŗ ĩļ   ēģŧŊ ŋĀ'],
  [0x03c7, 'Į'],
  [0x03cc, 'Ė  Ī ŅŌĶ'],
  [0x03d9, 'Ų   ŨŪ ā'],
  [0x03e7, 'į'],
  [0x03ec, 'ė  ī ņōķ'],
  [0x03f9, 'ų   ũū'],
  // Katakana
  [0x047e, '‾'],
  [0x04a1, '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜'],
  // Arabic
  [0x05ac, '،'],
  [
    0x05bb,
    '\u061b   \u061f \u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063a',
  ],
  [0x05e0, '\u0640\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064a\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652'],
  // Cyrillic
  [0x06a1, 'ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏюабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ'],
  // Greek
  [0x07a1, 'ΆΈΉΊΪ ΌΎΫ Ώ  ΅― άέήίϊΐόύϋΰώ'],
  [0x07c1, 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ ΤΥΦΧΨΩ'],
  [0x07e1, 'αβγδεζηθικλμνξοπρσςτυφχψω'],
  // Technical
  [0x08a1, '⎷  ⌠⌡ ⎡⎣⎤⎦⎛⎝⎞⎠⎨⎬'],
  [0x08bc, '≤≠≥∫∴∝∞  ∇  ∼≃   ⇔⇒≡'],
  [0x08d6, '√   ⊂⊃∩∪∧∨'],
  [0x08ef, '∂'],
  [0x08f6, 'ƒ'],
  [0x08fb, '←↑→↓'],
  // Publishing
  [0x0aa1, '\u2003\u2002\u2004\u2005\u2007\u2008\u2009\u200a—–   …‥⅓⅔⅕⅖⅗⅘⅙⅚℅  ‒'],
  [0x0ac3, '⅛⅜⅝⅞  ™'],
  [0x0ad0, '‘’“”℞‰′″ ✝'],
  [0x0aec, '♣♦♥ ✠†‡✓✗♯♭♂♀☎⌕℗‸‚„'],
  // Hebrew
  [
    0x0cdf,
    '‗\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9\u05ea',
  ],
  // Thai
  [0x0da1, 'กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ\u0e31าำ\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a'],
  [0x0ddf, '฿เแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d  ๐๑๒๓๔๕๖๗๘๙'],
  // Latin 9
  [0x13bc, 'ŒœŸ'],
  // Currency
  [0x20ac, '€'],
]

const RETURN = 0xff0d
const TAB = 0xff09
/** Keysyms of Unicode characters are the characters with this in front. */
const UNICODE = 0x01000000
const LAST_UNICODE = 0x0110ffff

const CODE_POINTS: ReadonlyMap<number, number> = new Map([
  ...OLDER.flatMap(([first, characters]) => [...characters].map((char, i) => [first + i, char.codePointAt(0) ?? 0] as const)).filter(
    ([, code]) => code !== 0x20,
  ),
  [RETURN, 0x0a],
  [TAB, 0x09],
])

const isLatin1 = (code: number): boolean => (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)

/** The character that a keysym stands for; undefined if it stands for none, such as that of a function key or a dead key. Return is a line feed. */
export function codePointOf(keysym: number): number | undefined {
  if (isLatin1(keysym)) return keysym
  return keysym > UNICODE && keysym <= LAST_UNICODE ? keysym - UNICODE : CODE_POINTS.get(keysym)
}

/** A keysym that stands for a character, which every program understands. */
export function keysymOf(codePoint: number): number {
  if (codePoint === 0x0a) return RETURN
  if (codePoint === 0x09) return TAB
  return isLatin1(codePoint) ? codePoint : UNICODE | codePoint
}
