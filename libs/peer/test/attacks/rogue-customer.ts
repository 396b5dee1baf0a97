/** A customer that sends what it likes to somebody who joined it by invitation, and has the broker on its side. */
import {
  Channel,
  decodeMessages,
  encodeMessages,
  type FrameHeader,
  type FrameView,
  type Permission,
  Phase,
  type RecordChannel,
  RefusalReason,
  Role,
} from '@remote-assist/codec'
import { type InviteLink, inviteSecret, MediaSealer, platformAead, RecordOpener, RecordSealer } from '@remote-assist/secure'
import { systemRandom } from '../../src/random.js'
import { FalseBroker, type Figure } from './false-broker.js'
import { CustomerSide } from './machines.js'
import type { Kind } from './rogue.js'

export const [LEAD, CUSTOMER, SELF, VIEWER] = [1, 2, 3, 4] as const

export class RogueCustomer {
  readonly broker = new FalseBroker()
  readonly link: InviteLink = { inviteId: systemRandom.bytes(16), secret: systemRandom.bytes(32) }
  /** What was said to it, by name, and refusals that were its answer. */
  readonly heard: string[] = []
  #asked = 0
  #side: CustomerSide | undefined
  #phase = Phase.ADMITTED
  #epoch = 0
  #sealers = new Map<number, RecordSealer>()
  #openers = new Map<number, RecordOpener>()
  readonly #media = new MediaSealer(platformAead)

  constructor(readonly role: Role.AGENT | Role.VIEWER) {}

  /** Waits for somebody who comes by its link. */
  async start(): Promise<this> {
    this.broker.heard = (to, said) => {
      if (to !== CUSTOMER || this.#side === undefined) return
      for (const answer of this.#side.hear(said)) this.broker.say(CUSTOMER, SELF, answer)
      this.#keep()
    }
    this.broker.sealed = frame => this.#open(frame)
    await this.broker.start(SELF, () => this.#figures)
    return this
  }

  /** Proves the secret of the invitation: it is whom it says it is. */
  prove(): void {
    const context = { sessionId: this.broker.sessionId, customer: CUSTOMER, joiner: SELF, joinerRole: this.role }
    this.#side = new CustomerSide(context, this.broker.policy, inviteSecret(this.link))
    for (const message of this.#side.begin()) this.broker.say(CUSTOMER, SELF, message)
  }

  /** Grants this to whoever asked, or waits to be let in. */
  decide(granted: readonly Permission[]): void {
    const grants = granted.map(permission => ({ permission, expiresInMs: 0 }))
    this.say(Channel.SESSION, { $case: 'decision', value: { requestId: this.#asked, granted: grants, reason: RefusalReason.UNSPECIFIED } })
  }

  /** Announces a key for its pictures. */
  announce(): void {
    const key = { epoch: ++this.#epoch, key: systemRandom.bytes(32), salt: systemRandom.bytes(12) }
    this.say(Channel.SESSION, { $case: 'mediaKey', value: key })
    this.#media.switchTo(key)
  }

  /** The broker says that its line dropped. */
  drop(): void {
    this.#phase = Phase.SUSPENDED
    this.broker.roster(this.#figures)
  }

  /** Has a key for this channel. */
  hasKey(channel: RecordChannel): boolean {
    return channel === Channel.MEDIA ? this.#epoch > 0 : this.#sealers.has(channel)
  }

  /** Says something, properly sealed; where it has no key, with that of another channel. `from`: as if it were somebody else. */
  say(channel: RecordChannel, kind: Kind, from: number = CUSTOMER): void {
    const plaintext = encodeMessages(channel, [{ kind }] as never)
    this.broker.record(from, SELF, channel, header => this.#sealed(header, plaintext))
  }

  #sealed(header: FrameHeader, plaintext: Uint8Array): Uint8Array {
    const pairwise = this.#sealers.get(header.channel) ?? this.#sealers.get(Channel.CHAT)
    const sealer = header.channel === Channel.MEDIA && this.#epoch > 0 ? this.#media : pairwise
    return sealer?.seal(header, plaintext, 0) as Uint8Array
  }

  #keep(): void {
    const secured = this.#side?.secured
    if (secured === undefined || this.#sealers.size > 0) return
    this.#sealers = new Map(secured.traffic.map(({ channel, send }) => [channel, new RecordSealer(platformAead, send)]))
    this.#openers = new Map(secured.traffic.map(({ channel, receive }) => [channel, new RecordOpener(platformAead, receive)]))
  }

  #open(frame: FrameView): void {
    const opened = this.#openers.get(frame.channel)?.open(frame, frame.payload)
    if (!(opened instanceof Uint8Array)) return
    for (const { kind } of decodeMessages(frame.channel as RecordChannel, opened)) {
      if (kind === undefined) continue
      this.heard.push(kind.$case)
      if (kind.$case === 'consentRequest') this.#asked = kind.value.requestId
    }
  }

  get #figures(): readonly Figure[] {
    return [
      { participant: LEAD, role: Role.AGENT, lead: true },
      { participant: CUSTOMER, role: Role.CUSTOMER, phase: this.#phase },
      { participant: SELF, role: this.role },
      { participant: VIEWER, role: Role.VIEWER },
    ]
  }
}
