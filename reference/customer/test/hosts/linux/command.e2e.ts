import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { Agent, type Session } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { notRun } from '../needs.js'
import { XServer } from '../x-server.js'
import { tryWorld, type World } from './world.js'

const NAME = 'the command of an ordinary account on Linux'
const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))
const world = await tryWorld()

if (typeof world === 'string') notRun(NAME, world)
else describe(NAME, () => commandIn(world))

function commandIn(world: World): void {
  let server: XServer
  let broker: RunningBroker
  let agent: Agent
  const shares: Sharing[] = []

  beforeAll(async () => {
    server = await XServer.start()
    broker = await startBroker({ log: silentLog() })
  })
  afterEach(async () => {
    await agent.close()
    for (const sharing of shares.splice(0)) await sharing.gone
    await world.empty()
  })
  afterAll(async () => {
    await broker.close()
    await server[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  /** Starts the command as an account of the world, for an agent who is in control then. */
  async function share(launcher: readonly string[]): Promise<{ session: Session; sharing: Sharing }> {
    agent = await Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ada' })
    const host = `x11:${server.display.slice(1)}`
    const args = ['--broker', broker.url, '--host', host, '--consent', 'view,control,elevate', '--downloads', '/mnt/downloads', agent.pin.grouped]
    const sharing = new Sharing([...launcher, process.execPath, MAIN, ...args])
    shares.push(sharing)
    const session = await agent.customer()
    await session.control.request()
    return { session, sharing }
  }

  /** From now on this world has no sudo. */
  function withoutSudo(): readonly string[] {
    world.run('root', 'mount', '--bind', '/dev/null', '/usr/bin/sudo')
    return world.as('customer')
  }

  const PASSWORD = /Your password on this computer/

  it('runs “id -u” as 0 while it is elevated, by the password of its owner, and not before or after', async () => {
    const { session, sharing } = await share(world.as('customer'))
    expect(world.run('customer', 'id', '-u')).not.toBe('0\n')
    const asked = session.elevate({ reason: 'a driver' })
    await sharing.prints(PASSWORD)
    expect([...world.processes().values()].filter(line => /\/helper\/|^su(do)? /.test(line))).toEqual([])
    sharing.types(world.login('customer').password)
    const powers = await asked
    const { stdout } = await powers.run(['id', '-u'])
    expect(Buffer.from(stdout).toString()).toBe('0\n')
    powers.drop()
    await powers.ended
    await expect(powers.run(['id', '-u'])).rejects.toMatchObject({ code: 'E_NOT_ELEVATED' })
    expect(sharing.printed).not.toContain(world.login('customer').password)
  })

  it('elevates by the credentials that the agent gives, which its own account could not', async () => {
    const { session } = await share(world.as('guest'))
    const powers = await session.elevate({ reason: 'a driver', credentials: () => world.login('admin') })
    const { stdout } = await powers.run(['id', '-u'])
    expect(Buffer.from(stdout).toString()).toBe('0\n')
    powers.drop()
  })

  it('asks again after a wrong password, and gives up without one', async () => {
    const { session, sharing } = await share(world.as('customer'))
    const asked = session.elevate({ reason: 'a driver' })
    const refused = expect(asked).rejects.toMatchObject({ code: 'E_ELEVATION', cause: 'OS_DECLINED' })
    await sharing.prints(PASSWORD)
    sharing.types('wrong')
    await sharing.prints(/That password is not right\. 2 tries are left\./)
    await sharing.prints(PASSWORD, 2)
    sharing.types('')
    await refused
  })

  it('RA-ELV-082 RA-ELV-084 killed in the middle of a command, leaves nothing running', async () => {
    const { session } = await share(world.as('customer'))
    const powers = await session.elevate({ reason: 'a driver', credentials: () => world.login('admin') })
    const run = powers.run(['sh', '-c', 'setsid sleep 1000 & sleep 1001']).catch(() => 'gone')
    await world.process(/sleep 1000$/)
    await world.process(/sleep 1001$/)
    world.kill(await world.process(/main\.js/), 'SIGKILL')
    await world.empty()
    await powers.ended
    expect(await run).toBe('gone')
  })

  it.each([
    ['as root', () => world.as('root'), /cannot be given here: This program runs as root/],
    [
      'where nothing may have new powers',
      () => [...world.as('customer'), 'setpriv', '--no-new-privs', '--'],
      /cannot be given here: This program runs under a ban/,
    ],
    ['where sudo is not installed', withoutSudo, /here: sudo is not installed/],
  ])('RA-ELV-008 %s, says why there are no administrator powers, and announces none', async (_, launcher, why) => {
    const { session, sharing } = await share(launcher())
    await sharing.prints(why)
    expect([session.platform?.canElevate, session.takesCredentials]).toEqual([false, false])
    await expect(session.elevate({ reason: 'a driver' })).rejects.toMatchObject({ code: 'E_ELEVATION', cause: 'UNSUPPORTED' })
  })
}

/** The command, and who sits in front of it. */
class Sharing {
  printed = ''
  readonly gone: Promise<void>
  readonly #child: ChildProcessWithoutNullStreams
  #wake = () => {}

  constructor([program = '', ...args]: readonly string[]) {
    this.#child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: '/mnt', LC_ALL: 'C.UTF-8' } })
    const hear = (data: Buffer) => {
      this.printed += data
      this.#wake()
    }
    this.#child.stdout.on('data', hear)
    this.#child.stderr.on('data', hear)
    this.gone = new Promise(resolve => this.#child.once('close', () => resolve()))
  }

  /** Resolves when it has printed so much that matches. */
  async prints(what: RegExp, times = 1): Promise<void> {
    while ((this.printed.match(new RegExp(what, 'g'))?.length ?? 0) < times) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  types(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }
}
