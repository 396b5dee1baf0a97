import { channelName, type WireFrame } from '../wire/schema.js'
import { CustomerPlayer } from './customer.js'
import type { EndPlayer, Seat } from './end-player.js'
import { JoinerPlayer } from './joiner.js'
import { connectGrpc } from './lines/grpc.js'
import type { Line, LineEvents } from './lines/line.js'
import { connectWebSocket } from './lines/websocket.js'
import type { Arrival, Fields, Player } from './player.js'
import { sequenceFault } from './room.js'
import type { Trace } from './trace.js'

/** A player with a line of its own to a broker under test. */

const BARRIER_MS = 5_000
/** Ids of the suite's own pings, apart from those of cases. */
const BARRIERS = 1n << 40n

/** Where a broker under test takes connections; empty = it does not. */
export interface Address {
  readonly websocketUrl: string
  readonly grpcUrl: string
}

export type Binding = 'websocket' | 'grpc'

export class Endpoint {
  readonly player: EndPlayer
  #line: Line | undefined
  /** Of each source, what came last: its sequence, and of which incarnation it is. */
  readonly #last = new Map<number, bigint>()
  readonly #incarnations = new Map<number, unknown>()
  #pings = 0n

  constructor(
    name: string,
    role: Player['role'],
    private readonly trace: Trace,
  ) {
    this.player = role === 'CUSTOMER' ? new CustomerPlayer(name, 'AGENT', this.#seat()) : new JoinerPlayer(name, role, this.#seat())
    Object.assign(this.player.manners, { handshake: false, alive: false, inform: false, audit: false })
  }

  /** Opens a line; one that is open is left to itself. Rejects if the broker does not take it. */
  async connect(address: Address, binding: Binding): Promise<void> {
    const open =
      binding === 'websocket' ? connectWebSocket(address.websocketUrl, line => this.#events(line)) : connectGrpc(address.grpcUrl, line => this.#events(line))
    await open
  }

  /** Says Hello; what is not given is as it should be for the player's role, without credentials. */
  hello(fields: Fields): void {
    const usual = {
      version: { minMinor: 0, maxMinor: 0 },
      role: this.player.role,
      implementation: { name: 'conformance', version: '1' },
      displayName: this.player.name,
    }
    this.player.send({ channel: 'RELAY', messages: [{ hello: { ...usual, ...fields } }] })
  }

  /** Closes its line with this code. */
  close(code: number, reason = ''): void {
    this.#line?.close(code, reason)
  }

  /** Breaks its line. */
  cut(): void {
    this.#line?.cut()
  }

  /** Sends something that is not one binary message: a text, or a message with neither frame nor close. */
  stray(): void {
    this.#line?.stray()
  }

  /** Sends these bytes in so many fragments of a WebSocket, or by gRPC with `beside` behind them in the message. */
  fragments(frame: Uint8Array, count: number, beside: Uint8Array = new Uint8Array(0)): void {
    this.trace.sent(this.player.name, `${frame.length} bytes in ${count} fragments`, {}, frame)
    this.#line?.fragments(frame, count, beside)
  }

  /** Closes its WebSocket with this code as it is. */
  closeRaw(code: number): void {
    this.#line?.closeRaw(code)
  }

  /** Takes what comes, or leaves it on its line. */
  reads(on: boolean): void {
    this.#line?.reads(on)
  }

  /** Ends its own direction without a close. */
  halfClose(): void {
    this.#line?.halfClose()
  }

  /** Leaves the broker's close without an answer until `close`. */
  holdAnswer(): void {
    if (this.#line !== undefined) this.#line.answers = false
  }

  #events(line: Line): LineEvents {
    this.#line = line
    // It has no number before Welcome.
    this.player.number = 0
    this.#last.clear()
    this.#incarnations.clear()
    this.player.opened()
    const current = () => this.#line === line
    return {
      frame: bytes => {
        if (current()) this.player.receive(bytes)
      },
      stray: (what, bytes) => this.player.stray(what, bytes),
      closed: (code, reason, raw) => {
        if (!current()) return
        this.#line = undefined
        this.player.closed(code, reason, true, raw)
      },
    }
  }

  #seat(): Seat {
    const endpoint = this
    return {
      trace: this.trace,
      unsealed: true,
      get sessionId() {
        return (endpoint.player.known.sessionId ?? new Uint8Array(16)) as Uint8Array
      },
      get policy() {
        return (endpoint.player.known.policy ?? undefined) as Fields | undefined
      },
      deliver: frame => {
        if (this.#line === undefined) throw new Error(`${this.player.name} has no line.`)
        this.#line.send(frame)
      },
      relay: message => this.player.send({ channel: 'RELAY', messages: [message] }),
      barrier: () => this.#barrier(),
      heard: arrival => this.#heard(arrival),
      headerFault: frame => this.#headerFault(frame),
      targetFault,
    }
  }

  /** What is wrong with the header of a frame that came from the broker. */
  #headerFault({ channel, source, targets, sequence }: WireFrame): string | undefined {
    const last = this.#last.get(source) ?? 0n
    this.#last.set(source, sequence)
    const { number } = this.player
    if ((channelName(channel) === 'RELAY') !== (source === 0)) return `a frame on ${channelName(channel)} of source ${source}`
    if (number !== 0 && !targets.includes(number)) return `a frame for ${targets.join(', ') || 'nobody'} came at ${number}`
    if (targets.length > 1 && channelName(channel) !== 'MEDIA') return `a frame on ${channelName(channel)} for ${targets.length} targets`
    return sequenceFault(sequence, last)
  }

  async #barrier(): Promise<void> {
    const id = String(BARRIERS + ++this.#pings)
    const from = this.trace.events.length
    this.player.send({ channel: 'RELAY', messages: [{ ping: { id } }] })
    await this.player.inbox.next(({ name, fields }) => name === 'pong' && fields.id === id, { from, withinMs: BARRIER_MS })
  }

  #heard({ name, fields }: Arrival): void {
    const { player } = this
    if (name === 'ping' && player.manners.pong) player.send({ channel: 'RELAY', messages: [{ pong: { id: fields.id } }] })
    if (name === 'welcome') {
      const { admitted, graceMs, heartbeatMs, incarnation, minor, participant, policy, resumeToken, sessionId } = fields
      player.number = Number(participant)
      Object.assign(player.known, { admitted, graceMs, heartbeatMs, incarnation, minor, policy, resumeToken, sessionId })
    }
    const roster = (name === 'welcome' ? fields.roster : name === 'roster' ? fields : undefined) as Fields | undefined
    if (roster !== undefined) this.#roster(roster.entries as readonly Fields[])
  }

