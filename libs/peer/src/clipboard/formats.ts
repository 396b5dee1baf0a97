/** The formats that clipboards share, how large each may be, and content in pieces. */
import type { ClipboardFormat } from '@remote-assist/codec'
import { MAX_CONTENT_BYTES, MAX_TEXT_BYTES } from '@remote-assist/core'

/** The format that everybody has: UTF-8. */
export const PLAIN_TEXT = 'text/plain'
/** Text with its looks: UTF-8. */
export const HTML = 'text/html'
/** A picture. */
export const PNG = 'image/png'

/** All that goes over; nothing else is offered (RA-CLP-020), or taken. */
export const CLIPBOARD_FORMATS: readonly string[] = [PLAIN_TEXT, HTML, PNG]

/** Most bytes of a message. */
const PIECE_BYTES = 65_536

/** How large content in a format may be, in bytes (RA-CLP-013, RA-CLP-025). */
export const maxBytesOf = (mime: string): number => (mime.startsWith('text/') ? MAX_TEXT_BYTES : MAX_CONTENT_BYTES)

/** Those of the formats that may go over, each once. Sizes below 0 are not known yet. */
export function offerable(formats: readonly { readonly mime: string; readonly bytes: number }[]): ClipboardFormat[] {
  return CLIPBOARD_FORMATS.flatMap(mime => formats.find(format => format.mime === mime) ?? [])
    .filter(({ mime, bytes }) => bytes <= maxBytesOf(mime))
    .map(({ mime, bytes }) => ({ mime, bytes: BigInt(Math.max(0, bytes)) }))
}

/** Those formats of the other side that this end takes. */
export const takeable = (formats: readonly ClipboardFormat[]): readonly ClipboardFormat[] => formats.filter(({ mime }) => CLIPBOARD_FORMATS.includes(mime))

/** Content in pieces, in order; one empty piece if there is none. */
export function* piecesOf(data: Uint8Array): Generator<{ readonly offset: number; readonly data: Uint8Array; readonly last: boolean }> {
  let offset = 0
  do {
    const piece = data.subarray(offset, offset + PIECE_BYTES)
    yield { offset, data: piece, last: offset + piece.length >= data.length }
    offset += piece.length
  } while (offset < data.length)
}

/** Pieces in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
