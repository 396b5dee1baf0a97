/** The audit log of whole sessions: what is in it, what is not, and that both ends have the same, signed by both. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Direction, GrantSource, Permission, Role } from '@remote-assist/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Agent } from '../../src/api/agent.js'
import { Customer } from '../../src/api/customer.js'
import { Viewer } from '../../src/api/viewer.js'
import { diskFiles } from '../../src/node/file-store.js'
import { inviteUrl, parseInviteUrl } from '../../src/pin.js'
import { bytesOf, writeTree } from '../files/trees.js'
import { ManualClock, settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { assisting, house } from '../support/house.js'
import { Log } from './log.js'

const [LEAD, CUSTOMER] = ['1', '2']

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'audit-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A session whose log both ends keep. */
async function audited() {
  const [customers, agents] = [new Log(), new Log()]
  const files = (who: string) => diskFiles({ folder: join(root, who) })
  const it = await assisting({ audit: agents.sink, files: files('agent') }, {}, { audit: customers.sink, files: files('customer') })
  return { ...it, customers, agents }
}

describe('both ends keep the same log, signed by both to the end (RA-SEC-260)', () => {
  test('when the customer stops', async () => {
    const { customer, session, customers, agents } = await audited()
    await session.control.request()
    customer.stop()
    await settle()
    expect([customers.report().verdict, agents.report().verdict]).toEqual(['intact', 'intact'])
    expect(agents.entries).toEqual(customers.entries)
    expect(customers.of('session.ended')).toEqual([{ code: '101' }])
  })

  test('when the customer leaves', async () => {
    const { customer, customers, agents } = await audited()
    customer.leave()
    await settle()
    expect([customers.report().verdict, agents.report().verdict]).toEqual(['intact', 'intact'])
    expect(agents.entries).toEqual(customers.entries)
  })

  test.each([true, false])('when the last agent leaves (RA-SEC-267), and says that the session ends: %s', async endSession => {
    const { customer, session, customers, agents } = await audited()
    const ended = customer.once('ended')
    session.leave({ endSession })
    await ended
    await settle()
    expect([customers.report().verdict, agents.report().verdict]).toEqual(['intact', 'intact'])
    expect(agents.entries).toEqual(customers.entries)
    expect(customers.entries.slice(-2).map(({ kind, details }) => [kind, details])).toEqual([
      ['participant.left', { participant: LEAD, code: '100' }],
      ['session.ended', { code: '102' }],
    ])
  })

  test.each([true, false])('when the lead leaves while another agent is there, also its copy; the lead ends the session: %s (RA-SEC-267)', async endSession => {
    const { session, relay, clock, customers, agents, customer } = await audited()
    const others = new Log()
    const { url } = await session.invite({ role: 'agent' })
    const other = await Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock, audit: others.sink })
    await settle()
    const over = other.once('ended')
    session.leave({ endSession })
    if (!endSession) {
      await settle()
      expect(other.phase).toBe('active')
      customer.stop()
    }
    await over
    await settle()
    expect([customers.report().verdict, others.report().verdict]).toEqual(['intact', 'intact'])
    expect(others.entries).toEqual(customers.entries)
    expect(agents.report()).toMatchObject(endSession ? { verdict: 'intact' } : { verdict: 'incomplete', fault: undefined })
  })

  test('an agent that does not lead, and says that it ends the session, leaves alone (RA-SEC-267)', async () => {
    const { session, relay, clock, customers } = await audited()
    const { url } = await session.invite({ role: 'agent' })
    const other = await Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock })
    await settle()
    other.leave({ endSession: true })
    await settle()
    expect(session.phase).toBe('active')
    expect(customers.of('session.ended')).toEqual([])
    expect(customers.entries.at(-1)).toMatchObject({ kind: 'participant.left', details: { participant: '3' } })
  })

  test('an agent that does not sign at the end holds nobody up for more than a second (RA-SEC-268)', async () => {
    const { customer, session, relay, clock, customers } = await audited()
    relay.hold(session.self, true)
    customer.stop()
    await settle()
    expect(relay.record.phase).not.toBe('closed')
    await clock.advance(1_000)
    expect(relay.record.phase).toBe('closed')
    expect(customers.report()).toMatchObject({ verdict: 'incomplete', ended: true, fault: undefined })
  })
})

