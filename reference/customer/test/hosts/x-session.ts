import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { Agent, Customer, type Session } from '@remote-assist/peer'
import { connect } from '@remote-assist/transport-websocket'
import type { X11HostOptions } from '../../src/hosts/index.js'
import { type XSetup, x11Setup } from './x-witness.js'

const CUSTOMER = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const AGENT = fileURLToPath(new URL('./holding-agent.mjs', import.meta.url))

/** A broker, and a display with somebody in front of it. */
export interface Stage extends AsyncDisposable {
  readonly x: XSetup
  readonly broker: RunningBroker
}

/** An agent in control of a display. */
export interface XSession extends Stage {
  readonly agent: Agent
  readonly session: Session
  readonly customer: Customer
}

/** Makes the stage; `actors` are closed before it. */
export async function stage(options: X11HostOptions = {}): Promise<Stage> {
  const x = await x11Setup(options)
  const broker = await startBroker({ log: silentLog() })
  const close = async () => {
    await broker.close()
    await x[Symbol.asyncDispose]()
  }
  return { x, broker, [Symbol.asyncDispose]: close }
}

/** An agent that waits for a customer. */
export const startAgent = (broker: RunningBroker): Promise<Agent> => Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ada' })

/** The agent's session with its customer, in control, with a screen before it. */
export async function takeControl(agent: Agent): Promise<Session> {
  const session = await agent.customer()
  if (session.screens.list.length === 0) await session.once('screen-list')
  await session.screens.show(session.screens.next())
  await session.control.request()
  return session
}

/** A customer on the stage that grants everything. */
export async function join({ x, broker }: Stage, url: string): Promise<Customer> {
  const customer = await Customer.join({ transport: connect(broker.url), url, host: x.host })
  customer.on('consent', request => request.grantAll())
  return customer
}

/** An agent in control, and a customer that grants everything, on a stage of their own. */
export async function xSession(options: X11HostOptions = {}): Promise<XSession> {
  const it = await stage(options)
  const agent = await startAgent(it.broker)
  const joined = join(it, agent.customerUrl)
  const session = await takeControl(agent)
  const customer = await joined
  const close = async () => {
    customer.stop()
    await agent.close()
    await it[Symbol.asyncDispose]()
  }
  return { ...it, agent, session, customer, [Symbol.asyncDispose]: close }
}

/** The customer's command on a display, as a process of its own; it grants everything. */
export function spawnCustomer(x: XSetup, agent: Agent): ChildProcess {
  const args = [CUSTOMER, agent.customerUrl, '--host', `x11:${x.server.display}`, '--consent', 'all']
  return spawn(process.execPath, args, { env: x.server.env, stdio: ['pipe', 'ignore', 'inherit'] })
}

/** An agent as a process of its own. It writes its customer's URL in a line, and presses Shift, A and the left button as soon as it is in control. */
export function spawnAgent(broker: RunningBroker): ChildProcess {
  return spawn(process.execPath, [AGENT, broker.url], { stdio: ['pipe', 'pipe', 'inherit'] })
}
