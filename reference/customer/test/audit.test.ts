/** A whole session on the virtual desktop, what of it is in the logs of both ends, and what the verifier says of them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { Agent, Customer, ORDINARY_PERMISSIONS, Permission, Viewer } from '@remote-assist/peer'
import { auditFile, diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type VirtualHost, virtualHost } from '../src/hosts/index.js'

const TYPED = 'a secret that nobody writes down'
const COPIED = 'another one'
const WRONG = 'a password that is none'
/** What `remote-assist-audit` runs. */
const VERIFIER = fileURLToPath(new URL('../../../libs/secure/dist/node/audit.js', import.meta.url))
/** Said of who was removed. */
const REMOVED = '301'

interface Line {
  readonly kind: string
  readonly details: Readonly<Record<string, string>>
}

/** The lines of a log, each as it stands there. */
const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean)

/** The entries of a log. */
const entriesOf = (file: string): readonly Line[] =>
  linesOf(file)
    .map(line => JSON.parse(line) as Partial<Line>)
    .filter((line): line is Line => line.kind !== undefined && line.details !== undefined)

let folder = ''
let broker: RunningBroker
let first: VirtualHost
let agentPerson = 0
/** What the customer reads of the log while the session goes on. */
let shownMeanwhile = ''

const file = (name: string) => join(folder, name)

