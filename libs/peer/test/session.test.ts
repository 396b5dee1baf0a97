import { Button, Channel, encodeFrame, encodeMessages, Permission, Role } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import { Agent } from '../src/api/agent.js'
import { Customer } from '../src/api/customer.js'
import { Viewer } from '../src/api/viewer.js'
import { settle } from './support/clock.js'
import { FakeHost } from './support/host.js'
import { assisting, type House, house } from './support/house.js'

const join = ({ relay, host, clock }: House, pin: string): Promise<Customer> => Customer.join({ transport: relay.transport, pin, host, clock })

describe('joining', () => {
  test('by PIN, consent, screens, input: what the agent does happens on the desktop, in order', async () => {
    const { session, host, customer } = await assisting()
    expect(session.screens.list.map(screen => screen.screenId)).toEqual([7, 9])
    await session.screens.show(session.screens.next())
    await session.control.request()
    session.input.type('hello')
    session.input.key('Enter')
    session.input.pointer.click(10, 20)
    session.input.pointer.wheel(0, 120)
    await settle()
    expect(host.done).toEqual([
      { text: 'hello' },
      { key: 0x28, down: true },
      { key: 0x28, down: false },
      { move: [7, 10, 20] },
      { move: [7, 10, 20] },
      { button: 0, down: true },
      { move: [7, 10, 20] },
      { button: 0, down: false },
      { move: [7, 10, 20] },
      { wheel: [0, 120] },
    ])
    expect(customer.participants.map(({ role, inControl }) => ({ role, inControl }))).toEqual([
      { role: Role.AGENT, inControl: true },
      { role: Role.CUSTOMER, inControl: false },
    ])
  })

  test('by link proves the link’s secret', async () => {
    const it = await house()
    const session = it.agent.customer()
    const customer = await Customer.join({ transport: it.relay.transport, url: it.agent.customerUrl, host: it.host, clock: it.clock })
    customer.on('consent', request => request.decide([Permission.VIEW_SCREEN]))
    expect((await session).grants).toEqual([Permission.VIEW_SCREEN])
  })

  test('with a wrong PIN fails, says how many tries are left, and disturbs nobody (RA-SEC-005)', async () => {
    const it = await house()
    const failures: (readonly [string, number | undefined])[] = []
    it.agent.on('customer-failed', error => failures.push([error.code, error.attemptsLeft]))
    const wrong = it.agent.pin.locator + (it.agent.pin.secret === '000000' ? '000001' : '000000')
    for (const [left, pauseMs] of [
      ['2 tries are left', 0],
      ['1 try is left', 2_000],
      ['no try is left', 10_000],
    ] as const) {
      const tried = expect(join({ ...it, host: new FakeHost() }, wrong)).rejects.toMatchObject({
        code: 'E_PIN_WRONG',
        message: `That PIN is not right; ${left}.`,
      })
      await it.clock.advance(pauseMs)
      await tried
    }
    await expect(join({ ...it, host: new FakeHost() }, it.agent.pin.digits)).rejects.toMatchObject({ code: 'E_ATTEMPTS' })
    expect(failures).toEqual([
      ['E_PIN_WRONG', 2],
      ['E_PIN_WRONG', 1],
      ['E_PIN_WRONG', 0],
      ['E_ATTEMPTS', undefined],
    ])
    const session = it.agent.customer()
    const customer = await Customer.join({ transport: it.relay.transport, url: it.agent.customerUrl, host: it.host, clock: it.clock })
    customer.on('consent', request => request.grantAll())
    expect((await session).phase).toBe('active')
  })

  test('and is gone before it decides: its agent is told, and goes on waiting', async () => {
    const it = await house({}, { graceMs: 10_000 })
    const session = it.agent.customer()
    const joined = it.agent.once('customer-joined')
    await join(it, it.agent.pin.digits)
    const failed = it.agent.once('customer-failed')
    it.relay.deaf = true
    it.relay.cut((await joined).participant)
    await it.clock.advance(20_000)
    expect(await failed).toMatchObject({ code: 'E_LEFT' })
    it.relay.deaf = false
    const { digits } = await it.agent.renewCode()
    const next = await join({ ...it, host: new FakeHost() }, digits)
    next.on('consent', request => request.grantAll())
    expect((await session).phase).toBe('active')
  })

  test('with an unknown code, a malformed one, or where nobody listens, says so; the host is closed', async () => {
    const it = await house()
    await expect(join(it, '1111-222-333')).rejects.toMatchObject({ code: 'E_CODE_UNKNOWN' })
    expect(it.host.closed).toBe(1)
    await expect(join({ ...it, host: new FakeHost() }, '12')).rejects.toMatchObject({ code: 'E_PIN_FORMAT' })
    const nowhere = it.relay.network.connect('memory://elsewhere')
    await expect(Customer.join({ transport: nowhere, pin: it.agent.pin.digits, host: new FakeHost(), clock: it.clock })).rejects.toMatchObject({
      code: 'E_CONNECT',
    })
  })

  test('is called off by its signal', async () => {
    const it = await house()
    const over = new AbortController()
    const waiting = it.agent.customer({ signal: over.signal })
    over.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'E_CANCELLED' })
    await expect(
      Customer.join({ transport: it.relay.transport, pin: it.agent.pin.digits, host: it.host, clock: it.clock, signal: over.signal }),
    ).rejects.toMatchObject({ code: 'E_CANCELLED' })
  })
})

