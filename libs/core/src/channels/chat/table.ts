/** The chat channel: lines of text, through the customer, who stamps them. */
import type { Channel, Chat } from '@remote-assist/codec'
import type { TransitionTable } from '../../machine.js'
import type { Kind, Remote } from '../../message.js'
import type { ChannelEffect } from '../channel.js'
import type { Bucket } from '../rate.js'

/** `open`: the peer is active or paused, and the party that is not the customer holds CHAT. */
export interface ChatPermit {
  readonly open: boolean
  /** At the customer: the number of this peer, stamped on what it writes. 0 at everybody else: nothing is stamped. */
  readonly author: number
}

interface Common {
  readonly author: number
  /** How many lines of this author may still come. */
  readonly rate: Bucket | undefined
}

export type ChatState = (Common & { readonly phase: 'closed' }) | (Common & { readonly phase: 'open' })

export type ChatEvent =
  | Remote<Kind<Channel.CHAT>>
  | ({ readonly type: 'permit' } & ChatPermit)
  /** An agent or viewer writes. `id` is distinct for this author. */
  | { readonly type: 'local.say'; readonly id: number; readonly text: string }
  /** The customer passes a line on to this peer, with its author and time: its own, and everybody's. Ignored while closed. */
  | { readonly type: 'local.forward'; readonly chat: Chat }

export type ChatNotice =
  /** A line came. At the customer: `from` is stamped, `atMs` is not; stamp the time and forward it to everybody with CHAT, its author included. */
  { readonly kind: 'chat.received'; readonly chat: Chat }

export type ChatEffect = ChannelEffect<Kind<Channel.CHAT>, ChatNotice>

export const CHAT_TABLE = {
  closed: {
    permit: ['closed', 'open'],
    'remote.chat': ['closed'],
    'local.forward': ['closed'],
  },
  open: {
    permit: ['closed', 'open'],
    'remote.chat': ['open'],
    'local.say': ['open'],
    'local.forward': ['open'],
  },
} as const satisfies TransitionTable<ChatState['phase'], ChatEvent['type']>
