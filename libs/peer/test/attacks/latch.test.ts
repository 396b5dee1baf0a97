/** The stop guarantee while records are being sealed and opened: what is under way at that moment does not happen after it. */
import { Channel, Permission } from '@remote-assist/codec'
import { webAead } from '@remote-assist/secure'
import { afterAll, describe, expect, test } from 'vitest'
import { Viewer } from '../../src/api/viewer.js'
import { settle } from '../support/clock.js'
import { Gate } from '../support/gate.js'
import { type Assisting, assisting } from '../support/house.js'
import { LOSSLESS, Painter } from '../support/painter.js'

const WAYS = ['stop', 'leave', 'pause', 'revoke', 'remove'] as const
type Way = (typeof WAYS)[number]

/** The customer's word that counts from the moment at which it is said. */
function say(way: Way, { customer, session }: Assisting): void {
  if (way === 'remove') return customer.remove(session.self)
  if (way !== 'revoke') return customer[way]()
  customer.revoke(Permission.VIEW_SCREEN, session.self)
  customer.revoke(Permission.CONTROL_INPUT, session.self)
}

/** A session in which every record of the customer passes a gate. */
async function gated() {
  const gate = new Gate()
  const it = await assisting({ aead: webAead }, {}, { aead: gate.aead })
  await it.session.screens.show(7, { codecs: LOSSLESS })
  await it.session.screens.frames().next()
  await it.session.control.request()
  await gate.release()
  return { gate, ...it }
}

const counts = { sealed: 0, opened: 0, injected: 0 }
afterAll(() =>
  console.info(
    `» Said in the middle: ${counts.sealed} pictures that were being sealed did not leave; of ${counts.opened} events that were being opened, ${counts.injected} were injected`,
  ),
)

describe.each(WAYS)('%s', way => {
  test('in the middle of a frame: no picture that was being sealed is handed over, every word that was is (RA-SES-059, RA-SEC-205)', async () => {
    const it = await gated()
    const { gate, customer, host, relay } = it
    gate.hold()
    customer.say('before')
    host.paint(7, { x: 0, y: 0, width: 320, height: 200 }, (x, y) => (x * 31 + y * 17) & 0xffffff)
    await gate.waits('seal', Channel.MEDIA)
    await settle()
    const before = relay.seen.length
    say(way, it)
    await gate.release()
    const after = relay.seen.slice(before).filter(({ source }) => source === 2)
    counts.sealed++
    expect(after.filter(({ channel }) => channel === Channel.MEDIA)).toEqual([])
    expect(after.filter(({ channel }) => channel === Channel.CHAT)).toHaveLength(1)
  })

  test('in the middle of a gesture: nothing that was being opened is injected, and what is down goes up', async () => {
    const it = await gated()
    const { gate, session, host } = it
    session.input.down('KeyA')
    while (host.done.length === 0) await settle()
    gate.hold()
    session.input.type('late')
    session.input.pointer.click(10, 20)
    await gate.waits('open', Channel.INPUT)
    say(way, it)
    await gate.release()
    counts.opened++
    counts.injected += host.done.length - 2
    expect(host.done).toEqual([
      { key: 4, down: true },
      { key: 4, down: false },
    ])
  })

  test('in the middle of an injection: the one that the desktop was taking is the last but for releases', async () => {
    const it = await gated()
    const { gate, session, host } = it
    session.input.down('KeyA')
    while (host.done.length === 0) await settle()
    let open = (): void => undefined
    host.gate = new Promise(resolve => {
      open = resolve
    })
    for (const text of ['one', 'two', 'three']) session.input.type(text)
    await gate.passed('open', Channel.INPUT, 2)
    say(way, it)
    open()
    await gate.release()
    expect(host.done).toEqual([{ key: 4, down: true }, { text: 'one' }, { key: 4, down: false }])
  })
})

test.each(['revoke', 'remove'] as const)('%s voids a picture that others were to see as well; they see the next one whole', async way => {
  const { gate, session, customer, relay, clock, host } = await gated()
  const painter = new Painter()
  const { url } = await session.invite({ role: 'viewer' })
  const viewer = await Viewer.join({ transport: relay.transport, url, clock, aead: webAead })
  await viewer.screens.show(7, { codecs: LOSSLESS })
  await viewer.screens.frames().next()
  void (async () => {
    for await (const frame of session.screens.frames()) painter.paint(frame)
  })()
  session.screens.repair()
  await gate.release()
  gate.hold()
  host.paint(7, { x: 0, y: 0, width: 100, height: 100 }, (x, y) => (x * 31 + y * 17) & 0xffffff)
  await gate.waits('seal', Channel.MEDIA)
  if (way === 'remove') customer.remove(viewer.self)
  else customer.revoke(Permission.VIEW_SCREEN, viewer.self)
  await gate.release()
  host.paint(7, { x: 50, y: 50, width: 100, height: 100 }, (x, y) => (x * 7 + y * 3) & 0xffffff)
  // What was lost with the void picture is asked for again; it ends when the picture is whole, or with the test. Time waits for the cryptography: who is
  // silent for long is taken for gone.
  while (Buffer.compare(painter.data, host.images.get(7)?.data ?? new Uint8Array()) !== 0) {
    await gate.release()
    await clock.advance(10)
  }
})
