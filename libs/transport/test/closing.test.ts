import type { CloseInfo } from '@remote-assist/transport'
import { closing, Delivery, isCloseCode, MAX_REASON_BYTES } from '@remote-assist/transport'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const utf8 = new TextEncoder()

test('RA-BND-009 a reason is cut to 120 bytes between two characters, and a short one is kept', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), reason => {
      const cut = closing(100, reason).reason
      expect(utf8.encode(cut).length).toBeLessThanOrEqual(MAX_REASON_BYTES)
      expect(reason.startsWith(cut)).toBe(true)
      const next = [...reason.slice(cut.length)][0] ?? ''
      expect(next === '' || utf8.encode(cut + next).length > MAX_REASON_BYTES).toBe(true)
    }),
  )
})

test('RA-BND-008 exactly the integers from 100 to 699 are codes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.integer({ min: 90, max: 710 }), fc.double()), code => {
      const valid = Number.isInteger(code) && code >= 100 && code <= 699
      expect(isCloseCode(code)).toBe(valid)
      if (valid) expect(closing(code).code).toBe(code)
      else expect(() => closing(code)).toThrow(RangeError)
    }),
  )
})

test('RA-BND-004 a delivery keeps order and ends once, whatever pauses, resumes and ends come in between', async () => {
  const action = fc.constantFrom('frame', 'frame', 'frame', 'pause', 'resume', 'finish', 'turn')
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async actions => {
      const delivery = new Delivery()
      const frames: number[] = []
      const ends: CloseInfo[] = []
      let paused = false
      let sent = 0
      let finished = false
      delivery.start({
        frame: bytes => {
          expect(paused).toBe(false)
          expect(ends).toEqual([])
          frames.push(bytes[0] ?? -1)
        },
        closed: info => void ends.push(info),
      })
      for (const each of actions) {
        if (each === 'frame') {
          delivery.frame(new Uint8Array([finished ? 255 : sent]))
          if (!finished) sent++
        } else if (each === 'finish') {
          delivery.finish({ code: 100, reason: '', clean: true })
          finished = true
        } else if (each === 'turn') await Promise.resolve()
        else {
          paused = each === 'pause'
          if (paused) delivery.pause()
          else delivery.resume()
        }
      }
      paused = false
      delivery.resume()
      delivery.finish({ code: 101, reason: '', clean: true })
      await Promise.resolve()
      expect(frames).toEqual(Array.from({ length: sent }, (_, n) => n))
      expect(ends.map(({ code }) => code)).toEqual([finished ? 100 : 101])
      expect(delivery.over).toBe(true)
    }),
  )
})

test('RA-BND-011 an aborted delivery drops what it held and tells so once, also while paused', async () => {
  const delivery = new Delivery()
  const seen: string[] = []
  delivery.start({ frame: () => void seen.push('frame'), closed: ({ clean }) => void seen.push(`closed ${clean}`) })
  delivery.pause()
  delivery.frame(new Uint8Array())
  delivery.finish({ code: 100, reason: '', clean: true })
  delivery.abort({ code: undefined, reason: '', clean: false })
  delivery.abort({ code: undefined, reason: '', clean: false })
  expect(seen).toEqual([])
  await Promise.resolve()
  expect(seen).toEqual(['closed false'])
})
