import { decodePng } from './png.js'

/** A picture as somebody who looks at it composes it from frames. */

/** A pixel that nothing was said about yet. */
export const UNPAINTED = -1
/** A pixel whose colour the suite does not work out: it came in a codec that is not exact. */
export const VAGUE = -2

/** A rectangle of a frame, as `Rect` of the schema. */
export interface Piece {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Without its prefix: RAW, PNG, COPY, JPEG … */
  readonly codec: string
  readonly data: Uint8Array
  readonly copyFromX: number
  readonly copyFromY: number
}

export class Canvas {
  readonly pixels: Int32Array

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Int32Array(width * height).fill(UNPAINTED)
  }

  /** 0xRRGGBB, `UNPAINTED` or `VAGUE`. */
  at(x: number, y: number): number {
    return this.pixels[y * this.width + x] ?? UNPAINTED
  }

  /** A rectangle lies within the picture. */
  holds(x: number, y: number, width: number, height: number): boolean {
    return x + width <= this.width && y + height <= this.height
  }

  /** Fills a rectangle that lies within. `colours` has one for each of its pixels, or is the one of all. */
  fill({ x, y, width, height }: Pick<Piece, 'x' | 'y' | 'width' | 'height'>, colours: Int32Array | number): void {
    for (let row = 0; row < height; row++) {
      const at = (y + row) * this.width + x
      if (typeof colours === 'number') this.pixels.fill(colours, at, at + width)
      else this.pixels.set(colours.subarray(row * width, (row + 1) * width), at)
    }
  }

  /** Colours of a rectangle that lies within. */
  cut(x: number, y: number, width: number, height: number): Int32Array {
    const colours = new Int32Array(width * height)
    for (let row = 0; row < height; row++) colours.set(this.pixels.subarray((y + row) * this.width + x, (y + row) * this.width + x + width), row * width)
    return colours
  }

  /** How many pixels nothing was said about. */
  get unpainted(): number {
    return this.pixels.reduce((count, pixel) => (pixel === UNPAINTED ? count + 1 : count), 0)
  }
}

/** The colours that a rectangle brings, COPY apart. Throws `Error` if its data is not what its codec says. */
export function coloursOf({ codec, data, height, width }: Piece): Int32Array | number {
  if (codec === 'PNG') return decodePng(data, width, height)
  if (codec !== 'RAW') return VAGUE
  if (data.length !== width * height * 4) throw new Error(`${data.length} bytes of RAW are ${width * height} pixels`)
  return Int32Array.from({ length: width * height }, (_, pixel) => {
    const [blue = 0, green = 0, red = 0] = data.subarray(pixel * 4, pixel * 4 + 3)
    return (red << 16) | (green << 8) | blue
  })
}