describe('consent', () => {
  test('denied turns the agent away', async () => {
    const it = await house()
    const session = it.agent.customer()
    const refused = expect(session).rejects.toMatchObject({ code: 'E_CONSENT_DENIED' })
    const customer = await join(it, it.agent.pin.digits)
    const ended = customer.once('ended')
    customer.on('consent', request => request.deny())
    await refused
    expect((await ended).code).toBe('E_CONSENT_DENIED')
  })

  test('that nobody gives in time is denied', async () => {
    const it = await house()
    const session = it.agent.customer()
    const refused = expect(session).rejects.toMatchObject({ code: 'E_TIMEOUT' })
    const customer = await join(it, it.agent.pin.digits)
    const request = await customer.once('consent')
    await it.clock.advance(61_000)
    await refused
    expect(request.settled.aborted).toBe(true)
    expect(request.grantAll()).toBe(false)
  })

  test('for some is for those alone, and more can be asked for later', async () => {
    const it = await house()
    const waiting = it.agent.customer()
    const customer = await join(it, it.agent.pin.digits)
    customer.on('consent', request =>
      request.decide(request.permissions.filter(permission => permission === Permission.VIEW_SCREEN || permission === Permission.RECORD)),
    )
    const session = await waiting
    await settle()
    await expect(session.control.request()).rejects.toMatchObject({ code: 'E_NO_GRANT' })
    expect(() => session.input.type('x')).toThrow(expect.objectContaining({ code: 'E_NOT_IN_CONTROL' }))
    await expect(session.ask([Permission.RECORD], 'for training')).resolves.toEqual([Permission.RECORD])
    await expect(session.ask([Permission.CHAT])).rejects.toMatchObject({ code: 'E_DENIED' })
  })
})

describe('ending', () => {
  test('stop: what waits is never injected, keys go up, and everybody is told', async () => {
    const { session, host, customer, agent } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    session.input.down('ShiftLeft')
    await settle()
    let open = (): void => undefined
    host.gate = new Promise(resolve => {
      open = resolve
    })
    for (let i = 0; i < 20; i++) session.input.type(`text ${i}`)
    await settle()
    const ended = Promise.all([session.once('ended'), agent.once('ended'), customer.once('ended')])
    customer.stop()
    open()
    const errors = await ended
    await settle()
    expect(errors.map(error => error.code)).toEqual(['E_STOPPED', 'E_STOPPED', 'E_STOPPED'])
    // The one that the desktop was about to take, and the key that has to go up.
    expect(host.done).toEqual([{ key: 0xe1, down: true }, { text: 'text 0' }, { key: 0xe1, down: false }])
    expect(host.captures).toBe(0)
    expect(host.closed).toBe(1)
    expect(() => session.input.type('more')).toThrow(expect.objectContaining({ code: 'E_STOPPED' }))
  })

  test('stop: a long text ends in its middle', async () => {
    const { session, host, customer } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    let open = (): void => undefined
    host.gate = new Promise(resolve => {
      open = resolve
    })
    const text = '漢字 and letters, '.repeat(20)
    session.input.type(text)
    await settle()
    customer.stop()
    open()
    await settle()
    expect(host.done).toEqual([{ text: text.slice(0, 16) }])
  })

  test('the agent leaves: the session ends for the customer', async () => {
    const { session, customer } = await assisting()
    const ended = customer.once('ended')
    session.leave({ endSession: true })
    expect((await ended).code).toBe('E_ENDED')
  })
})

