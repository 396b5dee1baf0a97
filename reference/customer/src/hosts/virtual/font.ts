import { inflateSync } from 'node:zlib'
import { BOLD, REGULAR, SMALL } from './font-data.js'

/** A fixed-width bitmap font. */
export interface Font {
  readonly width: number
  readonly height: number
  /** One word a row; the leftmost pixel is bit 15. The glyph of `char` starts at row `glyph(char) * height`. */
  readonly rows: Uint16Array
}

function load(source: { readonly width: number; readonly height: number; readonly rows: string }): Font {
  const bytes = inflateSync(Buffer.from(source.rows, 'base64'))
  return { width: source.width, height: source.height, rows: Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16BE(i * 2)) }
}

export const regular = load(REGULAR)
export const bold = load(BOLD)
export const small = load(SMALL)

const UNKNOWN = 191

/** The number of a character's glyph: printable ASCII and Latin-1 have their own, the rest is a box. */
export function glyph(codePoint: number): number {
  if (codePoint >= 0x20 && codePoint <= 0x7e) return codePoint - 0x20
  if (codePoint >= 0xa0 && codePoint <= 0xff) return codePoint - 0xa0 + 95
  return UNKNOWN
}