  /** Whom it speaks to: everybody to the customer, the customer to the lead, unless a case says otherwise. */
  #roster(entries: readonly Fields[]): void {
    const { player } = this
    for (const { incarnation, participant } of entries) {
      if (this.#incarnations.get(Number(participant)) !== incarnation) this.#last.delete(Number(participant))
      this.#incarnations.set(Number(participant), incarnation)
    }
    const opposite = entries.find(({ lead, role }) => (player.role === 'CUSTOMER' ? lead === true : role === 'CUSTOMER'))
    if (opposite !== undefined && (player.counterpart === 0 || !entries.some(({ participant }) => participant === player.counterpart))) {
      player.counterpart = Number(opposite.participant)
    }
    const self = entries.find(({ participant }) => participant === player.number)
    if (self !== undefined) player.known.admitted = self.phase === 'ADMITTED'
    const admitted = player.known.admitted === true
    if (player instanceof CustomerPlayer) player.room(opposite === undefined ? 0 : player.counterpart, admitted && opposite?.phase === 'ADMITTED')
  }
}

/** A Welcome tells its receiver's number, which is its target too; who is refused has none. */
function targetFault(targets: readonly number[], name: string, fields: Fields): string | undefined {
  if (name !== 'welcome' && name !== 'refusal') return undefined
  const receiver = name === 'welcome' ? String(fields.participant) : ''
  return targets.join(', ') === receiver ? undefined : `a ${name} for ${targets.join(', ') || 'nobody'} came at ${receiver || 'one without a number'}`
}
