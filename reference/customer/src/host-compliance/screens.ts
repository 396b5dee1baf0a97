import assert from 'node:assert/strict'
import type { RectCodec, ScreenHost, ScreenInfo } from '@remote-assist/peer'
import { assertDamageCovers, colourAt, copyPixels, rejectsWith, Seen } from './support.js'
import type { HostSetup } from './witness.js'

type Cursor = Parameters<Parameters<ScreenHost['onCursor']>[0]>[0]
type Check = (setup: HostSetup) => Promise<void>

/** What every host must do with its screens. */
export const screenChecks: Readonly<Record<string, Check>> = {
  'lists its screens: sizes, distinct ids other than 0, one primary': async ({ host }) => {
    const screens = host.screens.list()
    assert(screens.length > 0, 'there is no screen')
    assert.equal(new Set(screens.map(screen => screen.id)).size, screens.length, 'two screens have the same id')
    assert.equal(screens.filter(screen => screen.primary).length, 1, 'there is not exactly one primary screen')
    for (const screen of screens) {
      assert(screen.id !== 0, 'a screen has the id 0')
      assert(Number.isInteger(screen.width) && screen.width > 0 && Number.isInteger(screen.height) && screen.height > 0, `${screen.name} has no size`)
      assert(screen.scalePercent > 0, `${screen.name} has no scale`)
    }
  },

  'gives the whole screen at first, and nothing more while nothing changes': async ({ host }) => {
    for (const screen of host.screens.list()) {
      const capture = await host.screens.capture(screen.id, () => {})
      const first = await capture.grab()
      assert.deepEqual([first.image.width, first.image.height], [screen.width, screen.height], 'the image has another size than the screen')
      assert(first.image.stride >= screen.width * 4 && first.image.data.length >= first.image.stride * (screen.height - 1) + screen.width * 4)
      const blank = { ...first.image, data: first.image.data.map(byte => 255 - byte) }
      assert.equal(assertDamageCovers(blank, first), screen.width * screen.height)
      const second = await capture.grab()
      assert.deepEqual(second.damage, [], 'there is damage without a change')
      assert(second.capturedAtUs >= first.capturedAtUs, 'time went back')
      capture.stop()
    }
  },

  'calls back when pixels change, and its damage covers every one of them': async ({ host, witness }) => {
    for (const screen of host.screens.list()) {
      const damaged = new Seen<true>()
      const capture = await host.screens.capture(screen.id, () => damaged.add(true))
      const before = copyPixels((await capture.grab()).image)
      const { x, y, colour } = await witness.paint(screen.id)
      await damaged.until('a call of damaged')
      const after = await capture.grab()
      assert(assertDamageCovers(before, after) > 0, 'nothing was painted')
      assert.equal(colourAt(after.image, x, y).toString(16), colour.toString(16), `the pixel at ${x},${y} has another colour`)
      for (const rect of after.damage) {
        assert(rect.width > 0 && rect.height > 0 && rect.x >= 0 && rect.y >= 0, 'a damaged rectangle is empty or outside')
        assert(rect.x + rect.width <= screen.width && rect.y + rect.height <= screen.height, 'a damaged rectangle is outside the screen')
      }
      capture.stop()
    }
  },

  'is silent after stop, while another capture of the same screen goes on': async ({ host, witness }) => {
    const { id } = primary(host.screens.list())
    let calls = 0
    const other = new Seen<true>()
    const stopped = await host.screens.capture(id, () => calls++)
    const running = await host.screens.capture(id, () => other.add(true))
    await stopped.grab()
    await running.grab()
    stopped.stop()
    const before = calls
    await witness.paint(id)
    await other.until('a call of damaged for the other capture')
    assert((await running.grab()).damage.length > 0)
    assert.equal(calls, before, 'damaged was called after stop')
    running.stop()
  },

  'refuses a screen that is not there with E_SCREEN_GONE': async ({ host }) => {
    const free = Math.max(...host.screens.list().map(screen => screen.id)) + 1000
    await rejectsWith(
      'E_SCREEN_GONE',
      host.screens.capture(free, () => {}),
      'capturing a screen that is not there',
    )
  },

  'tells of a monitor that went; its capture rejects with E_SCREEN_GONE, the others keep their ids': async ({ host, witness }) => {
    const before = host.screens.list()
    const layouts = new Seen<readonly ScreenInfo[]>()
    const stop = host.screens.onChange(layouts.add)
    const captures = await Promise.all(before.map(async ({ id }) => ({ id, capture: await host.screens.capture(id, () => {}) })))
    await Promise.all(captures.map(({ capture }) => capture.grab()))
    const gone = await witness.unplug()
    const now = await layouts.until('a call of onChange', screens => screens.every(screen => screen.id !== gone))
    assert.deepEqual(host.screens.list(), now, 'list and onChange do not agree')
    assert.deepEqual(
      now.map(({ id }) => id),
      before.map(({ id }) => id).filter(id => id !== gone),
      'another screen has a new id',
    )
    for (const { id, capture } of captures) {
      if (id === gone) await rejectsWith('E_SCREEN_GONE', capture.grab(), 'grabbing a screen that went')
      else await capture.grab()
      capture.stop()
    }
    stop()
  },

  'shows the pointer at once': async ({ host }) => {
    const cursors = new Seen<Cursor>()
    host.screens.onCursor(cursors.add)()
    const shape = cursors.all[0]?.shape
    assert(shape, 'there is no pointer image at once')
    const { width, height, stride, data } = shape.image
    assert(stride === width * 4 && data.length === stride * height, 'its image has another size than it says')
  },

  'encodes in every codec, twice alike, and RAW is the pixels': async ({ host }) => {
    const capture = await host.screens.capture(primary(host.screens.list()).id, () => {})
    const { image } = await capture.grab()
    const rect = { x: 3, y: 5, width: 37, height: 29 }
    for (const codec of ['raw', 'png', 'jpeg'] satisfies RectCodec[]) {
      const once = await host.screens.encoder.encode(image, rect, codec, 80)
      const again = await host.screens.encoder.encode(image, rect, codec, 80)
      assert(once.length > 0 && Buffer.compare(once, again) === 0, `${codec} is not the same twice`)
    }
    const raw = await host.screens.encoder.encode(image, rect, 'raw', 80)
    assert.equal(raw.length, rect.width * rect.height * 4)
    const picture = { width: rect.width, height: rect.height, stride: rect.width * 4, data: raw }
    for (let y = 0; y < rect.height; y++) for (let x = 0; x < rect.width; x++) assert.equal(colourAt(picture, x, y), colourAt(image, x + rect.x, y + rect.y))
    capture.stop()
  },
}

function primary(screens: readonly ScreenInfo[]): ScreenInfo {
  const screen = screens.find(one => one.primary)
  assert(screen, 'there is no primary screen')
  return screen
}
