import { AuditLog, auditSigned } from '../crypto/audit.js'
import { hex, same, sha256 } from '../crypto/bytes.js'
import { readCapability } from '../crypto/capability.js'
import type { Established, Twist } from '../crypto/exchange.js'
import { JoinerExchange } from '../crypto/exchange.js'
import { credentialKeyForm, credentialsForm, credentialsInfo, hpkeSeal } from '../crypto/hpke.js'
import { verifies } from '../crypto/keys.js'
import { MediaOpener } from '../crypto/record.js'
import type { WireFrame } from '../wire/schema.js'
import { EndPlayer, type Seat } from './end-player.js'
import type { Arrival, Fields, Outgoing } from './player.js'
import { Watching } from './watching.js'

/** An agent or viewer that the suite plays to a customer. */

/** How it signs the audit log, where it is not as usual. */
export interface Signing {
  readonly leaving?: boolean
  readonly endsSession?: boolean
  /** Fields of `AuditSign` that differ from what is right; what is said in them is signed as it is said. */
  readonly twist?: Fields
}

const SIGN_AFTER = 256
const SIGN_WITHIN_MS = 30_000

export class JoinerPlayer extends EndPlayer {
  /** What it seals when it is asked for credentials. */
  account = 'Administrator'
  password = 'not a real password'
  /** What it is shown of the customer's screens. */
  readonly watching = new Watching()
  #exchange: JoinerExchange | undefined
  #held: Arrival[] = []
  #media = new MediaOpener()
  #log: AuditLog | undefined
  /** The customer whose log that is. */
  #logOf = 0
  #signed = 0
  #named = false
  #signTimer: NodeJS.Timeout | undefined

  constructor(
    name: string,
    override readonly role: 'AGENT' | 'VIEWER',
    seat: Seat,
  ) {
    super(name, role, seat)
  }

  override get facts(): Fields {
    return { ...super.facts, watching: this.watching.facts }
  }

  override send(outgoing: Outgoing): void {
    super.send(outgoing)
    for (const { frameAck } of (outgoing.messages ?? []) as readonly { readonly frameAck?: Fields }[])
      if (frameAck !== undefined) this.watching.acknowledged(Number(frameAck.screenId), Number(frameAck.frameId))
  }

  override lost(): void {
    super.lost()
    this.watching.reset()
    this.#exchange = undefined
    this.#held = []
    this.#media = new MediaOpener()
    clearTimeout(this.#signTimer)
    this.#signTimer = undefined
  }

  /** Takes up the handshake that the customer has begun, with what is wrong about it: its messages, or the secret. */
  answer(twist: Twist, wrong: boolean): void {
    const knows = [...this.secrets]
    const usual = this.twist
    this.twist = twist
    if (wrong) this.secrets.splice(0, knows.length, ...knows.map(one => ({ ...one, password: one.password.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) })))
    this.manners.handshake = true
    this.resumeHandshake()
    this.twist = usual
    this.secrets.splice(0, knows.length, ...knows)
  }

  protected override get exchanging(): boolean {
    return this.#exchange?.isOver === false
  }

  protected override resumeHandshake(): void {
    const held = this.#held
    this.#held = []
    for (const arrival of held) this.handshake(arrival)
  }

  protected override handshake(arrival: Arrival): void {
    if (!this.manners.handshake) {
      this.#held = arrival.name === 'start' ? [arrival] : [...this.#held, arrival]
      return
    }
    if (arrival.name === 'start') {
      const find = (passwordClass: string, secretId: Uint8Array) =>
        this.secrets.find(secret => secret.passwordClass === passwordClass && same(secret.secretId, secretId))
      this.#exchange = new JoinerExchange(this.side(arrival.source, this.number, this.role), find)
    }
    if (this.#exchange !== undefined) this.follow(this.#exchange.receive(arrival.name, arrival.fields))
    else if (arrival.name === 'failure') this.fail(`the customer began none: ${String(arrival.fields.code)}`)
  }

  protected override established_({ counterpart }: Established): void {
    this.#media = new MediaOpener()
    // The log is the customer's; it goes on after a return, under the key of its beginning.
    if (this.role === 'AGENT' && this.#logOf !== this.counterpart) {
      this.#logOf = this.counterpart
      this.#log = new AuditLog(this.seat.sessionId, this.counterpart, counterpart.publicKey)
      this.#signed = 0
    }
    this.#named = false
    if (this.role === 'AGENT') this.seat.relay({ admit: { participant: this.counterpart } })
  }

  protected override openMedia(header: WireFrame): Uint8Array {
    return this.#media.open(header, header.payload)
  }

  protected override sealMedia(): Uint8Array {
    throw new Error(`${this.name} has no keys for MEDIA: the customer alone sends it. Use spoil.plain.`)
  }

  protected override react({ bytes, channel, name, fields }: Arrival): void {
    if (channel === 'MEDIA' && name === 'framePart') this.#watch(fields, bytes.length)
    if (channel === 'SCREEN') this.watching.hear(name, fields)
    if (channel === 'MEDIA' && name === 'framePart' && fields.last === true && this.manners.ack) {
      this.send({ channel: 'SCREEN', messages: [{ frameAck: { screenId: fields.screenId, frameId: fields.frameId, decodeUs: 0 } }] })
    }
    if (channel === 'SCREEN' && name === 'screenList') this.known.layoutEpoch = fields.layoutEpoch
    if (channel === 'SESSION') this.#session(name, fields)
    if (channel === 'ELEVATION' && name === 'credentialKey' && this.manners.credentials) this.#credentials(fields)
  }

  #watch(fields: Fields, bytes: number): void {
    this.watching.frame(fields, bytes)
    this.known.newestFrame = fields.frameId
  }

