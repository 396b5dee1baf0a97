/** Changes to inputs: small ones that keep most of the form, and a few that do not. */
import type { Random } from './random.js'

type Mutation = (input: Uint8Array, random: Random, others: readonly Uint8Array[], maxBytes: number) => Uint8Array

/** Bytes at which something begins or ends, in tags, varints, lengths and text. */
const CORNERS = [0x00, 0x01, 0x02, 0x08, 0x0a, 0x1a, 0x20, 0x2e, 0x2f, 0x3f, 0x40, 0x7a, 0x7f, 0x80, 0x81, 0xc0, 0xd8, 0xdf, 0xfe, 0xff] as const

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

/** A piece of the input: where it begins and ends. */
function piece(input: Uint8Array, random: Random, longest = 64): readonly [start: number, end: number] {
  const start = random.below(input.length)
  return [start, Math.min(input.length, start + 1 + random.below(longest))]
}

const replaceAt = (input: Uint8Array, at: number, byte: number): Uint8Array => {
  const changed = input.slice()
  if (at < changed.length) changed[at] = byte
  return changed
}

const flipBit: Mutation = (input, random) => {
  const at = random.below(input.length)
  return replaceAt(input, at, (input[at] ?? 0) ^ (1 << random.below(8)))
}

const setByte: Mutation = (input, random) => replaceAt(input, random.below(input.length), random.oneIn(2) ? random.pick(CORNERS) : random.below(256))

const addToByte: Mutation = (input, random) => {
  const at = random.below(input.length)
  return replaceAt(input, at, (input[at] ?? 0) + random.below(17) - 8)
}

const insert: Mutation = (input, random) => {
  const at = random.below(input.length + 1)
  const more = Uint8Array.from({ length: 1 + random.below(8) }, () => (random.oneIn(2) ? random.pick(CORNERS) : random.below(256)))
  return concat(input.subarray(0, at), more, input.subarray(at))
}

const remove: Mutation = (input, random) => {
  const [start, end] = piece(input, random, 16)
  return concat(input.subarray(0, start), input.subarray(end))
}

const truncate: Mutation = (input, random) => input.slice(0, random.below(input.length + 1))

const repeat: Mutation = (input, random) => {
  const [start, end] = piece(input, random)
  return concat(input.subarray(0, end), input.subarray(start, end), input.subarray(end))
}

const move: Mutation = (input, random) => {
  const [start, end] = piece(input, random)
  const rest = concat(input.subarray(0, start), input.subarray(end))
  const at = random.below(rest.length + 1)
  return concat(rest.subarray(0, at), input.subarray(start, end), rest.subarray(at))
}

/** The beginning of one input and the end of another. */
const splice: Mutation = (input, random, others) => {
  const other = random.pick(others)
  return concat(input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length + 1)))
}

/** A piece, again and again, until it is as long as inputs get: what is quadratic shows. */
const grow: Mutation = (input, random, _others, maxBytes) => {
  const [start, end] = piece(input, random, 4)
  const part = input.subarray(start, end)
  const times = Math.floor(maxBytes / Math.max(1, part.length)) >>> random.below(8)
  const grown = Uint8Array.from({ length: times * part.length }, (_, i) => part[i % part.length] ?? 0)
  return concat(input.subarray(0, end), grown, input.subarray(end))
}

const USUAL: readonly Mutation[] = [flipBit, setByte, addToByte, insert, remove, truncate, repeat, move, splice]
const GROWS_ONE_IN = 200

/** An input that was changed in one to six places. `others` are what it may be spliced with, itself among them. */
export function mutate(input: Uint8Array, random: Random, others: readonly Uint8Array[], maxBytes: number): Uint8Array {
  let changed = input
  for (let i = 1 + random.below(random.oneIn(3) ? 6 : 2); i > 0; i--)
    changed = (random.oneIn(GROWS_ONE_IN) ? grow : random.pick(USUAL))(changed, random, others, maxBytes)
  return changed.subarray(0, maxBytes)
}

/** The same for inputs of two-byte units: changes keep to their bounds, but may give a unit any value. */
export function mutateUnits(input: Uint8Array, random: Random, others: readonly Uint8Array[], maxBytes: number): Uint8Array {
  const low = (bytes: Uint8Array) => Uint8Array.from({ length: bytes.length >>> 1 }, (_, i) => bytes[2 * i] ?? 0)
  // Half of the changes are to text as if it were Latin, which most of it is.
  if (random.oneIn(2)) return mutate(input, random, others, maxBytes)
  const changed = mutate(low(input), random, others.map(low), maxBytes >>> 1)
  return Uint8Array.from({ length: 2 * changed.length }, (_, i) => (i % 2 === 0 ? (changed[i >>> 1] ?? 0) : 0))
}
