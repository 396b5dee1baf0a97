import { Channel, decodeFrameHeader, encodeFrame, encodeMessages } from '@remote-assist/codec'
import { connect } from '@remote-assist/transport-websocket'

/**
 * A line to the broker under which somebody can reach: it can be torn as by a network, and it takes frames that no honest program would send.
 *
 * @param {string} brokerUrl
 */
export function tamperableLine(brokerUrl) {
  const below = connect(brokerUrl)
  let current
  let last
  let refusal = () => {}
  /** The code with which the broker closes the line after something forged. */
  const refused = new Promise(resolve => {
    refusal = resolve
  })
  const transport = {
    open: (accept, options) =>
      below.open(connection => {
        current = connection
        const send = connection.send.bind(connection)
        connection.send = frame => {
          last = decodeFrameHeader(frame)
          send(frame)
        }
        const handler = accept(connection)
        return {
          frame: bytes => handler.frame(bytes),
          drain: () => handler.drain?.(),
          closed: info => {
            if (info.code !== undefined) refusal(info.code)
            handler.closed(info)
          },
        }
      }, options),
  }
  return {
    transport,
    /** Tears the line. */
    tear: () => current.abort(),
    /** Sends text to type, in the name of whoever the line belongs to. Resolves with the code with which the broker ends the line. */
    forgeInput(target, text) {
      const input = { kind: { $case: 'textInput', value: { seq: 1, leaseEpoch: 1, text } } }
      const header = { channel: Channel.INPUT, source: last.source, targets: [target], sequence: last.sequence + 1 }
      current.send(encodeFrame(header, encodeMessages(Channel.INPUT, [input])))
      return refused
    },
  }
}
