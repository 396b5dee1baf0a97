/**
 * What the suite plays opposite an implementation under test: its broker, and the other participants. Everything here speaks the real wire with code of the suite's
 * own; nothing here judges. A case tells players what to send, and looks at what arrives at them.
 */

import type { Opening } from './lines/line.js'

/** Channels by the names of the schema. */
export type ChannelName = 'RELAY' | 'HANDSHAKE' | 'SESSION' | 'SCREEN' | 'MEDIA' | 'INPUT' | 'CLIPBOARD' | 'FILE' | 'ELEVATION' | 'CHAT' | 'ANNOTATION'

/** A message's fields as plain data: names in lowerCamelCase, enums by name, 64-bit integers as decimal strings, bytes as `Uint8Array`. */
export type Fields = Readonly<Record<string, unknown>>

/** One message that arrived at a player, or a record that could not be read. */
export interface Arrival {
  /** Place in the case's trace, from 0; later arrivals of all players have greater ones. */
  readonly index: number
  /** Milliseconds since the case began, in its result; while it is played, since the process did. */
  readonly atMs: number
  /** The player's name. */
  readonly to: string
  /** The sender's participant number; 0 for a broker. */
  readonly source: number
  readonly targets: readonly number[]
  readonly sequence: bigint
  readonly channel: ChannelName | ''
  /** The member of the channel's oneof: `consentRequest`; empty if `fault` says why there is none, or the oneof was empty. */
  readonly name: string
  readonly fields: Fields
  /** The frame as it came. */
  readonly frame: Uint8Array
  /** The bytes of this message, opened. */
  readonly bytes: Uint8Array
  /** Why frame, record or message could not be read: it did not open, did not decode, came with a wrong header. */
  readonly fault?: string
}

/** A connection that ended at a player. */
export interface Closing {
  readonly index: number
  readonly atMs: number
  readonly to: string
  /** The protocol's close code, 100–699; 0 if the line broke. */
  readonly code: number
  readonly reason: string
  /** The end as the binding tells it: of WebSocket `code` and `reason`; of gRPC `reason`, `status`, `trailers`, and `answered`: the close was answered before the end. */
  readonly raw?: Fields
}

/** What happened on the wire of one case, in order: what the trace of a report shows. */
export type WireEvent =
  | { readonly kind: 'arrival'; readonly arrival: Arrival }
  | { readonly kind: 'closing'; readonly closing: Closing }
  | {
      readonly kind: 'sent'
      readonly index: number
      readonly atMs: number
      readonly from: string
      readonly what: string
      readonly fields: Fields
      readonly frame: Uint8Array
    }
  | { readonly kind: 'opened'; readonly index: number; readonly atMs: number; readonly to: string }

/** What to change in a frame or record on its way out, for cases that break the rules on purpose. */
export interface Spoil {
  /** Fields of the frame's header that differ from what is right. `targets: []` is meant as it is. */
  readonly header?: { readonly channel?: number; readonly source?: number; readonly targets?: readonly number[]; readonly sequence?: bigint }
  /** Instead of sealing: the plaintext itself is the payload. */
  readonly plain?: true
  /** Flips this bit of the payload (counted from its first byte's lowest), after sealing. Negative counts from the end. */
  readonly flipBit?: number
  /** Leaves off so many bytes of the payload's end, after sealing. */
  readonly cut?: number
  /** Sends the frame again with the next sequence. */
  readonly twice?: true
  /** Counts this record as `n` more than the next one: a gap. Negative: as one that was there before. */
  readonly skip?: number
  /** Bytes behind the frame: fields of `Frame` that nobody knows. */
  readonly behind?: Uint8Array
  /** Bytes after the last message of the record, before sealing. */
  readonly tail?: Uint8Array
  /** Fields of the header under which the record is sealed that differ from those that are sent: `header` is changed for both. */
  readonly sealedFor?: Spoil['header']
  /** Goes on by so many generations before it seals (0 = none). On MEDIA: seals under the epoch and key before the last ones, if there were any. */
  readonly generations?: number
}

