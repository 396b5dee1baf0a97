import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { virtualHost } from '../src/hosts/index.js'
import { masksOn, parseMask } from '../src/masks.js'

const number = (min: number, max: number) => fc.integer({ min, max })

describe('--mask', () => {
  test('is read as it is written', () => {
    fc.assert(
      fc.property(number(1, 16), number(0, 65_535), number(0, 65_535), number(1, 65_535), number(1, 65_535), (screen, x, y, width, height) => {
        expect(parseMask(`${screen}:${x},${y},${width}x${height}`)).toEqual({ screen, x, y, width, height })
      }),
    )
  })

  test.each(['', '1', '0:0,0,1x1', '1:0,0,0x1', '1:0,0,1x0', '1:-1,0,1x1', '1:0,0,1×1', ' 1:0,0,1x1', '1:0,0,1x1 ', '1:0,0,1x1,2', '100:0,0,1x1'])(
    'is refused: %j',
    text => {
      expect(() => parseMask(text)).toThrow(RangeError)
    },
  )

  test('is on the screen of that number, whatever its id, and on none that is not there', () => {
    const { screens, desktop } = virtualHost()
    const [first, second] = [parseMask('1:1,2,3x4'), parseMask('2:5,6,7x8')]
    expect(masksOn(screens.list(), [first, second])).toEqual([
      { screenId: 1, x: 1, y: 2, width: 3, height: 4 },
      { screenId: 2, x: 5, y: 6, width: 7, height: 8 },
    ])
    desktop.removeScreen(1)
    expect(masksOn(screens.list(), [first, second])).toEqual([{ screenId: 2, x: 1, y: 2, width: 3, height: 4 }])
  })
})
