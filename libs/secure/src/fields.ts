/** Reads what `lv` wrote, and accepts nothing that it would not have written. */
import { LENGTH_BYTES } from './bytes.js'
import { SecureError } from './errors.js'

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Fields, one after another. Every method throws `SecureError` E_FORMAT where the bytes are not as they are asked for. */
export class Fields {
  #rest: Uint8Array

  /** The fields are views of the bytes. */
  constructor(bytes: Uint8Array) {
    this.#rest = bytes
  }

  /** No field is left. */
  get done(): boolean {
    return this.#rest.length === 0
  }

  /** The next field, of a certain length or of any. */
  bytes(length?: number): Uint8Array {
    const rest = this.#rest
    if (rest.length < LENGTH_BYTES) throw malformed('A field is missing.')
    const size = new DataView(rest.buffer, rest.byteOffset, LENGTH_BYTES).getUint32(0)
    if (rest.length < LENGTH_BYTES + size) throw malformed('A field is cut off.')
    if (length !== undefined && size !== length) throw malformed(`A field has ${size} bytes, not ${length}.`)
    this.#rest = rest.subarray(LENGTH_BYTES + size)
    return rest.subarray(LENGTH_BYTES, LENGTH_BYTES + size)
  }

  /** The next field as text. */
  text(): string {
    try {
      return text.decode(this.bytes())
    } catch (error) {
      throw error instanceof SecureError ? error : malformed('A field is not UTF-8.')
    }
  }

  /** The next field as a number in its one decimal form, within bounds. */
  number(min: number, max: number): number {
    const digits = this.text()
    const value = Number(digits)
    if (!/^(0|[1-9][0-9]{0,15})$/.test(digits) || value < min || value > max) throw malformed(`A field is not a number from ${min} to ${max}.`)
    return value
  }

  /** The next field has to be this text: it says what the bytes are. */
  label(expected: string): void {
    if (this.text() !== expected) throw malformed(`The bytes are not those of ${expected}.`)
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) throw malformed('There are fields too many.')
  }
}

const malformed = (message: string): SecureError => new SecureError('E_FORMAT', message)
