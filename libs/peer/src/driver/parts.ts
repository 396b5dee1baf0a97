/** What a driver is made of: an end's pure machine, and what stands around it. */
import type { Channel, CloseCode, Hello, Policy, Role } from '@remote-assist/codec'
import type { Effect, Instant, Kind, OpenedRecord, SessionState, Step } from '@remote-assist/core'
import type { Transport } from '@remote-assist/transport'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import type { Failure, Security } from '../security/security.js'
import type { Pace } from './pace.js'

/** The events that the driver itself makes; every end's machine takes them. */
export type DriverEvent =
  | { readonly type: 'transport.opened'; readonly hello: Hello }
  | { readonly type: 'transport.lost' }
  | { readonly type: 'transport.heard' }
  | { readonly type: 'remote.relay'; readonly kind: Kind<Channel.RELAY> | undefined }
  | { readonly type: 'remote.record'; readonly peer: number; readonly sequence: bigint; readonly record: OpenedRecord }
  | { readonly type: 'remote.malformed'; readonly peer: number; readonly code: CloseCode }
  | { readonly type: 'peer.secured'; readonly peer: number }
  | { readonly type: 'peer.restarted'; readonly peer: number }
  | { readonly type: 'peer.failed'; readonly peer: number; readonly code: CloseCode }
  | { readonly type: 'media.spent' }
  | { readonly type: 'tick' }

/** What every end's state has. */
export interface EndState {
  readonly session: SessionState
  readonly policy: Policy | undefined
}

/** The words of the core that the driver acts on itself, before it passes them on. */
export interface Known {
  readonly kind: string
}

/** An end's pure machine. */
export interface EndMachine<S, E, N> {
  step(state: S, event: E, now: Instant): Step<S, Effect<N>>
  nextDeadline(state: S): Instant | undefined
}

/** What a driver is made of. */
export interface DriverParts<S extends EndState, E, N> {
  readonly machine: EndMachine<S, E, N>
  readonly initial: S
  readonly role: Role
  readonly transport: Transport
  readonly security: Security
  readonly clock: Clock
  readonly random: Random
  /** The role of a counterpart. */
  roleOf(peer: number): Role
  /** The first message on a line; `resumeToken` is empty the first time. */
  hello(resumeToken: Uint8Array): Hello
  /** A word of the core about a peer (0 = the session), in order, never from within a step. */
  notice(notice: N, peer: number): void
  /** A handshake failed; the core is told as well. */
  failed(peer: number, failure: Failure): void
  /** What is to be said and heard yet, after the last word of the core, before this end says goodbye; resolves when it was. Undefined: nothing is. */
  lastWords?(): Promise<void> | undefined
  /** Whether a counterpart asks for more than it may; without it, nobody can. */
  readonly pace?: Pace
  /** A message on SESSION that came after the last word of the core. */
  late?(peer: number, kind: Kind<Channel.SESSION>): void
}
