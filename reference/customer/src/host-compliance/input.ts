import assert from 'node:assert/strict'
import type { ScreenHost } from '@remote-assist/peer'
import { colourAt, copyPixels, present, Seen } from './support.js'
import type { HostSetup } from './witness.js'

const LEFT_SHIFT = 0xe1
const LETTER_A = 0x04
const KEYPAD_1 = 0x59
/** A pointer is looked for so far around its place, in pixels. */
const POINTER_EDGE = 24

/** HID usages of a US keyboard, with Shift or without. */
const STROKES: readonly (readonly [usage: number, shift: boolean, char: string])[] = [
  [0x0b, true, 'H'],
  [0x0c, false, 'i'],
  [0x2c, false, ' '],
  [0x1e, true, '!'],
  [0x27, false, '0'],
  [0x2d, true, '_'],
  [0x1d, false, 'z'],
  [0x38, false, '/'],
  [0x37, true, '>'],
]

/** What every host with input must do. */
export const inputChecks: Readonly<Record<string, (setup: HostSetup) => Promise<void>>> = {
  'types by HID usage, with Shift': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    await witness.focusText()
    for (const [usage, shift] of STROKES) {
      if (shift) await input.key(LEFT_SHIFT, true)
      await input.key(usage, true)
      await input.key(usage, false)
      if (shift) await input.key(LEFT_SHIFT, false)
    }
    await witness.received(STROKES.map(([, , char]) => char).join(''))
  },

  'turns Num Lock and Caps Lock without a key, where it can (RA-INP-022)': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    if (input.locks === undefined) return
    const press = async (usage: number) => {
      await input.key(usage, true)
      await input.key(usage, false)
    }
    await witness.focusText()
    for (const caps of [true, true, false]) {
      await input.locks({ num: true, caps })
      await press(LETTER_A)
    }
    await press(KEYPAD_1)
    await witness.received('AAa1')
  },

  'types text that has no keys': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    const text = 'Grüße, 5 € für Žofie: 漢字 и кириллица αβγδε'
    await witness.focusText()
    await input.text(text)
    await witness.received(text)
  },

  'keeps the pointer out of its pictures': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    for (const { id, width, height } of host.screens.list()) {
      const corners = [POINTER_EDGE, width - POINTER_EDGE].flatMap(x => [POINTER_EDGE, height - POINTER_EDGE].map(y => ({ x, y })))
      const capture = await host.screens.capture(id, () => {})
      const pointAt = async ({ x, y }: { readonly x: number; readonly y: number }) => {
        await input.move(id, x, y)
        await witness.pointerAt(id, x, y)
        return copyPixels((await capture.grab()).image)
      }
      for (const corner of corners) {
        const elsewhere = { x: width - corner.x, y: height - corner.y }
        const [there, away] = [await pointAt(corner), await pointAt(elsewhere)]
        for (let y = corner.y - POINTER_EDGE; y < corner.y + POINTER_EDGE; y++)
          for (let x = corner.x - POINTER_EDGE; x < corner.x + POINTER_EDGE; x++)
            assert.equal(colourAt(there, x, y), colourAt(away, x, y), `the pointer at ${corner.x},${corner.y} is seen at ${x},${y}`)
      }
      capture.stop()
    }
  },

  'moves the pointer to native pixels of each screen, and no further than its edges': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    for (const { id, width, height } of host.screens.list()) {
      await input.move(id, 17, 23)
      await witness.pointerAt(id, 17, 23)
      await input.move(id, width + 500, height + 500)
      await witness.pointerAt(id, width - 1, height - 1)
      await input.move(id, -500, -500)
      await witness.pointerAt(id, 0, 0)
    }
  },

  'shows where the pointer goes': async ({ host }) => {
    const input = present(host.input, 'input')
    const cursors = new Seen<Parameters<Parameters<ScreenHost['onCursor']>[0]>[0]>()
    const stop = host.screens.onCursor(cursors.add)
    for (const { id } of host.screens.list()) {
      await input.move(id, 41, 43)
      await cursors.until(`the pointer at 41,43 of screen ${id}`, ({ position }) => position?.screenId === id && position.x === 41 && position.y === 43)
    }
    stop()
  },

  'holds keys and buttons until they are released': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    await input.move(host.screens.list()[0]?.id ?? 0, 5, 5)
    await input.key(LEFT_SHIFT, true)
    await input.button(0, true)
    await witness.holds([LEFT_SHIFT], [0])
    await input.button(2, true)
    await input.button(0, false)
    await witness.holds([LEFT_SHIFT], [2])
    await input.key(LEFT_SHIFT, false)
    await input.button(2, false)
    await witness.holds([], [])
  },

  'takes a wheel turn, also less than a notch': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    await input.wheel(0, 240)
    await input.wheel(-120, 0)
    await input.wheel(30, -30)
    await witness.holds([], [])
  },

  'tells local input from what it injected': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    const screen = host.screens.list()[0]?.id ?? 0
    const first = new Seen<true>()
    const stop = input.onLocalInput(() => first.add(true))
    await witness.moveMouse()
    await first.until('a call of onLocalInput')
    const perMove = first.all.length
    for (let i = 0; i < 50; i++) {
      await input.move(screen, 100 + i, 100)
      await input.key(0x04 + (i % 20), true)
      await input.key(0x04 + (i % 20), false)
      await input.button(0, true)
      await input.button(0, false)
      await input.wheel(0, i % 2 === 0 ? 120 : -120)
    }
    await input.text('né')
    stop()
    const second = new Seen<true>()
    const stopAgain = input.onLocalInput(() => second.add(true))
    await witness.moveMouse()
    await second.until('a call of onLocalInput after injected input')
    assert(second.all.length <= perMove && first.all.length === perMove, 'injected input was taken for local input')
    stopAgain()
  },

  'releases what it holds when it is closed; closing twice is harmless': async ({ host, witness }) => {
    const input = present(host.input, 'input')
    await input.key(0xe0, true)
    await input.key(0x04, true)
    await input.button(1, true)
    await witness.holds([0x04, 0xe0], [1])
    await host.close()
    await host.close()
    await witness.holds([], [])
  },
}
