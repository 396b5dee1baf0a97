/** The text of an editor with its caret and selection; plain data, every operation returns a new one. Positions are UTF-16 offsets between characters. */
export interface TextField {
  readonly text: string
  readonly caret: number
  /** Where the selection began; equal to `caret` if nothing is selected. */
  readonly anchor: number
}

/** A line as shown: the text from `start` up to `end`, after wrapping. */
export interface Line {
  readonly start: number
  readonly end: number
}

export type Motion = 'left' | 'right' | 'up' | 'down' | 'home' | 'end'

/** The longest text that a field holds, in UTF-16 units; what goes beyond is not taken. */
export const MAX_TEXT = 65_536

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

export function selection({ caret, anchor }: TextField): { from: number; to: number } {
  return { from: Math.min(caret, anchor), to: Math.max(caret, anchor) }
}

/** Puts text in place of the selection, or at the caret. */
export function insert(field: TextField, text: string): TextField {
  const { from, to } = selection(field)
  const clean = text.replace(/\r\n?/g, '\n').replace(LONE_SURROGATE, '\ufffd')
  if (field.text.length - (to - from) + clean.length > MAX_TEXT) return field
  const caret = from + clean.length
  return { text: field.text.slice(0, from) + clean + field.text.slice(to), caret, anchor: caret }
}

/** Deletes the selection, or the character before (`backward`) or behind the caret. */
export function erase(field: TextField, backward: boolean): TextField {
  const { from, to } = selection(field)
  if (from !== to) return insert(field, '')
  return insert({ ...field, anchor: neighbour(field.text, field.caret, backward ? -1 : 1) }, '')
}

/** Moves the caret over the lines as shown; `extend` keeps the anchor, which selects. */
export function move(field: TextField, motion: Motion, extend: boolean, columns: number): TextField {
  const { from, to } = selection(field)
  if (from !== to && !extend && (motion === 'left' || motion === 'right')) return place(field, motion === 'left' ? from : to, false)
  return place(field, target(field, motion, wrap(field.text, columns)), extend)
}

/** Puts the caret at an offset, clamped to the text. */
export function place(field: TextField, offset: number, extend: boolean): TextField {
  const caret = Math.max(0, Math.min(field.text.length, offset))
  return { ...field, caret, anchor: extend ? field.anchor : caret }
}

export function selectAll(field: TextField): TextField {
  return { ...field, anchor: 0, caret: field.text.length }
}

/** Breaks the text at newlines, and where a line gets longer than `columns` characters. Never empty. */
export function wrap(text: string, columns: number): readonly Line[] {
  const lines: Line[] = []
  let start = 0
  let count = 0
  for (let at = 0; at < text.length; at = neighbour(text, at, 1)) {
    if (text[at] === '\n') {
      lines.push({ start, end: at })
      start = at + 1
      count = 0
    } else if (count === columns) {
      lines.push({ start, end: at })
      start = at
      count = 1
    } else {
      count++
    }
  }
  lines.push({ start, end: text.length })
  return lines
}

/** The line and the column, in characters, of an offset. Where a line was broken, the offset belongs to the next one. */
export function locate(text: string, lines: readonly Line[], offset: number): { line: number; column: number } {
  const found = lines.findLastIndex(line => line.start <= offset)
  const line = Math.max(0, found)
  return { line, column: [...text.slice(lines[line]?.start ?? 0, offset)].length }
}

/** The offset nearest to a line and a column in characters. */
export function offsetAt(text: string, lines: readonly Line[], line: number, column: number): number {
  const { start, end } = lines[Math.max(0, Math.min(lines.length - 1, line))] ?? { start: 0, end: 0 }
  let offset = start
  for (let i = 0; i < column && offset < end; i++) offset = neighbour(text, offset, 1)
  return offset
}

function target({ text, caret }: TextField, motion: Motion, lines: readonly Line[]): number {
  const { line, column } = locate(text, lines, caret)
  switch (motion) {
    case 'left':
      return neighbour(text, caret, -1)
    case 'right':
      return neighbour(text, caret, 1)
    case 'up':
      return line === 0 ? 0 : offsetAt(text, lines, line - 1, column)
    case 'down':
      return line === lines.length - 1 ? text.length : offsetAt(text, lines, line + 1, column)
    case 'home':
      return lines[line]?.start ?? 0
    case 'end':
      return lines[line]?.end ?? text.length
  }
}

/** The next character boundary; surrogate pairs stay together. */
function neighbour(text: string, offset: number, step: 1 | -1): number {
  const next = Math.max(0, Math.min(text.length, offset + step))
  const insidePair = next > 0 && next < text.length && isHigh(text.charCodeAt(next - 1)) && !isHigh(text.charCodeAt(next)) && isLow(text.charCodeAt(next))
  return insidePair ? next + step : next
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
