/** The customer's machine for one other participant, as types and as the table of its moves. */
import type { Channel, CloseCode, ConsentRequest, Permission, Role } from '@remote-assist/codec'
import type { Instant } from '../instant.js'
import type { TransitionTable } from '../machine.js'
import type { Kind } from '../message.js'
import type { Held } from './grants.js'

/** A handshake takes no longer than this once both ends are reachable. */
export const SECURING_TIMEOUT_MS = 15_000

/** How long a handshake may take: who returns has its grace period, for the other end may be a machine that is only waking up. */
export const securingMs = (returning: boolean, graceMs: number): number => (returning ? Math.max(SECURING_TIMEOUT_MS, graceMs) : SECURING_TIMEOUT_MS)

/** What does not change while the participant stays. */
export interface Party {
  readonly participant: number
  readonly role: Role.AGENT | Role.VIEWER
  /** The most it may be granted: policy, role and invitation together. */
  readonly ceiling: readonly Permission[]
  readonly consentTimeoutMs: number
  readonly graceMs: number
  /** It waits at the broker for the customer to admit it (it came by invitation). */
  readonly candidate: boolean
}

/** A question that the customer has not answered. */
export interface Question {
  readonly requestId: number
  readonly permissions: readonly Permission[]
  readonly by: Instant
}

export type Grants = readonly Held[]

/** `paused` holds for the whole session; every machine carries it so that a peer that becomes active meanwhile is paused at once. */
export interface Common {
  readonly party: Party
  readonly paused: boolean
  /** A handshake succeeded once: both ends keep a secret for a return. */
  readonly secured: boolean
}

export type GrantorState =
  /** `grants`: what it held before its line dropped; undefined = it was never active. */
  | (Common & { readonly phase: 'securing'; readonly by: Instant; readonly grants: Grants | undefined })
  | (Common & { readonly phase: 'consenting'; readonly by: Instant; readonly question: Question | undefined })
  | (Common & { readonly phase: 'admission'; readonly question: Question })
  | (Common & { readonly phase: 'active'; readonly grants: Grants; readonly question: Question | undefined })
  | (Common & { readonly phase: 'paused'; readonly grants: Grants; readonly question: Question | undefined })
  | (Common & { readonly phase: 'suspended'; readonly grants: Grants | undefined; readonly until: Instant })
  | (Common & { readonly phase: 'gone'; readonly code: CloseCode })

export type GrantorEvent =
  | { readonly type: 'peer.secured' }
  | { readonly type: 'peer.failed'; readonly code: CloseCode }
  | { readonly type: 'peer.lost' }
  | { readonly type: 'peer.returned' }
  | { readonly type: 'peer.left'; readonly code: CloseCode }
  | { readonly type: 'remote.consentRequest'; readonly value: ConsentRequest }
  | {
      readonly type: 'local.decide'
      readonly requestId: number
      readonly granted: readonly { readonly permission: Permission; readonly expiresInMs: number }[]
    }
  | { readonly type: 'local.grant'; readonly permission: Permission; readonly expiresInMs: number }
  | { readonly type: 'local.revoke'; readonly permission: Permission }
  | { readonly type: 'local.pause' }
  | { readonly type: 'local.unpause' }
  | { readonly type: 'local.remove'; readonly code: CloseCode }
  | { readonly type: 'tick' }

export type GrantorNotice =
  /** Start a handshake: the customer sends first. `resume`: prove the secret kept from before. */
  | { readonly kind: 'peer.secure'; readonly resume: boolean }
  /** Ask the customer. `permissions` is what may be granted; answer with `local.decide`. */
  | { readonly kind: 'peer.asks'; readonly requestId: number; readonly permissions: readonly Permission[]; readonly reason: string; readonly by: Instant }
  /** The question is off the table: answered, expired, or the asker is gone. */
  | { readonly kind: 'peer.asked'; readonly requestId: number }
  | { readonly kind: 'peer.phase'; readonly phase: GrantorState['phase']; readonly code: CloseCode | undefined }

export type GrantorEffect =
  | { readonly type: 'send'; readonly kind: Kind<Channel.SESSION> }
  /** Let the candidate in, or turn the participant out, at the broker. */
  | { readonly type: 'relay'; readonly kind: Kind<Channel.RELAY> }
  | { readonly type: 'notify'; readonly notice: GrantorNotice }

export const GRANTOR_TABLE = {
  securing: {
    'peer.secured': ['consenting', 'admission', 'active', 'paused'],
    'peer.failed': ['gone'],
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'local.revoke': ['securing'],
    'local.pause': ['securing'],
    'local.unpause': ['securing'],
    'local.remove': ['gone'],
    tick: ['securing', 'gone'],
  },
  consenting: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.consentRequest': ['consenting'],
    'local.decide': ['active', 'paused', 'gone'],
    'local.pause': ['consenting'],
    'local.unpause': ['consenting'],
    'local.remove': ['gone'],
    tick: ['consenting', 'gone'],
  },
  admission: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'local.decide': ['active', 'paused', 'gone'],
    'local.pause': ['admission'],
    'local.unpause': ['admission'],
    'local.remove': ['gone'],
    tick: ['admission', 'gone'],
  },
  active: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.consentRequest': ['active'],
    'local.decide': ['active'],
    'local.grant': ['active'],
    'local.revoke': ['active'],
    'local.pause': ['paused'],
    'local.unpause': ['active'],
    'local.remove': ['gone'],
    tick: ['active'],
  },
  paused: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'remote.consentRequest': ['paused'],
    'local.decide': ['paused'],
    'local.grant': ['paused'],
    'local.revoke': ['paused'],
    'local.pause': ['paused'],
    'local.unpause': ['active'],
    'local.remove': ['gone'],
    tick: ['paused'],
  },
  suspended: {
    'peer.lost': ['suspended'],
    'peer.returned': ['securing'],
    'peer.left': ['gone'],
    'local.revoke': ['suspended'],
    'local.pause': ['suspended'],
    'local.unpause': ['suspended'],
    'local.remove': ['gone'],
    tick: ['suspended', 'gone'],
  },
  gone: { 'local.pause': ['gone'], 'local.unpause': ['gone'], 'local.remove': ['gone'] },
} as const satisfies TransitionTable<GrantorState['phase'], GrantorEvent['type']>
