import type { InputHost } from '@remote-assist/peer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Seen } from '../../src/host-compliance/support.js'
import { XConnection } from '../../src/hosts/x11/connection.js'
import type { XEvent } from '../../src/hosts/x11/wire.js'
import { describeWith } from './needs.js'
import { X_PROGRAMS } from './x-server.js'
import { type XSetup, x11Setup } from './x-witness.js'

const BUTTON_PRESS = 0x4
const BUTTON_RELEASE = 0x8
const MOTION = 0x40
const LEFT_DOWN = 0x100
const NOTCH = 120
const SENTINEL = 9
/** Two clicks are a double click where they are no further apart, by the usual setting. */
const DOUBLE_CLICK_MS = 400

/** What a program is told of the pointer, in order. */
interface Told {
  readonly what: 'press' | 'release' | 'move'
  readonly button: number
  readonly leftDown: boolean
  readonly x: number
  readonly y: number
  readonly atMs: number
}

/** A program with a window over the whole left screen that writes down what the pointer does in it. */
class Pad implements Disposable {
  readonly told = new Seen<Told>()

  private constructor(private readonly connection: XConnection) {
    connection.onEvent(event => {
      const what = ({ ButtonPress: 'press', ButtonRelease: 'release', MotionNotify: 'move' } as const)[event.name ?? '']
      if (what !== undefined) this.told.add(told(what, event))
    })
  }

  static async open({ server }: XSetup): Promise<Pad> {
    const connection = await XConnection.open(server.display)
    const pad = new Pad(connection)
    const { x, root } = connection
    const window = x.AllocID()
    x.CreateWindow(window, root, 0, 0, 640, 480, 0, 0, 1, 0, { overrideRedirect: true, eventMask: BUTTON_PRESS | BUTTON_RELEASE | MOTION })
    ;(x as unknown as { MapWindow(window: number): void }).MapWindow(window)
    await connection.sync()
    return pad
  }

  /** What was told up to a click of the forward button, which nothing else uses. */
  async upTo(input: InputHost): Promise<readonly Told[]> {
    await input.button(4, true)
    await input.button(4, false)
    await this.told.until('the last click', ({ what, button }) => what === 'release' && button === SENTINEL)
    return this.told.all.splice(0).filter(({ button }) => button !== SENTINEL)
  }

  [Symbol.dispose](): void {
    this.connection.close()
  }
}

function told(what: Told['what'], { keycode, buttons, x, y, time }: XEvent): Told {
  const button = what === 'move' ? 0 : Number(keycode)
  return { what, button, leftDown: (Number(buttons) & LEFT_DOWN) !== 0, x: Number(x), y: Number(y), atMs: Number(time) }
}

describeWith(X_PROGRAMS, 'the pointer of an X display', () => {
  it('drags: the button is down at each place between press and release, in order (RA-INP-007)', async () => {
    await using setup = await x11Setup()
    const { input, left } = partsOf(setup)
    using pad = await Pad.open(setup)
    const places = Array.from({ length: 40 }, (_, i) => ({ x: 20 + i * 11, y: 30 + ((i * 37) % 300) }))
    await input.move(left, 20, 30)
    await input.button(0, true)
    for (const { x, y } of places.slice(1)) await input.move(left, x, y)
    await input.button(0, false)
    const all = (await pad.upTo(input)).map(({ what, leftDown, x, y }) => ({ what, leftDown, x, y }))
    const last = places.at(-1)
    expect(all).toEqual([
      { what: 'move', leftDown: false, ...places[0] },
      { what: 'press', leftDown: false, ...places[0] },
      ...places.slice(1).map(place => ({ what: 'move', leftDown: true, ...place })),
      { what: 'release', leftDown: true, ...last },
    ])
  })

  it('clicks several times at one place, fast enough for a double click', async () => {
    await using setup = await x11Setup()
    const { input, left } = partsOf(setup)
    using pad = await Pad.open(setup)
    await input.move(left, 50, 60)
    await Promise.all([true, false, true, false, true, false].map(down => input.button(0, down)))
    const clicks = (await pad.upTo(input)).filter(({ what }) => what !== 'move')
    expect(clicks.map(({ what, button, x, y }) => ({ what, button, x, y }))).toEqual(
      [0, 1, 2].flatMap(() => (['press', 'release'] as const).map(what => ({ what, button: 1, x: 50, y: 60 }))),
    )
    const presses = clicks.filter(({ what }) => what === 'press').map(({ atMs }) => atMs)
    for (const [i, atMs] of presses.slice(1).entries()) expect(atMs - (presses[i] ?? 0)).toBeLessThan(DOUBLE_CLICK_MS)
  })

  it('has left, middle, right and back where programs look for them', async () => {
    await using setup = await x11Setup()
    const { input, left } = partsOf(setup)
    using pad = await Pad.open(setup)
    await input.move(left, 50, 60)
    for (let button = 0; button < 4; button++) {
      await input.button(button, true)
      await input.button(button, false)
    }
    const presses = (await pad.upTo(input)).filter(({ what }) => what === 'press')
    expect(presses.map(({ button }) => button)).toEqual([1, 2, 3, 8])
  })

  it('turns the wheel a notch for each 120 units that come together, whatever pieces they come in, each way (RA-INP-034)', async () => {
    await using setup = await x11Setup()
    const { input, left } = partsOf(setup)
    using pad = await Pad.open(setup)
    await input.move(left, 50, 60)
    const delta = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.constantFrom(NOTCH, -NOTCH, 2 * NOTCH, 1, -1))
    let [restX, restY] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(delta, delta), { maxLength: 12 }), async turns => {
        for (const [x, y] of turns) await input.wheel(x, y)
        const presses = (await pad.upTo(input)).filter(({ what }) => what === 'press').map(({ button }) => button)
        const net = (forth: number, back: number) => presses.filter(it => it === forth).length - presses.filter(it => it === back).length
        const sum = (axis: 0 | 1) => turns.reduce((total, turn) => total + turn[axis], 0)
        restX += sum(0) - net(7, 6) * NOTCH
        restY += sum(1) - net(5, 4) * NOTCH
        expect([Math.abs(restX) < NOTCH, Math.abs(restY) < NOTCH]).toEqual([true, true])
      }),
      { numRuns: 30 },
    )
  })
})

function partsOf({ host }: XSetup): { readonly input: InputHost; readonly left: number } {
  if (host.input === undefined) throw new Error('The host has no input.')
  const left = host.screens.list().find(({ name }) => name === 'left')
  if (left === undefined) throw new Error('There is no screen on the left.')
  return { input: host.input, left: left.id }
}
