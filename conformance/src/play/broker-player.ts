import { randomBytes } from 'node:crypto'
import { hex } from '../crypto/bytes.js'
import { whenOverdue } from '../patience.js'
import { channelName, decodeFrame, decodeMessage, enumOf, enumValue, rules, type WireFrame } from '../wire/schema.js'
import type { EndPlayer } from './end-player.js'
import type { Line, LineEvents, Opening, Raw, Reception } from './lines/line.js'
import { fieldsOfOutgoing, framesOf, nameOfOutgoing } from './outgoing.js'
import { type BrokerPlayer, type Fields, LineOver, type Outgoing, Overdue, type Player } from './player.js'
import { type Member, Room, sequenceFault } from './room.js'
import { Mailbox, type Trace } from './trace.js'

/** The broker that the suite plays to a testee that is an end: one connection on the wire, everybody else in this process. */

const MAX_FRAME = 266_240
const BARRIER_MS = 5_000
/** Ids of the suite's own pings, apart from those of cases. */
const BARRIERS = 1n << 40n

/** The policy of a session unless a case has another. */
export const DEFAULT_POLICY: Fields = {
  maxFileBytes: '1073741824',
  maxSessionBytes: '0',
  maxTransferEntries: 1_000,
  permissionsCeiling: Object.keys(enumOf('Permission').values).flatMap(name => (name.endsWith('_UNSPECIFIED') ? [] : [name.slice('PERMISSION_'.length)])),
  consentTimeoutMs: 60_000,
  maxParticipants: 8,
  idleTimeoutMs: 0,
  maxSessionDurationMs: 0,
  requireWordsBeforeElevation: false,
  passwordClasses: ['PIN', 'LINK'],
  pictureCodecs: [],
  maxElevationMs: 900_000,
}

interface Connection {
  readonly line: Line
  readonly number: number
  lastSequence: bigint
  sequence: bigint
  greeted: boolean
}

export class EndBroker implements BrokerPlayer, Reception {
  readonly inbox = new Mailbox()
  readonly manners = { welcome: true, roster: true, pong: true, forward: true, bye: true, subprotocol: true, ping: true }
  readonly room = new Room()
  welcome: Fields = {}
  open = true
  /** How the testee opened its last connection. */
  opening: Opening | undefined
  /** How many new codes the testee asked for. */
  newCodes = 0
  /** The testee's number; 0 before its first Welcome. */
  testee = 0
  #connection: Connection | undefined
  #connections = 0
  #told = 0
  #tokens: string[] = []
  #pings = 0n
  #openings: (() => void)[] = []
  readonly #players = new Map<number, EndPlayer>()

  constructor(
    private readonly trace: Trace,
    private readonly role: Player['role'],
    readonly sessionId: Uint8Array,
    /** What players have to do when who is there has changed. */
    private readonly changed: () => void,
  ) {}

  get choosesSubprotocol(): boolean {
    return this.manners.subprotocol
  }

  /** The policy that the testee gets; undefined if a case has `policy: null` in its Welcome. */
  get policy(): Fields | undefined {
    const { policy = {} } = this.welcome as { readonly policy?: Fields | null }
    return policy === null ? undefined : { ...DEFAULT_POLICY, ...policy }
  }

  /** The testee is attached and welcomed. */
  get attached(): boolean {
    return this.#connection?.greeted === true
  }

  get hasLine(): boolean {
    return this.#connection !== undefined
  }

  async flushed(): Promise<void> {
    await this.#connection?.line.flushed?.()
  }

  get connections(): number {
    return this.#connections
  }

  /** The sequence of the frame that it numbered last on the testee's line. */
  get lastSequence(): bigint {
    return this.#connection?.sequence ?? 0n
  }

  /** Seats a player under its number. */
  seat(player: EndPlayer): void {
    this.#players.set(player.number, player)
  }

