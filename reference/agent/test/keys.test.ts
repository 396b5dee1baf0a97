import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUsual, USAGES } from '../src/console/keys.js'

const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** UI Events KeyboardEvent code Values, sections 3.1 to 3.5 and the media keys of a keyboard page. */
const STANDARD = list(`
  Backquote Backslash BracketLeft BracketRight Comma Digit0 Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Equal IntlBackslash IntlRo IntlYen
  KeyA KeyB KeyC KeyD KeyE KeyF KeyG KeyH KeyI KeyJ KeyK KeyL KeyM KeyN KeyO KeyP KeyQ KeyR KeyS KeyT KeyU KeyV KeyW KeyX KeyY KeyZ
  Minus Period Quote Semicolon Slash
  AltLeft AltRight Backspace CapsLock ContextMenu ControlLeft ControlRight Enter MetaLeft MetaRight ShiftLeft ShiftRight Space Tab
  Convert KanaMode Lang1 Lang2 Lang3 Lang4 Lang5 NonConvert
  Delete End Help Home Insert PageDown PageUp ArrowDown ArrowLeft ArrowRight ArrowUp
  NumLock Numpad0 Numpad1 Numpad2 Numpad3 Numpad4 Numpad5 Numpad6 Numpad7 Numpad8 Numpad9 NumpadAdd NumpadBackspace NumpadClear NumpadClearEntry NumpadComma
  NumpadDecimal NumpadDivide NumpadEnter NumpadEqual NumpadMemoryAdd NumpadMemoryClear NumpadMemoryRecall NumpadMemoryStore NumpadMemorySubtract NumpadMultiply
  NumpadParenLeft NumpadParenRight NumpadSubtract
  Escape F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24 PrintScreen ScrollLock Pause
  Power AudioVolumeDown AudioVolumeMute AudioVolumeUp Again Copy Cut Find Open Paste Select Undo
`)

/** Codes that the HID keyboard page has no usage for: they are pressed nowhere. */
const ELSEWHERE = list('NumpadHash NumpadStar Fn FnLock Eject Sleep WakeUp BrowserBack LaunchMail MediaPlayPause Hyper Super Turbo Abort Resume Suspend Props')

describe('keys', () => {
  test.each(STANDARD)('%s has a usage of the keyboard page', code => {
    const usage = USAGES.get(code) ?? 0
    expect(usage).toBeGreaterThanOrEqual(0x04)
    expect(usage).toBeLessThanOrEqual(0xe7)
  })

  test('no two keys share a usage, and there is no other key', () => {
    expect([...USAGES.keys()].sort()).toEqual([...STANDARD].sort())
    expect(new Set(USAGES.values()).size).toBe(USAGES.size)
    for (const code of ELSEWHERE) expect(USAGES.has(code)).toBe(false)
  })

  // From the HID Usage Tables 1.5, section 10, picked from each run.
  test.each([
    ['KeyA', 0x04],
    ['KeyZ', 0x1d],
    ['Digit1', 0x1e],
    ['Digit0', 0x27],
    ['Enter', 0x28],
    ['Backslash', 0x31],
    ['Semicolon', 0x33],
    ['F12', 0x45],
    ['PrintScreen', 0x46],
    ['ArrowRight', 0x4f],
    ['NumLock', 0x53],
    ['NumpadEnter', 0x58],
    ['Numpad0', 0x62],
    ['IntlBackslash', 0x64],
    ['F13', 0x68],
    ['F24', 0x73],
    ['Open', 0x74],
    ['Help', 0x75],
    ['Select', 0x77],
    ['Again', 0x79],
    ['Find', 0x7e],
    ['AudioVolumeMute', 0x7f],
    ['AudioVolumeDown', 0x81],
    ['IntlRo', 0x87],
    ['NonConvert', 0x8b],
    ['Lang1', 0x90],
    ['NumpadBackspace', 0xbb],
    ['NumpadMemoryStore', 0xd0],
    ['NumpadMemorySubtract', 0xd4],
    ['NumpadClearEntry', 0xd9],
    ['ControlLeft', 0xe0],
    ['MetaRight', 0xe7],
  ])('%s is usage %i', (code, usage) => {
    expect(USAGES.get(code)).toBe(usage)
  })

  test('what a US keyboard gives is sent as a key, everything else as text', () => {
    expect(isUsual('KeyA', 'a', false)).toBe(true)
    expect(isUsual('KeyA', 'A', true)).toBe(true)
    expect(isUsual('Digit2', '@', true)).toBe(true)
    expect(isUsual('Space', ' ', true)).toBe(true)
    expect(isUsual('Numpad7', '7', false)).toBe(true)
    // Caps Lock, German, French, Greek, AltGr.
    expect(isUsual('KeyA', 'A', false)).toBe(false)
    expect(isUsual('KeyY', 'z', false)).toBe(false)
    expect(isUsual('Digit2', '"', true)).toBe(false)
    expect(isUsual('KeyQ', 'a', false)).toBe(false)
    expect(isUsual('KeyA', 'α', false)).toBe(false)
    expect(isUsual('IntlBackslash', '<', false)).toBe(false)
  })

  test('a character is usual for one key at most, beside the number pad', () => {
    const writing = STANDARD.filter(code => !code.startsWith('Numpad'))
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme-ascii' }), fc.boolean(), (character, shift) => {
        const keys = writing.filter(code => isUsual(code, character, shift))
        expect(keys.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})