describe('pausing and revoking', () => {
  test('nothing is injected while paused; afterwards control has to be there again, and a key frame comes', async () => {
    const { session, host, customer } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    const frames = session.screens.frames()
    await frames.next()
    const paused = session.once('phase', { which: phase => phase === 'paused' })
    customer.pause()
    await paused
    expect(() => session.input.type('x')).toThrow(expect.objectContaining({ code: 'E_NOT_IN_CONTROL' }))
    const active = session.once('phase', { which: phase => phase === 'active' })
    customer.unpause()
    await active
    await settle()
    expect((await frames.next()).value).toMatchObject({ keyframe: true })
    session.input.type('y')
    await settle()
    expect(host.done).toEqual([{ text: 'y' }])
  })

  test('revoking control releases what is down', async () => {
    const { session, host, customer } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    session.input.down('KeyA')
    await settle()
    customer.revoke(Permission.CONTROL_INPUT, session.self)
    await settle()
    expect(host.done).toEqual([
      { key: 4, down: true },
      { key: 4, down: false },
    ])
    expect(session.grants).not.toContain(Permission.CONTROL_INPUT)
    await expect(session.control.request()).rejects.toMatchObject({ code: 'E_NO_GRANT' })
  })

  test('the local user comes first for two seconds', async () => {
    const { session, host, clock } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    const heldOff = session.once('control', { which: ({ heldOff }) => heldOff })
    host.touch()
    await heldOff
    expect(() => session.input.type('x')).toThrow(expect.objectContaining({ code: 'E_NOT_IN_CONTROL' }))
    await clock.advance(2_100)
    session.input.type('y')
    await settle()
    expect(host.done).toEqual([{ text: 'y' }])
  })
})

describe('a line that drops', () => {
  test.each(['agent', 'customer'] as const)('at the %s comes back, and the session goes on', async who => {
    const { session, host, relay, clock, customer } = await assisting()
    await session.screens.show(7)
    await session.control.request()
    session.input.down('KeyA')
    await settle()
    const number = who === 'agent' ? session.self : customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant
    const back = session.once('phase', { which: phase => phase === 'active' })
    relay.cut(number as number)
    await clock.advance(1_000)
    await back
    // The key went up with the line, and control has to be taken anew.
    expect(host.done).toEqual([
      { key: 4, down: true },
      { key: 4, down: false },
    ])
    await session.control.request()
    session.input.type('again')
    await settle()
    expect(host.done.at(-1)).toEqual({ text: 'again' })
    const { value: frame } = await session.screens.frames().next()
    expect(frame?.keyframe).toBe(true)
    expect(session.grants.length).toBeGreaterThan(0)
  })

  test('for longer than the grace period ends the session', async () => {
    const { session, relay, clock, customer } = await assisting({}, { graceMs: 10_000 })
    const ended = Promise.all([session.once('ended'), customer.once('ended')])
    relay.deaf = true
    relay.cut(session.self)
    await clock.advance(20_000)
    expect((await ended).map(error => error.code)).toEqual(['E_LINE_LOST', 'E_ENDED'])
  })
})

