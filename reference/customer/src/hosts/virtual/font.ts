import { inflateSync } from 'node:zlib'
import { BOLD, REGULAR, SMALL } from './font-data.js'

/** A fixed-width bitmap font. */
export interface Font {
  readonly width: number
  readonly height: number
  /** One word a row; the leftmost pixel is bit 15. A glyph starts at row `glyph(codePoint, font) * height`. */
  readonly rows: Uint16Array
  /** The numbers of the glyphs beyond Latin-1, by code point. */
  readonly beyond: ReadonlyMap<number, number>
}

const UNKNOWN = 191

function load(source: { readonly width: number; readonly height: number; readonly rows: string; readonly beyond?: string }): Font {
  const { width, height, rows, beyond = '' } = source
  const bytes = inflateSync(Buffer.from(rows, 'base64'))
  return {
    width,
    height,
    rows: Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(i * 2)),
    beyond: new Map([...beyond].map((char, i) => [char.codePointAt(0) ?? 0, UNKNOWN + 1 + i])),
  }
}

export const regular = load(REGULAR)
export const bold = load(BOLD)
export const small = load(SMALL)

/** The number of a character's glyph: printable ASCII and Latin-1 have their own, and what a font has beyond them; the rest is a box. */
export function glyph(codePoint: number, { beyond }: Pick<Font, 'beyond'>): number {
  if (codePoint >= 0x20 && codePoint <= 0x7e) return codePoint - 0x20
  if (codePoint >= 0xa0 && codePoint <= 0xff) return codePoint - 0xa0 + 95
  return beyond.get(codePoint) ?? UNKNOWN
}

/** Whether a font has a glyph of its own for the character that this begins with. */
export const hasGlyph = (char: string, font: Font): boolean => glyph(char.codePointAt(0) ?? 0, font) !== UNKNOWN
