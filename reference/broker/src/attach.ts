/** How a connection becomes a participant: Hello, then Welcome or Refusal. */
import type { Socket } from 'node:net'
import { Channel, CloseCode, DecodeError, decodeFrame, decodeRelay, encodeFrame, encodeRelay, type Hello, Role } from '@remote-assist/codec'
import type { ParticipantRole, Proof, RoomEvent } from '@remote-assist/core'
import type { Accept, CloseInfo, Connection, ConnectionHandler } from '@remote-assist/transport'
import { isAgentTokenOf, newResumeToken, sessionOfAgentToken, sessionOfResumeToken } from './admission.js'
import { Attachment } from './attachment.js'
import { type Caller, mayUse } from './authenticator.js'
import type { Cancel } from './clock.js'
import type { Context } from './context.js'
import { Crowd } from './crowd.js'
import { Inbox } from './inbox.js'
import { type Answer, hashOf, type LocalRoom } from './rooms.js'
import { commonMinor } from './version.js'

/** The Hello is due this long after the connection opened (RA-RLY-102). */
export const HELLO_TIMEOUT_MS = 5_000

/** So many connections may be open that have not said Hello; beyond that newcomers are turned away. */
export const MAX_STRANGERS = 1_000

/** Open connections: so that a broker that shuts down can tell them, and so that nobody fills the house before he has said who he is. */
export class Doors {
  readonly open = new Set<Door>()
  /** Refuses everybody who comes from now on (RA-BND-015). */
  closing = false
  /** Called when the last connection has ended. */
  onEmpty: () => void = () => undefined
  #strangers = 0
  readonly #lines = new Crowd()
  readonly #connections = new Crowd()
  readonly #participants = new Crowd()

  constructor(readonly context: Context) {}

