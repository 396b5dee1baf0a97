/** Everything that a session needs, in one process. */
import { Agent, type CreateOptions } from '../../src/api/agent.js'
import { Customer, type JoinOptions } from '../../src/api/customer.js'
import type { Session } from '../../src/api/session.js'
import { ManualClock } from './clock.js'
import { FakeHost } from './host.js'
import { Relay } from './relay.js'

export interface House {
  readonly clock: ManualClock
  readonly relay: Relay
  readonly host: FakeHost
  readonly agent: Agent
}

export async function house(options: Partial<CreateOptions> = {}, relayOptions: ConstructorParameters<typeof Relay>[1] = {}): Promise<House> {
  const clock = new ManualClock()
  const relay = await new Relay(clock, relayOptions).start()
  const agent = await Agent.create({
    transport: relay.transport,
    brokerUrl: 'https://assist.example',
    displayName: 'Ada',
    fetch: relay.fetch,
    clock,
    ...options,
  })
  return { clock, relay, host: new FakeHost(), agent }
}

export interface Assisting extends House {
  readonly customer: Customer
  readonly session: Session
}

/** A session in which the customer consented to everything. */
export async function assisting(
  options: Partial<CreateOptions> = {},
  relayOptions: ConstructorParameters<typeof Relay>[1] = {},
  joining: Partial<Pick<JoinOptions, 'audit' | 'files' | 'aead' | 'host' | 'trust'>> = {},
): Promise<Assisting> {
  const it = await house(options, relayOptions)
  const joined = Customer.join({ transport: it.relay.transport, pin: it.agent.pin.grouped, host: it.host, displayName: 'Cleo', clock: it.clock, ...joining })
  const session = it.agent.customer()
  const customer = await joined
  customer.on('consent', request => request.grantAll())
  return { ...it, customer, session: await session }
}
