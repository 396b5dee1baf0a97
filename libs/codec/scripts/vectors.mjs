// Writes vectors/messages.json: `npm run vectors -w @remote-assist/codec`, after a build. One vector a line: the message's full name, its bytes, and the
// same in proto3 JSON. The seed is fixed; a new message brings new vectors, and leaves those of the others as they are.
import { writeFileSync } from 'node:fs'
import * as codec from '@remote-assist/codec'
import { messageArbitrary, toProto3Json } from '@remote-assist/codec/testing'
import fc from 'fast-check'

const SEED = 20_250_101
const EACH = 6

const types = Object.values({ ...codec })
  .filter(value => typeof value === 'object' && value !== null && '$type' in value)
  .sort((a, b) => (a.$type < b.$type ? -1 : 1))

const vectors = types.flatMap(type => {
  const samples = fc.sample(messageArbitrary(type), { numRuns: EACH, seed: SEED })
  const lines = samples.map(message =>
    JSON.stringify({ type: type.$type, hex: Buffer.from(codec.encodeMessage(type, message)).toString('hex'), json: toProto3Json(type, message) }),
  )
  return [...new Set(lines)]
})

writeFileSync(new URL('../vectors/messages.json', import.meta.url), `[\n${vectors.join(',\n')}\n]\n`)
console.log(`${vectors.length} vectors of ${types.length} messages`)
