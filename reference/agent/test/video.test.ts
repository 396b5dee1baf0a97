import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codecString } from '../src/video.js'

const size = fc.record({ width: fc.integer({ min: 1, max: 16_384 }), height: fc.integer({ min: 1, max: 16_384 }) })

test('the codec of a picture has a level that allows its size: the same for smaller ones, or a lower one', () => {
  const levelOf = (text: string): number =>
    Number.parseInt(/^avc1\.42E0(..)$|^vp09\.00\.(..)\.08$|^av01\.0\.(..)M\.08$/.exec(text)?.slice(1).find(Boolean) ?? '', 16)
  fc.assert(
    fc.property(fc.constantFrom('h264', 'vp9', 'av1'), size, size, (codec, one, other) => {
      const larger = { width: Math.max(one.width, other.width), height: Math.max(one.height, other.height) }
      expect(levelOf(codecString(codec, one))).toBeLessThanOrEqual(levelOf(codecString(codec, larger)))
    }),
  )
})

test('a screen of a usual size has the level that browsers know it by', () => {
  const hd = { width: 1920, height: 1080 }
  expect([codecString('h264', hd), codecString('vp9', hd), codecString('av1', hd)]).toEqual(['avc1.42E028', 'vp09.00.40.08', 'av01.0.08M.08'])
})
