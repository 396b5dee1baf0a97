import { createHash, createHmac } from 'node:crypto'

/** Bytes, hashes, and the one form in which everything is bound, hashed and signed. */

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** The pieces, one after another. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

/** A number as so many bytes, big-endian. */
export function bigEndian(value: number | bigint, width: number): Uint8Array {
  return unhex(
    BigInt(value)
      .toString(16)
      .padStart(width * 2, '0'),
  )
}

/** What a form is made of. A list is one field: the form of its items. */
export type Field = Uint8Array | string | number | bigint | boolean | readonly Field[]

/** `lv(a, b, …)` of the specification: each field behind its length in four bytes. */
export function lv(...fields: readonly Field[]): Uint8Array {
  return join(...fields.map(bytesOf).flatMap(bytes => [bigEndian(bytes.length, 4), bytes]))
}

function bytesOf(field: Field): Uint8Array {
  if (field instanceof Uint8Array) return field
  if (typeof field === 'boolean') return utf8(field ? '1' : '0')
  return typeof field === 'object' ? lv(...field) : utf8(String(field))
}

/** The fields of a form. Throws if the bytes are none. */
export function unlv(form: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = []
  let at = 0
  while (at < form.length) {
    if (at + 4 > form.length) throw new Error('A form ends within a length.')
    const length = Buffer.from(form).readUInt32BE(at)
    at += 4
    if (at + length > form.length) throw new Error('A form ends within a field.')
    fields.push(form.slice(at, at + length))
    at += length
  }
  return fields
}

export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())
export const sha512 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha512').update(bytes).digest())
export const hmac = (hash: 'sha256' | 'sha512', key: Uint8Array, bytes: Uint8Array): Uint8Array => new Uint8Array(createHmac(hash, key).update(bytes).digest())

/** HKDF-Extract of RFC 5869 with SHA-256. */
export const hkdfExtract = (salt: Uint8Array, material: Uint8Array): Uint8Array => hmac('sha256', salt, material)

/** HKDF-Expand of RFC 5869 with SHA-256. */
export function hkdfExpand(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  let block: Uint8Array = new Uint8Array(0)
  let made: Uint8Array = new Uint8Array(0)
  for (let count = 1; made.length < length; count++) {
    block = hmac('sha256', prk, join(block, info, Uint8Array.of(count)))
    made = join(made, block)
  }
  return made.slice(0, length)
}
