import { expect, test } from 'vitest'
import type { XConnection } from '../../src/hosts/x11/connection.js'
import { KeyMap } from '../../src/hosts/x11/key-map.js'
import { Keyboard } from '../../src/hosts/x11/keyboard.js'
import { codePointOf } from '../../src/hosts/x11/keysyms.js'
import type { Xkb } from '../../src/hosts/x11/xkb.js'

const SHIFT = 50
const FIRST_LETTER = 60
const FIRST_SPARE = 200
const SHIFT_KEYSYM = 0xffe1
const UNKNOWN = 0xfffd

/** A keyboard with the letters a–z, Shift, and so many spare keys, each of which has two levels; and what programs take from it. */
function keyboard(spareKeys: number) {
  const type = { width: 2, mask: 1, levels: new Map([[1, 1]]) }
  const key = (keycode: number, keysyms: readonly number[], modifiers = 0) => ({
    keycode,
    types: [type],
    groups: 1,
    outOfRange: 0,
    width: 2,
    keysyms,
    modifiers,
  })
  const letters = Array.from({ length: 26 }, (_, i) => key(FIRST_LETTER + i, [97 + i, 65 + i]))
  const spares = Array.from({ length: spareKeys }, (_, i) => ({ ...key(FIRST_SPARE + i, []), types: [], groups: 0, width: 0 }))
  const defined = new Map<number, readonly number[]>()
  const map = () =>
    [key(SHIFT, [SHIFT_KEYSYM, 0], 1), ...letters, ...spares].map(one => (defined.has(one.keycode) ? key(one.keycode, defined.get(one.keycode) ?? []) : one))
  const xkb = {
    map: async () => new KeyMap([type, type], map()),
    state: async () => ({ lockedModifiers: 0, group: 0, lockedGroup: 0 }),
    define: (keycode: number, _type: number, keysyms: readonly number[]) => void defined.set(keycode, keysyms),
    lock: () => {},
  }
  const connection = {
    root: 1,
    atom: async () => 1,
    sync: async () => {},
    request: async () => ({ data: Buffer.alloc(0) }),
    x: { DeleteProperty() {}, ChangeProperty() {} },
  }
  let typed = ''
  let shift = false
  const press = (keycode: number, down: boolean) => {
    if (keycode === SHIFT) shift = down
    else if (down) typed += String.fromCodePoint(codePointOf(map().find(one => one.keycode === keycode)?.keysyms[shift ? 1 : 0] ?? 0) ?? UNKNOWN)
  }
  return { keyboard: new Keyboard(connection as unknown as XConnection, xkb as unknown as Xkb, press), typed: () => typed }
}

test.each([1, 2, 7])('a map with %i spare keys types every character that it lacks, however many come at once', async spareKeys => {
  const it = keyboard(spareKeys)
  // Twice as many as there is room for, at most as many as are lent at a time.
  const text = `ab${[...'漢字仮名交文日本語入力試験中'].slice(0, 4 * spareKeys).join('')}Za`
  await it.keyboard.type(text)
  expect(it.typed()).toBe(text)
})

test('a map without a spare key refuses what it lacks, and types the rest', async () => {
  const it = keyboard(0)
  await it.keyboard.type('abc')
  await expect(it.keyboard.type('漢')).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
  expect(it.typed()).toBe('abc')
})