/** What happened, and the entry that has to tell of it: its kind, and details as regular expressions. */
const EXPECTED: readonly (readonly [what: string, kind: string, details: Readonly<Record<string, string>>])[] = [
  ['the agent came in', 'participant.joined', { role: '1' }],
  ['who it is', 'participant.identified', { name: 'Ada' }],
  ['it was let in', 'consent.decided', {}],
  ['its permissions', 'grant.changed', { state: 'given' }],
  ['it saw a screen', 'screen.shown', { screen: '1' }],
  ['it was in control', 'control.changed', {}],
  ['it used keys and pointer', 'input.used', { presses: '1', texts: '1', buttons: '1', moves: '[1-9][0-9]*', epoch: '2' }],
  ['it sent keys', 'keys.sent', { combo: '' }],
  ['the clipboard was in step', 'clipboard.synced', { state: 'on' }],
  ['the clipboard passed', 'clipboard.passed', { mime: 'text/plain', bytes: String(COPIED.length) }],
  ['a file was taken', 'file.decided', { entries: '1' }],
  ['it arrived', 'file.verified', { name: 'report.txt', bytes: '5', sha256: '[0-9a-f]{64}' }],
  ['its transfer ended', 'file.ended', { reason: 'done' }],
  ['powers were asked for with credentials', 'elevation.asked', { reason: 'An account' }],
  ['which were wrong', 'elevation.changed', { phase: '8', reason: '1' }],
  ['powers were asked for', 'elevation.asked', { reason: 'A driver' }],
  ['they were had', 'elevation.changed', { phase: '6' }],
  ['a command ran', 'command.run', { argv: '\\["whoami"\\]' }],
  ['it ended', 'command.ended', { by: '', code: '[0-9]+' }],
  ['users were switched', 'user.switched', { request: '[0-9]+' }],
  ['they were given up', 'elevation.changed', { phase: '10' }],
  ['a pause', 'session.paused', {}],
  ['its end', 'session.unpaused', {}],
  ['somebody was invited', 'invitation.registered', { participant: '1', role: '3' }],
  ['the invitation was taken back', 'invitation.revoked', { invitation: '[0-9a-f]{32}' }],
  ['a viewer came', 'participant.joined', { role: '3' }],
  ['it was let in', 'grant.changed', { participant: '3', state: 'given' }],
  ['it was removed', 'participant.left', { participant: '3', code: REMOVED }],
  ['the session was recorded', 'recording.changed', { participant: '1', state: 'on' }],
  ['and no longer', 'recording.changed', { participant: '1', state: 'off' }],
  ['a restart was asked for', 'rejoin.asked', { reason: 'A restart' }],
  ['its ticket lay', 'rejoin.changed', { state: 'ready' }],
  ['the end', 'session.ended', { code: '100' }],
]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'remote-assist-audit-'))
  broker = await startBroker({ log: silentLog() })
  const agent = await Agent.create({
    transport: connect(broker.url),
    brokerUrl: broker.url,
    displayName: 'Ada',
    permissions: ORDINARY_PERMISSIONS,
    files: diskFiles({ folder: file('agent-files') }),
    audit: auditFile(file('agent.log')),
  })
  first = virtualHost({ os: 'windows' })
  const joined = Customer.join({
    transport: connect(broker.url),
    url: agent.customerUrl,
    host: first,
    displayName: 'Eva',
    files: diskFiles({ folder: file('customer-files') }),
    audit: auditFile(file('customer.log')),
  })
  const coming = agent.customer()
  const customer = await joined
  customer.on('consent', request => request.grantAll())
  customer.on('elevation', question => question.allow())
  customer.on('rejoin', question => question.allow())
  customer.on('file', ({ offer }) => void offer.accept())
  const session = await coming
  agentPerson = session.self
  if (session.screens.list.length === 0) await session.once('screen-list')
  await session.screens.show(session.screens.list[0]?.screenId ?? 1)
  await session.control.request()
  session.input.pointer.move(300, 300)
  session.input.pointer.down()
  session.input.pointer.up()
  session.input.down('ShiftLeft')
  session.input.up('ShiftLeft')
  session.input.type(TYPED)
  await session.sendKeys('ctrl+escape')
  const synced = session.once('clipboard-sync')
  session.clipboard.sync({ fromCustomer: true })
  await synced
  const offered = session.once('clipboard')
  first.desktop.setClipboard(COPIED)
  await offered
  await session.clipboard.read()
  mkdirSync(file('give'))
  writeFileSync(join(file('give'), 'report.txt'), '12345')
  await session.files.send([join(file('give'), 'report.txt')]).done
  const refused = session.elevate({ reason: 'An account', credentials: () => ({ account: 'admin', password: WRONG }) })
  await expect(refused).rejects.toMatchObject({ code: 'E_ELEVATION', cause: 'WRONG_CREDENTIALS' })
  const prompted = session.elevate({ reason: 'A driver' })
  while (first.desktop.cover === 'none') await new Promise(resolve => setImmediate(resolve))
  first.desktop.answerUac('yes')
  const powers = await prompted
  await powers.run(['whoami'])
  shownMeanwhile = spawnSync(process.execPath, [VERIFIER, 'show', file('customer.log')], { encoding: 'utf8' }).stdout
  await powers.switchUser()
  const admin = first.desktop.logInPlace('admin')
  first.desktop.click(admin.screenId, admin.x + 5, admin.y + 5)
  expect(first.desktop.user).toBe('admin')
  session.dropElevation()
  customer.pause()
  customer.unpause()
  const invitation = await session.invite({ role: 'viewer' })
  const viewer = await Viewer.join({ transport: connect(broker.url), url: invitation.url, displayName: 'Vera' })

  invitation.revoke()
  await session.remove(viewer.self)
  const granted = session.once('grant', { which: grants => grants.includes(Permission.RECORD) })
  customer.grant(Permission.RECORD, agentPerson)
  await granted
  for (const on of [true, false]) {
    const told = session.once('recording')
    session.announceRecording(on)
    await told
  }
  await agent.requestRejoin({ reason: 'A restart' })
  const over = session.once('ended')
  customer.leave()
  await Promise.all([over, customer.close()])
  // The machine starts again, with its ticket.
  const second = await first.restart()
  const ticket = await second.rejoin.take()
  if (ticket === undefined) throw new Error('There is no ticket.')
  const next = agent.customer()
  const back = await Customer.join({ transport: connect(broker.url), ticket, host: second, displayName: 'Eva', audit: auditFile(file('customer.log.2')) })
  const again = await next
  expect(again.grants).toContain(Permission.VIEW_SCREEN)
  const end = agent.once('ended')
  back.stop()
  await Promise.all([back.close(), end])
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each(['customer.log', 'agent.log'])('%s has an entry of everything that was done', name => {
  const entries = entriesOf(file(name))
  const told = (kind: string, details: Readonly<Record<string, string>>) =>
    entries.some(entry => entry.kind === kind && Object.entries(details).every(([name, value]) => new RegExp(`^(?:${value})$`).test(entry.details[name] ?? '')))
  expect(EXPECTED.filter(([, kind, details]) => !told(kind, details))).toEqual([])
  expect(entries.filter(({ kind }) => kind === 'input.used').every(({ details }) => details.participant === String(agentPerson))).toBe(true)
})

