/** A broker with one participant on its line, and everybody else made up. */
import {
  Channel,
  decodeFrame,
  decodeHandshake,
  encodeFrame,
  encodeHandshake,
  encodeRelay,
  type FrameHeader,
  type FrameView,
  Phase,
  type Policy,
  type RelayMessage,
  type Role,
  type RosterEntry,
} from '@remote-assist/codec'
import { DEFAULT_POLICY, policyToWire } from '@remote-assist/core'
import { type Connection, createMemoryNetwork } from '@remote-assist/transport'
import { systemRandom } from '../../src/random.js'
import type { Said } from './machines.js'

/** Somebody made up. */
export interface Figure {
  readonly participant: number
  readonly role: Role
  readonly phase?: Phase
  readonly lead?: boolean
}

export class FalseBroker {
  readonly network = createMemoryNetwork()
  readonly sessionId = systemRandom.bytes(16)
  readonly policy: Policy = policyToWire(DEFAULT_POLICY)
  /** Hears what the participant says to somebody made up. */
  heard: (to: number, said: Said) => void = () => undefined
  /** Takes the records that the participant seals. */
  sealed: (frame: FrameView) => void = () => undefined
  #line: Connection | undefined
  #sequences = new Map<number, number>()
  #revision = 0n

  /** Waits for a participant, who gets this number and finds these there. */
  async start(self: number, figures: () => readonly Figure[]): Promise<this> {
    await this.network.listen(connection => {
      this.#line = connection
      this.#sequences = new Map()
      return { frame: bytes => this.#frame(self, figures, bytes), closed: () => undefined }
    })
    return this
  }

  /** Tells who is there. */
  roster(figures: readonly Figure[]): void {
    this.#relay({ $case: 'roster', value: this.#rosterOf(figures) })
  }

  /** Says something as somebody made up. */
  say(from: number, to: number, said: Said): void {
    this.#send(from, [to], Channel.HANDSHAKE, encodeHandshake({ kind: said }))
  }

  /** Delivers a record of somebody made up; `seal` makes it for the header that it gets. */
  record(source: number, target: number, channel: Channel, seal: (header: FrameHeader) => Uint8Array): void {
    const header = { channel, source, targets: [target], sequence: (this.#sequences.get(source) ?? 0) + 1 }
    this.#send(source, header.targets, channel, seal(header))
  }

  /** Says that it is alive; whoever waits for a broker goes on waiting for its figures. */
  ping(): void {
    this.#relay({ $case: 'ping', value: { id: 1n } })
  }

  #frame(self: number, figures: () => readonly Figure[], bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    const { channel, source, targets, payload } = frame
    if (source === 0) return this.#welcome(self, figures())
    if (channel === Channel.RELAY) return
    if (channel !== Channel.HANDSHAKE) return this.sealed(frame)
    const { kind } = decodeHandshake(payload)
    if (kind !== undefined) for (const target of targets) this.heard(target, kind)
  }

  #welcome(participant: number, figures: readonly Figure[]): void {
    this.#relay({
      $case: 'welcome',
      value: {
        minor: 0,
        sessionId: this.sessionId,
        participant,
        incarnation: 1,
        roster: this.#rosterOf(figures),
        policy: this.policy,
        channels: [],
        maxFrameBytes: 266_240,
        heartbeatMs: 60_000,
        resumeToken: systemRandom.bytes(32),
        graceMs: 30_000,
        codeExpiresInMs: 0,
        admitted: true,
      },
    })
  }

  #rosterOf(figures: readonly Figure[]) {
    const entries = figures.map(
      ({ participant, role, phase = Phase.ADMITTED, lead = false }): RosterEntry => ({
        participant,
        role,
        phase,
        lead,
        displayName: '',
        incarnation: 1,
        inviteId: new Uint8Array(),
      }),
    )
    return { revision: ++this.#revision, entries: entries.sort((a, b) => a.participant - b.participant) }
  }

  #relay(kind: NonNullable<RelayMessage['kind']>): void {
    this.#send(0, [], Channel.RELAY, encodeRelay({ kind }))
  }

  #send(source: number, targets: readonly number[], channel: Channel, payload: Uint8Array): void {
    const sequence = (this.#sequences.get(source) ?? 0) + 1
    this.#sequences.set(source, sequence)
    this.#line?.send(encodeFrame({ channel, source, targets, sequence }, payload))
  }
}