/** One record or relay or handshake message to send. */
export interface Outgoing {
  readonly channel: ChannelName
  /** Messages of that channel, each `{member: fields}`; encoded without any check of limits or ranges. RELAY and HANDSHAKE take exactly one. */
  readonly messages?: readonly Fields[]
  /** Instead: the record's plaintext, or the payload of RELAY and HANDSHAKE, as it is. */
  readonly raw?: Uint8Array
  readonly spoil?: Spoil
}

/** What arrives at a player, waiting to be looked at. */
export interface Inbox {
  /** Everything so far, oldest first. */
  readonly all: readonly Arrival[]
  /** Resolves with the first arrival at or after place `from` that fits, now or later; rejects with `Overdue` after `withinMs`, and at once when nothing can arrive any more. */
  next(fits: (arrival: Arrival) => boolean, options: { readonly from: number; readonly withinMs: number }): Promise<Arrival>
  /** Resolves with the player's first closing at or after place `from`. */
  closing(options: { readonly from: number; readonly withinMs: number }): Promise<Closing>
}

/** The testee did not come along: its fault, as far as the suite can tell. */
export class Unmet extends Error {
  override readonly name: string = 'Unmet'
}

/** Nothing that fits came in time. `seen`: what came instead, for the report. */
export class Overdue extends Unmet {
  override readonly name = 'Overdue'
  constructor(
    message: string,
    readonly seen: readonly Arrival[],
  ) {
    super(message)
  }
}

/** The handshake with the testee ended without keys. */
export class HandshakeFailed extends Unmet {
  override readonly name = 'HandshakeFailed'
}

/** There is no line to send on: the testee, or the broker under test, ended it. */
export class LineOver extends Unmet {
  override readonly name = 'LineOver'
}

/** Does by itself what a well-behaved end does without its user, unless a case turns it off. */
export interface Manners {
  /** Answers the broker's and the testee's `Ping`. */
  readonly pong: boolean
  /** Sends `Alive` every 2 s once secured. */
  readonly alive: boolean
  /** Agent and viewer: acknowledges each whole frame. */
  readonly ack: boolean
  /** Agent: takes the audit log and signs it as it has to. */
  readonly audit: boolean
  /** Customer: answers `Subscribe` with STARTED and one key frame, `RequestKeyframe` with a key frame. */
  readonly screen: boolean
  /** Customer: states participants, grants, capability, lease, media key and screens when they are due; gives control, passes on recording, takes invitations. */
  readonly inform: boolean
  /** Agent: answers a key for credentials with credentials that are sealed to it. Customer: opens credentials that come for a key that it sent. */
  readonly credentials: boolean
  /** Customer: grants whatever an agent asks for. Off unless a case turns it on. */
  readonly consent: boolean
  /** Answers `HandshakeStart` and so on; the customer also begins it. False leaves the handshake to the case, or to `secured`. */
  readonly handshake: boolean
}

/** A participant that the suite plays. */
export interface Player {
  /** `agent`, `customer`, `viewer`, `agent2`, `stranger` … */
  readonly name: string
  readonly role: 'AGENT' | 'CUSTOMER' | 'VIEWER'
  /** Its participant number; 0 before Welcome. */
  readonly number: number
  /** The testee's, or at a broker the other end's, participant number, to which `send` goes. */
  counterpart: number
  readonly inbox: Inbox
  /** It has a line. */
  readonly attached: boolean
  readonly manners: { -readonly [K in keyof Manners]: Manners[K] }
  /** Facts for cases: `sessionId`, `words`, `mediaEpoch`, `leaseEpoch`, `capability`, `resumeToken` …, as far as known. */
  readonly facts: Fields
  /** Sends now. Throws `LineOver` if the line is closed, and if there are no keys where sealing is needed. */
  send(outgoing: Outgoing): void
  /** Sends these bytes as a frame, whatever they are. */
  sendBytes(frame: Uint8Array): void
  /** Resolves when everything that was sent to the testee before has been taken by it: a `Ping` of the broker behind it was answered. */
  barrier(): Promise<void>
  /** Runs the handshake with the testee to its end. Rejects with `HandshakeFailed` when it fails, and with `Overdue` after `withinMs` (10,000). */
  secured(options?: { readonly withinMs: number }): Promise<void>
}

