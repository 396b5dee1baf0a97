import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTUAL, nativePixel, placePicture, type Sizing, WheelUnits, ZOOMS, zoomedBy } from '../src/console/geometry.js'

const side = fc.integer({ min: 1, max: 8_192 })
const screens = fc.record({ width: side, height: side })
const stages = fc.record({ width: fc.integer({ min: 40, max: 5_000 }), height: fc.integer({ min: 40, max: 3_000 }) })
const ratios = fc.constantFrom(1, 1.25, 1.5, 2, 3)
const sizings = fc.constantFrom<Sizing>('fit', ...ZOOMS)

describe('where the picture lies', () => {
  test('a fitted picture is inside its stage, keeps its shape, and is never enlarged beyond one device pixel for a native one', () => {
    fc.assert(
      fc.property(stages, screens, ratios, (stage, screen, ratio) => {
        const { x, y, scale } = placePicture(stage, screen, 'fit', ratio)
        expect(x).toBeGreaterThanOrEqual(0)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(x + screen.width * scale).toBeLessThanOrEqual(stage.width + 1)
        expect(y + screen.height * scale).toBeLessThanOrEqual(stage.height + 1)
        expect(scale * ratio).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })

  test('actual size is one device pixel for a native one', () => {
    fc.assert(
      fc.property(stages, screens, ratios, (stage, screen, ratio) => {
        expect(placePicture(stage, screen, ACTUAL, ratio).scale * ratio).toBeCloseTo(1)
      }),
    )
  })

  test('the wheel zooms out and in again to the same size, within bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), ratios, (delta, ratio) => {
        const out = zoomedBy(delta, 1 / ratio, ratio)
        expect(zoomedBy(-delta, out / ratio, ratio)).toBeCloseTo(1)
        expect(out).toBeLessThanOrEqual(1)
      }),
    )
    expect([zoomedBy(1e6, 1, 1), zoomedBy(-1e6, 1, 1)]).toEqual([0.25, 8])
  })

  test('the middle of each native pixel is found again, whatever the size', () => {
    const at = screens.chain(screen => fc.record({ screen: fc.constant(screen), x: fc.nat(screen.width - 1), y: fc.nat(screen.height - 1) }))
    fc.assert(
      fc.property(stages, at, ratios, sizings, (stage, { screen, x, y }, ratio, sizing) => {
        const placement = placePicture(stage, screen, sizing, ratio)
        const css = { x: placement.x + (x + 0.5) * placement.scale, y: placement.y + (y + 0.5) * placement.scale }
        expect(nativePixel(css, placement, screen)).toEqual({ x, y })
      }),
    )
  })

  test('a place outside of the picture is the nearest pixel of it', () => {
    fc.assert(
      fc.property(stages, screens, ratios, fc.integer(), fc.integer(), (stage, screen, ratio, x, y) => {
        const pixel = nativePixel({ x, y }, placePicture(stage, screen, 'fit', ratio), screen)
        expect(pixel.x).toBeGreaterThanOrEqual(0)
        expect(pixel.y).toBeGreaterThanOrEqual(0)
        expect(pixel.x).toBeLessThan(screen.width)
        expect(pixel.y).toBeLessThan(screen.height)
      }),
    )
  })
})

describe('the wheel', () => {
  test('100 pixels, 3 lines and 1 page are a notch each', () => {
    expect(new WheelUnits().take(0, 100, 0)).toEqual({ x: 0, y: 120 })
    expect(new WheelUnits().take(-3, 0, 1)).toEqual({ x: -120, y: 0 })
    expect(new WheelUnits().take(0, 1, 2)).toEqual({ x: 0, y: 120 })
  })

  test('small steps add up: nothing is lost but the fraction of one unit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 200 }), deltas => {
        const wheel = new WheelUnits()
        const units = deltas.reduce((sum, delta) => sum + wheel.take(0, delta, 0).y, 0)
        const exact = deltas.reduce((sum, delta) => sum + delta * 1.2, 0)
        expect(Math.abs(units - exact)).toBeLessThan(1 + 1e-6)
      }),
    )
  })
})
