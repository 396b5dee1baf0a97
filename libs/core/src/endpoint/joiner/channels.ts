/** The channel machines that an agent or viewer runs for the customer. */
import { Channel } from '@remote-assist/codec'
import { annotation } from '../../channels/annotation/annotation.js'
import { chat } from '../../channels/chat/chat.js'
import { agentClipboard } from '../../channels/clipboard/clipboard.js'
import { elevationRequester } from '../../channels/elevation/requester.js'
import { agentFile } from '../../channels/file/file.js'
import { inputSource } from '../../channels/input/source.js'
import { screenView } from '../../channels/screen/view.js'

/** By name: the machine, the channel that it writes, and the channels that it reads. */
export const JOINER_CHANNELS = {
  screen: { channel: Channel.SCREEN, reads: [Channel.SCREEN, Channel.MEDIA], machine: screenView },
  input: { channel: Channel.INPUT, reads: [Channel.INPUT], machine: inputSource },
  clipboard: { channel: Channel.CLIPBOARD, reads: [Channel.CLIPBOARD], machine: agentClipboard },
  file: { channel: Channel.FILE, reads: [Channel.FILE], machine: agentFile },
  elevation: { channel: Channel.ELEVATION, reads: [Channel.ELEVATION], machine: elevationRequester },
  chat: { channel: Channel.CHAT, reads: [Channel.CHAT], machine: chat },
  annotation: { channel: Channel.ANNOTATION, reads: [Channel.ANNOTATION], machine: annotation },
} as const
