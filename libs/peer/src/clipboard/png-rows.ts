/** The rows of a PNG as they are unpacked: filters undone, samples of every kind turned into red, green, blue and alpha. */

/** What the header of a PNG says. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits a sample. */
  readonly depth: number
  /** 0 grey, 2 true colour, 3 palette, 4 grey with alpha, 6 true colour with alpha. */
  readonly colour: number
  readonly interlaced: boolean
}

/** The pixels that a pass has: the first one, and the steps to the next. */
interface Pass {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }]
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

const bitsOf = ({ colour, depth }: PngHeader): number => (CHANNELS[colour] as number) * depth

/** Bytes of a row of so many pixels, without the one that names its filter. */
export const rowBytesOf = (header: PngHeader, pixels: number): number => Math.ceil((pixels * bitsOf(header)) / 8)

const passesOf = ({ width, height, interlaced }: PngHeader): readonly Pass[] => (interlaced ? ADAM7 : WHOLE).filter(({ x, y }) => x < width && y < height)
const columnsOf = ({ width }: PngHeader, { x, dx }: Pass): number => Math.ceil((width - x) / dx)
const linesOf = ({ height }: PngHeader, { y, dy }: Pass): number => Math.ceil((height - y) / dy)

/** Bytes that all rows of a picture have when they are unpacked. */
export const sizeOfRows = (header: PngHeader): number =>
  passesOf(header).reduce((sum, pass) => sum + linesOf(header, pass) * (1 + rowBytesOf(header, columnsOf(header, pass))), 0)

/** Takes the rows of one picture, however they are cut. */
export class Rows {
  readonly #header: PngHeader
  readonly #palette: Uint8Array
  readonly #transparency: Uint8Array
  readonly #pixels: Uint8Array
  readonly #passes: readonly Pass[]
  readonly #back: number
  #pass = 0
  #line = 0
  #row: Uint8Array
  #above: Uint8Array
  #filled = 0

  constructor(header: PngHeader, palette: Uint8Array, transparency: Uint8Array) {
    this.#header = header
    this.#palette = palette
    this.#transparency = transparency
    this.#passes = passesOf(header)
    this.#back = Math.max(1, bitsOf(header) >> 3)
    this.#pixels = new Uint8Array(header.width * header.height * 4)
    this.#row = this.#above = new Uint8Array()
    this.#begin()
  }

  /** All rows are there. */
  get complete(): boolean {
    return this.#pass === this.#passes.length
  }

  /** The pixels, 4 bytes each, from the top left; those that cannot be seen have no colour. */
  pixels(): Uint8Array {
    const pixels = this.#pixels
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 0) pixels.fill(0, at, at + 3)
    return pixels
  }

  /** Takes what was unpacked; what is behind the last row counts for nothing. Throws `RangeError` for a filter that there is not. */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.complete; ) {
      const take = Math.min(bytes.length - at, this.#row.length - this.#filled)
      this.#row.set(bytes.subarray(at, at + take), this.#filled)
      at += take
      this.#filled += take
      if (this.#filled === this.#row.length) this.#end()
    }
  }

  #begin(): void {
    const pass = this.#passes[this.#pass]
    if (pass === undefined) return
    const length = 1 + rowBytesOf(this.#header, columnsOf(this.#header, pass))
    this.#row = new Uint8Array(length)
    this.#above = new Uint8Array(length)
  }

  #end(): void {
    const pass = this.#passes[this.#pass] as Pass
    unfilter(this.#row, this.#above, this.#back)
    this.#expand(pass)
    const spare = this.#above
    this.#above = this.#row
    this.#row = spare
    this.#filled = 0
    if (++this.#line < linesOf(this.#header, pass)) return
    this.#line = 0
    this.#pass++
    this.#begin()
  }

  #expand(pass: Pass): void {
    const { width, colour, depth } = this.#header
    const channels = CHANNELS[colour] as number
    const columns = columnsOf(this.#header, pass)
    const scale = depth < 8 && colour === 0 ? 255 / (2 ** depth - 1) : 1
    const pixels = this.#pixels
    for (let i = 0; i < columns; i++) {
      const to = ((pass.y + this.#line * pass.dy) * width + pass.x + i * pass.dx) * 4
      const first = this.#sample(i * channels)
      if (colour === 3) {
        for (let c = 0; c < 3; c++) pixels[to + c] = this.#palette[first * 3 + c] ?? 0
        pixels[to + 3] = this.#transparency[first] ?? 255
        continue
      }
      const grey = colour === 0 || colour === 4
      pixels[to] = first * scale
      pixels[to + 1] = grey ? first * scale : this.#sample(i * channels + 1)
      pixels[to + 2] = grey ? first * scale : this.#sample(i * channels + 2)
      pixels[to + 3] = colour >= 4 ? this.#sample((i + 1) * channels - 1) : this.#isTransparent(i * channels, channels) ? 0 : 255
    }
  }

  /** A sample's upper 8 bits, or as many as it has. */
  #sample(index: number): number {
    const { depth } = this.#header
    if (depth >= 8) return this.#row[1 + (index * depth) / 8] as number
    const bit = index * depth
    return ((this.#row[1 + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
  }

  /** Whether it has the one colour that stands for nothing, in all of its bits. */
  #isTransparent(index: number, channels: number): boolean {
    const key = this.#transparency
    if (key.length < channels * 2) return false
    for (let c = 0; c < channels; c++) {
      const wide = this.#header.depth === 16
      const high = wide ? this.#sample(index + c) : 0
      const low = wide ? (this.#row[2 + (index + c) * 2] as number) : this.#sample(index + c)
      if (key[c * 2] !== high || key[c * 2 + 1] !== low) return false
    }
    return true
  }
}

/** Undoes the filter of a row (PNG, section 9). `back`: bytes to the pixel on the left. */
function unfilter(row: Uint8Array, above: Uint8Array, back: number): void {
  const filter = row[0] as number
  if (filter > 4) throw new RangeError(`There is no filter ${filter}.`)
  if (filter === 0) return
  for (let i = 1; i < row.length; i++) {
    const left = i > back ? (row[i - back] as number) : 0
    const up = above[i] as number
    const corner = i > back ? (above[i - back] as number) : 0
    row[i] = (row[i] as number) + (filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner))
  }
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
}