test('who did not prove its secret is written down, also from before the log began (RA-SEC-263)', async () => {
  const { agent, relay, clock, host } = await house()
  const { locator, secret } = agent.pin
  const wrong = locator + String((Number(secret) + 1) % 1_000_000).padStart(6, '0')
  const [first, customers] = [new Log(), new Log()]
  const dates: string[] = []
  for (const waitMs of [0, 2_000]) {
    const tried = Customer.join({ transport: relay.transport, pin: wrong, host: new FakeHost(), clock, audit: first.sink }).catch((error: unknown) => error)
    await clock.advance(waitMs)
    await tried
    dates.push(String(Math.round(clock.date())))
  }
  expect(first.lines).toEqual([])
  const session = agent.customer()
  const joined = Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, clock, audit: customers.sink })
  await clock.advance(10_000)
  const customer = await joined
  customer.on('consent', request => request.grantAll())
  const { inviteId } = parseInviteUrl((await (await session).invite({ role: 'viewer' })).url)
  const url = inviteUrl('https://assist.example/view', { inviteId, secret: new Uint8Array(32) })
  await expect(Viewer.join({ transport: relay.transport, url, displayName: 'Vi', clock })).rejects.toMatchObject({ code: 'E_PIN_WRONG' })
  await settle()
  const failed = { class: '1', code: '600', participant: LEAD }
  const guest = { class: '3', code: '600', date: String(Math.round(clock.date())), left: '0', participant: '5' }
  expect(customers.of('proof.failed')).toEqual([{ ...failed, date: dates[0], left: '2' }, { ...failed, date: dates[1], left: '1' }, guest])
  expect(customers.entries.slice(0, 4).map(({ kind }) => kind)).toEqual(['session.begun', 'proof.failed', 'proof.failed', 'participant.joined'])
  customer.stop()
  await settle()
  expect(customers.report().fault).toBeUndefined()
})

