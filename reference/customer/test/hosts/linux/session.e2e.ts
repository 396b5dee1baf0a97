import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { virtualHost } from '@remote-assist/customer/hosts'
import { Agent, Customer, type ElevateOptions, Permission } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { notRun } from '../needs.js'
import { Seat } from './seat.js'
import { type AccountName, tryWorld, type World } from './world.js'

const NAME = 'elevation on Linux, in a session'
/** As in the protocol. */
const REASON = { UNSPECIFIED: 0, HELPER: 4, DROPPED: 7, DISCONNECTED: 8, CONTROL_CHANGED: 9, NO_GRANT: 13, PAUSED: 16 } as const
/** What runs until it is ended, half of it where it is hard to find. */
const ENDLESS = ['sh', '-c', 'setsid sleep 1000 & echo begun; sleep 1001']
const world = await tryWorld()

if (typeof world === 'string') notRun(NAME, world)
else
  describe(NAME, () => {
    let at: Awaited<ReturnType<typeof assisting>>
    beforeEach(async () => {
      at = await assisting(world)
    })
    afterEach(async () => {
      await at.close()
      await world.empty()
    })
    afterAll(() => world[Symbol.asyncDispose]())

    it('runs commands as root once it is elevated, and not a moment before or after', async () => {
      const { session, seat } = at
      const asked = session.elevate({ reason: 'a driver' })
      await seat.answer('yes')
      const powers = await asked
      const { stdout, exitCode } = await powers.run(['id', '-u'])
      expect([Buffer.from(stdout).toString(), exitCode]).toEqual(['0\n', 0])
      powers.drop()
      expect(await powers.ended).toBe(REASON.DROPPED)
      await expect(powers.run(['id', '-u'])).rejects.toMatchObject({ code: 'E_NOT_ELEVATED' })
      await world.empty()
    })

    it('goes on when what the customer signs for the agent changes in something else: its helper is shown that too', async () => {
      const { session, customer } = at
      const powers = await session.elevate(credentialsOf(world, 'admin'))
      const before = session.capability?.capability.serial
      customer.revoke(Permission.CHAT, session.self)
      const { exitCode } = await powers.run(['true'])
      expect([exitCode, session.capability?.capability.serial]).toEqual([0, (before ?? 0) + 1])
      powers.drop()
      await powers.ended
      await world.empty()
    })

    it('RA-ELV-003 RA-ELV-081 starts no helper before the customer consented, and none when it refuses', async () => {
      const { session, customer } = at
      at.stopAllowing()
      const question = customer.once('elevation')
      const asked = session.elevate(credentialsOf(world, 'admin'))
      const refused = expect(asked).rejects.toMatchObject({ code: 'E_DENIED' })
      const asking = await question
      expect([...world.processes()]).toEqual([])
      asking.deny()
      await refused
      expect([...world.processes()]).toEqual([])
    })

    it.each([
      ['a wrong password', 'WRONG_CREDENTIALS', (): ElevateOptions => ({ ...credentialsOf(world, 'admin', '?') })],
      ['an account that may not', 'NOT_PERMITTED', (): ElevateOptions => credentialsOf(world, 'guest')],
    ])('RA-ELV-064 tells of %s, and nothing runs afterwards', async (_, cause, options) => {
      await expect(at.session.elevate(options())).rejects.toMatchObject({ code: 'E_ELEVATION', cause })
      await world.empty()
    })

    it('tells that the customer gave no password to the system', async () => {
      const asked = at.session.elevate({ reason: 'a driver' })
      const refused = expect(asked).rejects.toMatchObject({ code: 'E_ELEVATION', cause: 'OS_DECLINED' })
      await at.seat.answer('no')
      await refused
      await world.empty()
    })

    it('RA-ELV-021 ends when its time is over, with the command that runs', async () => {
      await at.close()
      at = await assisting(world, 2_000)
      const { powers, run } = await busy(at)
      expect(await powers.ended).toBe(REASON.UNSPECIFIED)
      expect(await run).toMatchObject({ endedBy: 'elevation ended' })
      await world.empty()
    })

    const ends: readonly [what: string, reason: number, end: (it: typeof at) => unknown][] = [
      ['RA-ELV-023 the agent gives it up', REASON.DROPPED, ({ drop }) => drop()],
      ['RA-ELV-023 the customer takes it back', REASON.DROPPED, ({ customer, session }) => customer.dropElevation(session.self)],
      ['RA-ELV-022 control is given up', REASON.CONTROL_CHANGED, ({ session }) => session.control.release()],
      ['RA-ELV-022 the permission is taken back', REASON.NO_GRANT, ({ customer, session }) => customer.revoke(Permission.ELEVATE, session.self)],
      ['RA-ELV-022 the customer pauses', REASON.PAUSED, ({ customer }) => customer.pause()],
      ['RA-ELV-025 the line of the agent drops', REASON.DISCONNECTED, ({ agent }) => agent.dropLine()],
      ['RA-ELV-025 the line of the customer drops', REASON.DISCONNECTED, ({ customer }) => customer.dropLine()],
      ['the customer stops', REASON.UNSPECIFIED, ({ customer }) => customer.stop()],
      ['the broker is gone', REASON.DISCONNECTED, ({ broker }) => broker.close()],
    ]
    it('RA-ELV-028 ends when its helper breaks off, with the command that runs', async () => {
      const { powers, run } = await busy(at)
      world.kill(await world.process(/guard\.js/), 'SIGKILL')
      expect(await powers.ended).toBe(REASON.HELPER)
      expect(await run).toMatchObject({ endedBy: 'elevation ended' })
      await world.empty()
    })

    it.each(ends)('RA-ELV-027 in the middle of a command, %s: it ends, with everything that it started', async (_, reason, end) => {
      const { powers, run } = await busy(at)
      await end({ ...at, drop: () => powers.drop() })
      // Who can be told is told; who gave it up, or is out of reach, does not wait for it.
      expect(await run.then(({ endedBy }) => endedBy).catch(() => 'elevation ended')).toBe('elevation ended')
      expect(await powers.ended).toBe(reason)
      await world.empty()
    })
  })

function credentialsOf(world: World, name: AccountName, more = ''): ElevateOptions {
  const { account, password } = world.login(name)
  return { reason: 'a driver', credentials: () => ({ account, password: password + more }) }
}

/** Powers, and a command that runs with them until it is ended. */
async function busy({ session }: Awaited<ReturnType<typeof assisting>>) {
  const powers = await session.elevate(credentialsOf(world as World, 'admin'))
  let begin = () => {}
  const begun = new Promise<void>(resolve => {
    begin = resolve
  })
  const run = powers.run(ENDLESS, { output: begin })
  run.catch(() => {})
  await begun
  return { powers, run }
}

/** An agent in control of a customer whose machine is in that world. */
async function assisting(world: World, maxElevationMs = 900_000) {
  const broker: RunningBroker = await startBroker({ log: silentLog(), policy: { maxElevationMs } })
  const agent = await Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ada' })
  const seat = new Seat(world)
  const host = Object.assign(virtualHost({ os: 'linux' }), { elevation: seat.elevation })
  const customer = await Customer.join({ transport: connect(broker.url), pin: agent.pin.grouped, host, displayName: 'Eva' })
  customer.on('consent', request => request.grantAll())
  const stopAllowing = customer.on('elevation', question => question.allow())
  const session = await agent.customer()
  await session.control.request()
  const close = async () => {
    await Promise.allSettled([agent.close(), customer.close()])
    await broker.close()
  }
  return { broker, agent, customer, session, seat, stopAllowing, close, drop: () => {} }
}
