/** What an agent's or viewer's end knows. Its only counterpart is the customer. */
import type { ControlLease, LeadChanged, Participant, PlatformInfo, Policy, Role } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { GranteeState } from '../../peer/grantee.js'
import { initialSession, type SessionState } from '../../session/session.js'
import type { Pulse } from '../alive.js'
import type { Seen } from '../roster.js'
import type { JOINER_CHANNELS } from './channels.js'

type Registry = typeof JOINER_CHANNELS
export type JoinerChannelName = keyof Registry
export type JoinerChannelStates = { readonly [N in JoinerChannelName]: Registry[N]['machine']['initial'] }

type Permit<E> = Omit<Extract<E, { readonly type: 'permit' }>, 'type'>

/** What each channel was told is allowed. */
export type JoinerPermits = { readonly [N in JoinerChannelName]: Permit<Parameters<Registry[N]['machine']['step']>[1]> }

/** Something that was asked on channel SESSION and has no answer yet. */
export interface Request {
  readonly requestId: number
  readonly what: 'control' | 'invite' | 'remove' | 'rejoin'
  /** REMOVE: whom. */
  readonly participant: number
  readonly by: Instant
  /** REJOIN: until when the customer may come back. */
  readonly until?: Instant
}

/** Requests that may be open at a time. */
export const MAX_REQUESTS = 16
/** A request without an answer by then is over. */
export const REQUEST_TIMEOUT_MS = 10_000

/** The customer, as this end keeps it. */
export interface Customer {
  readonly number: number
  readonly seen: Seen
  readonly machine: GranteeState
  readonly channels: JoinerChannelStates
  readonly permits: JoinerPermits | undefined
  readonly pulse: Pulse
  readonly participants: readonly Participant[]
  readonly lease: ControlLease | undefined
  readonly platform: PlatformInfo | undefined
  /** The optional features that the customer announced last. */
  readonly capabilities: readonly string[]
  readonly wordsConfirmed: boolean
  readonly requests: readonly Request[]
  /** When the Unsupported of the last second went out. */
  readonly unsupported: readonly Instant[]
}

/** Everything that an agent's or viewer's end knows. Plain data; only `joiner.step` makes the next one. */
export interface JoinerState {
  readonly role: Role.AGENT | Role.VIEWER
  readonly session: SessionState
  readonly policy: Policy | undefined
  /** Customers that came and went: their numbers are never used again. */
  readonly gone: readonly number[]
  readonly customer: Customer | undefined
  /** A customer may come back by a ticket. It outlives the customer that keeps it. */
  readonly rejoin: { readonly requestId: number; readonly until: Instant } | undefined
  /** Who leads, as the customer (or, before there is one, the broker) says. */
  readonly lead: LeadChanged['participant']
}

export const initialJoiner = (role: Role.AGENT | Role.VIEWER): JoinerState => ({
  role,
  session: initialSession,
  policy: undefined,
  gone: [],
  customer: undefined,
  rejoin: undefined,
  lead: 0,
})

export const self = (state: JoinerState): number => (state.session.phase === 'live' ? state.session.attachment.participant : 0)

export const isEngaged = ({ machine }: Customer): boolean => machine.phase === 'active' || machine.phase === 'paused'

export const grantsOf = ({ machine }: Customer) => ('grants' in machine && machine.grants !== undefined ? machine.grants : [])
