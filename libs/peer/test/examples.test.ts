/** The examples of the README, run: each is what a program would write, over a network in memory. */
import { afterEach, describe, expect, test } from 'vitest'
import { Agent, AssistError, Customer, type Frame, Permission, Viewer } from '../src/index.js'
import { ManualClock, settle } from './support/clock.js'
import { FakeHost } from './support/host.js'
import { LOSSLESS, Painter } from './support/painter.js'
import { Relay } from './support/relay.js'

const clock = new ManualClock()
const relays: Relay[] = []

async function broker() {
  const relay = await new Relay(clock, { policy: { pictureCodecs: LOSSLESS } }).start()
  relays.push(relay)
  return { relay, brokerUrl: 'https://assist.example', transport: () => relay.transport, fetch: relay.fetch, displayName: 'Ada', clock }
}

afterEach(() => relays.splice(0))

describe('helping somebody', () => {
  test('from the PIN to a guest who looks on', async () => {
    const { relay, ...place } = await broker()
    const host = new FakeHost()
    host.paint(7, { x: 10, y: 10, width: 100, height: 30 }, (x, y) => x * y)

    await using agent = await Agent.create(place)
    expect(agent.pin.grouped).toMatch(/^\d{4}-\d{3}-\d{3}$/)
    const waiting = agent.customer()

    const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.grouped, host, clock })
    customer.on('consent', request => request.grantAll())
    customer.on('elevation', question => question.allow())

    const session = await waiting
    await session.control.request()
    await session.screens.show(session.screens.next())
    const painter = new Painter()
    const painted: Frame[] = []
    const painting = (async () => {
      for await (const frame of session.screens.frames()) {
        painter.paint(frame)
        painted.push(frame)
      }
    })()

    session.input.type('hello')
    session.input.key('KeyC', ['ctrl'])
    session.input.pointer.click(100, 150)
    const answer = await session.sendKeys('ctrl+alt+delete')
    expect(answer).toEqual({ ok: false, reason: 'needs-elevation' })
    const elevated = await session.elevate({ reason: 'update the printer driver', minutes: 10 })
    expect((await elevated.run(['printui', '/update'])).exitCode).toBe(3)
    elevated.drop()

    session.clipboard.sync({ toCustomer: true, fromCustomer: true })
    await session.once('clipboard-sync', { which: ({ direction, on }) => direction === 'fromCustomer' && on })
    const copied = session.once('clipboard')
    host.copy('from the customer')
    await copied
    expect(await session.clipboard.read()).toBe('from the customer')

    const guest = await session.invite({ role: 'viewer' })
    const viewer = await Viewer.join({ transport: relay.transport, url: guest.url, displayName: 'Vi', clock })
    await viewer.screens.show(viewer.screens.next())
    const seen = new Painter()
    const looking = (async () => {
      for await (const frame of viewer.screens.frames()) seen.paint(frame)
    })()
    host.paint(7, { x: 0, y: 100, width: 60, height: 60 }, (x, y) => (x ^ y) * 997)
    await settle()
    expect(painted[0]?.keyframe).toBe(true)
    for (const picture of [painter, seen]) expect(Buffer.compare(picture.data, host.images.get(7)?.data ?? Buffer.alloc(0))).toBe(0)

    const ended = customer.once('ended')
    customer.stop()
    expect((await ended).code).toBe('E_STOPPED')
    await Promise.all([painting, looking])
  })

  test('with the next screen, each viewer its own', async () => {
    const { relay, ...place } = await broker()
    await using agent = await Agent.create(place)
    const waiting = agent.customer()
    const customer = await Customer.join({ transport: relay.transport, url: agent.customerUrl, host: new FakeHost(), clock })
    customer.on('consent', request => request.decide([{ permission: Permission.VIEW_SCREEN, minutes: 5 }]))
    const session = await waiting
    const shown: number[] = []
    for (let i = 0; i < 3; i++) {
      await session.screens.show(session.screens.next())
      const { value: frame } = await session.screens.frames().next()
      shown.push(frame?.screenId ?? 0)
    }
    expect(shown).toEqual([7, 9, 7])
    const gone = session.once('grant', { which: grants => grants.length === 0 })
    await clock.advance(5 * 60_000 + 10)
    await gone
    expect(session.screens.current).toBeUndefined()
  })
})

test('errors have a code, a sentence and a hint', async () => {
  const { relay } = await broker()
  const failed = await Customer.join({ transport: relay.transport, pin: '4821-97', host: new FakeHost(), clock }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(AssistError)
  expect(failed).toMatchObject({ code: 'E_PIN_FORMAT', message: 'The PIN has 6 digits; some are missing.', hint: 'Ask the agent to read all groups again.' })
})
