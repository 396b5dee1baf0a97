/** The channel machines that the customer runs for each other participant. */
import { Channel } from '@remote-assist/codec'
import { annotation } from '../../channels/annotation/annotation.js'
import { chat } from '../../channels/chat/chat.js'
import { customerClipboard } from '../../channels/clipboard/clipboard.js'
import { elevationGrantor } from '../../channels/elevation/grantor.js'
import { customerFile } from '../../channels/file/file.js'
import { inputSink } from '../../channels/input/sink.js'
import { screenSource } from '../../channels/screen/source.js'

/** By name: the machine, and the channel that it speaks. */
export const CUSTOMER_CHANNELS = {
  screen: { channel: Channel.SCREEN, machine: screenSource },
  input: { channel: Channel.INPUT, machine: inputSink },
  clipboard: { channel: Channel.CLIPBOARD, machine: customerClipboard },
  file: { channel: Channel.FILE, machine: customerFile },
  elevation: { channel: Channel.ELEVATION, machine: elevationGrantor },
  chat: { channel: Channel.CHAT, machine: chat },
  annotation: { channel: Channel.ANNOTATION, machine: annotation },
} as const
