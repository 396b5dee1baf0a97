/** What is drawn on the person's own screen, before any server hears of it. */
import type { Rect, ScreenInfo } from '@remote-assist/peer'
import type { Sketch } from '@remote-assist/ui'
import { bold, type Font, glyph, hasGlyph } from '../../hosts/virtual/font.js'

/** Something in one colour, in the display's pixels. */
export type Ink =
  | { readonly kind: 'line'; readonly points: readonly number[]; readonly width: number; readonly colour: number }
  | { readonly kind: 'dot'; readonly x: number; readonly y: number; readonly radius: number; readonly colour: number }
  /** `x, y, width, height` of each, one after the other. */
  | { readonly kind: 'boxes'; readonly boxes: readonly number[]; readonly colour: number }

const LASER = 0xff3b30
const LASER_RADIUS = 9
const PAPER = 0xffffff
const PADDING = 4
/** A name is written so far from what it belongs to. */
const ASIDE = 14
const MAX_NAME = 24

/** A text as rectangles, from its top left corner. Characters that the font has not got are boxes. */
export function boxesOf(text: string, left: number, top: number, font: Font = bold): readonly number[] {
  const boxes: number[] = []
  for (const [at, char] of [...text].entries()) {
    const first = glyph(char.codePointAt(0) ?? 0, font) * font.height
    for (let row = 0; row < font.height; row++) {
      const bits = font.rows[first + row] ?? 0
      for (let x = 0; x < font.width; x++) {
        let run = 0
        while (x + run < font.width && bits & (0x8000 >> (x + run))) run++
        if (run > 0) boxes.push(left + at * font.width + x, top + row, run, 1)
        x += run
      }
    }
  }
  return boxes
}

/** A text in letters that the font has, some without their marks; undefined = it has letters that the font has not got. */
export function legible(text: string, font: Font = bold): string | undefined {
  const letters = [...text.normalize('NFC')].map(char => [char, ...char.normalize('NFD')].find(it => hasGlyph(it, font)))
  return letters.includes(undefined) ? undefined : letters.join('')
}

/** How wide a text is, in pixels. */
export const widthOf = (text: string, font: Font = bold): number => [...text].length * font.width

/** The first of these texts that is no wider than `room` pixels; where none is, as much of the last one as there is room for. */
export function fitting(texts: readonly string[], room: number, font: Font = bold): string {
  const letters = Math.max(0, Math.floor(room / font.width))
  return texts.find(text => widthOf(text, font) <= room) ?? [...(texts.at(-1) ?? '')].slice(0, letters).join('')
}

/** How high a line of text is, in pixels. */
export const LINE_HEIGHT = bold.height

/** What agents draw and point at, where the screens are; each with whose it is, since it may imitate a dialog. */
export function inkOf(sketch: Pick<Sketch, 'lines' | 'spots'>, screens: readonly ScreenInfo[], nameOf: (person: number) => string): readonly Ink[] {
  const inks: Ink[] = []
  const placed = new Map(screens.map(screen => [screen.id, screen]))
  for (const { from, screenId, points, colour, width } of sketch.lines) {
    const screen = placed.get(screenId)
    const end = points.at(-1)
    if (screen === undefined || end === undefined) continue
    const [first] = points
    // A line of one point is a dot.
    if (points.length === 1 && first !== undefined)
      inks.push({ kind: 'dot', x: screen.x + first.x, y: screen.y + first.y, radius: Math.max(2, width / 2), colour })
    else inks.push({ kind: 'line', points: points.flatMap(({ x, y }) => [screen.x + x, screen.y + y]), width, colour })
    inks.push(...label(nameOf(from), screen.x + end.x, screen.y + end.y, colour))
  }
  for (const { from, screenId, x, y } of sketch.spots) {
    const screen = placed.get(screenId)
    if (screen === undefined) continue
    inks.push({ kind: 'dot', x: screen.x + x, y: screen.y + y, radius: LASER_RADIUS, colour: LASER })
    inks.push(...label(nameOf(from), screen.x + x, screen.y + y, LASER))
  }
  return inks
}

function label(name: string, x: number, y: number, colour: number): readonly Ink[] {
  const shown = [...name].slice(0, MAX_NAME).join('')
  const [left, top] = [x + ASIDE, y + ASIDE]
  const paper = [left - PADDING, top - PADDING, widthOf(shown) + 2 * PADDING, LINE_HEIGHT + 2 * PADDING]
  return [
    { kind: 'boxes', boxes: paper, colour: PAPER },
    { kind: 'boxes', boxes: boxesOf(shown, left, top), colour },
  ]
}

/** The smallest rectangle with all of it that is on the display; undefined = there is nothing. */
export function boundsOf(inks: readonly Ink[], width: number, height: number): Rect | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0]
  const reach = (x: number, y: number, r: number) => {
    left = Math.min(left, Math.floor(x - r))
    top = Math.min(top, Math.floor(y - r))
    right = Math.max(right, Math.ceil(x + r))
    bottom = Math.max(bottom, Math.ceil(y + r))
  }
  for (const ink of inks) {
    if (ink.kind === 'dot') reach(ink.x, ink.y, ink.radius + 1)
    else if (ink.kind === 'line') for (let i = 0; i < ink.points.length; i += 2) reach(ink.points[i] ?? 0, ink.points[i + 1] ?? 0, ink.width / 2 + 1)
    else
      for (let i = 0; i < ink.boxes.length; i += 4) {
        const [x = 0, y = 0, w = 0, h = 0] = ink.boxes.slice(i, i + 4)
        reach(x, y, 0)
        reach(x + w, y + h, 0)
      }
  }
  const [x, y] = [Math.max(0, left), Math.max(0, top)]
  const [w, h] = [Math.min(width, right) - x, Math.min(height, bottom) - y]
  return w > 0 && h > 0 ? { x, y, width: w, height: h } : undefined
}