test('everything that matters is written down, and nothing of what was typed, copied, said or known (RA-SEC-251, RA-SEC-263)', async () => {
  await writeTree(join(root, 'source'), { 'report.pdf': bytesOf(3_000), 'canary-content.txt': new TextEncoder().encode('canary-in-a-file') })
  const { customer, session, host, relay, clock, agent, customers, agents } = await audited()
  const number = String(session.self)
  customer.on('elevation', question => question.allow())
  customer.on('file', ({ offer }) => offer.accept())
  customer.on('file-ask', ({ ask }) => void ask.give([join(root, 'source/report.pdf')]))

  await session.screens.show(7)
  await session.screens.show(9)
  await session.control.request()
  session.input.type('canary-typed')
  session.input.key('KeyQ')
  await session.sendKeys('ctrl+escape')
  session.clipboard.sync({ toCustomer: true, fromCustomer: true })
  await settle()
  const offered = session.once('clipboard')
  host.copy('canary-copied')
  await offered
  await session.clipboard.read()
  session.clipboard.offer('canary-pasted')
  await settle()
  const elevated = await session.elevate({ reason: 'a new driver', minutes: 10 })
  await session.sendKeys('ctrl+alt+delete')
  await elevated.run(['whoami', '--all'])
  elevated.drop()
  await elevated.ended
  await session.files.send([join(root, 'source/canary-content.txt')]).done
  const back = await session.files.ask('Please.')
  await back.accept().done
  session.chat.say('canary-said')
  customer.pause()
  customer.unpause()
  session.confirmWords()
  customer.confirmWords(session.self)
  await settle()
  customer.revoke(Permission.ANNOTATE, session.self)
  customer.grant(Permission.RECORD, session.self, { minutes: 1 })
  await settle()
  session.announceRecording(true)
  await settle()
  const { url } = await session.invite({ role: 'viewer' })
  const viewer = await Viewer.join({ transport: relay.transport, url, displayName: 'Vi', clock })
  await settle()
  customer.remove(viewer.self)
  await clock.advance(61_000)
  customer.stop()
  await settle()

  expect([customers.report().verdict, agents.report().verdict]).toEqual(['intact', 'intact'])
  expect(agents.entries).toEqual(customers.entries)
  const of = (kind: string) => customers.of(kind)
  expect(of('participant.joined')).toMatchObject([
    { participant: number, role: String(Role.AGENT), organisation: 'unverified' },
    { participant: '3', role: String(Role.VIEWER), organisation: 'unverified' },
  ])
  expect(of('participant.identified')).toContainEqual({ participant: number, name: 'Ada', organisation: 'unverified' })
  expect(of('participant.left')).toEqual([{ participant: '3', code: '301' }])
  expect(of('consent.asked')).toHaveLength(2)
  expect(of('consent.decided')[0]).toEqual(of('consent.asked')[0])
  const changed = (permission: Permission) => of('grant.changed').filter(it => it.permission === String(permission) && it.participant === number)
  expect(changed(Permission.ANNOTATE).map(({ state, source }) => [state, source])).toEqual([
    ['given', String(GrantSource.CUSTOMER)],
    ['taken', String(GrantSource.CUSTOMER)],
  ])
  const [given, expired] = changed(Permission.RECORD)
  expect(Number(given?.expires)).toBe((customers.entries.find(({ details }) => details.expires === given?.expires)?.at ?? 0) + 60_000)
  expect(expired).toMatchObject({ state: 'taken', source: String(GrantSource.EXPIRY) })
  expect(of('control.changed').map(({ participant }) => participant)).toContain(number)
  expect(of('lead.changed')).toEqual([{ participant: number }])
  expect(of('screen.shown').slice(0, 2)).toEqual([
    { participant: number, screen: '7' },
    { participant: number, screen: '9' },
  ])
  expect(of('keys.sent').map(({ combo, result }) => [combo, result])).toEqual([
    ['', '0'],
    ['ctrl+alt+delete', '0'],
  ])
  expect(of('clipboard.synced').map(({ state }) => state)).toContain('on')
  // What the pause took back was announced, and fetched, again.
  expect(of('clipboard.passed').map(({ direction, bytes }) => [direction, bytes])).toEqual([
    [String(Direction.FROM_CUSTOMER), '13'],
    [String(Direction.TO_CUSTOMER), '13'],
    [String(Direction.TO_CUSTOMER), '13'],
  ])
  expect(of('elevation.asked')).toMatchObject([{ reason: 'a new driver', duration: '600000' }])
  expect(of('elevation.changed').at(-1)).toMatchObject({ phase: expect.any(String), participant: number })
  expect(of('command.run')).toMatchObject([{ argv: '["whoami","--all"]' }])
  expect(of('command.ended')).toMatchObject([{ by: '', code: '3' }])
  expect(of('file.decided')).toHaveLength(2)
  expect(of('file.verified').map(({ name, bytes }) => [name, bytes])).toEqual([
    ['canary-content.txt', '16'],
    ['report.pdf', '3000'],
  ])
  expect(of('file.sent')).toHaveLength(1)
  for (const { sha256 } of of('file.verified')) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(of('file.ended').map(({ reason }) => reason)).toEqual(['done', 'done'])
  expect([of('session.paused'), of('session.unpaused')]).toEqual([[{}], [{}]])
  expect(of('words.confirmed').map(({ by }) => by)).toEqual([CUSTOMER, number])
  expect(of('recording.changed')).toEqual([{ participant: number, state: 'on' }])
  expect(of('invitation.registered')).toHaveLength(1)
  expect(of('session.ended')).toEqual([{ code: '101' }])
  for (const log of [customers, agents])
    for (const canary of [
      'canary-typed',
      'canary-copied',
      'canary-pasted',
      'canary-said',
      'canary-in-a-file',
      agent.pin.secret,
      url.split('.').at(-1) as string,
    ])
      expect(log.text).not.toContain(canary)
})

test('nothing is written behind the end (RA-SEC-269)', async () => {
  const { customer, session, customers } = await audited()
  await session.control.request()
  await session.screens.show(7)
  customer.stop()
  const written = customers.entries.length
  await settle()
  expect(customers.entries.slice(written - 1).map(({ kind }) => kind)).toEqual(['session.ended'])
})

