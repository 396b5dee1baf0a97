import type { EndBroker } from './broker-player.js'
import type { CustomerPlayer } from './customer.js'
import type { EndPlayer } from './end-player.js'
import type { Arrival, Fields, Player } from './player.js'

/** Brings a testee and the player opposite it to where a case begins. */

export type ReachPhase = 'securing' | 'consenting' | 'admission' | 'active' | 'paused'

/** What the testee's user does on the way, and what the testee tells. */
export interface Fixture {
  /** Permissions to grant, without prefix. Default VIEW_SCREEN. */
  readonly grants?: readonly string[]
  /** Has the testee's user do something: one member of Do's oneof. */
  readonly act: (action: Fields) => Promise<unknown>
  /** The testee's next event of this kind that fits: its fields. */
  readonly event: (name: string, fits: (fields: Fields) => boolean) => Promise<Fields>
  /** An agent under test asks by itself (StartRole.permissions): it is not told to. */
  readonly asks?: boolean
  /** Time for each thing that has to come, ms. Default 10,000. */
  readonly withinMs?: number
}

const REQUEST = 900_001
const ALL = ['VIEW_SCREEN']

/** The stage, as far as it matters here. */
export interface Ground {
  readonly broker: EndBroker
  readonly players: ReadonlyMap<string, EndPlayer>
  /** The testee comes by an invitation: the customer decides on it without being asked. */
  readonly invited: boolean
  enter(name: string, role: Player['role']): Promise<EndPlayer>
}

export async function bringTo(stage: Ground, role: Player['role'], phase: ReachPhase, fixture: Fixture): Promise<void> {
  const opposite = stage.players.get(role === 'CUSTOMER' ? 'agent' : 'customer')
  if (opposite === undefined) {
    await stage.enter('customer', 'CUSTOMER')
    return await bringTo(stage, role, phase, fixture)
  }
  const way = new Way(stage, opposite, fixture)
  if (phase === 'securing') return await way.securing()
  await opposite.secured({ withinMs: fixture.withinMs ?? 10_000 })
  if (role === 'CUSTOMER') await way.customer(phase)
  else await way.joiner(opposite as CustomerPlayer, phase)
}

class Way {
  readonly #withinMs: number

  constructor(
    private readonly stage: Ground,
    private readonly opposite: EndPlayer,
    private readonly fixture: Fixture,
  ) {
    this.#withinMs = fixture.withinMs ?? 10_000
  }

  get #grants(): readonly string[] {
    return this.fixture.grants ?? ALL
  }

  /** Holds the handshake before its second message. */
  async securing(): Promise<void> {
    this.opposite.manners.handshake = false
    if (this.opposite.role === 'CUSTOMER') {
      await this.stage.broker.inbox.next(({ name }) => name === 'hello', { from: 0, withinMs: this.#withinMs })
      await this.opposite.barrier()
    } else await this.#arrival('start', 'HANDSHAKE')
  }

  /** A customer under test: its user answers the agent's question. */
  async customer(phase: ReachPhase): Promise<void> {
    await this.stage.broker.inbox.next(({ name }) => name === 'admit' || name === 'hello', { from: 0, withinMs: this.#withinMs })
    await this.opposite.barrier()
    if (phase === 'consenting') return
    this.opposite.send({ channel: 'SESSION', messages: [{ consentRequest: { requestId: REQUEST, permissions: this.#grants, reason: 'To help' } }] })
    const asked = await this.fixture.event('asked', fields => fields.participant === this.opposite.number)
    await this.fixture.act({ answer: { question: asked.id, permissions: this.#grants } })
    const decision = await this.#arrival('decision', 'SESSION')
    if ((decision.fields.granted as unknown[]).length === 0) throw new Error(`The customer granted nothing: ${String(decision.fields.reason)}.`)
    await this.opposite.barrier()
    if (phase !== 'paused') return
    await this.fixture.act({ pause: {} })
    await this.#arrival('pause', 'SESSION')
  }

  /** An agent or viewer under test: the customer that the suite plays decides. */
  async joiner(customer: CustomerPlayer, phase: ReachPhase): Promise<void> {
    if (customer.joinerRole === 'AGENT') await this.#lead(customer)
    const due = customer.joinerRole === 'AGENT' ? 'CONSENTING' : 'ADMISSION'
    await this.fixture.event('phase', fields => fields.participant === customer.number && fields.phase === due)
    await customer.barrier()
    if (phase === 'consenting' || phase === 'admission') return
    if (this.stage.invited) customer.desk.decide(this.#grants)
    else await this.#consent(customer)
    if (phase === 'paused') customer.desk.pause(true)
    await customer.barrier()
  }

  /** The lead that is under test lets the customer in. */
  async #lead(customer: CustomerPlayer): Promise<void> {
    const { room } = this.stage.broker
    if (room.members.get(customer.number)?.phase !== 'CANDIDATE') return
    await this.stage.broker.inbox.next(({ name }) => name === 'admit', { from: 0, withinMs: this.#withinMs })
  }

  async #consent(customer: CustomerPlayer): Promise<void> {
    if (this.fixture.asks !== true) await this.fixture.act({ requestConsent: { permissions: this.#grants, reason: 'To help' } })
    const { fields } = await this.#arrival('consentRequest', 'SESSION')
    if (!customer.desk.granted) customer.desk.decide(this.#grants, { requestId: Number(fields.requestId) })
  }

  async #arrival(name: string, channel: string): Promise<Arrival> {
    return await this.opposite.inbox.next(arrival => arrival.name === name && arrival.channel === channel, { from: 0, withinMs: this.#withinMs })
  }
}
