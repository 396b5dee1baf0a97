import { performance } from 'node:perf_hooks'
import type { Established, ExchangeSide, Outcome, Twist } from '../crypto/exchange.js'
import { policyHash, type Secret } from '../crypto/forms.js'
import { type SessionKey, sessionJwk, sessionKeyPair } from '../crypto/keys.js'
import { whenOverdue } from '../patience.js'
import { channelName, channelNumber, decodeFrame, decodeMessage, splitRecord, type WireFrame } from '../wire/schema.js'
import { Association } from './association.js'
import { fieldsOfOutgoing, framesOf, nameOfOutgoing } from './outgoing.js'
import {
  type Arrival,
  type ChannelName,
  type Fields,
  HandshakeFailed,
  LineOver,
  type Manners,
  type Outgoing,
  Overdue,
  type Player,
  type Spoil,
} from './player.js'
import { Mailbox, type Trace } from './trace.js'

/** What every end that the suite plays has and does, whatever its role. */

/** Where a player's frames go, and what it knows by it. */
export interface Seat {
  readonly trace: Trace
  readonly sessionId: Uint8Array
  /** The policy of the session, as `Welcome` has it; undefined if it has none. */
  readonly policy: Fields | undefined
  /** Carries a frame away. Throws if the player has no line. */
  deliver(frame: Uint8Array): void
  /** Sends a relay message in the player's name. */
  relay(message: Fields): void
  /** Resolves when what was sent before was taken by the testee. */
  barrier(): Promise<void>
  /** Between players of the suite, with a broker under test: what has no keys is sent as it is, and taken as it came. */
  readonly unsealed?: true
  /** Is told of relay messages, where there is a line of its own. */
  heard?(arrival: Arrival): void
  /** What is wrong with the header of a frame that came, where there is a line of its own. */
  headerFault?(frame: WireFrame): string | undefined
  /** What is wrong with the targets of a relay message that says itself whose it is, where there is a line of its own. */
  targetFault?(targets: readonly number[], name: string, fields: Fields): string | undefined
}