  /** What every transport hands its connections to. */
  readonly accept: Accept = connection => {
    const { remoteAddress } = connection
    const door = new Door(this.context, connection, {
      greeted: () => this.#strangers--,
      welcomed: () => this.#participants.enter(remoteAddress),
      over: () => {
        if (door.attachment !== undefined) this.#participants.leave(remoteAddress)
        this.#connections.leave(remoteAddress)
        this.open.delete(door)
        this.context.metrics.connections = this.open.size
        if (this.open.size === 0) this.onEmpty()
      },
    })
    this.open.add(door)
    this.context.metrics.connections = this.open.size
    this.#strangers++
    this.#connections.enter(remoteAddress)
    if (this.closing) door.shutDown()
    else if (this.#strangers > MAX_STRANGERS || this.#isCrowded(this.#connections, remoteAddress)) door.reject(CloseCode.OVERLOADED)
    return door
  }

  /** What every port shows its lines to, before a byte of them is read. */
  readonly acceptLine = (line: Socket): void => {
    // A line that was lost already has no address.
    const { remoteAddress } = line
    if (remoteAddress === undefined) return
    this.#lines.enter(remoteAddress)
    line.once('close', () => this.#lines.leave(remoteAddress))
    if (this.#isCrowded(this.#lines, remoteAddress)) line.destroy()
  }

  /** Whether too many of that address are there without being participants (RA-BND-019). */
  #isCrowded(crowd: Crowd, address: string): boolean {
    const { strangersPerAddress } = this.context.settings
    return strangersPerAddress > 0 && crowd.count(address) - this.#participants.count(address) > strangersPerAddress
  }
}

/** What a door tells of its connection. */
interface DoorEvents {
  /** It has said Hello, or will not. */
  greeted(): void
  /** It is a participant's from now on. */
  welcomed(): void
  over(): void
}

/** Where a Hello leads: a room, and what to ask of it. */
interface Wish {
  readonly sessionId: string
  readonly event: RoomEvent
  readonly resumeToken: Uint8Array
}

/** One connection: first a stranger, then the attachment of a participant. */
export class Door implements ConnectionHandler {
  readonly #inbox: Inbox
  readonly #late: Cancel
  #attachment: Attachment | undefined
  #greeted = false
  #over = false

  constructor(
    readonly context: Context,
    readonly connection: Connection,
    readonly events: DoorEvents,
  ) {
    this.#inbox = new Inbox(connection, bytes => (this.#attachment === undefined ? this.#first(bytes) : this.#attachment.frame(bytes)))
    this.#late = context.clock.schedule(context.clock.now() + HELLO_TIMEOUT_MS, () => this.reject(CloseCode.TIMEOUT))
  }

  /** The participant that came through this door, once it was welcomed. */
  get attachment(): Attachment | undefined {
    return this.#attachment
  }

  /** Ends the connection because the broker stops; the participant may return, here or elsewhere. */
  shutDown(): void {
    if (this.#attachment === undefined) this.reject(CloseCode.SHUTTING_DOWN)
    else this.#attachment.shutDown()
  }

  frame(bytes: Uint8Array): void {
    this.#inbox.push(bytes)
  }

  drain(): void {
    this.#attachment?.drained()
  }

  closed({ code, error }: CloseInfo): void {
    this.#over = true
    this.#greet()
    this.#attachment?.lost(error?.code === 'E_BINDING' ? code : undefined)
    this.events.over()
  }

  /** Reads the first frame, which is a Hello or the last one (RA-RLY-101). */
  #first(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#over || this.#greeted) return undefined
    this.#greet()
    try {
      const { channel, source, targets, sequence, payload } = decodeFrame(bytes)
      if (source !== 0 || targets.length > 0) return this.reject(CloseCode.BAD_HEADER)
      if (channel !== Channel.RELAY) return this.reject(CloseCode.WRONG_PHASE)
      const { kind } = decodeRelay(payload)
      return kind?.$case === 'hello' ? this.#hello(kind.value, sequence) : this.reject(CloseCode.WRONG_PHASE)
    } catch (error) {
      if (error instanceof DecodeError) return this.reject(error.closeCode)
      throw error
    }
  }

  /** No longer a stranger, for better or worse. */
  #greet(): void {
    if (this.#greeted) return
    this.#greeted = true
    this.#late()
    this.events.greeted()
  }

  async #hello(hello: Hello, sequence: number): Promise<void> {
    try {
      const wish = await this.#wish(hello)
      if (typeof wish === 'object') await this.#enter(wish, sequence)
      else if (wish !== undefined) this.#refuse(wish)
    } catch (error) {
      this.context.log.error({ err: error }, 'a Hello could not be answered')
      this.#refuse(CloseCode.INTERNAL)
    }
  }

  async #enter({ sessionId, event, resumeToken }: Wish, sequence: number): Promise<void> {
    const found = await this.context.rooms.apply(sessionId, event, (answer, room) => this.#answer(answer, room, sequence, resumeToken))
    if (found === undefined) this.#refuse(event.type === 'participant.resume' ? CloseCode.RESUME_REFUSED : CloseCode.NOT_FOUND)
  }

  #answer(answer: Answer, room: LocalRoom, sequence: number, resumeToken: Uint8Array): undefined {
    if (answer.type === 'refuse') return this.#refuse(answer.code, answer.retryAfterMs)
    this.#attachment = new Attachment(this.context, this.connection, room, answer.participant, sequence, resumeToken)
    if (!this.#over) this.events.welcomed()
    this.context.log.info(
      { session: room.record.sessionId, participant: answer.participant, incarnation: this.#attachment.incarnation },
      'participant attached',
    )
    if (this.#over) this.#attachment.lost()
  }

  /** What the credentials ask for, or the code that refuses them; `undefined` if the Refusal was sent. */
  async #wish(hello: Hello): Promise<Wish | CloseCode | undefined> {
    const { context } = this
    const { registry, settings } = context
    if (commonMinor(hello.version ?? { minMinor: 0, maxMinor: 0 }) === undefined) return CloseCode.INCOMPATIBLE
    if (hello.resumeToken.length > 0) {
      const sessionId = sessionOfResumeToken(hello.resumeToken)
      const resumeToken = newResumeToken(sessionId)
      const hashes = { presentedHash: hashOf(hello.resumeToken), tokenHash: hashOf(resumeToken) }
      return { sessionId, resumeToken, event: { type: 'participant.resume', ...hashes, node: settings.node } }
    }
    if (context.gate.full) return CloseCode.OVERLOADED
    const proof = proofOf(hello)
    if (proof === undefined || !isParticipantRole(hello.role)) return CloseCode.UNAUTHENTICATED
    if (proof.kind !== 'token') {
      const retryAfterMs = context.throttle.attempt(this.connection.remoteAddress)
      if (retryAfterMs > 0) return this.#refuse(CloseCode.THROTTLED, retryAfterMs)
    }
    const agent = hello.role === Role.AGENT ? await this.#agentOf(hello.agentToken, proof) : undefined
    if (hello.role === Role.AGENT && agent === undefined) return CloseCode.UNAUTHENTICATED
    const sessionId = await sessionOf(registry, proof, hello.agentToken)
    if (sessionId === undefined || !(await this.#isOpenTo(agent, sessionId))) return CloseCode.NOT_FOUND
    const resumeToken = newResumeToken(sessionId)
    const { role, displayName } = hello
    return { sessionId, resumeToken, event: { type: 'participant.hello', role, proof, displayName, tokenHash: hashOf(resumeToken), node: settings.node } }
  }

  /** An agent shows the token of a session that is not over. To enter another one it needs an invitation besides, and a token of the issuer does as well. */
  async #agentOf(token: string, { kind }: Proof): Promise<Caller | undefined> {
    const { authenticator, rooms, settings } = this.context
    const sessionId = sessionOfAgentToken(token)
    if (sessionId === undefined) {
      const caller = kind === 'invite' && settings.hasIssuer && token !== '' ? await authenticator.authenticate(token) : undefined
      return caller?.tenant === undefined ? undefined : caller
    }
    const record = await rooms.read(sessionId)
    return record !== undefined && isAgentTokenOf(record, token) ? { tenant: record.details.tenant } : undefined
  }

  /** Agents stay within their tenant, invited or not (RA-RLY-195). Customers and viewers have none. */
  async #isOpenTo(agent: Caller | undefined, sessionId: string): Promise<boolean> {
    if (agent === undefined) return true
    const record = await this.context.registry.get(sessionId)
    return record !== undefined && mayUse(agent, record.details.tenant)
  }

  #refuse(code: CloseCode, retryAfterMs = 0): undefined {
    if (this.#over) return
    const kind = { $case: 'refusal', value: { code, retryAfterMs: Math.ceil(retryAfterMs), detail: '' } } as const
    this.connection.send(encodeFrame({ channel: Channel.RELAY, source: 0, targets: [], sequence: 1 }, encodeRelay({ kind })))
    this.context.metrics.refused(code)
    this.context.log.info({ code, reason: CloseCode[code] }, 'Hello refused')
    this.connection.close(code)
  }

  /** Closes the connection without an answer: what came was not a Hello that could be answered. */
  reject(code: CloseCode): undefined {
    if (this.#over) return
    this.#greet()
    this.context.metrics.closed(code)
    this.connection.close(code)
  }
}

const isParticipantRole = (role: Role): role is ParticipantRole => role === Role.AGENT || role === Role.CUSTOMER || role === Role.VIEWER

/** What the credentials would prove: an invitation before a locator before a token alone. */
function proofOf({ inviteId, locator, agentToken }: Hello): Proof | undefined {
  if (inviteId.length > 0) return { kind: 'invite', inviteId: Buffer.from(inviteId).toString('hex') }
  if (locator !== '') return { kind: 'locator', locator }
  return agentToken === '' ? undefined : { kind: 'token' }
}

async function sessionOf(registry: Context['registry'], proof: Proof, agentToken: string): Promise<string | undefined> {
  if (proof.kind === 'invite') return await registry.findByInvite(proof.inviteId)
  if (proof.kind === 'locator') return await registry.findByLocator(proof.locator)
  return sessionOfAgentToken(agentToken)
}
