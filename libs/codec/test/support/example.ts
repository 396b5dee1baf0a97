import { Channel, DecodeError, decodeFrame, decodeMessages, encodeFrame, encodeMessages, Role, ruleFor } from '@remote-assist/codec'

// One record: any number of messages of one channel.
const plaintext = encodeMessages(Channel.CHAT, [{ kind: { $case: 'chat', value: { id: 1, from: 0, text: 'Hello!', atMs: 0n } } }])

// One frame: the broker reads its header, and passes on the same bytes. Between two ends libs/secure seals what a record holds before it is put into a frame.
const bytes = encodeFrame({ channel: Channel.CHAT, source: 1, targets: [2], sequence: 7 }, plaintext)

/** What the other end makes of it. */
export function receive(input: Uint8Array = bytes): string {
  try {
    const frame = decodeFrame(input)
    const [message] = decodeMessages(Channel.CHAT, frame.payload)
    const rule = ruleFor(Channel.CHAT, 'chat', Role.AGENT, Role.CUSTOMER)
    return `${message?.kind?.value.text} ${rule?.phases.length} phases allow it.`
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code}: close with ${error.closeCode}`
    throw error
  }
}
