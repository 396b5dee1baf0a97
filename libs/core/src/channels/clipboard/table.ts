/** The clipboard channel: what it holds, hears, says, and which phases follow which. One machine; `side` tells whose clipboard is which. */
import type { Channel, ClipboardFormat, Direction, RefusalReason } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'

/** The directions by name; `toCustomer` carries the agent's clipboard. */
export type Way = 'toCustomer' | 'fromCustomer'

/** What the session allows now. `reset`: the line dropped or the peer is new; both switches go off and everything announced is void. */
export interface ClipboardPermit {
  readonly toCustomer: boolean
  readonly fromCustomer: boolean
  /** The peer is active and not paused. */
  readonly flowing: boolean
  readonly reset: boolean
}

/**
 * A switch. Content moves while `on` and `wanted`. `on` is what the customer last said; `wanted` what this end asks for
 * (the customer's own word is final, so there the two are equal). `unanswered`: switches that the agent asked for and that
 * the customer has not answered, due by `answerBy`.
 */
export interface Switch {
  readonly on: boolean
  readonly wanted: boolean
  readonly unanswered: number
  readonly answerBy: Instant | undefined
}

/** This end's content since its direction was switched on. `offerId` undefined = not announced yet (the rate, or a pause). */
export interface Own {
  readonly formats: readonly ClipboardFormat[]
  readonly offerId: number | undefined
}

/** Content under way: pieces in order up to `limitBytes`; the next begins at `offset` and is due by `by`. */
export interface Pieces {
  readonly offerId: number
  readonly mime: string
  readonly offset: number
  readonly limitBytes: number
  readonly by: Instant
}

/** The newest offer of the other side. */
export interface Theirs {
  readonly offerId: number
  readonly formats: readonly ClipboardFormat[]
}

interface Common {
  readonly side: 'customer' | 'agent'
  readonly permit: ClipboardPermit
  readonly switches: { readonly [W in Way]: Switch }
  readonly own: Own | undefined
  /** The last id that an offer of this end had. */
  readonly lastOfferId: number
  /** No offer may be sent before. */
  readonly offerFrom: Instant | undefined
  /** Content that this end is sending. */
  readonly serving: Pieces | undefined
  readonly theirs: Theirs | undefined
  /** Content that this end asked for. */
  readonly fetching: Pieces | undefined
}

/** `held`: the peer is not active, or the customer paused. */
export type ClipboardState = (Common & { readonly phase: 'held' }) | (Common & { readonly phase: 'flowing' })

export type ClipboardEvent =
  | Remote<Kind<Channel.CLIPBOARD>>
  | ({ readonly type: 'permit' } & ClipboardPermit)
  /** The agent asks for a direction on or off; the customer may only switch off. */
  | { readonly type: 'local.sync'; readonly direction: Direction; readonly on: boolean }
  /** This end's clipboard has new content (`formats` empty: it was emptied). `fromPeer`: it arrived through the session, from whomever: never offered. */
  | { readonly type: 'local.changed'; readonly formats: readonly ClipboardFormat[]; readonly fromPeer: boolean }
  /** Somebody pastes: fetches the other side's newest offer in one of its formats. */
  | { readonly type: 'local.request'; readonly mime: string }
  /** Answers `clipboard.wanted`, piece after piece. Ignored when it is no longer wanted. */
  | { readonly type: 'local.data'; readonly offerId: number; readonly mime: string; readonly offset: number; readonly data: Uint8Array; readonly last: boolean }
  /** Answers `clipboard.wanted`: the content cannot be had, and why: NOT_FOUND, LIMIT. */
  | { readonly type: 'local.unavailable'; readonly offerId: number; readonly mime: string; readonly reason: RefusalReason }
  | { readonly type: 'tick' }

export type ClipboardNotice =
  /** A direction went on or off; `reason` says why it went off against this end's wish. */
  | { readonly kind: 'clipboard.switched'; readonly direction: Direction; readonly on: boolean; readonly reason: RefusalReason }
  /** The other side has content. */
  | { readonly kind: 'clipboard.offered'; readonly offerId: number; readonly formats: readonly ClipboardFormat[] }
  /** The other side's offer is void. */
  | { readonly kind: 'clipboard.withdrawn'; readonly offerId: number }
  /** The other side pastes: answer with `local.data` or `local.unavailable`. */
  | { readonly kind: 'clipboard.wanted'; readonly offerId: number; readonly mime: string }
  /** It is wanted no longer. */
  | { readonly kind: 'clipboard.unwanted'; readonly offerId: number; readonly mime: string }
  /** A piece of what was asked for. */
  | {
      readonly kind: 'clipboard.piece'
      readonly offerId: number
      readonly mime: string
      readonly offset: number
      readonly data: Uint8Array
      readonly last: boolean
    }
  /** What was asked for will not come; discard its pieces. */
  | { readonly kind: 'clipboard.failed'; readonly offerId: number; readonly mime: string; readonly reason: RefusalReason }

export type ClipboardEffect = ChannelEffect<Kind<Channel.CLIPBOARD>, ClipboardNotice>

/** Only `permit` changes the phase; messages of a phase that just ended are answered or ignored. */
export const CLIPBOARD_TABLE = {
  held: {
    permit: ['held', 'flowing'],
    'remote.sync': ['held'],
    'remote.offer': ['held'],
    'remote.request': ['held'],
    'remote.data': ['held'],
    'remote.withdrawn': ['held'],
    'remote.refused': ['held'],
    'local.sync': ['held'],
    'local.changed': ['held'],
    'local.data': ['held'],
    'local.unavailable': ['held'],
    tick: ['held'],
  },
  flowing: {
    permit: ['held', 'flowing'],
    'remote.sync': ['flowing'],
    'remote.offer': ['flowing'],
    'remote.request': ['flowing'],
    'remote.data': ['flowing'],
    'remote.withdrawn': ['flowing'],
    'remote.refused': ['flowing'],
    'local.sync': ['flowing'],
    'local.changed': ['flowing'],
    'local.request': ['flowing'],
    'local.data': ['flowing'],
    'local.unavailable': ['flowing'],
    tick: ['flowing'],
  },
} as const satisfies TransitionTable<ClipboardState['phase'], ClipboardEvent['type']>