  /** Takes the testee's next connection. */
  accept(line: Line, opening: Opening): LineEvents {
    this.opening = opening
    const connection: Connection = { line, number: ++this.#connections, lastSequence: 0n, sequence: 0n, greeted: false }
    const older = this.#connection
    this.#connection = connection
    // Who comes back sooner than the end of its line is seen here had dropped it all the same.
    if (older !== undefined) {
      older.line.close(103, '')
      this.#dropped()
    }
    this.trace.opened('broker')
    for (const told of this.#openings.splice(0)) told()
    return {
      frame: bytes => this.#frame(connection, bytes),
      stray: (what, bytes) => this.#put(bytes, nothing, what),
      closed: (code, reason, raw) => this.#ended(connection, code, reason, raw),
    }
  }

  /** The testee came, and went before it asked for anything. */
  turnedAway(): void {
    this.inbox.putClosing(this.trace.closing({ to: 'broker', code: 0, reason: '', raw: { turnedAway: true } }))
  }

  async connected({ withinMs }: { readonly withinMs: number }): Promise<number> {
    if (this.#told < this.#connections) return ++this.#told
    await new Promise<void>((resolve, reject) => {
      const callOff = whenOverdue(withinMs, () => {
        this.#openings = this.#openings.filter(one => one !== opening)
        reject(new Overdue(`the testee did not connect within ${withinMs} ms`, this.inbox.all))
      })
      const opening = () => {
        callOff()
        resolve()
      }
      this.#openings.push(opening)
    })
    return ++this.#told
  }

  send(outgoing: Outgoing): void {
    const connection = this.#connection
    if (connection === undefined) throw new LineOver('The testee is not connected.')
    const targets = this.testee === 0 || outgoing.messages?.[0]?.refusal !== undefined ? [] : [this.testee]
    const seal = () => {
      throw new Error('A broker has no keys: use spoil.plain.')
    }
    for (const frame of framesOf(outgoing, { source: 0, targets, sequence: () => ++connection.sequence, seal })) {
      this.#write(nameOfOutgoing(outgoing), fieldsOfOutgoing(outgoing), frame)
    }
  }

  sendBytes(frame: Uint8Array): void {
    this.#write(`${frame.length} bytes`, {}, frame)
  }

  #write(what: string, fields: Fields, frame: Uint8Array): void {
    this.trace.sent('broker', what, fields, frame)
    this.#connection?.line.send(frame)
  }

  close(code: number, reason = ''): void {
    this.#connection?.line.close(code, reason)
  }

  cut(): void {
    this.#connection?.line.cut()
  }

  stray(): void {
    this.#connection?.line.stray()
  }

  fragments(frame: Uint8Array, count: number, beside?: Uint8Array): void {
    this.trace.sent('broker', `${frame.length} bytes in ${count} fragments`, {}, frame)
    this.#connection?.line.fragments(frame, count, beside)
  }

  closeRaw(code: number): void {
    this.#connection?.line.closeRaw(code)
  }

  holdAnswer(): void {
    if (this.#connection !== undefined) this.#connection.line.answers = false
  }

  /** Carries a player's frame to the testee; nothing if that is not there. */
  forward(frame: Uint8Array): void {
    if (this.attached) this.#connection?.line.send(frame)
  }

  /** Resolves when the testee has answered a Ping that was sent now. Rejects with `Overdue` after 5 s. */
  async barrier(): Promise<void> {
    const id = String(BARRIERS + ++this.#pings)
    const from = this.trace.events.length
    this.send({ channel: 'RELAY', messages: [{ ping: { id } }] })
    await this.inbox.next(({ name, fields }) => name === 'pong' && fields.id === id, { from, withinMs: BARRIER_MS })
  }

  /** Tells the testee who is there, if it is attached and manners have it. */
  roster(): void {
    if (this.manners.roster && this.attached) this.send({ channel: 'RELAY', messages: [{ roster: this.room.rosterFor(this.testee) }] })
    this.changed()
  }

  /** What a participant says to the broker: the testee's relay messages, and those that players say in this process. */
  hear(from: number, name: string, fields: Fields): void {
    const member = this.room.members.get(from)
    if (name === 'admit') this.#admit(from, Number(fields.participant))
    else if (name === 'evict') this.#evict(Number(fields.participant), codeOf(fields.code))
    else if (name === 'setLead') {
      this.room.lead = Number(fields.participant)
      this.roster()
    } else if (name === 'bye' && member !== undefined) this.#bye(member, codeOf(fields.code), fields.endSession === true)
  }

  #admit(authority: number, number: number): void {
    const member = this.room.members.get(number)
    if (member?.phase !== 'CANDIDATE' || this.room.authorityOf(member) !== authority) return
    member.phase = 'ADMITTED'
    this.roster()
  }

  #evict(number: number, code: number): void {
    if (!this.room.members.delete(number)) return
    if (number === this.testee) this.close(code)
    this.#players.get(number)?.closed(code, '', true)
    this.roster()
  }

  #bye(member: Member, code: number, endSession: boolean): void {
    const ends = endSession && (member.role === 'CUSTOMER' || member.number === this.room.lead)
    if (member.number === this.testee) {
      for (const player of this.#players.values()) player.fail(`the goodbye of the testee: ${code}`)
      // Who has not got round to it goes on carrying what others say.
      if (!this.manners.bye) return
      this.close(code)
    }
    this.room.members.delete(member.number)
    if (member.number !== this.testee) this.#players.get(member.number)?.closed(code, '', true)
    if (ends) {
      for (const player of this.#players.values()) player.closed(code, '', true)
      if (member.number !== this.testee) this.close(code)
    } else this.roster()
  }

  #ended(connection: Connection, code: number, reason: string, raw: Raw): void {
    this.inbox.putClosing(this.trace.closing({ to: 'broker', code, reason, raw }))
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#dropped()
  }

  #dropped(): void {
    const member = this.room.members.get(this.testee)
    if (member === undefined) return
    if (member.phase === 'CANDIDATE') this.room.members.delete(member.number)
    else member.phase = 'SUSPENDED'
    for (const player of this.#players.values()) player.lost()
    this.changed()
  }

  #frame(connection: Connection, bytes: Uint8Array): void {
    if (this.#connection !== connection) return
    let frame: WireFrame
    try {
      frame = decodeFrame(bytes)
    } catch (error) {
      return this.#put(bytes, nothing, `no frame: ${String(error)}`)
    }
    const wrong = this.#headerFault(connection, frame, bytes.length)
    connection.lastSequence = frame.sequence
    if (wrong !== undefined) return this.#put(bytes, frame, wrong)
    if (frame.targets.length === 0) return this.#relay(connection, frame, bytes)
    for (const target of frame.targets) {
      const player = this.#players.get(target)
      if (player === undefined) this.#put(bytes, frame, `there is no participant ${target}`)
      else if (this.manners.forward && this.room.members.get(target)?.phase !== 'SUSPENDED') player.receive(bytes)
    }
  }

  #headerFault(connection: Connection, { channel, source, targets, sequence }: WireFrame, length: number): string | undefined {
    const name = channelName(channel)
    if (length > MAX_FRAME) return `a frame of ${length} bytes, of which ${MAX_FRAME} are allowed`
    if (name === '') return `there is no channel ${channel}`
    if (source !== (connection.greeted ? this.testee : 0)) return `the source ${source} is not the sender’s number`
    if ((name === 'RELAY') !== (targets.length === 0)) return `a frame on ${name} for ${targets.length} targets`
    if (targets.length > (name === 'MEDIA' ? 32 : 1)) return `a frame on ${name} for ${targets.length} targets`
    if (targets.some((target, place) => place > 0 && target <= (targets[place - 1] ?? 0))) return `the targets ${targets.join(', ')} do not ascend`
    return sequenceFault(sequence, connection.lastSequence)
  }

  #relay(connection: Connection, frame: WireFrame, bytes: Uint8Array): void {
    let decoded: { readonly name: string; readonly fields: Fields }
    try {
      decoded = decodeMessage('RELAY', frame.payload)
    } catch (error) {
      return this.#put(bytes, frame, `no relay message: ${String(error)}`)
    }
    const { name, fields } = decoded
    this.#put(bytes, frame, name === '' ? 'a relay message of a kind that nobody knows' : undefined, name, fields)
    if (!connection.greeted) {
      if (name === 'hello' && this.manners.welcome) this.#hello(connection, fields)
    } else if (name === 'ping') {
      if (this.manners.pong) this.send({ channel: 'RELAY', messages: [{ pong: { id: fields.id } }] })
    } else this.hear(this.testee, name, fields)
  }

