/** What a request that the matrix refuses is answered with, at both ends. */
import { Channel, type RefusalReason } from '@remote-assist/codec'
import { refuseClipboard } from '../channels/clipboard/clipboard.js'
import { refuseElevation } from '../channels/elevation/grantor.js'
import { refuseFile } from '../channels/file/file.js'
import { refuseInput } from '../channels/input/sink.js'
import { refuseScreen } from '../channels/screen/source.js'
import type { Kind, Message } from '../message.js'

/** The typed refusal of a request on channel SESSION; a message that is no request has none. */
function refuseSession(kind: Kind<Channel.SESSION>, reason: RefusalReason): Kind<Channel.SESSION> | undefined {
  switch (kind.$case) {
    case 'consentRequest':
      return { $case: 'decision', value: { requestId: kind.value.requestId, granted: [], reason } }
    case 'requestControl':
    case 'remove':
    case 'inviteRegister':
    case 'rejoinRequest':
      return { $case: 'refused', value: { requestId: kind.value.requestId, reason } }
    default:
      return undefined
  }
}

const REFUSALS = {
  [Channel.SESSION]: refuseSession,
  [Channel.SCREEN]: refuseScreen,
  [Channel.INPUT]: refuseInput,
  [Channel.CLIPBOARD]: refuseClipboard,
  [Channel.FILE]: refuseFile,
  [Channel.ELEVATION]: refuseElevation,
} as const

type Refuse = (kind: Message['kind'], reason: RefusalReason) => Message['kind'] | undefined

/** The typed answer to a request that is refused; undefined for what is no request. Whatever the matrix refuses, from whomever, is one. */
export const refusalOf = ({ channel, kind }: Message, reason: RefusalReason): Message['kind'] | undefined =>
  (REFUSALS as { readonly [C in Channel]?: Refuse })[channel]?.(kind, reason)
