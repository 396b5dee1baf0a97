import { randomBytes } from 'node:crypto'
import { base64url, hex, join, sha256, utf8 } from '../crypto/bytes.js'
import type { Secret } from '../crypto/forms.js'
import { EndBroker } from './broker-player.js'
import { controlOf } from './control.js'
import { CustomerPlayer } from './customer.js'
import type { EndPlayer, Seat } from './end-player.js'
import { JoinerPlayer } from './joiner.js'
import { serveGrpc } from './lines/grpc.js'
import { serveGrpcImpostor, serveImpostor } from './lines/impostor.js'
import { stageServer } from './lines/websocket.js'
import type { EnterOptions, Fields, Player, Stage, WireEvent } from './player.js'
import { bringTo, type Fixture, type ReachPhase } from './reach.js'
import { seeded } from './seeded.js'
import { Trace } from './trace.js'

/** The stage for a testee that is an end: the suite plays its broker and everybody else. */

export interface EndStageOptions {
  /** What the testee plays. */
  readonly role: Player['role']
  /** Gives the PINs, together with the number of the stage. Default 1. */
  readonly seed?: number
  /** A testee that joins by PIN (default) or by link; of a viewer or a second agent, by invitation. */
  readonly way?: 'pin' | 'link' | 'invite'
  /** Serves gRPC as well: `attach.grpcUrl` is empty otherwise. */
  readonly grpc?: boolean
  /** Is reached by TLS alone, with a certificate that nobody vouches for. */
  readonly impostor?: boolean
  /** Fields of Welcome that differ from the default; `policy` is merged into the default one, and null for none. */
  readonly welcome?: Fields
}

const NONE = new Uint8Array(0)
const DAY_MS = 86_400_000
let stages = 0

/** Makes a stage for a testee that plays this role. For a customer there is `agent`, which leads; for an agent or viewer there is `customer`. */
export async function stageForEnd(options: EndStageOptions): Promise<EndStage> {
  const stage = new EndStage(options)
  await stage.open()
  return stage
}

export class EndStage implements Stage {
  readonly broker: EndBroker
  readonly players = new Map<string, EndPlayer>()
  readonly sessionId = new Uint8Array(randomBytes(16))
  readonly agentToken: string
  /** Of the newest code. */
  locator: string
  /** The secret part of the PIN. Of an agent under test, known once it is `ready`. */
  pinSecret: string
  readonly linkSecret: Uint8Array
  readonly inviteId: Uint8Array
  readonly inviteSecret: Uint8Array
  readonly #trace = new Trace()
  readonly #options: EndStageOptions
  readonly #random: (bytes: number) => Uint8Array
  #attach = { websocketUrl: '', grpcUrl: '' }
  #closing: (() => Promise<void>)[] = []
  /** The secret of the link that an agent under test made. */
  #link: Uint8Array | undefined

