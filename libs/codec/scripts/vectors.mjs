// Writes docs/spec/vectors/messages.json: `npm run vectors -w @remote-assist/codec`, after a build. For each message, sound ones with what they say in proto3 JSON,
// and ones with one thing wrong, with the close code that they end a peer with. The seed is fixed; a new message brings new vectors, and leaves those of the others as
// they are, but for their numbers.
import { writeFileSync } from 'node:fs'
import * as codec from '@remote-assist/codec'
import { messageArbitrary, toProto3Json } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { rewritten, spoilt } from './vectors/spoil.mjs'

const SEED = 20_250_101
const EACH = 6
/** Its header is checked beyond the limits of its fields, with a code of its own. */
const FRAME = 'remoteassist.v1.Frame'

/** What each flag means, and of an invalid vector what its receiver says, and by which requirement. */
const NOTES = {
  Canonical: { description: 'A message as a sender writes it: fields in their order, nothing twice, nothing empty.' },
  UnknownField: { description: 'A field of a later version, which a receiver ignores.', requirement: 'RA-RLY-027' },
  OtherOrder: { description: 'Fields in an order that a sender does not use and a receiver takes.', requirement: 'RA-RLY-027' },
  ...malformed({
    TRUNCATED: 'A value runs past the end of its message.',
    BAD_TAG: 'A field number is 0, or larger than 536,870,911.',
    BAD_VARINT: 'A varint is longer than ten bytes, or larger than 64 bits.',
    BAD_WIRE_TYPE: 'A field has another wire type than the schema says, or is a group.',
    BAD_UTF8: 'A string is not UTF-8.',
    DUPLICATE_FIELD: 'A field that occurs at most once, or two members of a oneof, occur.',
  }),
  FIELD_TOO_LARGE: { description: 'A string or bytes field is longer than its limit.', reason: 'TOO_LARGE', requirement: 'RA-RLY-025' },
  TOO_MANY_ITEMS: { description: 'A repeated field has more items than its limit.', reason: 'TOO_LARGE', requirement: 'RA-RLY-025' },
  ...outOfRange({
    FIELD_TOO_SMALL: 'A string or bytes field is shorter than its limit.',
    TOO_FEW_ITEMS: 'A repeated field has fewer items than its limit.',
    OUT_OF_RANGE: 'A number or enum is outside its limits.',
    MISSING_FIELD: 'A field that may not be empty or 0 is absent.',
  }),
}

function malformed(flags) {
  return Object.fromEntries(Object.entries(flags).map(([flag, description]) => [flag, { description, reason: 'MALFORMED', requirement: 'RA-RLY-024' }]))
}

function outOfRange(flags) {
  return Object.fromEntries(Object.entries(flags).map(([flag, description]) => [flag, { description, reason: 'INVALID_FIELD', requirement: 'RA-RLY-026' }]))
}

const hexOf = bytes => Buffer.from(bytes).toString('hex')

/** The vectors of a message, without their numbers. */
function vectorsOf(type) {
  const samples = fc.sample(messageArbitrary(type), { numRuns: EACH, seed: SEED })
  const messages = samples.map(message => ({ bytes: codec.encodeMessage(type, message), decoded: toProto3Json(type, message) }))
  const valid = messages.map(({ bytes, decoded }) => ({ comment: '', flags: ['Canonical'], hex: hexOf(bytes), decoded, result: 'valid' }))
  if (type.$type === FRAME) return valid
  // The one that says most has most that can go wrong.
  const [largest] = messages.toSorted((a, b) => Object.keys(b.decoded).length - Object.keys(a.decoded).length || a.bytes.length - b.bytes.length)
  const others = rewritten(largest.bytes).map(({ comment, flag, bytes }) => ({
    comment,
    flags: [flag],
    hex: hexOf(bytes),
    decoded: largest.decoded,
    result: 'valid',
  }))
  const invalid = spoilt(type.$type, largest.bytes).map(({ comment, flag, bytes }) => ({
    comment,
    flags: [flag],
    hex: hexOf(bytes),
    result: 'invalid',
    reason: NOTES[flag].reason,
  }))
  return [...valid, ...others, ...invalid]
}

const types = Object.values({ ...codec })
  .filter(value => typeof value === 'object' && value !== null && '$type' in value)
  .sort((a, b) => (a.$type < b.$type ? -1 : 1))

let tcId = 0
const groups = types.map(type => {
  const vectors = new Map(vectorsOf(type).map(vector => [vector.hex, vector]))
  return { type: type.$type, tests: [...vectors.values()].map(vector => JSON.stringify({ tcId: ++tcId, ...vector })) }
})
const notes = Object.entries(NOTES).map(([flag, note]) => `${JSON.stringify(flag)}:${JSON.stringify(note)}`)
const written = groups.map(({ type, tests }) => `{"type":${JSON.stringify(type)},"tests":[\n${tests.join(',\n')}\n]}`)
writeFileSync(
  new URL('../../../docs/spec/vectors/messages.json', import.meta.url),
  `{"source":"libs/codec/scripts/vectors.mjs",\n"numberOfTests":${tcId},\n"notes":{\n${notes.join(',\n')}\n},\n"testGroups":[\n${written.join(',\n')}\n]}\n`,
)
console.log(`${tcId} vectors of ${types.length} messages`)
