import { EventEmitter, once } from 'node:events'
import {
  Channel,
  type CloseCode,
  decodeFrame,
  decodeRelay,
  encodeFrame,
  encodeRelay,
  type FrameView,
  type Hello,
  type RelayMessage,
  Role,
  type Roster,
  type Welcome,
} from '@remote-assist/codec'
import type { CloseInfo, Connection, ConnectionHandler, Transport } from '@remote-assist/transport'

type Kind = NonNullable<RelayMessage['kind']>
type Case = Kind['$case']
type ValueOf<C extends Case> = Extract<Kind, { readonly $case: C }>['value']

/** A frame as it arrived: its bytes, and what they say. */
export interface Arrived extends FrameView {
  readonly bytes: Uint8Array
}

const NOBODY = new Uint8Array()

/** A participant that speaks real frames over a real transport, and does nothing by itself. */
export class End implements ConnectionHandler {
  readonly arrived: Arrived[] = []
  readonly #events = new EventEmitter()
  #closed: CloseInfo | undefined
  #connection: Connection | undefined
  #sequence = 0
  number = 0

  static async open(transport: Transport): Promise<End> {
    const end = new End()
    end.#events.setMaxListeners(0)
    end.#connection = await transport.open(connection => {
      end.#connection = connection
      return end
    })
    return end
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('not open')
    return this.#connection
  }

  frame(bytes: Uint8Array): void {
    // A plain array of bytes, whatever the transport made of them: so that bytes can be compared.
    this.arrived.push({ ...decodeFrame(bytes), bytes: Uint8Array.from(bytes) })
    this.#events.emit('change')
  }

  closed(info: CloseInfo): void {
    this.#closed = info
    this.#events.emit('change')
  }

  /** Sends a frame as this participant; returns its bytes. Every field can be set wrong. */
  send(
    channel: Channel,
    targets: readonly number[],
    payload: Uint8Array = NOBODY,
    wrong: { readonly source?: number; readonly sequence?: number } = {},
  ): Uint8Array {
    this.#sequence = wrong.sequence ?? this.#sequence + 1
    const bytes = encodeFrame({ channel, source: wrong.source ?? this.number, targets, sequence: this.#sequence }, payload)
    this.connection.send(bytes)
    return bytes
  }

  relay(kind: Kind): void {
    this.send(Channel.RELAY, [], encodeRelay({ kind }))
  }

  hello(hello: Partial<Hello>): void {
    const version = { minMinor: 0, maxMinor: 0 }
    const implementation = { name: 'test', version: '1' }
    const none = { agentToken: '', locator: '', inviteId: NOBODY, resumeToken: NOBODY, capabilities: [], displayName: '' }
    this.relay({ $case: 'hello', value: { version, implementation, role: Role.UNSPECIFIED, ...none, ...hello } })
  }

  /** Sends a Hello and waits for the Welcome. */
  async enter(hello: Partial<Hello>): Promise<Welcome> {
    this.hello(hello)
    const welcome = await this.message('welcome')
    this.number = welcome.participant
    return welcome
  }

  /** The first frame that matches, taken out. */
  async take(match: (frame: Arrived) => boolean): Promise<Arrived> {
    for (;;) {
      const index = this.arrived.findIndex(match)
      const [found] = index < 0 ? [] : this.arrived.splice(index, 1)
      if (found !== undefined) return found
      if (this.#closed !== undefined) throw new Error(`closed with ${this.#closed.code} while waiting`)
      await once(this.#events, 'change')
    }
  }

  /** The next message of that kind from the broker. */
  async message<C extends Case>(wanted: C, match: (value: ValueOf<C>) => boolean = () => true): Promise<ValueOf<C>> {
    const read = (frame: Arrived) => (frame.channel === Channel.RELAY ? decodeRelay(frame.payload).kind : undefined)
    const isIt = (kind: Kind | undefined): kind is Extract<Kind, { readonly $case: C }> => kind?.$case === wanted && match(kind.value as ValueOf<C>)
    const kind = read(await this.take(frame => isIt(read(frame))))
    if (!isIt(kind)) throw new Error('unreachable')
    return kind.value as ValueOf<C>
  }

  /** The messages of that kind that arrived and were not taken. */
  messages<C extends Case>(wanted: C): readonly Kind[] {
    const kinds = this.arrived.flatMap(frame => (frame.channel === Channel.RELAY ? (decodeRelay(frame.payload).kind ?? []) : []))
    return kinds.filter(kind => kind.$case === wanted)
  }

  /** The next roster in which that is so. */
  roster(match: (roster: Roster) => boolean): Promise<Roster> {
    return this.message('roster', match)
  }

  /** The next frame on that channel. */
  on(channel: Channel): Promise<Arrived> {
    return this.take(frame => frame.channel === channel)
  }

  /** Resolves when the broker has dealt with everything sent before, and everything it sent before has arrived here. */
  async sync(): Promise<void> {
    const id = BigInt(this.#sequence)
    this.relay({ $case: 'ping', value: { id } })
    await this.message('pong', pong => pong.id === id)
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Forgets what arrived so far. */
  forget(): void {
    this.arrived.length = 0
  }

  /** The code that the connection was closed with. */
  async end(): Promise<CloseCode | undefined> {
    while (this.#closed === undefined) await once(this.#events, 'change')
    return this.#closed.code
  }
}