  /** Seals account and password to the key of a request, if the customer signed it. */
  #credentials(fields: Fields): void {
    const [requestId, key] = [Number(fields.requestId), fields.key as Uint8Array]
    const signed = credentialKeyForm(this.seat.sessionId, requestId, key)
    if (!verifies(this.established?.counterpart.publicKey ?? new Uint8Array(0), signed, fields.signature as Uint8Array)) {
      this.known.credentialFault = 'The signature of the key for credentials is not the customer’s.'
      return
    }
    const hpke = hpkeSeal(key, credentialsInfo(this.seat.sessionId, requestId), credentialsForm(this.account, this.password))
    this.send({ channel: 'ELEVATION', messages: [{ credentials: { requestId, hpke } }] })
  }

  #session(name: string, fields: Fields): void {
    if (name === 'mediaKey') this.#takeKey(fields)
    else if (name === 'controlLease') Object.assign(this.known, { leaseEpoch: fields.leaseEpoch, leaseHolder: fields.holder })
    else if (name === 'capability') this.#takeCapability(fields.signed as Uint8Array)
    else if (name === 'auditEntry') this.#entry(fields)
    else if (name === 'auditSign') this.#verify(fields)
    else if (name === 'rejoinReady') this.#awaitReturn(fields.secret as Uint8Array)
  }

  /** Whoever proves this secret is the customer, back from a restart. */
  #awaitReturn(secret: Uint8Array): void {
    const secretId = sha256(secret).slice(0, 16)
    this.secrets.push({ passwordClass: 'RESUME', password: secret, secretId })
    this.known.ticketName = secretId
  }

  #takeKey(fields: Fields): void {
    try {
      this.#media.take({ epoch: Number(fields.epoch), key: fields.key as Uint8Array, salt: fields.salt as Uint8Array })
      this.known.mediaEpoch = fields.epoch
    } catch (error) {
      this.known.mediaFault = String(error)
    }
  }

  /** Reads a capability into the facts `capability`, or `capabilityFault`. */
  #takeCapability(signed: Uint8Array): void {
    try {
      this.known.capability = readCapability(signed, this.established?.counterpart.publicKey ?? new Uint8Array(0))
    } catch (error) {
      this.known.capabilityFault = error instanceof Error ? error.message : String(error)
    }
  }

  #entry(fields: Fields): void {
    if (this.#log === undefined || this.known.auditFault !== undefined) return
    try {
      this.#log.take(Number(fields.index), fields.entry as Uint8Array)
    } catch (error) {
      this.known.auditFault = error instanceof Error ? error.message : String(error)
      return
    }
    const last = this.#log.entries.at(-1)
    this.known.auditEntries = this.#log.length
    this.known.auditKinds = this.#log.entries.map(({ kind }) => kind)
    this.#named ||= this.#log.entries.some(({ details }) => details.key === hex(this.key.publicKey))
    if (last?.kind === 'session.ended' || this.#log.length - this.#signed >= SIGN_AFTER) this.#signWhenDue()
    else this.#signTimer ??= setTimeout(() => this.#signWhenDue(), SIGN_WITHIN_MS).unref()
  }

  #verify(fields: Fields): void {
    const key = this.established?.counterpart.publicKey
    if (this.#log === undefined || key === undefined || this.known.auditFault !== undefined) return
    const sign = { index: Number(fields.index), head: fields.head as Uint8Array, signature: fields.signature as Uint8Array }
    if (this.#log.verify(sign, key)) this.known.auditSigned = sign.index
    else this.known.auditFault = `The customer’s signature over entries 0 to ${sign.index} is not of this log, or not its.`
  }

  /** Signs of its own accord, where it has the manners. */
  #signWhenDue(): void {
    clearTimeout(this.#signTimer)
    this.#signTimer = undefined
    if (this.manners.audit) this.sign()
  }

  /** Signs everything of the audit log that has come. Does nothing before an entry names its key, or after a fault. */
  sign({ leaving = false, endsSession = false, twist = {} }: Signing = {}): void {
    clearTimeout(this.#signTimer)
    this.#signTimer = undefined
    if (this.#log === undefined || !this.#named || this.known.auditFault !== undefined || this.association === undefined) return
    this.#signed = this.#log.length
    const { index, head } = { ...this.#log.sign(this.key), ...twist } as { readonly index: string; readonly head: Uint8Array }
    const signature = this.key.sign(auditSigned(this.seat.sessionId, Number(index), head))
    this.send({ channel: 'SESSION', messages: [{ auditSign: { index, head, signature, leaving, endsSession, ...twist } }] })
  }
}
