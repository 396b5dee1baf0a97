import { Channel, decodeFrame, decodeMessages } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { settle } from './support/clock.js'
import { assisting } from './support/house.js'
import { openAead, plaintextOf } from './support/open-aead.js'
import type { Relay } from './support/relay.js'

/** The epochs that were announced, and the epoch of each picture, in the order in which they crossed the wire. */
const course = (relay: Relay): readonly string[] =>
  relay.seen.flatMap(({ channel, bytes }) => {
    const { payload } = decodeFrame(bytes)
    if (channel === Channel.MEDIA) return [`picture ${new DataView(payload.buffer, payload.byteOffset).getUint32(0)}`]
    if (channel !== Channel.SESSION) return []
    return decodeMessages(Channel.SESSION, plaintextOf(payload)).flatMap(({ kind }) => (kind?.$case === 'mediaKey' ? [`key ${kind.value.epoch}`] : []))
  })

test('the key of the picture is replaced ten minutes after its first picture (RA-SES-152)', async () => {
  const { session, host, relay, clock } = await assisting({ aead: openAead }, {}, { aead: openAead })
  const paint = async (by: number): Promise<void> => {
    host.paint(7, { x: 0, y: 0, width: 30, height: 30 }, x => x * by)
    await settle()
  }
  await session.screens.show(7)
  void (async () => {
    for await (const _frame of session.screens.frames());
  })()
  await settle()
  await clock.advance(599_000)
  await paint(3)
  expect(new Set(course(relay))).toEqual(new Set(['key 1', 'picture 1']))
  await clock.advance(2_000)
  await paint(5)
  await paint(7)
  const [...words] = course(relay)
  expect(words.indexOf('key 2')).toBeGreaterThan(words.indexOf('picture 1'))
  expect(words.indexOf('picture 2')).toBeGreaterThan(words.indexOf('key 2'))
  expect(words.lastIndexOf('picture 1')).toBeLessThan(words.indexOf('picture 2'))
})

test('the key is replaced in time while nothing is painted (RA-SES-152)', async () => {
  const { session, relay, clock } = await assisting({ aead: openAead }, {}, { aead: openAead })
  await session.screens.show(7)
  void (async () => {
    for await (const _frame of session.screens.frames());
  })()
  await settle()
  await clock.advance(599_000)
  expect(new Set(course(relay))).toEqual(new Set(['key 1', 'picture 1']))
  await clock.advance(3_000)
  expect(course(relay).at(-1)).toBe('key 2')
})
