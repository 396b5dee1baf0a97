/** Keys by name: HID usages (USB HID Usage Tables, page 0x07) under the names of the UI Events `code` values, and what people call them. */
import { KeyCombo } from '@remote-assist/codec'
import { AssistError } from '../errors.js'

const run = (names: readonly string[], first: number): readonly (readonly [string, number])[] => names.map((name, i) => [name.toLowerCase(), first + i])

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const DIGITS = [...'1234567890']

const USAGES: ReadonlyMap<string, number> = new Map([
  ...run(LETTERS, 0x04),
  ...run(
    LETTERS.map(letter => `Key${letter}`),
    0x04,
  ),
  ...run(DIGITS, 0x1e),
  ...run(
    DIGITS.map(digit => `Digit${digit}`),
    0x1e,
  ),
  ...run(['Enter', 'Escape', 'Backspace', 'Tab', 'Space', 'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash', 'IntlHash'], 0x28),
  ...run(['Semicolon', 'Quote', 'Backquote', 'Comma', 'Period', 'Slash', 'CapsLock'], 0x33),
  ...run(['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9', 'F10', 'F11', 'F12'], 0x3a),
  ...run(['PrintScreen', 'ScrollLock', 'Pause', 'Insert', 'Home', 'PageUp', 'Delete', 'End', 'PageDown'], 0x46),
  ...run(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'NumLock'], 0x4f),
  ...run(['NumpadDivide', 'NumpadMultiply', 'NumpadSubtract', 'NumpadAdd', 'NumpadEnter'], 0x54),
  ...run(['Numpad1', 'Numpad2', 'Numpad3', 'Numpad4', 'Numpad5', 'Numpad6', 'Numpad7', 'Numpad8', 'Numpad9', 'Numpad0', 'NumpadDecimal'], 0x59),
  ...run(['IntlBackslash', 'ContextMenu'], 0x64),
  ['numpadequal', 0x67],
  ...run(['F13', 'F14', 'F15', 'F16', 'F17', 'F18', 'F19', 'F20', 'F21', 'F22', 'F23', 'F24'], 0x68),
  ...run(['IntlRo', 'KanaMode', 'IntlYen', 'Convert', 'NonConvert'], 0x87),
  ...run(['ControlLeft', 'ShiftLeft', 'AltLeft', 'MetaLeft', 'ControlRight', 'ShiftRight', 'AltRight', 'MetaRight'], 0xe0),
  ['ctrl', 0xe0],
  ['control', 0xe0],
  ['shift', 0xe1],
  ['alt', 0xe2],
  ['meta', 0xe3],
  ['win', 0xe3],
  ['cmd', 0xe3],
  ['altgr', 0xe6],
  ['esc', 0x29],
  ['del', 0x4c],
  ['return', 0x28],
  [' ', 0x2c],
  ['left', 0x50],
  ['right', 0x4f],
  ['up', 0x52],
  ['down', 0x51],
])

/** What KeyEvent.modifiers says of each modifier key: bit 0 Control, 1 Shift, 2 Alt, 3 Meta, 4 AltGr. */
const MODIFIER_BITS: ReadonlyMap<number, number> = new Map([
  [0xe0, 1],
  [0xe4, 1],
  [0xe1, 2],
  [0xe5, 2],
  [0xe2, 4],
  [0xe3, 8],
  [0xe7, 8],
  [0xe6, 16],
])

/** A key: its name (`Enter`, `KeyA`, `a`, `F5`, `ctrl` …, upper or lower case) or its HID usage, 4–231. */
export type Key = string | number

/** The HID usage of a key. Throws `E_INVALID` if there is no such key. */
export function usageOf(key: Key): number {
  const usage = typeof key === 'number' ? key : USAGES.get(key.toLowerCase())
  if (usage === undefined || !Number.isInteger(usage) || usage < 4 || usage > 231)
    throw new AssistError('E_INVALID', `There is no key “${key}”.`, { hint: 'Use a name such as Enter, KeyA or F5; type text with input.type().' })
  return usage
}

/** The modifiers that these keys make, as KeyEvent carries them. */
export const modifiersOf = (usages: Iterable<number>): number => [...usages].reduce((bits, usage) => bits | (MODIFIER_BITS.get(usage) ?? 0), 0)

/** The combinations that `sendKeys` takes. */
export type ComboName = 'ctrl+alt+delete' | 'ctrl+escape' | 'alt+tab' | 'alt+f4' | 'meta+l' | 'meta+r' | 'ctrl+shift+escape' | 'printscreen' | 'meta'

/** A combination: what the schema calls it, and the keys that make it, in order. */
interface Combo {
  readonly combo: KeyCombo
  readonly keys: readonly string[]
}

const COMBOS: { readonly [N in ComboName]: Combo } = {
  'ctrl+alt+delete': { combo: KeyCombo.CTRL_ALT_DELETE, keys: ['ctrl', 'alt', 'delete'] },
  'ctrl+escape': { combo: KeyCombo.CTRL_ESCAPE, keys: ['ctrl', 'escape'] },
  'alt+tab': { combo: KeyCombo.ALT_TAB, keys: ['alt', 'tab'] },
  'alt+f4': { combo: KeyCombo.ALT_F4, keys: ['alt', 'f4'] },
  'meta+l': { combo: KeyCombo.META_L, keys: ['meta', 'keyl'] },
  'meta+r': { combo: KeyCombo.META_R, keys: ['meta', 'keyr'] },
  'ctrl+shift+escape': { combo: KeyCombo.CTRL_SHIFT_ESCAPE, keys: ['ctrl', 'shift', 'escape'] },
  printscreen: { combo: KeyCombo.PRINT_SCREEN, keys: ['printscreen'] },
  meta: { combo: KeyCombo.META, keys: ['meta'] },
}

/** The schema's name of a combination. Throws `E_INVALID` for one that is not known. */
export function comboOf(name: ComboName): KeyCombo {
  const known = COMBOS[name]
  if (known === undefined) throw new AssistError('E_INVALID', `“${name}” is no combination.`, { hint: `Use one of ${Object.keys(COMBOS).join(', ')}.` })
  return known.combo
}

/** The HID usages of a combination, in the order in which they are pressed; undefined if it is not known. */
export const usagesOfCombo = (combo: KeyCombo): readonly number[] | undefined =>
  Object.values(COMBOS)
    .find(it => it.combo === combo)
    ?.keys.map(usageOf)
