/** Channel CHAT at one end, for one counterpart. The customer stamps the author; whoever owns it passes lines on, in one order. */
import { type Channel, type Chat, CloseCode } from '@remote-assist/codec'
import type { Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { take } from '../rate.js'
import { CHAT_TABLE, type ChatEffect, type ChatEvent, type ChatNotice, type ChatPermit, type ChatState } from './table.js'

/** Lines that one author may write in a second; the customer drops what is beyond. */
export const CHAT_RATE = 10

type In<P extends ChatState['phase']> = Extract<ChatState, { phase: P }>
type On<T extends ChatEvent['type']> = Extract<ChatEvent, { type: T }>
type Out<S extends ChatState> = Step<S, ChatEffect>

const notify = (chat: Chat): ChatEffect => ({ type: 'notify', notice: { kind: 'chat.received', chat } })

/** What the customer receives is stamped and counted; what others receive was stamped, and is as much as all authors together may write. */
function received(s: In<'open'>, chat: Chat, now: Instant): Out<In<'open'>> {
  if (s.author === 0) return go(s, notify(chat))
  const rate = take(s.rate, CHAT_RATE, now)
  return rate === undefined ? stay(s) : go({ ...s, rate }, notify({ ...chat, from: s.author, atMs: 0n }))
}

function say(s: In<'open'>, { type, id, text }: On<'local.say'>, now: Instant): Out<In<'open'>> {
  const rate = take(s.rate, CHAT_RATE, now)
  if (rate === undefined) throw new LocalProtocolError('chat', s.phase, type, `only ${CHAT_RATE} lines can be written in a second`)
  return go({ ...s, rate }, { type: 'send', kind: { $case: 'chat', value: { id, from: 0, text, atMs: 0n } } })
}

const permit = ({ rate }: ChatState, { open, author }: ChatPermit): Out<ChatState> => stay({ phase: open ? 'open' : 'closed', author, rate })

const machine = defineMachine<typeof CHAT_TABLE, ChatState, ChatEvent, ChatEffect>({
  name: 'chat',
  table: CHAT_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    closed: { permit, 'remote.chat': stay, 'local.forward': stay },
    open: {
      permit,
      'remote.chat': (s, e, now) => received(s, e.value, now),
      'local.say': say,
      'local.forward': (s, e) => go(s, { type: 'send', kind: { $case: 'chat', value: e.chat } }),
    },
  },
  nextDeadline: () => undefined,
})

/** Chat, at every end; the permit's `author` makes the difference. */
export const chat: ChannelMachine<ChatState, ChatEvent, Kind<Channel.CHAT>, ChatNotice> = {
  ...machine,
  initial: { phase: 'closed', author: 0, rate: undefined },
}
