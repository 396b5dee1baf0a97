import { unhex } from '../crypto/bytes.js'
import type { EndPlayer } from './end-player.js'
import { type Address, type Binding, Endpoint } from './endpoint.js'
import type { Fields, Player, Stage, WireEvent } from './player.js'
import { seeded } from './seeded.js'
import { Trace } from './trace.js'

/** The stage for a testee that is a broker: the suite plays both ends, over lines of its own. */

export interface BrokerStageOptions extends Address {
  /** How players connect. Default: websocket. */
  readonly binding?: Binding
  /** CreateSessionResponse's fields, as the testee told them. */
  readonly created?: Fields
  /** Gives the ids of invitations. Default 1. */
  readonly seed?: number
}

const SOON = 5_000
const DAY_MS = 86_400_000
let stages = 0

/** Makes a stage for a broker that listens there. Nobody is connected yet. */
export function stageForBroker(options: BrokerStageOptions): BrokerStage {
  return new BrokerStage(options)
}

export class BrokerStage implements Stage {
  readonly broker = undefined
  readonly attach: Address
  readonly endpoints = new Map<string, Endpoint>()
  readonly #trace = new Trace()
  readonly #binding: Binding
  readonly #random: (bytes: number) => Uint8Array
  #created: Fields
  #invites: Fields[] = []

  constructor({ binding = 'websocket', created = {}, grpcUrl, seed = 1, websocketUrl }: BrokerStageOptions) {
    this.attach = { websocketUrl, grpcUrl }
    this.#binding = binding
    this.#created = created
    this.#random = seeded(`${seed}:broker:${++stages}`)
  }

  get events(): readonly WireEvent[] {
    return this.#trace.events
  }

  get players(): ReadonlyMap<string, EndPlayer> {
    return new Map([...this.endpoints].map(([name, { player }]) => [name, player]))
  }

  /** The session that players join from now on: CreateSessionResponse's fields. */
  use(created: Fields): void {
    this.#created = created
  }

  /** What cases may name of the session: `locator`, `agentToken`, `sessionId`; `session` is its id as the control API has it. */
  get given(): ReadonlyMap<string, unknown> {
    const session = (this.#created.session ?? {}) as Fields
    return new Map<string, unknown>([
      ['locator', session.locator ?? ''],
      ['agentToken', this.#created.agentToken ?? ''],
      ['session', session.sessionId ?? ''],
      ['sessionId', unhex(String(session.sessionId ?? ''))],
    ])
  }

  /** Opens a line for a player, who is made if nobody has this name: a customer or viewer if that says so, else an agent. */
  async connect(
    name: string,
    { role = roleOf(name), binding = this.#binding }: { readonly role?: Player['role']; readonly binding?: Binding } = {},
  ): Promise<Endpoint> {
    const endpoint = this.endpoints.get(name) ?? new Endpoint(name, role, this.#trace)
    this.endpoints.set(name, endpoint)
    await endpoint.connect(this.attach, binding)
    return endpoint
  }

  endpoint(name: string): Endpoint {
    const found = this.endpoints.get(name)
    if (found === undefined) throw new Error(`Nobody is called ${name}.`)
    return found
  }

  /**
   * Connects a player, has it welcomed, and lets its authority admit it: the first agent comes by its token, a customer by the locator, everybody else by an
   * invitation of the customer.
   */
  async enter(
    name: string,
    role: Player['role'],
    options: { readonly inviteId?: Uint8Array; readonly displayName?: string; readonly hello?: Fields } = {},
  ): Promise<EndPlayer> {
    const authority = role === 'CUSTOMER' ? this.#first('AGENT') : this.#first('CUSTOMER')
    const from = this.events.length
    const { player, hello } = await this.#greeting(name, role, options, authority)
    const endpoint = this.endpoint(name)
    endpoint.hello(hello)
    const answer = await player.inbox.next(arrival => arrival.name === 'welcome' || arrival.name === 'refusal', { from, withinMs: SOON })
    if (answer.name === 'refusal') throw new Error(`The broker refused ${name}: ${String(answer.fields.code)} ${String(answer.fields.detail)}`)
    if (answer.fields.admitted === true || authority === undefined) return player
    // An authority acts on a candidate that it was shown.
    await authority.inbox.next(arrival => arrival.name === 'roster' && shows(arrival.fields, player.number), { from, withinMs: SOON })
    authority.send({ channel: 'RELAY', messages: [{ admit: { participant: player.number } }] })
    await player.inbox.next(arrival => arrival.name === 'roster' && shows(arrival.fields, player.number, 'ADMITTED'), { from, withinMs: SOON })
    return player
  }

  drop(name: string): void {
    this.endpoint(name).cut()
  }

  /** Returns with the resume token. Rejects if the broker does not welcome it. */
  async restore(name: string): Promise<void> {
    const endpoint = await this.connect(name)
    const from = this.events.length
    endpoint.hello({ resumeToken: endpoint.player.known.resumeToken })
    const answer = await endpoint.player.inbox.next(arrival => arrival.name === 'welcome' || arrival.name === 'refusal', { from, withinMs: SOON })
    if (answer.name === 'refusal') throw new Error(`The broker refused the return of ${name}: ${String(answer.fields.code)}`)
  }

  async close(): Promise<void> {
    for (const endpoint of this.endpoints.values()) {
      endpoint.cut()
      endpoint.player.dispose()
    }
  }

  #first(role: Player['role']): EndPlayer | undefined {
    return [...this.endpoints.values()].find(({ player }) => player.role === role && player.known.admitted === true)?.player
  }

  async #greeting(
    name: string,
    role: Player['role'],
    { displayName = name, hello = {}, inviteId }: { readonly inviteId?: Uint8Array; readonly displayName?: string; readonly hello?: Fields },
    authority: EndPlayer | undefined,
  ): Promise<{ readonly player: EndPlayer; readonly hello: Fields }> {
    const { agentToken } = this.#created
    const byInvitation = role === 'VIEWER' || (role === 'AGENT' && authority !== undefined)
    const invited = byInvitation ? { inviteId: inviteId ?? (await this.#invite(role, authority)) } : {}
    const own = role === 'CUSTOMER' ? { locator: ((this.#created.session ?? {}) as Fields).locator } : role === 'AGENT' ? { agentToken } : {}
    const { player } = await this.connect(name, { role })
    return { player, hello: { displayName, ...own, ...invited, ...hello } }
  }

  /** An invitation that the customer tells the broker of. */
  async #invite(role: Player['role'], customer: EndPlayer | undefined): Promise<Uint8Array> {
    if (customer === undefined) throw new Error('Nobody is invited where there is no customer.')
    const inviteId = this.#random(16)
    this.#invites = [...this.#invites, { inviteId, role, expiresInMs: DAY_MS }]
    customer.send({ channel: 'RELAY', messages: [{ setInvites: { invites: this.#invites } }] })
    await customer.barrier()
    return inviteId
  }
}

const shows = (roster: Fields, number: number, phase?: string): boolean =>
  (roster.entries as readonly Fields[]).some(entry => entry.participant === number && (phase === undefined || entry.phase === phase))

const roleOf = (name: string): Player['role'] => (/^(customer|stranger)/.test(name) ? 'CUSTOMER' : name.startsWith('viewer') ? 'VIEWER' : 'AGENT')
