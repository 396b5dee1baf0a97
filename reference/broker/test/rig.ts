import { Role, type Session } from '@remote-assist/codec'
import { createMemoryNetwork, type MemoryNetworkOptions, type Transport } from '@remote-assist/transport'
import { connect as connectGrpc } from '@remote-assist/transport-grpc'
import { connect as connectWebSocket } from '@remote-assist/transport-websocket'
import { type BrokerOptions, type RunningBroker, silentLog, startBroker } from '../src/index.js'
import { End } from './end.js'
import { SimClock } from './sim-clock.js'

export type TransportName = 'memory' | 'WebSocket' | 'gRPC'
export const TRANSPORTS: readonly TransportName[] = ['memory', 'WebSocket', 'gRPC']
export const INVITE = new Uint8Array(16).fill(7)

/** What the control API answered. */
export interface Made {
  readonly session: Session & { readonly sessionId: string; readonly locator: string }
  readonly agentToken: string
}

/** A broker on loopback and on a memory network, on a simulated clock. */
export class Rig {
  readonly #ends: End[] = []

  private constructor(
    readonly broker: RunningBroker,
    readonly clock: SimClock,
    readonly network: ReturnType<typeof createMemoryNetwork>,
  ) {}

  static async start(options: BrokerOptions = {}, network: MemoryNetworkOptions = {}): Promise<Rig> {
    const clock = new SimClock()
    const memory = { used: () => 0, limitBytes: 1 }
    const broker = await startBroker({ grpcPort: 0, joinsPerMinute: 0, log: silentLog(), memory, clock, ...options })
    const made = createMemoryNetwork(network)
    await made.listen(broker.accept)
    return new Rig(broker, clock, made)
  }

  transport(name: TransportName = 'memory'): Transport {
    if (name === 'memory') return this.network.connect()
    return name === 'WebSocket' ? connectWebSocket(this.broker.websocketUrl) : connectGrpc(this.broker.grpcUrl ?? '')
  }

  async open(name?: TransportName): Promise<End> {
    const end = await End.open(this.transport(name))
    this.#ends.push(end)
    return end
  }

  /** Calls the control API with JSON. */
  async call<T = Readonly<Record<string, unknown>>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly body: T; readonly headers: Headers }> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(this.broker.url + path, { method, headers: { ...type, ...headers }, ...sent })
    const text = await response.text()
    return { status: response.status, body: JSON.parse(text.startsWith('{') ? text : JSON.stringify(text)), headers: response.headers }
  }

  async session(body: object = {}): Promise<Made> {
    const { status, body: made } = await this.call<Made>('POST', '/v1/sessions', { displayName: 'Ada', ...body })
    if (status !== 201) throw new Error(`${status}: ${JSON.stringify(made)}`)
    return made
  }

  /** A session with an agent who leads. */
  async led(name?: TransportName, body?: object): Promise<{ readonly made: Made; readonly agent: End }> {
    const made = await this.session(body)
    const agent = await this.open(name)
    await agent.enter({ role: Role.AGENT, agentToken: made.agentToken, displayName: 'Ada' })
    return { made, agent }
  }

  /** A session with an agent and a customer who is in. */
  async assisting(name?: TransportName, body?: object): Promise<{ readonly made: Made; readonly agent: End; readonly customer: End }> {
    const { made, agent } = await this.led(name, body)
    const customer = await this.open(name)
    await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: customer.number } })
    await customer.roster(roster => roster.entries.length === 2)
    await agent.sync()
    agent.forget()
    return { made, agent, customer }
  }

  /** Somebody invited by the customer, and let in. */
  async invited(customer: End, name?: TransportName): Promise<End> {
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 600_000 }] } })
    await customer.sync()
    const viewer = await this.open(name)
    await viewer.enter({ role: Role.VIEWER, inviteId: INVITE, displayName: 'Vic' })
    customer.relay({ $case: 'admit', value: { participant: viewer.number } })
    await viewer.roster(roster => roster.entries.length > 2)
    await customer.sync()
    return viewer
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end.connection.abort()
    await this.broker.close()
  }
}
