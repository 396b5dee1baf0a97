import { Channel, decodeMessages, encodeMessages, PictureCodec } from '@remote-assist/codec'
import { expect, test } from 'vitest'

const rect = (length: number) => ({
  x: 0,
  y: 0,
  width: 1,
  height: 1,
  codec: PictureCodec.PNG,
  data: new Uint8Array(length).fill(length),
  copyFromX: 0,
  copyFromY: 0,
})
const part = {
  screenId: 1,
  layoutEpoch: 1,
  frameId: 1,
  baseFrameId: 0,
  part: 0,
  last: true,
  capturedAtUs: 1n,
  lastInput: undefined,
  rects: [rect(0), rect(1), rect(256), rect(257), rect(8192)],
  width: 1,
  height: 1,
}

test('bytes are views of the record, at any place in its memory, also of a Node Buffer', () => {
  const plaintext = encodeMessages(Channel.MEDIA, [{ kind: { $case: 'framePart', value: part } }])
  for (const input of [plaintext, new Uint8Array([0, 0, 0, ...plaintext]).subarray(3), Buffer.from([1, ...plaintext]).subarray(1)]) {
    const [message] = decodeMessages(Channel.MEDIA, input)
    expect(message).toEqual({ kind: { $case: 'framePart', value: part } })
    const rects = message?.kind?.value.rects ?? []
    expect(rects).toHaveLength(5)
    for (const { data } of rects.slice(1)) expect(data.buffer).toBe(input.buffer)
  }
})

test('a record has its memory to itself, of the exact size', () => {
  for (const length of [1, 100, 300, 100_000]) {
    const plaintext = encodeMessages(Channel.MEDIA, [{ kind: { $case: 'framePart', value: { ...part, rects: [rect(length)] } } }])
    expect(plaintext.buffer.byteLength).toBe(plaintext.length)
  }
})
