/** What the customer's end knows. */
import { type Participant, type Permission, type PlatformInfo, type Policy, Role } from '@remote-assist/codec'
import { LAST_TRY, NO_TRIES, type Tries } from '../../channels/elevation/tries.js'
import { type Layout, NO_LAYOUT } from '../../channels/layout.js'
import type { Instant } from '../../instant.js'
import type { LeaseState } from '../../lease/lease.js'
import type { GrantorState } from '../../peer/grantor-table.js'
import type { RejoinState } from '../../rejoin/rejoin.js'
import { initialSession, type SessionState } from '../../session/session.js'
import type { Pulse } from '../alive.js'
import { wholeSet } from '../features.js'
import type { Live, Seen } from '../roster.js'
import type { CUSTOMER_CHANNELS } from './channels.js'

type Registry = typeof CUSTOMER_CHANNELS
export type CustomerChannelName = keyof Registry
export type ChannelStates = { readonly [N in CustomerChannelName]: Registry[N]['machine']['initial'] }

type Permit<E> = Omit<Extract<E, { readonly type: 'permit' }>, 'type'>

/** What each channel of a peer was told is allowed. */
export type Permits = { readonly [N in CustomerChannelName]: Permit<Parameters<Registry[N]['machine']['step']>[1]> }

/** Another participant, as the customer keeps it. */
export interface CustomerPeer {
  readonly number: number
  readonly role: Role.AGENT | Role.VIEWER
  readonly displayName: string
  readonly seen: Seen
  readonly machine: GrantorState
  readonly channels: ChannelStates
  readonly permits: Permits | undefined
  readonly pulse: Pulse
  readonly greeted: boolean
  readonly recording: boolean
  /**
   * The local user has not compared the words with this peer, or has, or the peer was told so as well: who came by invitation cannot be told before it is let in.
   * What the peer says of it counts for nothing.
   */
  readonly words: 'open' | 'confirmed' | 'told'
  /** Whose credential the peer showed, once it was checked; empty = nobody's. */
  readonly organisation: string
  /** When the Unsupported of the last second went out. */
  readonly unsupported: readonly Instant[]
  readonly invite: Invite | undefined
}

/** An invitation that the customer answers; its secret stays with the driver. */
export interface Invite {
  readonly id: string
  readonly role: Role.AGENT | Role.VIEWER
  readonly ceiling: readonly Permission[]
  readonly by: number
  readonly expiresAt: Instant
}

/** Invitations that may be open at a time (SetInvites). */
export const MAX_INVITES = 32

/** Everything that the customer's end knows. Plain data; only `customer.step` makes the next one. */
export interface CustomerState {
  readonly session: SessionState
  readonly policy: Policy | undefined
  readonly platform: PlatformInfo
  readonly capabilities: readonly string[]
  readonly layout: Layout
  readonly paused: boolean
  readonly locked: boolean
  readonly lease: LeaseState
  readonly lead: number
  /** Agents in the order in which they became active first. */
  readonly seniority: readonly number[]
  readonly invites: readonly Invite[]
  readonly rejoin: RejoinState
  /** Wrong credentials count for the machine, whoever gave them. */
  readonly tries: Tries
  /** Who is or was here, but for those in `gone`, in the order in which they came. */
  readonly peers: ReadonlyMap<number, CustomerPeer>
  /** The numbers of those who are long gone: none ever means two participants. */
  readonly gone: readonly number[]
  /** Bytes of files that passed with those in `gone`. */
  readonly goneBytes: bigint
  /** The newest key of the picture; 0 = none yet. */
  readonly mediaEpoch: number
  /** What everybody was told. */
  readonly told: {
    readonly revision: number
    readonly participants: readonly Participant[]
    readonly lease: LeaseState
    readonly lead: number
  }
}

/** What the customer's program can do, from the host. */
export interface CustomerConfig {
  readonly platform: PlatformInfo
  readonly capabilities: readonly string[]
  /** It comes back after a restart: what was wrong of credentials before is not known any more. Default false. */
  readonly restarted?: boolean
}

export function initialCustomer({ platform, capabilities, restarted = false }: CustomerConfig): CustomerState {
  const lease: LeaseState = { phase: 'free', epoch: 1 }
  return {
    session: initialSession,
    policy: undefined,
    platform,
    capabilities: wholeSet(capabilities),
    layout: NO_LAYOUT,
    paused: false,
    locked: false,
    lease,
    lead: 0,
    seniority: [],
    invites: [],
    rejoin: { phase: 'none' },
    tries: restarted ? LAST_TRY : NO_TRIES,
    peers: new Map(),
    gone: [],
    goneBytes: 0n,
    mediaEpoch: 0,
    told: { revision: 0, participants: [], lease, lead: 0 },
  }
}

/** The peer's consent stands and its line is up: it is told things. */
export const isEngaged = (peer: CustomerPeer): boolean => peer.machine.phase === 'active' || peer.machine.phase === 'paused'

export const grantsOf = ({ machine }: CustomerPeer) => (machine.phase === 'active' || machine.phase === 'paused' ? machine.grants : [])

/** What a peer holds as soon as its line is back; undefined = it never held anything, or is gone. */
export const keptBy = ({ machine }: CustomerPeer) => ('grants' in machine ? machine.grants : undefined)

export const self = ({ attachment }: Live): number => attachment.participant

/** The name of a participant, as the broker says; empty if it says none. */
export const nameOf = ({ roster }: Live, participant: number): string => roster.entries.find(entry => entry.participant === participant)?.displayName ?? ''

export const isJoiner = (role: Role): role is Role.AGENT | Role.VIEWER => role === Role.AGENT || role === Role.VIEWER
