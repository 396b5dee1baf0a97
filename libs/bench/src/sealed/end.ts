import { Channel, Role } from '@remote-assist/codec'
import { systemClock, systemRandom } from '@remote-assist/peer'
import { Inbox, Outbox, SealedSecurity } from '@remote-assist/peer/parts'
import { inviteSecret, platformAead } from '@remote-assist/secure'
import { type Connection, type ConnectionHandler, HIGH_WATER_BYTES } from '@remote-assist/transport'
import { MESSAGE, type Source } from './work.js'

/** What both ends know; nobody else is there to be kept out. */
const SECRET = inviteSecret({ inviteId: new Uint8Array(16).fill(1), secret: new Uint8Array(32).fill(2) })
const SESSION_ID = new Uint8Array(16).fill(3)
const NUMBERS = { [Role.AGENT]: 1, [Role.CUSTOMER]: 2 } as const

/** Outbox, inbox and security of one end, as the driver puts them together, on a line to the other end; messages are a file's chunks. */
export class SealedEnd implements ConnectionHandler, Source {
  onRoom: () => void = () => undefined
  /** Called with the bytes of each chunk. */
  onChunk: (bytes: number) => void = () => undefined
  /** Resolves when both ends proved the secret. */
  readonly secured: Promise<void>
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #other: number

  constructor(connection: Connection, role: Role.AGENT | Role.CUSTOMER) {
    const counterpartRole = role === Role.AGENT ? Role.CUSTOMER : Role.AGENT
    const [self, other] = [NUMBERS[role], NUMBERS[counterpartRole]]
    const security = new SealedSecurity({
      secrets: { offer: () => SECRET, known: () => [SECRET], desk: () => undefined },
      credential: () => '',
      aead: platformAead,
      clock: systemClock,
      random: systemRandom,
    })
    this.#connection = connection
    this.#other = other
    this.#outbox = new Outbox({ source: () => self, connection: () => connection, broken: fail, sealed: () => this.onRoom() }, security)
    this.#inbox = new Inbox(
      {
        self: () => self,
        relay: () => undefined,
        record: (_peer, _sequence, { kinds }) => {
          for (const kind of kinds) if (kind?.$case === 'chunk') this.onChunk(kind.value.data.length)
        },
        malformed: (peer, code) => fail(new Error(`Participant ${peer} broke a rule: ${code}.`)),
        restarted: peer => fail(new Error(`Participant ${peer} began anew.`)),
        hold: held => (held ? connection.pause() : connection.resume()),
      },
      security,
    )
    this.secured = new Promise((resolve, reject) => {
      const exchange = security.secure(
        { participant: other, counterpartRole, role, self, sessionId: SESSION_ID, policy: undefined },
        {
          send: message => {
            this.#outbox.pushHandshake(other, message)
            this.#outbox.pump()
          },
          secured: resolve,
          failed: ({ code }) => reject(new Error(`The handshake failed: ${code}.`)),
        },
      )
      this.#inbox.admit(other, exchange)
      // The first frame of a line is for the broker, which is not there.
      this.#outbox.push({ type: 'send', channel: Channel.RELAY, kind: { $case: 'pong', value: { id: 0n } }, to: [] })
      // Nothing may be sent from within the call that hands over a connection.
      queueMicrotask(() => void exchange.start())
    })
  }

  get room(): boolean {
    return this.#outbox.waitingBytes + this.#connection.bufferedBytes <= HIGH_WATER_BYTES
  }

  send(): void {
    const value = { transferId: 1, entry: 0, offset: 0n, sentAtUs: 0n, data: MESSAGE }
    this.#outbox.push({ type: 'send', channel: Channel.FILE, kind: { $case: 'chunk', value }, to: [this.#other] })
    this.#outbox.pump()
  }

  frame(bytes: Uint8Array): void {
    this.#inbox.frame(bytes)
  }

  drain(): void {
    this.#outbox.pump()
    this.onRoom()
  }

  /** Without its line a program is of no use; its parent learns that it ended, should it still wait for it. */
  closed(): void {
    process.exit()
  }
}

/** Something went wrong: the program ends, and its parent learns of it. */
function fail(error: unknown): void {
  console.error(error)
  process.exit(1)
}