  #put(bytes: Uint8Array, { source, targets, sequence, channel, payload }: WireFrame, fault: string | undefined, name = '', fields: Fields = {}): void {
    const said = { to: 'broker', source, targets, sequence, channel: channelName(channel), name, fields, frame: bytes, bytes: payload }
    this.inbox.put(this.trace.arrival(fault === undefined ? said : { ...said, fault }))
  }

  #hello(connection: Connection, hello: Fields): void {
    const token = hello.resumeToken as Uint8Array
    const returning = token.length > 0
    const member = this.room.members.get(this.testee)
    if (returning && (member === undefined || !this.#tokens.includes(hex(token)))) {
      this.send({ channel: 'RELAY', messages: [{ refusal: { code: 'RESUME_REFUSED' } }] })
      return this.close(207)
    }
    const self = returning && member !== undefined ? this.#back(member) : this.#new(hello)
    this.testee = self.number
    connection.greeted = true
    const fields = this.welcomeFields(self)
    this.#tokens = [hex(fields.resumeToken as Uint8Array), ...this.#tokens].slice(0, 2)
    this.send({ channel: 'RELAY', messages: [{ welcome: fields }] })
    this.changed()
  }

  #back(member: Member): Member {
    member.incarnation++
    if (member.phase === 'SUSPENDED') member.phase = 'ADMITTED'
    return member
  }

  #new(hello: Fields): Member {
    this.room.members.delete(this.testee)
    const first = this.role === 'AGENT' && this.room.lead === 0
    return this.room.enter({
      role: this.role,
      phase: first ? 'ADMITTED' : 'CANDIDATE',
      displayName: String(hello.displayName),
      inviteId: hello.inviteId as Uint8Array,
    })
  }

  /** What the testee is welcomed with: the default, and what the case has otherwise. */
  welcomeFields(self: Member): Fields {
    return {
      minor: 0,
      sessionId: this.sessionId,
      participant: self.number,
      incarnation: self.incarnation,
      roster: this.room.rosterFor(self.number),
      channels: channelsOf(self.role),
      maxFrameBytes: MAX_FRAME,
      heartbeatMs: 60_000,
      resumeToken: new Uint8Array(randomBytes(32)),
      graceMs: 60_000,
      codeExpiresInMs: 600_000,
      admitted: self.phase === 'ADMITTED',
      ...this.welcome,
      policy: this.policy,
    }
  }

  /** Ends it for good. */
  dispose(): void {
    this.open = false
    this.#connection?.line.cut()
    this.inbox.end('the stage was closed')
  }
}

const nothing: WireFrame = { channel: 0, source: 0, targets: [], sequence: 0n, payload: new Uint8Array(0) }

const codeOf = (code: unknown): number => (typeof code === 'string' ? enumValue(enumOf('CloseCode'), code) : Number(code))

/** Channels that a role has to do with: those on which a rule has it as sender or receiver. */
function channelsOf(role: string): string[] {
  return [...new Set(rules().flatMap(({ channel, from, to }) => (from === role || to.includes(role) ? [channel] : [])))]
}
