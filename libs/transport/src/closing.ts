import type { CloseInfo } from './transport.js'
import { TransportError } from './transport.js'

/** Longest reason that a close carries, in bytes of UTF-8 (RA-BND-009). */
export const MAX_REASON_BYTES = 120

/** `true` for a code that a close may carry: an integer from 100 to 699 (RA-BND-008). */
export const isCloseCode = (code: number): boolean => Number.isInteger(code) && code >= 100 && code <= 699

/**
 * The close as it is sent: the code checked, the reason cut to `MAX_REASON_BYTES` between two characters.
 * @throws RangeError if the code is not an integer from 100 to 699.
 */
export function closing(code: number, reason = ''): { readonly code: number; readonly reason: string } {
  if (!isCloseCode(code)) throw new RangeError(`A close code is an integer from 100 to 699, not ${code}.`)
  return { code, reason: cutReason(reason) }
}

function cutReason(reason: string): string {
  const wellFormed = reason.slice(0, MAX_REASON_BYTES)
  const bytes = new TextEncoder().encode(wellFormed)
  if (bytes.length <= MAX_REASON_BYTES) return new TextDecoder().decode(bytes)
  let end = MAX_REASON_BYTES
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}

/** A close without a code: the line broke, and `message` says how. */
export const lineBroke = (message: string, cause?: unknown): CloseInfo => ({
  code: undefined,
  reason: '',
  clean: false,
  error: new TransportError('E_LINE', message, { cause }),
})

/** The end of a connection whose other side broke a rule of the binding; `code` is what it was told, if anything. */
export const bindingBroken = (code: number | undefined, message: string, cause?: unknown): CloseInfo => ({
  code,
  reason: message,
  clean: false,
  error: new TransportError('E_BINDING', message, { cause }),
})