  constructor(options: EndStageOptions) {
    this.#options = options
    // A PIN has three tries wherever it is proven: no two stages have the same.
    this.#random = seeded(`${options.seed ?? 1}:${++stages}`)
    this.locator = this.#digits(9)
    this.pinSecret = this.#digits(6)
    this.linkSecret = this.#random(32)
    this.inviteId = this.#random(16)
    this.inviteSecret = this.#random(32)
    this.agentToken = base64url(this.#random(24))
    this.broker = new EndBroker(this.#trace, options.role, this.sessionId, () => this.#changed())
    this.broker.welcome = options.welcome ?? {}
    this.#people()
  }

  /** The testee comes by an invitation. */
  get invited(): boolean {
    const { role, way } = this.#options
    return role === 'VIEWER' || (role === 'AGENT' && way === 'invite')
  }

  get events(): readonly WireEvent[] {
    return this.#trace.events
  }

  get attach(): Stage['attach'] {
    return this.#attach
  }

  /** The customer that the suite plays; throws where the testee is it. */
  get customer(): CustomerPlayer {
    const player = this.players.get('customer')
    if (player instanceof CustomerPlayer) return player
    throw new Error('The suite plays no customer here, or not yet.')
  }

  /** What StartRole has to say for this stage; cases may add to it. */
  get start(): Fields {
    const { role, way } = this.#options
    const address = { role, websocketUrl: this.#attach.websocketUrl, ...(this.#attach.grpcUrl === '' ? {} : { grpcUrl: this.#attach.grpcUrl }) }
    if (role === 'CUSTOMER') return { ...address, ...(way === 'link' ? { customerUrl: this.#customerUrl() } : { pin: this.locator + this.pinSecret }) }
    if (this.invited) return { ...address, inviteUrl: this.#inviteUrl() }
    return { ...address, created: this.#created() }
  }

  /** Takes what an agent under test said when it was ready: the PIN or the client session URL that it made. */
  ready({ pin = '', customerUrl = '' }: Fields): void {
    const [, digits = '', secret = ''] = /#1\.(\d+)\.([\w-]+)$/.exec(String(customerUrl)) ?? []
    const said = String(pin).replace(/\D/g, '') || digits
    if (!said.startsWith(this.locator) || said.length !== this.locator.length + 6) return
    this.pinSecret = said.slice(this.locator.length)
    const link = new Uint8Array(Buffer.from(secret, 'base64url'))
    this.#link = link.length === 32 ? link : undefined
  }

  async open(): Promise<void> {
    const control = controlOf(this.sessionId, this.agentToken, () => this.#renew())
    const impostor = this.#options.impostor === true
    const { url, close } = await (impostor ? serveImpostor(this.broker) : stageServer.serve(this.broker, control))
    this.#closing.push(close)
    const grpc = this.#options.grpc === true ? await (impostor ? serveGrpcImpostor(this.broker) : serveGrpc(this.broker)) : undefined
    if (grpc !== undefined) this.#closing.push(grpc.close)
    this.#attach = { websocketUrl: url, grpcUrl: grpc?.url ?? '' }
  }

  /** Brings testee and player to this phase. Rejects when something on the way does not come. */
  async reach(phase: ReachPhase, fixture: Fixture): Promise<void> {
    await bringTo(this, this.#options.role, phase, fixture)
  }

  async enter(name: string, role: Player['role'], options: EnterOptions = {}): Promise<EndPlayer> {
    if (this.players.has(name)) throw new Error(`There is a ${name} already.`)
    const { displayName = name, hold = false, once, pin, ticket } = options
    if (role === 'CUSTOMER')
      return this.#customer(name, displayName, { hold, ...(pin === undefined ? {} : { pin }), ...(ticket === undefined ? {} : { ticket }) })
    if (this.#options.role !== 'CUSTOMER') return this.#seat(this.#joiner(name, role), 'ADMITTED', displayName, NONE)
    const invitation = options.inviteId === undefined ? await this.#invite(role) : { inviteId: options.inviteId, secret: options.secret ?? this.#random(32) }
    const player = this.#joiner(name, role)
    player.manners.handshake = !hold
    if (once !== undefined) player.key = this.#player(once).key
    player.secrets.push({ passwordClass: 'INVITE', password: invitation.secret, secretId: invitation.inviteId })
    return this.#seat(player, 'CANDIDATE', displayName, invitation.inviteId)
  }

  drop(name: string): void {
    const player = this.#player(name)
    const member = this.broker.room.members.get(player.number)
    if (member === undefined) throw new Error(`${name} is gone.`)
    player.closed(0, '', false)
    if (member.phase === 'CANDIDATE') this.broker.room.members.delete(member.number)
    else member.phase = 'SUSPENDED'
    this.broker.roster()
  }

  async restore(name: string): Promise<void> {
    const player = this.#player(name)
    const member = this.broker.room.members.get(player.number)
    if (member === undefined) throw new Error(`${name} is gone.`)
    member.phase = 'ADMITTED'
    member.incarnation++
    player.opened()
    this.broker.roster()
  }

  async close(): Promise<void> {
    this.broker.dispose()
    for (const player of this.players.values()) player.dispose()
    await Promise.all(this.#closing.splice(0).map(close => close()))
  }

  #player(name: string): EndPlayer {
    const player = this.players.get(name)
    if (player === undefined) throw new Error(`Nobody is called ${name}.`)
    return player
  }

  /** Who is there before the testee comes. */
  #people(): void {
    const { role, way } = this.#options
    if (role === 'AGENT' && way !== 'invite') return
    const lead = this.#joiner('agent', 'AGENT')
    if (role === 'CUSTOMER') {
      lead.secrets.push(...this.#codeSecrets(this.linkSecret))
      this.#seat(lead, 'ADMITTED', 'Ada', NONE)
      return
    }
    const { number } = this.broker.room.enter({ role: 'AGENT', phase: 'ADMITTED', displayName: 'Ada', inviteId: NONE })
    const customer = this.#customer('customer', 'Customer', { phase: 'ADMITTED' })
    customer.desk.others = [{ participant: number, role: 'AGENT', phase: 'ACTIVE', lead: true, displayName: 'Ada', grants: ['VIEW_SCREEN'] }]
    customer.secrets.push({ passwordClass: 'INVITE', password: this.inviteSecret, secretId: this.inviteId })
  }

  #customer(
    name: string,
    displayName: string,
    { phase = 'CANDIDATE', hold = false, pin, ticket }: { phase?: 'ADMITTED' | 'CANDIDATE'; hold?: boolean; pin?: string; ticket?: Uint8Array } = {},
  ): CustomerPlayer {
    const player: CustomerPlayer = new CustomerPlayer(
      name,
      this.#options.role === 'VIEWER' ? 'VIEWER' : 'AGENT',
      this.#seatOf(() => player),
    )
    player.manners.handshake = !hold
    if (ticket !== undefined) player.secrets.push({ passwordClass: 'RESUME', password: ticket, secretId: sha256(ticket).subarray(0, 16) })
    else if (phase === 'CANDIDATE') player.secrets.push(...this.#codeSecrets(pin === undefined ? this.#link : undefined, pin?.slice(-6)))
    if (this.#options.way === 'link') player.secret = player.secrets.find(({ passwordClass }) => passwordClass === 'LINK')
    this.#seat(player, phase, displayName, NONE)
    return player
  }

  #joiner(name: string, role: 'AGENT' | 'VIEWER'): JoinerPlayer {
    const player: JoinerPlayer = new JoinerPlayer(
      name,
      role,
      this.#seatOf(() => player),
    )
    return player
  }

  #seatOf(player: () => EndPlayer): Seat {
    const { broker, sessionId } = this
    const trace = this.#trace
    return {
      trace,
      sessionId,
      get policy() {
        return broker.policy
      },
      deliver: frame => broker.forward(frame),
      relay: message => {
        const [name = '', fields = {}] = Object.entries(message)[0] ?? []
        broker.hear(player().number, name, fields as Fields)
      },
      barrier: () => broker.barrier(),
    }
  }

  #seat<P extends EndPlayer>(player: P, phase: 'ADMITTED' | 'CANDIDATE', displayName: string, inviteId: Uint8Array): P {
    player.number = this.broker.room.enter({ role: player.role, phase, displayName, inviteId }).number
    player.counterpart = this.broker.testee
    this.players.set(player.name, player)
    this.broker.seat(player)
    player.opened()
    this.broker.roster()
    return player
  }

  /** An invitation that the lead registers with the customer under test. */
  async #invite(role: 'AGENT' | 'VIEWER'): Promise<{ readonly inviteId: Uint8Array; readonly secret: Uint8Array }> {
    const lead = this.#player('agent')
    const invitation = { inviteId: this.#random(16), secret: this.#random(32) }
    const from = this.events.length
    lead.send({ channel: 'SESSION', messages: [{ inviteRegister: { requestId: 1_000_000 + from, role, expiresInMs: DAY_MS, ...invitation } }] })
    await lead.inbox.next(({ name }) => name === 'inviteRegistered' || name === 'refused', { from, withinMs: 5_000 })
    return invitation
  }

  #codeSecrets(link: Uint8Array | undefined, secret = this.pinSecret): Secret[] {
    const password = utf8(secret)
    const pin: Secret = { passwordClass: 'PIN', password, secretId: NONE }
    return link === undefined ? [pin] : [pin, { passwordClass: 'LINK', password: join(password, link), secretId: NONE }]
  }

  #changed(): void {
    const { testee, room, attached } = this.broker
    const there = attached && room.members.get(testee)?.phase !== 'SUSPENDED'
    for (const player of this.players.values()) {
      const member = room.members.get(player.number)
      if (there) player.counterpart = testee
      if (player instanceof CustomerPlayer && member !== undefined && member.phase !== 'SUSPENDED') {
        player.room(there ? testee : 0, member.phase === 'ADMITTED' && room.members.get(testee)?.phase === 'ADMITTED')
      }
    }
  }

  #digits(count: number): string {
    return [...this.#random(count)].map(byte => byte % 10).join('')
  }

  /** A new code; the session in the JSON of the control API. */
  #renew(): Fields {
    this.locator = this.#digits(9)
    this.broker.newCodes++
    const now = Date.now()
    return {
      sessionId: hex(this.sessionId),
      locator: this.locator,
      codeExpiresAtMs: String(now + 600_000),
      createdAtMs: String(now),
      state: 'SESSION_STATE_OPEN',
      displayName: 'Testee',
    }
  }

  #created(): Fields {
    const now = Date.now()
    const session = {
      sessionId: hex(this.sessionId),
      locator: this.locator,
      codeExpiresAtMs: now + 600_000,
      createdAtMs: now,
      policy: this.broker.policy,
      state: 'OPEN',
      displayName: 'Testee',
    }
    const base = 'http://127.0.0.1'
    const { websocketUrl } = this.#attach
    return { session, agentToken: this.agentToken, websocketUrl, joinUrl: `${base}/join`, viewUrl: `${base}/view` }
  }

  #customerUrl(): string {
    return `http://127.0.0.1/join#1.${this.locator}${this.pinSecret}.${base64url(this.linkSecret)}`
  }

  #inviteUrl(): string {
    return `http://127.0.0.1/view#1.${base64url(this.inviteId)}.${base64url(this.inviteSecret)}`
  }
}
