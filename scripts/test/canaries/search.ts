/** Looks for many secrets at once, in every form in which they might have been written. */

/** Something that must not appear. */
export interface Canary {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Texts shorter than this are found by accident. */
const FEWEST_BYTES = 8

/** The forms of some bytes: as they are, in hexadecimal, in base64 at each of three offsets, in two-byte characters. */
function formsOf(bytes: Uint8Array): readonly Buffer[] {
  const plain = Buffer.from(bytes)
  const hex = plain.toString('hex')
  // What stands at the ends of base64 depends on what stands beside it: whole groups alone are looked for.
  const base64 = [0, 1, 2].map(before => {
    const skip = (3 - before) % 3
    return plain.subarray(skip, skip + 3 * Math.floor((plain.length - skip) / 3)).toString('base64')
  })
  const texts = [hex, hex.toUpperCase(), ...base64, ...base64.map(text => text.replaceAll('+', '-').replaceAll('/', '_'))]
  const written = texts.map(text => Buffer.from(text, 'latin1'))
  const wide = [Buffer.from(plain.toString('utf8'), 'utf16le'), Buffer.from(JSON.stringify(plain.toString('utf8')).slice(1, -1), 'utf8')]
  return [plain, ...written, ...wide].filter(form => form.length >= FEWEST_BYTES)
}

interface Form {
  readonly canary: string
  readonly bytes: Buffer
}

/** Bytes by which pieces of something longer are to overlap. */
export const OVERLAP_BYTES = 1_024

/** Of a product that four bytes decide, 18 bits tell forms apart. */
const SHIFT = 14
const placeOf = (fourBytes: number): number => Math.imul(fourBytes, 0x9e37_79b1) >>> SHIFT

/** A search for all canaries, in one pass over what is searched. */
export class Search {
  /** By their first four bytes: at a place of its own unless two happen to share one. Few places have any. */
  readonly #forms = new Map<number, Form[]>()
  readonly #taken = new Uint8Array(2 ** (32 - SHIFT))

  /** Throws if a canary is so short that it would be found by accident. */
  constructor(canaries: readonly Canary[]) {
    for (const { name, bytes } of canaries) {
      if (bytes.length < FEWEST_BYTES) throw new Error(`${name} has ${bytes.length} bytes: it would be found by accident.`)
      for (const form of formsOf(bytes)) {
        const place = placeOf(form.readInt32LE(0))
        this.#taken[place] = 1
        this.#forms.set(place, [...(this.#forms.get(place) ?? []), { canary: name, bytes: form }])
      }
    }
  }

  /** The names of the canaries that stand in these bytes. */
  in(bytes: Uint8Array): ReadonlySet<string> {
    const found = new Set<string>()
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let fourBytes = 0
    for (let end = 0; end < bytes.length; end++) {
      fourBytes = (fourBytes >>> 8) | ((bytes[end] as number) << 24)
      const place = placeOf(fourBytes)
      if (this.#taken[place] === 0) continue
      const at = end - 3
      for (const { canary, bytes: form } of this.#forms.get(place) ?? [])
        if (at >= 0 && buffer.compare(form, 0, form.length, at, Math.min(buffer.length, at + form.length)) === 0) found.add(canary)
    }
    return found
  }
}

/** The text of a canary. */
export const ofText = (name: string, text: string): Canary => ({ name, bytes: new TextEncoder().encode(text) })
