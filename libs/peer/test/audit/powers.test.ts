/** What the log says of elevated powers: what was done, and how it came out. */
import { RefusalReason } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import { settle } from '../support/clock.js'
import { FakeHost } from '../support/host.js'
import { assisting } from '../support/house.js'
import { Log } from './log.js'

/** An elevated agent whose doings are written down. */
async function elevated(change: (host: FakeHost) => void = () => {}) {
  const log = new Log()
  const host = new FakeHost()
  change(host)
  const it = await assisting({}, {}, { audit: log.sink, host })
  it.customer.on('elevation', question => question.allow())
  await it.session.control.request()
  const powers = await it.session.elevate({ reason: 'a driver' })
  return { ...it, host, log, powers }
}

test('users are switched when the machine has done it, and no earlier (RA-ELV-047)', async () => {
  const { powers, log, session, customer } = await elevated()
  await powers.switchUser()
  expect(log.of('user.switched')).toEqual([{ participant: String(session.self), request: expect.stringMatching(/^[0-9]+$/) }])
  customer.stop()
  await settle()
  expect(log.report().fault).toBeUndefined()
})

test.each([
  ['absent', 'E_UNSUPPORTED', []],
  ['forbidden', 'E_POLICY', []],
  ['broken', 'E_DENIED', ['The log-in screen does not come.']],
] as const)('a switch of users that is %s is refused, and no entry says otherwise (RA-ELV-047)', async (switching, code, said) => {
  const { powers, log, customer } = await elevated(host => {
    host.switching = switching
  })
  const faults: string[] = []
  customer.on('host-error', ({ message }) => faults.push(message))
  await expect(powers.switchUser()).rejects.toMatchObject({ code })
  expect(log.of('user.switched')).toEqual([])
  expect(faults).toEqual(said)
})

test('Ctrl+Alt+Del that the machine’s policy forbids is refused as such', async () => {
  const { session, log, host } = await elevated()
  host.secureKeys = 'policy-blocked'
  expect(await session.sendKeys('ctrl+alt+delete')).toEqual({ ok: false, reason: 'policy' })
  expect(log.of('keys.sent')).toMatchObject([{ combo: 'ctrl+alt+delete', result: String(RefusalReason.POLICY) }])
})

test('an agent is told that there is no Ctrl+Alt+Del to be had, elevated or not (RA-INP-055)', async () => {
  const host = new FakeHost()
  Object.assign(host.elevation, { sendsSecureKeys: false })
  const { session, customer } = await assisting({}, {}, { host })
  customer.on('elevation', question => question.allow())
  expect(session.platform).toMatchObject({ canElevate: true, canSendSecureKeys: false })
  await session.control.request()
  expect(await session.sendKeys('ctrl+alt+delete')).toEqual({ ok: false, reason: 'unsupported' })
  await session.elevate({ reason: 'a driver' })
  expect(await session.sendKeys('ctrl+alt+delete')).toEqual({ ok: false, reason: 'unsupported' })
})

test('a command is written down with its exit code, or with what ended it: never as one that ended well', async () => {
  const { powers, session, log, customer } = await elevated()
  await powers.run(['tool'])
  await powers.run(['no-such-program'])
  const cancel = new AbortController()
  const cancelled = powers.run(['wait'], { signal: cancel.signal }).catch(() => undefined)
  await settle()
  cancel.abort()
  await cancelled
  await settle()
  const dropped = powers.run(['wait']).catch(() => undefined)
  await settle()
  session.dropElevation()
  await dropped
  await settle()
  expect(log.of('command.run')).toHaveLength(4)
  expect(log.of('command.ended').map(({ by, code }) => [by, code])).toEqual([
    ['', '3'],
    ['E_HOST', ''],
    ['SIGTERM', ''],
    ['SIGTERM', ''],
  ])
  customer.stop()
  await settle()
  expect(log.report().fault).toBeUndefined()
})

test('a command that ends because the line drops is written down as well', async () => {
  const { powers, log, customer } = await elevated()
  const lost = powers.run(['wait']).catch(() => undefined)
  await settle()
  customer.dropLine()
  await settle()
  await lost
  const ends = log.of('command.ended')
  expect(ends).toMatchObject([{ by: 'elevation ended', code: '' }])
  expect(log.of('command.run').map(({ command }) => command)).toEqual(ends.map(({ command }) => command))
})
