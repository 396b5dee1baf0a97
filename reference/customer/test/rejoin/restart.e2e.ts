/** A computer that is started again in the middle of a session, on a real X display; and who is killed when. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { Agent, Permission, type Session } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeWith } from '../hosts/needs.js'
import { X_PROGRAMS, XServer } from '../hosts/x-server.js'
import { startables } from './desktop-session.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const GRACE_MS = 1_500

let broker: RunningBroker
let home = ''
const running: ChildProcess[] = []
beforeAll(async () => {
  broker = await startBroker({ log: silentLog(), graceMs: GRACE_MS })
})
afterAll(() => broker.close())
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'remote-assist-restart-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(child => ended(child, 'SIGKILL')))
  rmSync(home, { recursive: true, force: true })
})

const autostart = () => join(home, 'config', 'autostart')
const waiting = (): readonly string[] => (existsSync(autostart()) ? readdirSync(autostart()) : [])
const environment = (display?: string) => ({
  ...process.env,
  HOME: home,
  XDG_CONFIG_HOME: join(home, 'config'),
  ...(display === undefined ? {} : { DISPLAY: display }),
})

function started([program = '', ...args]: readonly string[], display?: string, cwd = home): ChildProcess {
  const child = spawn(program, args, { cwd, env: environment(display), stdio: ['pipe', 'pipe', 'inherit'] })
  running.push(child)
  return child
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  if (signal !== undefined) child.kill(signal)
  const [code] = await exit
  return code
}

/** Resolves when the program has written this. */
function says(child: ChildProcess, words: string): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', data => {
      text += String(data)
      if (text.includes(words)) resolve()
    })
    child.stdout?.on('end', () => reject(new Error(`It ended and had said: ${text}`)))
  })
}

/** What the session manager of a new log-on starts; in a terminal where the entry wants one. */
function logOn(display?: string): ChildProcess[] {
  return startables(autostart()).map(({ argv, folder, terminal }) => {
    expect(terminal).toBe(true)
    return started(display === undefined ? argv : ['xterm', '-e', ...argv], display, folder)
  })
}

interface Scene {
  readonly agent: Agent
  readonly session: Session
  readonly customer: ChildProcess
}

interface Setting {
  readonly host?: string
  readonly display?: string
  readonly consent?: string
  /** What its user types. */
  readonly typed?: string
}

/** An agent with a customer's program that grants what `consent` says. */
async function scene({ host = 'virtual', display, consent = 'all', typed = '' }: Setting = {}): Promise<Scene> {
  const agent = await Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ada' })
  const customer = started([process.execPath, MAIN, agent.customerUrl, '--host', host, '--consent', consent, '--downloads', join(home, 'downloads')], display)
  customer.stdin?.write(typed)
  return { agent, customer, session: await agent.customer() }
}

/** The same, with a ticket that lies ready. */
async function ready(...options: Parameters<typeof scene>): Promise<Scene> {
  const it = await scene(...options)
  await it.agent.requestRejoin({ reason: 'A driver was installed' })
  return it
}

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { readonly code?: unknown }) => error.code,
  )

describeWith(X_PROGRAMS, 'a computer that is started again', () => {
  test('RA-SES-161 RA-SES-168 RA-SES-171 RA-SES-173 comes back after log-on, and the agent goes on without a new PIN', async () => {
    const before = await XServer.start()
    const { agent, customer, session } = await ready({ host: 'x11', display: before.display })
    const over = session.once('ended')
    expect(waiting()).toEqual(['remote-assist-rejoin.desktop'])
    expect(statSync(join(autostart(), 'remote-assist-rejoin.desktop')).mode & 0o777).toBe(0o600)
    await ended(customer, 'SIGKILL')
    await before[Symbol.asyncDispose]()
    await over
    const next = agent.customer()
    await using after = await XServer.start()
    logOn(after.display)
    const again = await next
    expect(waiting()).toEqual([])
    expect(again.grants).toContain(Permission.VIEW_SCREEN)
    expect(again.grants).not.toContain(Permission.ELEVATE)
    if (again.screens.list.length === 0) await again.once('screen-list')
    await again.screens.show(again.screens.next())
    await agent.close()
  })
})

describe('who is killed when', () => {
  test('RA-SES-164 the customer before it agreed: no way back, and no file', async () => {
    const { agent, customer, session } = await scene({ consent: 'ask', typed: 'y\n'.repeat(6) })
    const asked = refusal(agent.requestRejoin({ reason: 'A driver was installed' }))
    await says(customer, 'To allow it, type')
    expect(waiting()).toEqual([])
    const over = session.once('ended')
    await ended(customer, 'SIGKILL')
    await over
    expect([await asked, waiting()]).toEqual(['E_NOT_ACTIVE', []])
    await agent.close()
  })

  test('RA-SES-168 the customer that is told to end leaves, and comes back at once', async () => {
    const { agent, customer, session } = await ready()
    const over = session.once('ended')
    expect(await ended(customer, 'SIGTERM')).toBe(0)
    await over
    expect(waiting()).toHaveLength(1)
    const next = agent.customer()
    logOn()
    expect((await next).grants).toContain(Permission.VIEW_SCREEN)
    expect(waiting()).toEqual([])
    await agent.close()
  })

  test('RA-SES-168 the user who stops takes the ticket away', async () => {
    const { agent, customer } = await ready()
    await ended(customer, 'SIGINT')
    expect(waiting()).toEqual([])
    await agent.close()
  })

  test('RA-SES-170 RA-SES-173 the customer that has taken its ticket: no way back, and no file', async () => {
    const { agent, customer } = await ready()
    const [entry] = startables(autostart())
    await ended(customer, 'SIGKILL')
    const [first] = logOn()
    await says(first as ChildProcess, 'Going back to Ada')
    await ended(first as ChildProcess, 'SIGKILL')
    expect(waiting()).toEqual([])
    const second = started(entry?.argv ?? [])
    await says(second, 'There is no ticket here')
    expect(await ended(second)).toBe(4)
    await agent.close()
  })

  test('RA-SES-167 the agent that asked: the ticket goes with it', async () => {
    const { agent, session, customer } = await ready()
    void session
    agent.leave()
    expect(await ended(customer)).toBe(0)
    expect(waiting()).toEqual([])
  })

  test('RA-SES-162 a customer that agrees to nothing of the kind leaves no file', async () => {
    const { agent } = await scene({ consent: 'view' })
    expect(await refusal(agent.requestRejoin({ reason: 'A driver was installed' }))).toBe('E_NO_GRANT')
    expect(waiting()).toEqual([])
    await agent.close()
  })
})
