import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Cursor, type CursorWord } from '../src/console/cursor.js'

/** As much of a document as a pointer needs. */
const PAGE = { createElement: () => ({ style: {} }) } as unknown as Document

const shape = (cursorId: number, hotspotX: number, hidden = false): CursorWord => ({
  $case: 'cursorShape',
  value: { cursorId, hotspotX, hotspotY: 1, png: hidden ? new Uint8Array() : Uint8Array.of(hotspotX), scalePercent: 100 },
})
const use = (cursorId: number): CursorWord => ({ $case: 'cursorUse', value: { cursorId } })

function ownCursor(): Cursor {
  const cursor = new Cursor(PAGE)
  cursor.own = true
  return cursor
}

test('the last 64 shapes are kept by id, whatever came before, and none is shown before it is used (RA-SCR-073)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat({ max: 200 })), { minLength: 1, maxLength: 200 }), sent => {
      const cursor = ownCursor()
      const kept = new Map<number, number>()
      for (const [cursorId, hotspotX] of sent) {
        cursor.hear(shape(cursorId, hotspotX))
        kept.delete(cursorId)
        kept.set(cursorId, hotspotX)
      }
      expect(cursor.css).toBe('default')
      for (const [cursorId, hotspotX] of [...kept].slice(-64)) {
        cursor.hear(use(cursorId))
        expect(cursor.css).toMatch(new RegExp(`^url\\(blob:.*\\) ${hotspotX} 1, default$`))
      }
      cursor.close()
    }),
  )
})

test('a pointer that the customer hides is hidden', () => {
  const cursor = ownCursor()
  cursor.hear(shape(3, 0, true))
  cursor.hear(use(3))
  expect(cursor.css).toBe('none')
  cursor.own = false
  cursor.hear({ $case: 'cursorPosition', value: { screenId: 1, x: 5, y: 5 } })
  cursor.place(1, { x: 0, y: 0, scale: 1 })
  expect(cursor.image.hidden).toBe(true)
})
