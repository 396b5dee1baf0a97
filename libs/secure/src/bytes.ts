/** Byte strings: put together in one unambiguous way, compared in constant time, wiped. */

/** What a transcript holds. Numbers and booleans are written in decimal (`true` is 1). */
export type Field = string | number | bigint | boolean | Uint8Array

const text = new TextEncoder()
/** What stands before each field of lv(). */
export const LENGTH_BYTES = 4

/** The UTF-8 form of a text. */
export const utf8 = (value: string): Uint8Array<ArrayBuffer> => text.encode(value)

/** All bytes, one after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** lv(): each field behind its length in four bytes, big-endian, so that no two lists of fields have the same form. */
export function lv(...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map(field => (field instanceof Uint8Array ? field : utf8(typeof field === 'boolean' ? (field ? '1' : '0') : String(field))))
  const form = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0))
  const view = new DataView(form.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    form.set(part, offset + LENGTH_BYTES)
    offset += LENGTH_BYTES + part.length
  }
  return form
}

/** Whether two byte strings are the same, in a time that depends on their lengths alone. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}

/** Overwrites secrets that are of no more use. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}