/** The broker that the suite plays to a testee that is an end. */
export interface BrokerPlayer {
  /** Every relay message of the testee, and every frame of it that no player could take (a wrong header, an unknown target). */
  readonly inbox: Inbox
  /** What it does by itself: Welcome, Roster after changes, Pong, forwarding to players, answering the testee's Bye by a close, choosing the subprotocol; `ping`: where the clock of the testee goes forward, pings that keep its line. */
  readonly manners: { welcome: boolean; roster: boolean; pong: boolean; forward: boolean; bye: boolean; subprotocol: boolean; ping: boolean }
  /** Fields of the next Welcome that differ from the default; `policy` is merged, and null for none. */
  welcome: Fields
  /** How many connections of the testee there were. */
  readonly connections: number
  /** Resolves with the number of the testee's next connection, from 1, once it is open. */
  connected(options: { readonly withinMs: number }): Promise<number>
  /** Sends a relay message to the testee. */
  send(outgoing: Outgoing): void
  /** Sends these bytes to the testee as a frame, whatever they are. */
  sendBytes(frame: Uint8Array): void
  /** Closes the testee's connection with this code. */
  close(code: number, reason?: string): void
  /** Breaks the testee's line without a close. */
  cut(): void
  /** Sends a message that holds no frame: a text, or neither frame nor close. */
  stray(): void
  /** Sends these bytes in so many fragments of a WebSocket, or by gRPC with `beside` behind them in the message. */
  fragments(frame: Uint8Array, count: number, beside?: Uint8Array): void
  /** Closes the testee's WebSocket with this code as it is. */
  closeRaw(code: number): void
  /** Leaves the testee's close without an answer until `close`; by gRPC. */
  holdAnswer(): void
  /** How many new codes the testee asked for. */
  readonly newCodes: number
  /** How the testee opened its last connection. */
  readonly opening: Opening | undefined
  /** Resolves when everything that the testee was sent before has been taken by it. */
  barrier(): Promise<void>
  /** While false, new connections are not taken. */
  open: boolean
  /** The testee has a line, and was welcomed on it. */
  readonly attached: boolean
  /** The testee has a line, welcomed or not. */
  readonly hasLine: boolean
  /** Resolves when what the testee has said on its line by now has come, or the line has ended. */
  flushed(): Promise<void>
  /** The sequence of the frame that it numbered last. */
  readonly lastSequence: bigint
}

/** How somebody enters. */
export interface EnterOptions {
  /** The invitation that it comes by. */
  readonly inviteId?: Uint8Array
  readonly secret?: Uint8Array
  readonly displayName?: string
  /** It takes part in no handshake before a case has it do so. */
  readonly hold?: boolean
  /** A customer: the PIN that it knows; default: the first one. */
  readonly pin?: string
  /** It is who left under this name: it has its key. */
  readonly once?: string
  /** A customer: it comes back after a restart, by the ticket with this secret, 32 bytes. */
  readonly ticket?: Uint8Array
}

/** Where one case is played. */
export interface Stage {
  readonly events: readonly WireEvent[]
  readonly players: ReadonlyMap<string, Player>
  /** Undefined when the testee is the broker. */
  readonly broker: BrokerPlayer | undefined
  /** For the testee: what StartRole needs to find this stage. */
  readonly attach: { readonly websocketUrl: string; readonly grpcUrl: string }
  /** Puts another participant into the session: attached and admitted, not secured. */
  enter(name: string, role: Player['role'], options?: EnterOptions): Promise<Player>
  /** Drops a player's line (the roster says suspended), and brings it back (the next incarnation). */
  drop(name: string): void
  restore(name: string): Promise<void>
  /** Ends everything: lines, timers, servers. */
  close(): Promise<void>
}