export const POLITE: Manners = {
  pong: true,
  alive: true,
  ack: true,
  audit: true,
  screen: true,
  inform: true,
  credentials: true,
  consent: false,
  handshake: true,
}
/** A record with one message of a kind that nobody knows: field 1,023. */
export const UNKNOWN_MESSAGE = Uint8Array.of(3, 0xf8, 0x3f, 0x00)
const ALIVE_MS = 2_000
const HANDSHAKE_MS = 10_000

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export abstract class EndPlayer implements Player {
  number = 0
  counterpart = 0
  readonly inbox = new Mailbox()
  readonly manners: { -readonly [K in keyof Manners]: Manners[K] } = { ...POLITE }
  /** What differs from right in its next handshakes. */
  twist: Twist = {}
  /** What it knows by heart: PIN, link, invitation, and what earlier handshakes gave for a return. */
  readonly secrets: Secret[] = []
  /** Minor versions and named features that it says it has. */
  minors = { minMinor: 0, maxMinor: 0 }
  capabilities: readonly string[] = []
  /** Who vouches for it: a compact JWS. */
  credential = ''
  key: SessionKey = sessionKeyPair()
  protected association: Association | undefined
  /** Facts by name, as they become known. */
  readonly known: Record<string, unknown> = {}
  #sequence = 0n
  #pending: Pending[] = []
  #failed: Error | undefined
  #last: Established | undefined
  #alive: NodeJS.Timeout | undefined
  #lastAlive = { at: 0, sentAtUs: '0' }
  #closed: string | undefined

  constructor(
    readonly name: string,
    readonly role: Player['role'],
    protected readonly seat: Seat,
  ) {}

  get facts(): Fields {
    const established = this.#last
    return {
      sessionId: this.seat.sessionId,
      key: this.key.publicKey,
      jwk: sessionJwk(this.key.publicKey),
      handshakeFault: '',
      ...(established === undefined ? {} : factsOf(established)),
      ...this.known,
    }
  }

  /** What the last handshake gave. */
  get established(): Established | undefined {
    return this.#last
  }

  /** It has keys now. */
  get securedNow(): boolean {
    return this.association !== undefined
  }

  get attached(): boolean {
    return this.#closed === undefined
  }

  /** Its line is there: sequences begin anew. */
  opened(): void {
    this.#sequence = 0n
    this.#closed = undefined
    this.inbox.reopen()
    this.seat.trace.opened(this.name)
  }

  /** Its line is over. */
  closed(code: number, reason: string, final: boolean, raw: Fields = {}): void {
    if (this.#closed !== undefined) return
    this.#closed = `its line was closed with ${code}`
    this.lost()
    this.inbox.putClosing(this.seat.trace.closing({ to: this.name, code, reason, raw }))
    if (final) this.inbox.end(this.#closed)
    this.#settle(new HandshakeFailed(`The handshake of ${this.name} did not end: ${this.#closed}.`))
  }

  /** Line or counterpart is away: keys are void until the next handshake. */
  lost(): void {
    clearInterval(this.#alive)
    this.#alive = undefined
    this.association = undefined
    this.#failed = undefined
  }

  send(outgoing: Outgoing): void {
    this.#requireLine()
    const targets = outgoing.channel === 'RELAY' ? [] : [this.counterpart]
    const source = outgoing.channel === 'RELAY' && this.number === 0 ? 0 : this.number
    const seal = (header: WireFrame, plaintext: Uint8Array, spoil: Spoil) => this.seal(channelNumber(outgoing.channel), header, plaintext, spoil)
    const frames = framesOf(outgoing, { source, targets, sequence: () => ++this.#sequence, seal })
    for (const frame of frames) this.#dispatch(nameOfOutgoing(outgoing), fieldsOfOutgoing(outgoing), frame)
  }

  /** Says a relay message to its broker, whoever plays that. */
  tellBroker(message: Fields): void {
    this.seat.relay(message)
  }

  sendBytes(frame: Uint8Array): void {
    this.#dispatch(`${frame.length} bytes`, {}, frame)
  }

  #dispatch(what: string, fields: Fields, frame: Uint8Array): void {
    this.#requireLine()
    this.seat.trace.sent(this.name, what, fields, frame)
    this.seat.deliver(frame)
  }

  #requireLine(): void {
    if (this.#closed !== undefined) throw new LineOver(`${this.name} cannot send: ${this.#closed}.`)
  }

  async barrier(): Promise<void> {
    await this.seat.barrier()
  }

  async secured({ withinMs }: { readonly withinMs: number } = { withinMs: HANDSHAKE_MS }): Promise<void> {
    this.manners.handshake = true
    if (this.#failed !== undefined) throw this.#failed
    if (this.association !== undefined) return
    let callOff = (): void => {}
    const done = new Promise<void>((resolve, reject) => {
      this.#pending.push({ resolve, reject })
      callOff = whenOverdue(withinMs, () => reject(new Overdue(`the handshake of ${this.name} did not end within ${withinMs} ms`, this.inbox.all)))
    })
    this.resumeHandshake()
    await done.finally(callOff)
  }

  /** A handshake has begun, and neither failed nor been forgotten. */
  protected abstract readonly exchanging: boolean
  /** Takes up the handshake where it was left to the case. */
  protected abstract resumeHandshake(): void
  protected abstract handshake(arrival: Arrival): void
  protected abstract established_(established: Established): void
  /** Does what good manners ask after a message. */
  protected abstract react(arrival: Arrival): void
  protected abstract openMedia(header: WireFrame): Uint8Array
  protected abstract sealMedia(header: WireFrame, plaintext: Uint8Array, spoil: Spoil): Uint8Array

  protected seal(channel: number, header: WireFrame, plaintext: Uint8Array, spoil: Spoil): Uint8Array {
    if (channel === channelNumber('MEDIA') && (this.association !== undefined || this.seat.unsealed !== true)) return this.sealMedia(header, plaintext, spoil)
    if (this.association === undefined) {
      if (this.seat.unsealed === true) return plaintext
      throw new Error(`${this.name} has no keys: the handshake has not ended.`)
    }
    const sealer = this.association.sealer(channel)
    for (let count = 0; count < (spoil.generations ?? 0); count++) sealer.advance()
    return sealer.seal(header, plaintext, spoil.skip)
  }

  /** What one end brings to a handshake. */
  protected side(customer: number, joiner: number, joinerRole: 'AGENT' | 'VIEWER'): ExchangeSide {
    const self = {
      credential: this.credential,
      policyHash: policyHash(this.seat.policy),
      ...this.minors,
      capabilities: this.capabilities,
    }
    return { sessionId: this.seat.sessionId, customer, joiner, joinerRole, key: this.key, self, twist: this.twist }
  }

  /** Says what an exchange has to say, and takes what it gave. */
  protected follow({ say, established, failed }: Outcome): void {
    for (const message of say) this.send({ channel: 'HANDSHAKE', messages: [message] })
    if (failed !== undefined) this.fail(`${failed.code}: ${failed.reason}`)
    if (failed?.heard === false) this.known.handshakeFault = failed.reason
    if (established === undefined) return
    this.#failed = undefined
    this.#last = established
    this.association = new Association(this.role === 'CUSTOMER' ? 'customer' : 'joiner', established)
    const { secret, name } = established.secrets.resume
    this.secrets.unshift({ passwordClass: 'RESUME', password: secret, secretId: name })
    this.established_(established)
    clearInterval(this.#alive)
    this.#alive = setInterval(() => this.#sendAlive(), ALIVE_MS)
    this.#alive.unref()
    this.#settle(undefined)
  }

  /** There will be no handshake, for this reason: whoever waits for it is told. */
  fail(reason: string): void {
    this.#failed = new HandshakeFailed(`The handshake of ${this.name} failed with ${reason}.`)
    this.#settle(this.#failed)
  }

  #settle(error: Error | undefined): void {
    const pending = this.#pending
    this.#pending = []
    for (const { resolve, reject } of pending) error === undefined ? resolve() : reject(error)
  }

  #sendAlive(): void {
    if (!this.manners.alive || this.association === undefined || this.#closed !== undefined) return
    this.alive()
  }

  /** Sends `Alive` now. */
  alive(): void {
    const received = [...(this.association?.received ?? [])]
      .filter(([channel]) => channelName(channel) !== 'MEDIA')
      .sort(([a], [b]) => a - b)
      .map(([channel, count]) => ({ channel, count }))
    const now = performance.now()
    const { at, sentAtUs } = this.#lastAlive
    const heldUs = at === 0 ? 0 : Math.round((now - at) * 1_000)
    this.send({ channel: 'SESSION', messages: [{ alive: { received, sentAtUs: Math.round(now * 1_000), echoUs: sentAtUs, heldUs } }] })
  }

  /** It takes part in a handshake that has not ended. */
  get securing(): boolean {
    return this.manners.handshake && this.#closed === undefined && this.association === undefined && this.exchanging
  }

  /** The sequence of the frame that it numbered last. */
  get lastSequence(): bigint {
    return this.#sequence
  }

  /** Says something that nobody knows on each channel that it has sealed on, if it can: a record behind the others, whose counter tells what came before. */
  probe(): void {
    if (this.association === undefined || this.#closed !== undefined) return
    for (const channel of this.association.lanes) this.send({ channel, raw: UNKNOWN_MESSAGE })
  }

  /** Takes a message of its line that holds no frame. */
  stray(what: string, bytes: Uint8Array): void {
    this.#put({ ...nowhere, to: this.name, frame: bytes, fault: what })
  }

  /** Takes a frame that came for it. */
  receive(bytes: Uint8Array): void {
    let frame: WireFrame
    try {
      frame = decodeFrame(bytes)
    } catch (error) {
      return this.#put({ ...nowhere, to: this.name, frame: bytes, fault: `no frame: ${String(error)}` })
    }
    const wrong = this.seat.headerFault?.(frame)
    const channel = channelName(frame.channel)
    const base = { to: this.name, source: frame.source, targets: frame.targets, sequence: frame.sequence, channel, frame: bytes }
    if (channel === '') return this.#put({ ...nowhere, ...base, fault: `there is no channel ${frame.channel}` })
    if (wrong !== undefined) return this.#put({ ...nowhere, ...base, fault: wrong })
    if (channel === 'RELAY' || channel === 'HANDSHAKE') return this.#message(base, channel, frame.payload)
    if (this.seat.unsealed === true && this.association === undefined) return this.#put({ ...base, name: '', fields: {}, bytes: frame.payload })
    // Sealed under keys that are void by now: it was under way when the player went, or its line dropped.
    if (this.association === undefined && (this.#last !== undefined || this.#closed !== undefined)) return this.#put({ ...nowhere, ...base })
    let messages: Uint8Array[]
    try {
      messages = splitRecord(this.#open(frame))
    } catch (error) {
      return this.#put({ ...nowhere, ...base, fault: error instanceof Error ? error.message : String(error) })
    }
    for (const message of messages) this.#message(base, channel, message)
  }

  #open(frame: WireFrame): Uint8Array {
    if (channelName(frame.channel) === 'MEDIA') return this.openMedia(frame)
    if (this.association === undefined) throw new Error('A record came without keys.')
    const opener = this.association.opener(frame.channel)
    const plaintext = opener.open(frame, frame.payload)
    this.known.generation = opener.generation
    return plaintext
  }

  #message(base: Omit<Arrival, 'index' | 'atMs' | 'name' | 'fields' | 'bytes'>, channel: ChannelName, bytes: Uint8Array): void {
    if (channel !== 'MEDIA') this.association?.count(channelNumber(channel))
    let decoded: { readonly name: string; readonly fields: Fields }
    try {
      decoded = decodeMessage(channel, bytes)
    } catch (error) {
      // Between players at a broker under test, what is no message is passed on as well.
      const passed = this.seat.unsealed === true && channel !== 'RELAY'
      return this.#put({ ...base, name: '', fields: {}, bytes, ...(passed ? {} : { fault: `no message: ${String(error)}` }) })
    }
    const unknown = decoded.name === '' && (this.seat.unsealed !== true || channel === 'RELAY')
    const misdirected = channel === 'RELAY' ? this.seat.targetFault?.(base.targets, decoded.name, decoded.fields) : undefined
    const fault = unknown ? 'a message of a kind that nobody knows' : misdirected
    this.#put({ ...base, name: decoded.name, fields: decoded.fields, bytes, ...(fault === undefined ? {} : { fault }) })
  }

  #put(arrival: Omit<Arrival, 'index' | 'atMs'>): void {
    const placed = this.seat.trace.arrival(arrival)
    if (placed.fault === undefined && placed.channel === 'SESSION' && placed.name === 'alive') {
      this.#lastAlive = { at: performance.now(), sentAtUs: String(placed.fields.sentAtUs) }
    }
    // A player that is gone hears, but does nothing any more.
    if (placed.fault === undefined && this.#closed === undefined) {
      if (placed.channel === 'RELAY') this.seat.heard?.(placed)
      else if (placed.channel === 'HANDSHAKE') this.handshake(placed)
      else this.react(placed)
    }
    this.inbox.put(placed)
  }

  /** Ends it for good. */
  dispose(): void {
    this.lost()
    this.#settle(new Error(`${this.name}: the stage was closed.`))
    this.inbox.end('the stage was closed')
  }
}

/** What is known of the counterpart, and with it. */
const factsOf = ({ secrets, counterpart, minor }: Established): Fields => ({
  words: secrets.words.join(' '),
  counterpartKey: counterpart.publicKey,
  counterpartJwk: sessionJwk(counterpart.publicKey),
  counterpartCredential: counterpart.credential,
  minor,
})

const nowhere = { source: 0, targets: [], sequence: 0n, channel: '' as const, name: '', fields: {}, bytes: new Uint8Array(0) }
