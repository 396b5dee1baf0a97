/** The annotation channel: pointing and drawing on the picture, through the customer, who stamps it. */
import type { Channel, Clear, LaserPointer, Stroke } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'
import type { Bucket } from '../rate.js'

/** What the session allows now. */
export interface AnnotationPermit {
  /** The peer is active and not paused. */
  readonly open: boolean
  /** The agent holds ANNOTATE: it may draw. */
  readonly annotate: boolean
  /** The agent holds VIEW_SCREEN: it sees what others draw. */
  readonly view: boolean
  /** At the customer: the number of this agent, stamped on what it makes. 0 at an agent: nothing is stamped. */
  readonly author: number
}

/** A stroke on the picture: how long it is, and when it fades. */
export interface Alive {
  readonly strokeId: number
  readonly points: number
  readonly fadesAt: Instant
}

/** What one author has on the picture. 0 = this end. */
export interface Author {
  readonly from: number
  readonly strokes: readonly Alive[]
  /** When its laser pointer goes out; undefined = it points nowhere. */
  readonly pointsUntil: Instant | undefined
}

interface Common {
  readonly permit: AnnotationPermit
  readonly authors: readonly Author[]
  /** Messages that may arrive (customer) or be made (agent). */
  readonly rate: Bucket | undefined
}

export type AnnotationState = (Common & { readonly phase: 'closed' }) | (Common & { readonly phase: 'open' })

export type AnnotationEvent =
  | Remote<Kind<Channel.ANNOTATION>>
  | ({ readonly type: 'permit' } & AnnotationPermit)
  /** This end points, draws or wipes. A laser pointer beyond the rate is dropped; the next tells more. */
  | { readonly type: 'local.point'; readonly laser: LaserPointer }
  | { readonly type: 'local.draw'; readonly stroke: Stroke }
  | { readonly type: 'local.wipe'; readonly clear: Clear }
  /** The customer passes on to this agent what another made (already stamped and bounded). Ignored while closed or without VIEW_SCREEN. */
  | { readonly type: 'local.forward'; readonly message: Kind<Channel.ANNOTATION> }
  | { readonly type: 'tick' }

export type AnnotationNotice =
  /** Show it. At the customer it is stamped: forward it to every other agent. A Clear appears here also when its author may no longer draw. */
  | { readonly kind: 'annotation.received'; readonly message: Kind<Channel.ANNOTATION> }
  /** A stroke's time is over. `from` 0 = this end's own. */
  | { readonly kind: 'annotation.faded'; readonly from: number; readonly strokeId: number }
  /** A laser pointer rested for 1 s. */
  | { readonly kind: 'annotation.rested'; readonly from: number }

export type AnnotationEffect = ChannelEffect<Kind<Channel.ANNOTATION>, AnnotationNotice>

export const ANNOTATION_TABLE = {
  closed: {
    permit: ['closed', 'open'],
    'remote.laserPointer': ['closed'],
    'remote.stroke': ['closed'],
    'remote.clear': ['closed'],
    'local.forward': ['closed'],
    tick: ['closed'],
  },
  open: {
    permit: ['closed', 'open'],
    'remote.laserPointer': ['open'],
    'remote.stroke': ['open'],
    'remote.clear': ['open'],
    'local.point': ['open'],
    'local.draw': ['open'],
    'local.wipe': ['open'],
    'local.forward': ['open'],
    tick: ['open'],
  },
} as const satisfies TransitionTable<AnnotationState['phase'], AnnotationEvent['type']>