test('the customer can read the log while the session goes on', () => {
  const lines = shownMeanwhile.trimEnd().split('\n')
  for (const told of [
    / participant\.joined .*role 1/,
    / consent\.decided /,
    / file\.verified .*name report\.txt/,
    / elevation\.changed .*phase 6/,
    / command\.run .*"whoami"/,
  ])
    expect(lines.some(line => told.test(line))).toBe(true)
  expect(lines.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\S+Z {2}command\.ended .* code \d+/)
  expect(shownMeanwhile).not.toMatch(/session\.ended|no line of an audit log/)
})

test('the session after the restart has logs of its own, which say how it began', () => {
  for (const name of ['customer.log.2', 'agent.log.2']) expect(entriesOf(file(name)).map(({ kind }) => kind)).toContain('rejoin.used')
})

test('no log has what was typed, copied or tried as a password', () => {
  for (const name of ['customer.log', 'agent.log']) expect(readFileSync(file(name), 'utf8')).not.toMatch(new RegExp(`${TYPED}|${COPIED}|${WRONG}`))
})

/** What the verifier says of a log with these lines. */
function verified(name: string, lines: readonly string[]): { readonly code: number | null; readonly out: string } {
  writeFileSync(file(name), lines.map(line => `${line}\n`).join(''))
  const { status, stdout } = spawnSync(process.execPath, [VERIFIER, 'verify', file(name)], { encoding: 'utf8' })
  return { code: status, out: stdout }
}

test.each(['customer.log', 'agent.log', 'customer.log.2', 'agent.log.2'])(
  'RA-SEC-258 RA-SEC-259 the verifier finds %s intact, signed by both to its end',
  name => {
    const { code, out } = verified('copy', linesOf(file(name)))
    expect(out).toContain(`Unbroken: entries 0 to ${entriesOf(file(name)).length - 1}.`)
    expect([out.trimEnd().split('\n').at(-1), code]).toEqual(['INTACT', 0])
  },
)

test.each(['customer.log', 'agent.log'])('RA-SEC-258 the verifier names an entry of %s that was altered, dropped or put elsewhere', name => {
  const lines = linesOf(file(name))
  const at = lines.findIndex(line => line.includes('"kind":"file.decided"'))
  const line = lines[at] ?? ''
  const number = entriesOf(file(name)).findIndex(({ kind }) => kind === 'file.decided')
  const next = lines.findIndex((other, index) => index > at && other.includes('"kind":'))
  const changes: readonly (readonly [string, readonly string[]])[] = [
    ['was altered', lines.with(at, line.replace('"entries":"1"', '"entries":"2"'))],
    ['was dropped', lines.toSpliced(at, 1)],
    ['stands in line', lines.with(at, lines[next] ?? '').with(next, line)],
  ]
  for (const [said, changed] of changes) {
    const { code, out } = verified('changed', changed)
    expect(out).toContain(`Entry ${number} ${said}`)
    expect([out.trimEnd().split('\n').at(-1), code]).toEqual(['FAULTY', 1])
  }
})
