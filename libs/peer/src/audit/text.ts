/** Details of entries as texts. */
import { cut } from '../desktop/wire.js'

/** Bytes as hexadecimal text. */
export const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A text that anybody may have written, as it can be written down: well-formed, and cut to so many bytes. */
export function plain(text: string, bytes: number): string {
  const encoded = encoder.encode(text)
  const written = decoder.decode(encoded)
  return encoded.length <= bytes ? written : cut(written, bytes)
}

/** A list of numbers, ascending, with commas. */
export const listed = (numbers: readonly number[]): string => [...numbers].sort((a, b) => a - b).join(',')
