/**
 * `source WAY URL [acknowledged [AGENT_TOKEN]]`: sends messages of 64 KiB over a WebSocket when it is told to: sealed by the house, ciphered and nothing more, or as
 * they are. With a token it is the agent of that session at a broker.
 */
import { once } from 'node:events'
import { Role } from '@remote-assist/codec'
import { HIGH_WATER_BYTES } from '@remote-assist/transport'
import { connect } from '@remote-assist/transport-websocket'
import { WebSocket } from 'ws'
import { offer } from '../../programs/offer.js'
import { helloOf } from '../../relay/line.js'
import { encrypt } from '../cipher.js'
import { SealedEnd } from '../end.js'
import { MESSAGE, messagesOf, type Source, sendAll, type Way } from '../work.js'

const [way, url = '', acknowledged, agentToken] = process.argv.slice(2) as [Way, string, string?, string?]
const hello = agentToken === undefined ? undefined : helloOf({ role: Role.AGENT, agentToken })

/** When the other end is there as well. */
let secured: Promise<void> | undefined

async function sealed(): Promise<Source> {
  const ends: SealedEnd[] = []
  await connect(url).open(connection => {
    const end = new SealedEnd(connection, Role.AGENT, hello)
    ends.push(end)
    return end
  })
  const [end] = ends
  if (end === undefined) throw new TypeError('The transport opened without asking who takes the connection.')
  secured = end.secured
  end.onChunk = () => end.onAcknowledged()
  return end
}

async function bare(ciphered: boolean): Promise<Source> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  const source: Source = {
    get room() {
      return socket.bufferedAmount <= HIGH_WATER_BYTES
    },
    send() {
      socket.send(ciphered ? Buffer.concat(encrypt(MESSAGE)) : MESSAGE, () => source.onRoom())
    },
    onRoom: () => undefined,
    onAcknowledged: () => undefined,
  }
  socket.on('message', () => source.onAcknowledged())
  return source
}

const source = way === 'sealed' ? await sealed() : await bare(way === 'ciphered')
offer({ url: '' }, async asked => {
  await secured
  await sendAll(source, messagesOf(asked), acknowledged !== undefined)
})
