/** Channel INPUT at the customer, as types and as the table of its moves. */
import type { Button, Channel, KeyCombo, RefusalReason } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { Layout } from '../layout.js'

/** A pixel of a screen. */
export interface Place {
  readonly screenId: number
  readonly x: number
  readonly y: number
}

/** An event that pixels may show: what FramePart.last_input names. */
export interface Mark {
  readonly leaseEpoch: number
  readonly seq: number
}

/** What the host does, in order. */
export type Injection =
  | { readonly do: 'key'; readonly usage: number; readonly down: boolean }
  | { readonly do: 'locks'; readonly locks: number }
  | { readonly do: 'text'; readonly text: string }
  | { readonly do: 'move'; readonly screenId: number; readonly x: number; readonly y: number }
  | { readonly do: 'button'; readonly button: Button; readonly down: boolean }
  | { readonly do: 'wheel'; readonly deltaX: number; readonly deltaY: number }
  | { readonly do: 'combo'; readonly requestId: number; readonly combo: KeyCombo }

export type InputSinkNotice = { readonly kind: 'input.inject'; readonly injections: readonly Injection[]; readonly mark: Mark | undefined }

/** What the rest of the session means for input. */
export interface InputPermit {
  /** The agent is active or paused. Without it no answer goes out, and events are numbered from 1 when it is back. */
  readonly open: boolean
  /** The agent is active, in control and not held off: what it sends is injected. */
  readonly control: boolean
  readonly epoch: number
  readonly layout: Layout
  /** Why secure keys are not to be had; undefined = they are. */
  readonly secureKeys: RefusalReason | undefined
}

type Event = Remote<Kind<Channel.INPUT>>
type On<T extends Event['type']> = Extract<Event, { type: T }>

export type InputSinkEvent =
  | Exclude<Event, On<'remote.sendKeysResult'> | On<'remote.inputRejected'> | On<'remote.localInputActive'>>
  | ({ readonly type: 'permit' } & InputPermit)
  | { readonly type: 'local.comboDone'; readonly requestId: number; readonly refusal: RefusalReason }
  | { readonly type: 'tick' }

/** Events that were not injected: the newest, why, and how many. */
export interface Rejections {
  readonly seq: number
  readonly reason: RefusalReason
  readonly count: number
}

interface Common {
  readonly permit: InputPermit
  /** The number of the newest event on this line. */
  readonly seq: number
  readonly combos: readonly { readonly requestId: number; readonly by: Instant }[]
  /** Rejected since the report before; reported at `reportAt`. */
  readonly rejections: Rejections | undefined
  readonly reportAt: Instant | undefined
}

export type InputSinkState =
  | (Common & { readonly phase: 'closed' })
  | (Common & {
      readonly phase: 'open'
      readonly keys: readonly number[]
      readonly buttons: readonly Button[]
      readonly locks: number | undefined
      readonly place: Place | undefined
      /** The newest move that found the bucket empty; later moves take its place. */
      readonly pending: (Place & { readonly mark: Mark }) | undefined
      readonly tokens: number
      readonly tokensAt: Instant
      readonly silentAt: Instant | undefined
    })

export type InputSinkEffect = { readonly type: 'send'; readonly kind: Kind<Channel.INPUT> } | { readonly type: 'notify'; readonly notice: InputSinkNotice }

export const INPUT_SINK_TABLE = {
  closed: {
    'remote.keyEvent': ['closed'],
    'remote.textInput': ['closed'],
    'remote.pointerMove': ['closed'],
    'remote.pointerButton': ['closed'],
    'remote.wheel': ['closed'],
    'remote.releaseAll': ['closed'],
    'remote.held': ['closed'],
    'remote.sendKeys': ['closed'],
    'local.comboDone': ['closed'],
    permit: ['closed', 'open'],
    tick: ['closed'],
  },
  open: {
    'remote.keyEvent': ['open'],
    'remote.textInput': ['open'],
    'remote.pointerMove': ['open'],
    'remote.pointerButton': ['open'],
    'remote.wheel': ['open'],
    'remote.releaseAll': ['open'],
    'remote.held': ['open'],
    'remote.sendKeys': ['open'],
    'local.comboDone': ['open'],
    permit: ['closed', 'open'],
    tick: ['open'],
  },
} as const satisfies TransitionTable<InputSinkState['phase'], InputSinkEvent['type']>
