/** `source WAY URL`: sends messages of 64 KiB over a WebSocket when it is told to: sealed by the house, ciphered and nothing more, or as they are. */
import { once } from 'node:events'
import { Role } from '@remote-assist/codec'
import { HIGH_WATER_BYTES } from '@remote-assist/transport'
import { connect } from '@remote-assist/transport-websocket'
import { WebSocket } from 'ws'
import { offer } from '../../programs/offer.js'
import { encrypt } from '../cipher.js'
import { SealedEnd } from '../end.js'
import { MESSAGE, messagesOf, type Source, sendAll, type Way } from '../work.js'

const [way, url = ''] = process.argv.slice(2) as [Way, string]

async function sealed(): Promise<Source> {
  const ends: SealedEnd[] = []
  await connect(url).open(connection => {
    const end = new SealedEnd(connection, Role.AGENT)
    ends.push(end)
    return end
  })
  const [end] = ends
  if (end === undefined) throw new TypeError('The transport opened without asking who takes the connection.')
  await end.secured
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
  }
  return source
}

const source = way === 'sealed' ? await sealed() : await bare(way === 'ciphered')
offer({ url: '' }, asked => sendAll(source, messagesOf(asked)))