describe('a viewer', () => {
  test('comes by invitation, is asked about, sees, and cannot act whatever it sends (RA-INP-005)', async () => {
    const { session, relay, clock, customer, host } = await assisting()
    await session.control.request()
    const before = clock.date()
    const invitation = await session.invite({ role: 'viewer' })
    const spare = await session.invite({ role: 'viewer', minutes: 1 })
    expect([invitation, spare].map(({ expiresAtMs, joined }) => [expiresAtMs - before, joined])).toEqual([
      [3_600_000, undefined],
      [60_000, undefined],
    ])
    const viewer = await Viewer.join({ transport: relay.transport, url: invitation.url, displayName: 'Vi', clock })
    expect(viewer.participants.map(({ displayName }) => displayName)).toContain('Vi')
    expect([invitation.joined, spare.joined]).toEqual([viewer.self, undefined])
    await viewer.screens.show(9)
    const { value: frame } = await viewer.screens.frames().next()
    expect(frame).toMatchObject({ screenId: 9, keyframe: true, width: 320, height: 200 })
    const number = viewer.self
    const customerNumber = customer.participants.find(({ role }) => role === Role.CUSTOMER)?.participant as number
    const click = { seq: 1, leaseEpoch: 2, screenId: 9, layoutEpoch: 1, x: 1, y: 1, button: Button.LEFT, down: true }
    const ended = viewer.once('ended')
    relay.forge(
      customerNumber,
      encodeFrame(
        { channel: Channel.INPUT, source: number, targets: [customerNumber], sequence: 10_000 },
        encodeMessages(Channel.INPUT, [{ kind: { $case: 'pointerButton', value: click } }]),
      ),
    )
    expect((await ended).code).toBe('E_PROTOCOL')
    await settle()
    expect(host.done).toEqual([])
    expect(customer.participants.map(({ participant }) => participant)).not.toContain(number)
    expect(session.phase).toBe('active')
  })

  test('with a wrong secret, or a used invitation, stays out', async () => {
    const { session, relay, clock } = await assisting()
    const { url } = await session.invite({ role: 'viewer' })
    const wrong = url.slice(0, -4) + (url.endsWith('AAAA') ? 'AAAE' : 'AAAA')
    await expect(Viewer.join({ transport: relay.transport, url: wrong, clock })).rejects.toMatchObject({ code: 'E_PIN_WRONG' })
    await Viewer.join({ transport: relay.transport, url, clock })
    await expect(Viewer.join({ transport: relay.transport, url, clock })).rejects.toMatchObject({ code: 'E_CODE_UNKNOWN' })
  })

  test('a further agent comes by invitation and takes over when the lead leaves', async () => {
    const { session, relay, clock } = await assisting()
    const { url } = await session.invite({ role: 'agent' })
    const second = await Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock })
    await settle()
    await session.control.request()
    await expect(second.control.request()).rejects.toMatchObject({ code: 'E_BUSY' })
    const lead = second.once('lead', { which: number => number === second.self })
    session.leave()
    await lead
    await second.control.request()
    expect(second.control.state.ours).toBe(true)
  })
})

