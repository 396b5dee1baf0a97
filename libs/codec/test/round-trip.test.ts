import { decodeMessage, decodeMessages, encodeMessage, encodeMessages, MESSAGE_TYPES, type RecordChannel } from '@remote-assist/codec'
import { messageArbitrary, toProto3Json } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../src/gen/limits.js'
import { theirBytes, theirJson } from './support/reflection.js'
import { TYPES } from './support/types.js'

const OWN_CODEC = new Set(['remoteassist.v1.Frame'])
const messages = [...TYPES].filter(([name]) => !OWN_CODEC.has(name))

test('every message of the schema but the entries of maps is exported', () => {
  const expected = Object.keys(LIMITS).filter(name => !name.endsWith('MetadataEntry'))
  expect([...TYPES.keys()].sort()).toEqual(expected.sort())
})

describe.each(messages)('%s', (name, type) => {
  test('what is encoded decodes to the same message', () => {
    fc.assert(
      fc.property(messageArbitrary(type), message => {
        expect(decodeMessage(type, encodeMessage(type, message))).toEqual(message)
      }),
    )
  })

  test('protobufjs reads our bytes as we mean them, and we read its bytes', () => {
    fc.assert(
      fc.property(messageArbitrary(type), message => {
        const bytes = encodeMessage(type, message)
        const json = toProto3Json(type, message)
        expect(theirJson(name, bytes)).toEqual(json)
        const theirs = theirBytes(name, json)
        expect(decodeMessage(type, theirs)).toEqual(message)
      }),
      { numRuns: 25 },
    )
  })
})

const channels = Object.keys(MESSAGE_TYPES)
  .map(Number)
  .filter((channel): channel is RecordChannel => channel > 2)

test.each(channels)('a record of channel %i holds the messages that were put in, in order', channel => {
  fc.assert(
    fc.property(fc.array(messageArbitrary(MESSAGE_TYPES[channel]), { minLength: 1, maxLength: 5 }), list => {
      expect(decodeMessages(channel, encodeMessages(channel, list as never))).toEqual(list)
    }),
  )
})
