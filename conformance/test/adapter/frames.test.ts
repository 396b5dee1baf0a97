import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WireFormat } from '../../src/adapter/contract.js'
import { AdapterError, describeBytes } from '../../src/adapter/errors.js'
import { framed, frameReader } from '../../src/adapter/frames.js'

/** Cuts bytes at these places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const thrown = (action: () => unknown): unknown => {
  try {
    return action()
  } catch (error) {
    return error
  }
}

describe.each<WireFormat>(['protobuf', 'jsonl'])('frames in %s', wire => {
  const content = wire === 'protobuf' ? fc.uint8Array({ maxLength: 300 }) : fc.json().map(text => new Uint8Array(Buffer.from(text)))

  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(content), fc.array(fc.nat()), (frames, cuts) => {
        const reader = frameReader(wire)
        const stream = Buffer.concat(frames.map(frame => framed(frame, wire)))
        const read = pieces(stream, cuts).flatMap(piece => reader.push(piece))
        expect(read.map(frame => Buffer.from(frame).toString('hex'))).toEqual(frames.map(frame => Buffer.from(frame).toString('hex')))
        expect(reader.rest).toHaveLength(0)
      }),
    )
  })

  it('may have 16 MiB and no byte more', () => {
    const longest = Buffer.alloc(16 * 1024 * 1024, '1')
    expect(frameReader(wire).push(framed(longest, wire))).toHaveLength(1)
    const error = thrown(() => frameReader(wire).push(framed(Buffer.alloc(longest.length + 1, '1'), wire)))
    expect(error).toBeInstanceOf(AdapterError)
    expect(error).toMatchObject({ code: 'TOO_LARGE' })
  })
})

it('says that what is no length looks like text', () => {
  const error = thrown(() => frameReader('protobuf').push(Buffer.from('Starting up …')))
  expect(error).toMatchObject({ code: 'TOO_LARGE', hint: expect.stringContaining('stderr') })
  expect((error as AdapterError).message).toContain('53 74 61 72')
})

it('describes bytes as hexadecimal, and as text if they are text', () => {
  expect(describeBytes(Buffer.from('ok\n'))).toBe('6f 6b 0a, as text "ok\\n"')
  expect(describeBytes(Buffer.of(0, 1))).toBe('00 01')
  expect(describeBytes(Buffer.alloc(100))).toMatch(/ … \(100 in all\)$/)
})
