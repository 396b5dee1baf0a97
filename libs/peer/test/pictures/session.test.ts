/** Pictures through everything: host, pipeline, core, driver, relay, and two viewers of different speeds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Screens } from '../../src/api/screens.js'
import { Viewer } from '../../src/api/viewer.js'
import { settle } from '../support/clock.js'
import { assisting } from '../support/house.js'
import { LOSSLESS, Painter } from '../support/painter.js'

/** A viewer that paints a frame when it is told to. */
class Eye {
  readonly painter = new Painter()
  readonly #frames: AsyncGenerator<Parameters<Painter['paint']>[0]>
  #next: Promise<unknown> | undefined

  constructor(screens: Screens) {
    this.#frames = screens.frames()
  }

  /** Asks for the next frame, unless one is awaited already; it is painted when it comes. */
  look(): void {
    this.#next ??= this.#frames.next().then(({ value }) => {
      this.#next = undefined
      if (value) this.painter.paint(value)
    })
  }
}

const paint = fc.record({
  do: fc.constant('paint' as const),
  rect: fc.record({ x: fc.nat({ max: 300 }), y: fc.nat({ max: 180 }), width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) }),
  colour: fc.nat({ max: 0xffffff }),
})
const step = fc.oneof(
  { weight: 3, arbitrary: paint },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('agent' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('viewer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repair' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
)

test('every viewer ends up with the host’s picture, to the last bit (RA-SCR-019, RA-SCR-040, RA-SCR-063)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async steps => {
      const { session, relay, clock, host } = await assisting({}, { policy: { pictureCodecs: LOSSLESS } })
      const { url } = await session.invite({ role: 'viewer' })
      const viewer = await Viewer.join({ transport: relay.transport, url, clock })
      await Promise.all([session.screens.show(7), viewer.screens.show(7)])
      const eyes = { agent: new Eye(session.screens), viewer: new Eye(viewer.screens) }
      for (const it of steps) {
        if (it.do === 'paint') host.paint(7, it.rect, (x, y) => (it.colour + x * y) & 0xffffff)
        else if (it.do === 'repair') session.screens.repair()
        else if (it.do === 'wait') await settle()
        else eyes[it.do].look()
      }
      for (let i = 0; i < steps.length + 5; i++) {
        for (const eye of Object.values(eyes)) eye.look()
        await settle()
      }
      const truth = host.images.get(7)?.data ?? new Uint8Array()
      for (const { painter } of Object.values(eyes)) expect(Buffer.compare(painter.data, truth)).toBe(0)
      session.leave({ endSession: true })
      await settle()
    }),
    { numRuns: 15 },
  )
}, 60_000)
