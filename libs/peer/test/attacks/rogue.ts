/** A participant who sends what it likes: one who was let in and has all its keys, or one who would like to be. */
import {
  Channel,
  type ChannelMessage,
  decodeFrame,
  decodeHandshake,
  decodeMessages,
  decodeRelay,
  encodeFrame,
  encodeHandshake,
  encodeMessages,
  encodeRelay,
  type Hello,
  type Policy,
  type RecordChannel,
  type Role,
} from '@remote-assist/codec'
import {
  type HandshakeStart,
  type InviteLink,
  inviteSecret,
  type JoinerRole,
  platformAead,
  RecordOpener,
  RecordSealer,
  type Secret,
} from '@remote-assist/secure'
import type { Connection, Transport } from '@remote-assist/transport'
import { helloOf } from '../../src/api/joiner.js'
import { JoinerSide } from './machines.js'

export type Kind<C extends RecordChannel = RecordChannel> = NonNullable<ChannelMessage<C>['kind']>

const CUSTOMER = 2

/** What a rogue comes with. */
export interface Means {
  readonly role: Role.AGENT | Role.VIEWER
  readonly hello?: Partial<Hello>
  readonly resumeToken?: Uint8Array
  /** What it knows, or makes up once it hears what is asked for. */
  readonly secrets: (asked: HandshakeStart) => readonly Secret[]
}

export class Rogue {
  number = 0
  /** It was turned out, or the line broke. */
  closed = false
  /** What the customer said to it, by name. */
  readonly heard: string[] = []
  /** The epoch of the lease that it was told of last. */
  leaseEpoch = 0
  #line: Connection | undefined
  #deliver = (bytes: Uint8Array): void => this.#line?.send(bytes)
  #side: JoinerSide | undefined
  #sequence = 0
  #sealers = new Map<number, RecordSealer>()
  #openers = new Map<number, RecordOpener>()

  constructor(readonly means: Means) {}

  /** Somebody who was invited. */
  static invited(role: Means['role'], link: InviteLink): Rogue {
    return new Rogue({ role, hello: { inviteId: link.inviteId, displayName: 'Rogue' }, secrets: () => [inviteSecret(link)] })
  }

  /** The keys that it agreed upon with the customer. */
  get secured(): boolean {
    return this.#sealers.size > 0
  }

  /** Comes; whether it is let in depends on the customer. */
  async join(transport: Transport): Promise<void> {
    await transport.open(connection => {
      this.#line = connection
      const { role, hello: presented = {}, resumeToken = new Uint8Array() } = this.means
      const hello = helloOf(role, presented, resumeToken)
      queueMicrotask(() => this.#send(Channel.RELAY, [], encodeRelay({ kind: { $case: 'hello', value: hello } })))
      return {
        frame: bytes => this.#frame(bytes),
        closed: () => {
          this.closed = true
        },
      }
    })
  }

  /** Has a key for this channel. */
  hasKey(channel: RecordChannel): boolean {
    return this.#sealers.has(channel)
  }

  /** Says something, properly sealed. `under`: with the key of another channel, bound to this one all the same. */
  say(channel: RecordChannel, kind: Kind, under: RecordChannel = channel): void {
    const plaintext = encodeMessages(channel, [{ kind }] as never)
    const sealer = this.#sealers.get(under)
    if (sealer === undefined) throw new Error(`It has no key for ${Channel[under]}.`)
    const header = { channel, source: this.number, targets: [CUSTOMER], sequence: this.#sequence + 1 }
    this.#send(channel, [CUSTOMER], sealer.seal(header, plaintext, 0) as Uint8Array)
  }

  /** Says something in clear. */
  sayInClear(channel: RecordChannel, kind: Kind): void {
    this.#send(channel, [CUSTOMER], encodeMessages(channel, [{ kind }] as never))
  }

  leave(): void {
    this.#line?.abort()
  }

  /** From now on a broker that is on its side takes what it says, with or without a line. */
  goThrough(deliver: (bytes: Uint8Array) => void): void {
    this.#deliver = deliver
  }

  #send(channel: Channel, targets: readonly number[], payload: Uint8Array): void {
    this.#deliver(encodeFrame({ channel, source: this.number, targets, sequence: ++this.#sequence }, payload))
  }

  #frame(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    const { channel, payload } = frame
    if (channel === Channel.RELAY) {
      const { kind } = decodeRelay(payload)
      if (kind?.$case === 'welcome') this.#welcomed(kind.value)
      return
    }
    if (channel === Channel.HANDSHAKE) return this.#handshake(payload)
    const opened = this.#openers.get(channel)?.open(frame, payload)
    if (!(opened instanceof Uint8Array)) return
    for (const { kind } of decodeMessages(channel as RecordChannel, opened)) {
      if (kind === undefined) continue
      this.heard.push(kind.$case)
      if (kind.$case === 'controlLease') this.leaseEpoch = kind.value.leaseEpoch
    }
  }

  #welcomed({ participant, sessionId, policy }: { readonly participant: number; readonly sessionId: Uint8Array; readonly policy: Policy | undefined }): void {
    this.number = participant
    const context = { sessionId: sessionId.slice(), customer: CUSTOMER, joiner: participant, joinerRole: this.means.role as JoinerRole }
    this.#side = new JoinerSide(context, policy, this.means.secrets)
  }

  #handshake(payload: Uint8Array): void {
    const { kind } = decodeHandshake(payload)
    if (kind === undefined || this.#side === undefined) return
    for (const answer of this.#side.hear(kind)) this.#send(Channel.HANDSHAKE, [CUSTOMER], encodeHandshake({ kind: answer }))
    const { secured } = this.#side
    if (secured === undefined || this.#sealers.size > 0) return
    this.#sealers = new Map(secured.traffic.map(({ channel, send }) => [channel, new RecordSealer(platformAead, send)]))
    this.#openers = new Map(secured.traffic.map(({ channel, receive }) => [channel, new RecordOpener(platformAead, receive)]))
  }
}
