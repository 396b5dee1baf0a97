/** Messages between the programs of the helper: each a line of JSON, behind which a secret may follow as bytes. */

/** The longest line that is taken, bytes. A command line of 32,768 bytes fits, however it is escaped; so does a piece of output. */
export const MAX_LINE_BYTES = 262_144

const NEWLINE = 0x0a

/** Bytes that are awaited as they are: no line, and no copy of them stays. */
interface Secret {
  readonly bytes: Buffer
  readonly taken: (bytes: Buffer) => void
  got: number
}

/** Cuts bytes into lines, and a secret that follows one. */
export class Lines {
  #rest: Buffer = Buffer.alloc(0)
  #secret: Secret | undefined;

  /** The lines that are complete with these bytes, without their ends, one when the one before is dealt with. Throws `RangeError` if one grows beyond the limit. */
  *take(bytes: Uint8Array): Generator<string, void> {
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (;;) {
      this.#takeSecret()
      const end = this.#rest.indexOf(NEWLINE)
      if ((end < 0 ? this.#rest.length : end) > MAX_LINE_BYTES) throw new RangeError(`A line has more than ${MAX_LINE_BYTES} bytes.`)
      if (end < 0) return
      const line = this.#rest.subarray(0, end).toString()
      this.#rest = this.#rest.subarray(end + 1)
      yield line
    }
  }

  /** So many bytes that follow the last line are a secret: it never is a string, and whoever takes it has the only copy here. */
  secret(length: number, taken: (bytes: Buffer) => void): void {
    this.#secret = { bytes: Buffer.alloc(length), taken, got: 0 }
  }

  #takeSecret(): void {
    const secret = this.#secret
    if (secret === undefined) return
    const part = this.#rest.subarray(0, secret.bytes.length - secret.got)
    secret.bytes.set(part, secret.got)
    secret.got += part.length
    part.fill(0)
    this.#rest = this.#rest.subarray(part.length)
    if (secret.got < secret.bytes.length) return
    this.#secret = undefined
    secret.taken(secret.bytes)
  }
}

/** A message as a line, with its end. */
export const lineOf = (message: object): string => `${JSON.stringify(message)}\n`
