/** Physical keys: `KeyboardEvent.code` (UI Events KeyboardEvent code Values) to HID usage (USB HID Usage Tables, page 0x07). */

const run = (first: number, codes: string): readonly (readonly [string, number])[] => codes.split(' ').map((code, i) => [code, first + i])

const each = (names: string, prefix: string): string => [...names].map(name => prefix + name).join(' ')

/** The usage of every code that has one on page 0x07. */
export const USAGES: ReadonlyMap<string, number> = new Map([
  ...run(0x04, each('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'Key')),
  ...run(0x1e, each('1234567890', 'Digit')),
  ...run(0x28, 'Enter Escape Backspace Tab Space Minus Equal BracketLeft BracketRight Backslash'),
  ...run(0x33, 'Semicolon Quote Backquote Comma Period Slash CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12'),
  ...run(0x46, 'PrintScreen ScrollLock Pause Insert Home PageUp Delete End PageDown ArrowRight ArrowLeft ArrowDown ArrowUp NumLock'),
  ...run(0x54, 'NumpadDivide NumpadMultiply NumpadSubtract NumpadAdd NumpadEnter'),
  ...run(0x59, each('1234567890', 'Numpad')),
  ...run(0x63, 'NumpadDecimal IntlBackslash ContextMenu Power NumpadEqual'),
  ...run(0x68, 'F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24 Open Help'),
  ['Select', 0x77],
  ...run(0x79, 'Again Undo Cut Copy Paste Find'),
  ...run(0x7f, 'AudioVolumeMute AudioVolumeUp AudioVolumeDown'),
  ['NumpadComma', 0x85],
  ...run(0x87, 'IntlRo KanaMode IntlYen Convert NonConvert'),
  ...run(0x90, 'Lang1 Lang2 Lang3 Lang4 Lang5'),
  ...run(0xb6, 'NumpadParenLeft NumpadParenRight'),
  ['NumpadBackspace', 0xbb],
  ...run(0xd0, 'NumpadMemoryStore NumpadMemoryRecall NumpadMemoryClear NumpadMemoryAdd NumpadMemorySubtract'),
  ...run(0xd8, 'NumpadClear NumpadClearEntry'),
  ...run(0xe0, 'ControlLeft ShiftLeft AltLeft MetaLeft ControlRight ShiftRight AltRight MetaRight'),
])

/** What a US keyboard gives for each key, without and with Shift; letters follow a rule. */
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  '1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0)'
    .split(' ')
    .map((pair): readonly [string, string] => [`Digit${pair[0]}`, pair])
    .concat([
      ['Minus', '-_'],
      ['Equal', '=+'],
      ['BracketLeft', '[{'],
      ['BracketRight', ']}'],
      ['Backslash', '\\|'],
      ['Semicolon', ';:'],
      ['Quote', '\'"'],
      ['Backquote', '`~'],
      ['Comma', ',<'],
      ['Period', '.>'],
      ['Slash', '/?'],
      ['Space', '  '],
    ]),
)

/** Whether a US keyboard gives this character for this key: then the physical key says all there is to say. Keys of the number pad always do. */
export function isUsual(code: string, character: string, shift: boolean): boolean {
  if (code.startsWith('Numpad')) return true
  const letter = code.startsWith('Key') ? code.slice(3) : undefined
  if (letter !== undefined) return character === (shift ? letter : letter.toLowerCase())
  return CHARACTERS.get(code)?.[shift ? 1 : 0] === character
}