describe('keys, clipboard, elevation, chat, drawing', () => {
  test('send keys: a typed answer says why not, nothing comes between the keys, and elevation unlocks Ctrl+Alt+Del (RA-INP-056)', async () => {
    const { session, host, customer } = await assisting()
    await expect(session.sendKeys('ctrl+escape')).resolves.toEqual({ ok: false, reason: 'not-in-control' })
    await session.screens.show(7)
    await session.control.request()
    const sent = session.sendKeys('ctrl+escape')
    session.input.type('next')
    await expect(sent).resolves.toEqual({ ok: true })
    await settle()
    expect(host.done).toEqual([{ key: 0xe0, down: true }, { key: 0x29, down: true }, { key: 0x29, down: false }, { key: 0xe0, down: false }, { text: 'next' }])
    await expect(session.sendKeys('ctrl+alt+delete')).resolves.toEqual({ ok: false, reason: 'needs-elevation' })
    customer.on('elevation', question => question.allow())
    const elevated = await session.elevate({ reason: 'update the printer driver', minutes: 10 })
    await expect(session.sendKeys('ctrl+alt+delete')).resolves.toEqual({ ok: true })
    const result = await elevated.run(['whoami', '--all'])
    expect({ ...result, stdout: new TextDecoder().decode(result.stdout) }).toMatchObject({ exitCode: 3, endedBy: undefined, stdout: 'ran whoami --all' })
    elevated.drop()
    await elevated.ended
    await settle()
    await expect(session.sendKeys('ctrl+alt+delete')).resolves.toEqual({ ok: false, reason: 'needs-elevation' })
    await expect(elevated.run(['x'])).rejects.toMatchObject({ code: 'E_NOT_ELEVATED' })
  })

  test('elevation: the customer, or the system, says no', async () => {
    const { session, customer, host } = await assisting()
    await session.control.request()
    const stop = customer.on('elevation', question => question.deny())
    await expect(session.elevate({ reason: 'why not' })).rejects.toMatchObject({ code: 'E_DENIED' })
    stop()
    customer.on('elevation', question => question.allow())
    host.prompt = 'decline'
    await expect(session.elevate({ reason: 'again' })).rejects.toMatchObject({ code: 'E_ELEVATION', message: 'The system’s prompt was declined.' })
  })

  test('the clipboard goes both ways once it is switched on, and not before (RA-CLP-012)', async () => {
    const { session, host } = await assisting()
    host.copy('secret of before')
    await settle()
    expect(session.clipboard.offered).toEqual([])
    const on = session.once('clipboard-sync', { which: ({ direction }) => direction === 'fromCustomer' })
    session.clipboard.sync({ toCustomer: true, fromCustomer: true })
    expect((await on).on).toBe(true)
    expect(await session.clipboard.read()).toBeUndefined()
    const offered = session.once('clipboard')
    host.copy('grüße 🌍')
    await offered
    await expect(session.clipboard.read()).resolves.toBe('grüße 🌍')
    const text = 'to the customer '.repeat(20_000)
    session.clipboard.offer(text)
    await expect.poll(() => host.written.length).toBe(1)
    expect(host.written[0]?.[0]?.mime).toBe('text/plain')
    expect(new TextDecoder().decode(host.written[0]?.[0]?.data)).toBe(text)
  })

  test('chat comes back stamped, to everybody', async () => {
    const { session, customer } = await assisting()
    const heard = customer.once('chat')
    const own = session.once('chat')
    session.chat.say('hello')
    expect(await heard).toMatchObject({ text: 'hello', from: session.self })
    expect(await own).toMatchObject({ text: 'hello', from: session.self })
    const answer = session.once('chat')
    customer.say('hi')
    expect((await answer).text).toBe('hi')
  })

  test('drawing reaches the customer, and is no input (RA-ANN-003)', async () => {
    const { session, customer, host } = await assisting()
    const drawn = customer.once('annotation', { which: it => it.do === 'draw' })
    session.annotations.draw(7, [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ])
    expect(await drawn).toMatchObject({ do: 'draw', stroke: { from: session.self, points: [1, 2, 3, 4] } })
    expect(host.done).toEqual([])
  })

  test('the pointer’s image and place are told to whoever begins to watch', async () => {
    const { session } = await assisting()
    const kinds: string[] = []
    session.on('cursor', message => kinds.push(message.$case))
    const used = session.once('cursor', { which: message => message.$case === 'cursorUse' })
    await session.screens.show(7)
    await used
    await settle()
    expect(kinds.toSorted()).toEqual(['cursorPosition', 'cursorShape', 'cursorUse'])
    expect(kinds.indexOf('cursorShape')).toBeLessThan(kinds.indexOf('cursorUse'))
  })
})

test('a screen that is unplugged ends its pictures and leaves the list', async () => {
  const { session, host } = await assisting()
  await session.screens.show(9)
  await session.screens.frames().next()
  const list = session.once('screen-list')
  host.unplug(9)
  expect((await list).map(({ screenId }) => screenId)).toEqual([7])
  expect(session.screens.current).toBeUndefined()
  await expect(session.screens.show(9)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
})
