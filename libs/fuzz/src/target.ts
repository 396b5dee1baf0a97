import type { Arbitrary } from 'fast-check'

/** Something that reads what others wrote. */
export interface Target {
  /** For commands and file names. */
  readonly name: string
  /** What holds for every input, in a sentence. */
  readonly title: string
  /** Inputs that are mostly as they should be, to be changed. */
  readonly seeds: () => readonly Uint8Array[]
  /** Inputs made from a grammar; put together when it is needed. */
  readonly grammar: () => Arbitrary<Uint8Array>
  /** Bytes that are changed together: 2 for text in UTF-16. Default 1. */
  readonly unit?: 1 | 2
  /** Inputs grow no longer than this. Default: `MAX_INPUT_UNITS` of them. */
  readonly maxBytes?: number
  /**
   * Reads an input and judges what came of it. Returns a word for it, such as the code of the documented error: words are counted.
   * Throws, or rejects, if what is promised does not hold.
   */
  readonly run: (input: Uint8Array) => string | Promise<string>
}

/** The longest input, in units: longer than any frame. */
export const MAX_INPUT_UNITS = 300_000

/** Two that should agree do not, or a promise is broken. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}

/** Throws `Disagreement` unless it holds. */
export function promise(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Disagreement(sentence)
}

/** Bytes as hexadecimal text. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** Bytes from hexadecimal text. */
export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Text as an input: UTF-16, little endian, since text that others wrote may hold half a character. */
export const fromText = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'))

/** The text of an input; an odd last byte is left out. */
export const toText = (input: Uint8Array): string => Buffer.from(input).toString('utf16le', 0, input.length - (input.length % 2))
