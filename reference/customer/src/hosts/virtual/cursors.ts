import type { CursorShape } from '@remote-assist/peer'
import { contains, coverOf, type DesktopState, places, primary } from './state.js'

const ARROW = shape(0, 0, [
  'X           ',
  'XX          ',
  'X.X         ',
  'X..X        ',
  'X...X       ',
  'X....X      ',
  'X.....X     ',
  'X......X    ',
  'X.......X   ',
  'X........X  ',
  'X.........X ',
  'X......XXXXX',
  'X...X..X    ',
  'X..XX..X    ',
  'X.X  X..X   ',
  'XX   X..X   ',
  'X     X..X  ',
  '      X..X  ',
  '       XX   ',
])

const BEAM = shape(3, 8, ['XXX XXX', '   X   ', ...Array.from({ length: 12 }, () => '   X   '), '   X   ', 'XXX XXX'])

/** The pointer's image where it is: a beam over the text field, an arrow elsewhere. */
export function cursorFor(state: DesktopState): CursorShape {
  const { pointer } = state
  const overField = coverOf(state) === 'none' && pointer.screenId === primary(state).id && contains(places(state).field, pointer.x, pointer.y)
  return overField ? BEAM : ARROW
}

function shape(hotspotX: number, hotspotY: number, rows: readonly string[]): CursorShape {
  const width = rows[0]?.length ?? 0
  const data = new Uint8Array(width * rows.length * 4)
  rows.forEach((row, y) => {
    ;[...row].forEach((pixel, x) => {
      if (pixel !== ' ') data.set(pixel === 'X' ? [0, 0, 0, 255] : [255, 255, 255, 255], (y * width + x) * 4)
    })
  })
  return { hotspotX, hotspotY, image: { width, height: rows.length, stride: width * 4, data } }
}
