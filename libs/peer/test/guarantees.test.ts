/** What a customer is promised, looked at on the wire. */
import { Channel, decodeFrame, decodeMessages, encodeFrame, encodeMessages, type FramePart, Permission, PictureCodec, Role } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { Customer } from '../src/api/customer.js'
import { Viewer } from '../src/api/viewer.js'
import { parseCustomerUrl } from '../src/pin.js'
import { settle } from './support/clock.js'
import { assisting, house } from './support/house.js'
import { openAead, plaintextOf, recordOf } from './support/open-aead.js'
import type { Relay, Seen } from './support/relay.js'

const media = (seen: readonly Seen[]): readonly Seen[] => seen.filter(({ channel }) => channel === Channel.MEDIA)

/** The kinds of message that somebody sent on a channel. */
const kindsOf = (relay: Relay, channel: Channel.SCREEN | Channel.SESSION, source: number): readonly string[] =>
  relay.seen
    .filter(it => it.channel === channel && it.source === source)
    .flatMap(({ bytes }) => decodeMessages(channel, plaintextOf(decodeFrame(bytes).payload)).map(({ kind }) => kind?.$case ?? ''))

const contains = (relay: Relay, secret: Uint8Array | string): boolean => relay.seen.some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(secret)))

test.each(['stop', 'pause', 'revoke', 'remove', 'leave'] as const)('after %s no picture leaves, however much there is to show', async how => {
  const { session, customer, host, relay } = await assisting()
  await session.screens.show(7)
  // Whatever is shown changes again as soon as it is on the screen.
  void (async () => {
    for await (const { frameId } of session.screens.frames()) {
      host.paint(7, { x: 0, y: 0, width: 300, height: 150 }, x => x * 31 + frameId)
      await new Promise(setImmediate)
    }
  })()
  await settle()
  expect(media(relay.seen).length).toBeGreaterThan(3)
  if (how === 'revoke') customer.revoke(Permission.VIEW_SCREEN, session.self)
  else if (how === 'remove') customer.remove(session.self)
  else customer[how]()
  // What was handed to the line before is allowed to arrive.
  await Promise.resolve()
  await settle()
  const before = media(relay.seen).length
  for (let i = 0; i < 5; i++) {
    host.paint(7, { x: 0, y: 0, width: 300, height: 150 }, x => x * i)
    await settle()
  }
  expect(media(relay.seen).length).toBe(before)
})

test('an invitation is registered before its URL is there (RA-SES-093), and everybody is shown to the customer before it receives a pixel', async () => {
  const { session, customer, relay, clock } = await assisting({ aead: openAead }, {}, { aead: openAead })
  const known: number[][] = []
  customer.on('participants', list => known.push([relay.seen.length, ...list.map(({ participant }) => participant)]))
  const { url } = await session.invite({ role: 'viewer' })
  const number = customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant as number
  expect(kindsOf(relay, Channel.SESSION, number)).toContain('inviteRegistered')
  const viewer = await Viewer.join({ transport: relay.transport, url, clock, aead: openAead })
  await viewer.screens.show(7)
  await viewer.screens.frames().next()
  const shown = known.find(([, ...numbers]) => numbers.includes(viewer.self))?.[0] as number
  const first = relay.seen.findIndex(({ channel, targets }) => channel === Channel.MEDIA && targets.includes(viewer.self))
  expect(first).toBeGreaterThanOrEqual(shown)
})

test('neither PIN nor link secret ever crosses the wire (RA-SEC-008, RA-SEC-007)', async () => {
  const it = await house()
  const waiting = it.agent.customer()
  const customer = await Customer.join({ transport: it.relay.transport, url: it.agent.customerUrl, host: it.host, clock: it.clock })
  customer.on('consent', request => request.grantAll())
  await waiting
  const { pin, linkSecret } = parseCustomerUrl(it.agent.customerUrl)
  expect(contains(it.relay, pin.locator)).toBe(true)
  expect(contains(it.relay, pin.secret)).toBe(false)
  expect(contains(it.relay, linkSecret)).toBe(false)
})

test('a frame that does not fit its picture is not shown; a key frame is asked for (RA-SCR-043)', async () => {
  const { session, customer, relay } = await assisting({ aead: openAead }, {}, { aead: openAead })
  const { self } = session
  await session.screens.show(7)
  await session.screens.frames().next()
  const number = customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant as number
  const rect = { x: 300, y: 0, width: 21, height: 1, codec: PictureCodec.RAW, data: new Uint8Array(84), copyFromX: 0, copyFromY: 0 }
  const value: FramePart = {
    screenId: 7,
    layoutEpoch: 1,
    frameId: 99,
    baseFrameId: 0,
    part: 0,
    last: true,
    capturedAtUs: 0n,
    lastInput: undefined,
    width: 320,
    height: 200,
    rects: [rect],
  }
  relay.forge(
    session.self,
    encodeFrame(
      { channel: Channel.MEDIA, source: number, targets: [session.self], sequence: 100_000 },
      recordOf(1, 1_000, encodeMessages(Channel.MEDIA, [{ kind: { $case: 'framePart', value } }])),
    ),
  )
  await settle()
  expect(kindsOf(relay, Channel.SCREEN, self)).toEqual(['subscribe', 'requestKeyframe'])
})
