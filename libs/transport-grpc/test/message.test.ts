import { readFileSync } from 'node:fs'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../src/message.js'

/** An independent reader and writer of the same messages: protobufjs, from the schema itself. */
const { root } = protobuf.parse(readFileSync(new URL('../../../proto/remoteassist/v1/attach.proto', import.meta.url), 'utf8'), { keepCase: true })
const request = root.lookupType('remoteassist.v1.AttachRequest')
const response = root.lookupType('remoteassist.v1.AttachResponse')

const close = fc.record({ code: fc.integer({ min: 0, max: 2 ** 31 - 1 }), reason: fc.string({ unit: 'grapheme', maxLength: 60 }) })

describe('RA-BND-041 a message holds a frame or a close', () => {
  test('as the schema says, written here and read by protobufjs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), frame => {
        const read = response.decode(encode(frame)) as unknown as { content: string; frame: Uint8Array }
        expect(read.content).toBe('frame')
        expect([...read.frame]).toEqual([...frame])
      }),
    )
    fc.assert(
      fc.property(close, content => {
        const read = request.toObject(request.decode(encode(content)), { defaults: true }) as { close: unknown }
        expect(read.close).toEqual(content)
      }),
    )
  })

  test('as the schema says, written by protobufjs and read here', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), frame => {
        expect(decode(Buffer.from(request.encode({ frame }).finish()))).toEqual(Buffer.from(frame))
      }),
    )
    fc.assert(
      fc.property(close, content => {
        expect(decode(Buffer.from(response.encode({ close: content }).finish()))).toEqual(content)
      }),
    )
  })

  test('and a decoded frame is a view that is encoded again without a copy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_FRAME_BYTES }), size => {
        const message = encode(new Uint8Array(size).fill(10))
        const frame = decode(message) as Uint8Array
        const again = encode(frame)
        expect(frame.buffer).toBe(message.buffer)
        expect(again.buffer).toBe(message.buffer)
        expect(again.equals(message)).toBe(true)
      }),
    )
  })

  test('whatever lies before it in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (before, bytes) => {
        const memory = Uint8Array.from([...before, ...bytes])
        expect(decode(encode(memory.subarray(before.length)))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('and the examples of the specification are these bytes', () => {
    expect(encode(new Uint8Array([8, 1, 32, 7])).toString('hex')).toBe('0a0408012007')
    expect(encode(new Uint8Array()).toString('hex')).toBe('0a00')
    expect(encode({ code: 503, reason: '' }).toString('hex')).toBe('120508f7031200')
    expect(encode({ code: 100, reason: 'bye' }).toString('hex')).toBe('120708641203627965')
  })
})

test('RA-BND-047 a message with neither a frame nor a close is MALFORMED', () => {
  expect(decode(Buffer.alloc(0))).toMatchObject({ code: 400 })
  expect(decode(Buffer.from('1801', 'hex'))).toMatchObject({ code: 400 })
})

test('RA-BND-042 unknown fields beside the frame are passed over', () => {
  const unknown = ['1801', '1a0161', '2100000000000000ff', '2d000000ff', '98f8ffff0f01']
  for (const field of unknown) {
    expect(decode(Buffer.from(`${field}0a0107`, 'hex'))).toEqual(Buffer.from([7]))
    expect(decode(Buffer.from(`0a0107${field}`, 'hex'))).toEqual(Buffer.from([7]))
  }
})

test('RA-BND-002 a frame that is too large is TOO_LARGE', () => {
  expect(decode(encode(new Uint8Array(MAX_FRAME_BYTES)))).toHaveLength(MAX_FRAME_BYTES)
  expect(decode(encode(new Uint8Array(MAX_FRAME_BYTES + 1)))).toMatchObject({ code: 401 })
})

test('RA-BND-047 any bytes are a frame, a close or malformed, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      const content = decode(Buffer.from(bytes))
      expect(content instanceof Uint8Array || 'code' in content).toBe(true)
    }),
    { numRuns: 5000 },
  )
  const message = encode({ code: 305, reason: 'policy' })
  for (let length = 1; length < message.length; length++) expect(decode(message.subarray(0, length))).toHaveProperty('malformed')
})
