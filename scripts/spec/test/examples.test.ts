import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Channel,
  decodeFrame,
  decodeHandshake,
  decodeMessages,
  decodeRelay,
  encodeHandshake,
  encodeMessages,
  encodeRelay,
} from '../../../libs/codec/src/index.js'
import { ROOT } from '../../lib/run.mjs'
import { hexDump, readExamples } from '../lib/examples.mjs'

const HEX = /^(?:[0-9a-f]{2}(?: |$))+$/

/** The bytes of an example as its page prints them. */
function printedBytes(page: string, title: string): Uint8Array {
  const text = readFileSync(join(ROOT, 'docs', 'spec', `${page}.md`), 'utf8')
  const block = text.split(`#### ${title}\n`)[1]?.split('```')[1] ?? ''
  const lines = block.split('\n').filter(line => HEX.test(line))
  return Buffer.from(lines.join('').replaceAll(' ', ''), 'hex')
}

/** The messages of a payload, and its bytes made anew, by the reference codec. */
function read(channel: Channel, payload: Uint8Array): { messages: readonly { kind?: { $case: string } | undefined }[]; again: Uint8Array } {
  if (channel === Channel.UNSPECIFIED) throw new Error('no channel')
  if (channel === Channel.RELAY) {
    const message = decodeRelay(payload)
    return { messages: [message], again: encodeRelay(message) }
  }
  if (channel === Channel.HANDSHAKE) {
    const message = decodeHandshake(payload)
    return { messages: [message], again: encodeHandshake(message) }
  }
  const messages = decodeMessages(channel, payload)
  return { messages, again: encodeMessages(channel, messages) }
}

describe('every example of the specification is what the reference codec reads', () => {
  test.each(readExamples())('$page: $title', ({ page, title, frame, messages: meant }) => {
    const { payload, ...header } = decodeFrame(printedBytes(page, title))
    const said = { ...header, channel: `CHANNEL_${Channel[header.channel]}`, targets: [...header.targets] }
    expect(said).toEqual({ source: 0, targets: [], ...frame, sequence: Number(frame.sequence) })
    const { messages, again } = read(header.channel, payload)
    expect(messages.map(({ kind }) => kind?.$case)).toEqual(meant.map(message => Object.keys(message as object)[0]))
    expect(read(header.channel, again).messages).toEqual(messages)
  })
})

test('bytes are printed in hex, 16 a line', () => {
  expect(hexDump(Buffer.from([...Array(18).keys()]))).toBe('00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10 11')
})
