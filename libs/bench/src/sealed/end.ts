import { Channel, type RelayMessage, Role } from '@remote-assist/codec'
import { systemClock, systemRandom } from '@remote-assist/peer'
import { Inbox, Outbox, SealedSecurity } from '@remote-assist/peer/parts'
import { inviteSecret, platformAead } from '@remote-assist/secure'
import { type CloseInfo, type Connection, type ConnectionHandler, HIGH_WATER_BYTES } from '@remote-assist/transport'
import { MESSAGE, type Source } from './work.js'

/** What both ends know; nobody else is there to be kept out. */
const SECRET = inviteSecret({ inviteId: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) })
const SESSION_ID = new Uint8Array(16).fill(3)
const NUMBERS = { [Role.AGENT]: 1, [Role.CUSTOMER]: 2 } as const

type Relayed = NonNullable<RelayMessage['kind']>

/** Outbox, inbox and security of one end, as the driver puts them together, on a line to the other end or to a broker; messages are a file's chunks. */
export class SealedEnd implements ConnectionHandler, Source {
  onRoom: () => void = () => undefined
  onAcknowledged: () => void = () => undefined
  /** Called with the bytes of each chunk. */
  onChunk: (bytes: number) => void = () => undefined
  /** Resolves when both ends proved the secret. */
  readonly secured: Promise<void>
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #security: SealedSecurity
  readonly #role: Role.AGENT | Role.CUSTOMER
  #onSecured: () => void = () => undefined
  #self = 0
  #other = 0

  /** `hello`: what the broker is told; undefined: the other end is there at once. */
  constructor(connection: Connection, role: Role.AGENT | Role.CUSTOMER, hello?: Relayed) {
    this.#role = role
    this.#security = new SealedSecurity({
      secrets: { offer: () => SECRET, known: () => [SECRET], desk: () => undefined },
      credential: () => '',
      aead: platformAead,
      clock: systemClock,
      random: systemRandom,
    })
    this.#connection = connection
    this.secured = new Promise(resolve => (this.#onSecured = resolve))
    this.#outbox = new Outbox({ source: () => this.#self, connection: () => connection, broken: fail, sealed: () => this.onRoom() }, this.#security)
    this.#inbox = new Inbox(
      {
        self: () => this.#self,
        relay: kind => this.#relay(kind),
        record: (_peer, _sequence, { kinds }) => {
          for (const kind of kinds) if (kind?.$case === 'chunk') this.onChunk(kind.value.data.length)
        },
        malformed: (peer, code) => fail(new Error(`Participant ${peer} broke a rule: ${code}.`)),
        restarted: peer => fail(new Error(`Participant ${peer} began anew.`)),
        hold: held => (held ? connection.pause() : connection.resume()),
      },
      this.#security,
    )
    // Nothing may be sent from within the call that hands over a connection.
    queueMicrotask(() => {
      if (hello !== undefined) return this.#tell(hello)
      // The first frame of a line is for the broker, which is not there.
      this.#self = NUMBERS[role]
      this.#tell({ $case: 'pong', value: { id: 0n } })
      this.#secure(NUMBERS[role === Role.AGENT ? Role.CUSTOMER : Role.AGENT])
    })
  }

  get room(): boolean {
    return this.#outbox.waitingBytes + this.#connection.bufferedBytes <= HIGH_WATER_BYTES
  }

  send(data = MESSAGE): void {
    const value = { transferId: 1, entry: 0, offset: 0n, sentAtUs: 0n, data }
    this.#outbox.push({ type: 'send', channel: Channel.FILE, kind: { $case: 'chunk', value }, to: [this.#other] })
    this.#outbox.pump()
  }

  /** What the broker says. The customer is let in as soon as it is there, and its handshake with the agent begins. */
  #relay(kind: RelayMessage['kind']): void {
    if (kind?.$case === 'ping') this.#tell({ $case: 'pong', value: kind.value })
    if (kind?.$case === 'refusal') fail(new Error(`The broker refused: ${kind.value.code}.`))
    if (kind?.$case === 'welcome') this.#self = kind.value.participant
    if (kind?.$case !== 'roster' || this.#other !== 0) return
    const other = kind.value.entries.find(({ participant }) => participant !== this.#self)
    if (other === undefined) return
    if (this.#role === Role.AGENT) this.#tell({ $case: 'admit', value: { participant: other.participant } })
    this.#secure(other.participant)
  }

  #tell(kind: Relayed): void {
    this.#outbox.push({ type: 'send', channel: Channel.RELAY, kind, to: [] })
    this.#outbox.pump()
  }

  #secure(other: number): void {
    this.#other = other
    const [role, self] = [this.#role, this.#self]
    const counterpartRole = role === Role.AGENT ? Role.CUSTOMER : Role.AGENT
    const exchange = this.#security.secure(
      { participant: other, counterpartRole, role, self, sessionId: SESSION_ID, policy: undefined },
      {
        send: message => {
          this.#outbox.pushHandshake(other, message)
          this.#outbox.pump()
        },
        secured: () => this.#onSecured(),
        failed: ({ code }) => fail(new Error(`The handshake failed: ${code}.`)),
      },
    )
    this.#inbox.admit(other, exchange)
    void exchange.start()
  }

  frame(bytes: Uint8Array): void {
    this.#inbox.frame(bytes)
  }

  drain(): void {
    this.#outbox.pump()
    this.onRoom()
  }

  /** Without its line a program is of no use; its parent learns that it ended, should it still wait for it. */
  closed({ code, reason }: CloseInfo): void {
    if (code !== undefined) console.error(`The line ended with ${code}. ${reason}`)
    process.exit()
  }
}

/** Something went wrong: the program ends, and its parent learns of it. */
function fail(error: unknown): void {
  console.error(error)
  process.exit(1)
}
