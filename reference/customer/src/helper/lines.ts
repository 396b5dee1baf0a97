/** Messages between the programs of the helper: each a line of JSON. */

/** The longest line that is taken, bytes. A command line of 32,768 bytes fits, however it is escaped; so does a piece of output. */
export const MAX_LINE_BYTES = 262_144

const NEWLINE = 0x0a

/** Cuts bytes into lines. */
export class Lines {
  #rest: Buffer = Buffer.alloc(0)

  /** The lines that are complete with these bytes, without their ends. Throws `RangeError` if one grows beyond the limit. */
  take(bytes: Uint8Array): string[] {
    const pieces: Buffer[] = []
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (let end = this.#rest.indexOf(NEWLINE); end >= 0; end = this.#rest.indexOf(NEWLINE)) {
      pieces.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end + 1)
    }
    if ([...pieces, this.#rest].some(({ length }) => length > MAX_LINE_BYTES)) throw new RangeError(`A line has more than ${MAX_LINE_BYTES} bytes.`)
    return pieces.map(piece => piece.toString())
  }
}

/** A message as a line, with its end. */
export const lineOf = (message: object): string => `${JSON.stringify(message)}\n`
