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
  ...run(0x77, 'Select Select Again Undo Cut Copy Paste Find').slice(1),
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

const SHIFTED: Readonly<Record<string, string>> = {
  Digit1: '1!', Digit2: '2@', Digit3: '3#', Digit4: '4$', Digit5: '5%', Digit6: '6^', Digit7: '7&', Digit8: '8*', Digit9: '9(', Digit0: '0)',
  Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:', Quote: '\'"', Backquote: '`~', Comma: ',<', Period: '.>', Slash: '/?', Space: '  ',
}

/** Whether a key gives this character on a US keyboard, with or without Shift: then the physical key says all there is to say. */
export function isUsual(code: string, character: string): boolean {
  if (code.startsWith('Numpad')) return true
  if (code.startsWith('Key')) return character.toUpperCase() === code.slice(3)
  return SHIFTED[code]?.includes(character) ?? false
}