test('an agent that says that it leaves, and stays, is not waited for (RA-SEC-267)', async () => {
  const customers = new Log()
  // For this agent time stands still, and it hears nothing any more: it would wait for ever.
  const { customer, session, agent, relay, clock } = await assisting({ clock: new ManualClock() }, {}, { audit: customers.sink })
  const [ended, number] = [customer.once('ended'), session.self]
  relay.meddle = ({ target, bytes }) => (target === number ? [] : [bytes])
  agent.leave()
  await clock.advance(999)
  expect(relay.record.phase).not.toBe('closed')
  await clock.advance(2_000)
  expect((await ended).code).toBe('E_ENDED')
  expect(customers.of('session.ended')).toEqual([{ code: '102' }])
})

describe('an agent whose line drops', () => {
  test.each(['agent', 'customer'] as const)('at the %s goes on with the log where it was, whatever was lost (RA-SEC-262)', async who => {
    const { customer, session, relay, clock, customers, agents } = await audited()
    await session.control.request()
    const number = who === 'agent' ? session.self : Number(CUSTOMER)
    // What the customer says now does not arrive.
    relay.meddle = ({ target, bytes }) => (target === session.self ? [] : [bytes])
    customer.revoke(Permission.CHAT, session.self)
    customer.grant(Permission.CHAT, session.self)
    await settle()
    const had = agents.entries.length
    expect(customers.entries.length).toBeGreaterThan(had)
    const back = session.once('phase', { which: phase => phase === 'active' })
    relay.meddle = undefined
    relay.cut(number)
    await clock.advance(1_000)
    await back
    await settle()
    expect(agents.entries).toEqual(customers.entries)
    expect(customers.of('session.resumed')).toHaveLength(1)
    customer.stop()
    await settle()
    expect([customers.report().verdict, agents.report().verdict]).toEqual(['intact', 'intact'])
  })
})

test('a second agent has the log from its first entry, and each its own signed copy (RA-SEC-261)', async () => {
  const { customer, session, relay, clock, customers, agents } = await audited()
  const { url } = await session.invite({ role: 'agent' })
  const seconds = new Log()
  const second = await Agent.join({ transport: relay.transport, url, displayName: 'Bo', clock, audit: seconds.sink })
  await settle()
  expect(seconds.entries).toEqual(customers.entries)
  session.leave()
  await settle()
  // It is there to its own end, which both have signed.
  expect(agents.report()).toMatchObject({ verdict: 'incomplete', fault: undefined, ended: false })
  expect(agents.report().signedByBoth).toBe(agents.entries.length)
  expect(agents.entries.at(-1)).toMatchObject({ kind: 'participant.left', details: { participant: LEAD } })
  await second.control.request()
  customer.stop()
  await settle()
  expect([customers.report().verdict, seconds.report().verdict]).toEqual(['intact', 'intact'])
  expect(seconds.entries).toEqual(customers.entries)
  expect(customers.report().signers.map(({ participant }) => participant)).toEqual([2, 1, 3])
})

test('both ends sign every thirty seconds in which something happened (RA-SEC-256)', async () => {
  const { session, clock, customers, agents } = await audited()
  const signatures = (log: Log) => log.lines.filter(line => line.startsWith('{"signs"')).length
  await clock.advance(31_000)
  const before = [signatures(customers), signatures(agents)]
  await clock.advance(31_000)
  expect([signatures(customers), signatures(agents)]).toEqual(before)
  await session.control.request()
  await clock.advance(31_000)
  expect([signatures(customers), signatures(agents)]).toEqual(before.map(count => count + 2))
  expect(customers.report().signedByBoth).toBe(customers.entries.length)
})

test('a customer that can no longer write its log says so, once, and the session goes on', async () => {
  const it = await assisting(
    {},
    {},
    {
      audit: line => {
        if (line.includes('control.changed')) throw new Error('no space left')
      },
    },
  )
  const broken: string[] = []
  it.customer.on('audit-broken', ({ participant, error }) => broken.push(`${participant} ${error.code}`))
  await it.session.control.request()
  it.session.control.release()
  await settle()
  expect(broken).toEqual(['0 E_AUDIT'])
  expect(it.session.phase).toBe('active')
})
