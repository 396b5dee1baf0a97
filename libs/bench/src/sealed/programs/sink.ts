/** `sink WAY [URL [LOCATOR]]`: awaits what a `source` of the same way sends to it, or, acknowledging it, to a pipe or the session of a broker that both come to. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Role } from '@remote-assist/codec'
import { type Connection, MAX_FRAME_BYTES } from '@remote-assist/transport'
import { connect, listen, SUBPROTOCOL } from '@remote-assist/transport-websocket'
import { WebSocket, WebSocketServer } from 'ws'
import { offer } from '../../programs/offer.js'
import { helloOf } from '../../relay/line.js'
import { decrypt } from '../cipher.js'
import { SealedEnd } from '../end.js'
import { ACKNOWLEDGEMENT, Arrivals, messagesOf, type Way } from '../work.js'

const [way, through, locator] = process.argv.slice(2) as [Way, string?, string?]
const arrivals = new Arrivals()

async function sealed(): Promise<string> {
  const hello = locator === undefined ? undefined : helloOf({ role: Role.CUSTOMER, locator })
  const accept = (connection: Connection): SealedEnd => {
    const end = new SealedEnd(connection, Role.CUSTOMER, hello)
    end.onChunk = bytes => arrivals.take(bytes)
    if (through !== undefined) arrivals.onSome = () => end.send(ACKNOWLEDGEMENT)
    return end
  }
  if (through === undefined) return (await listen(accept)).address
  await connect(through).open(accept)
  return through
}

async function bare(ciphered: boolean): Promise<string> {
  const take = (socket: WebSocket) => socket.on('message', (data: Buffer) => arrivals.take((ciphered ? decrypt(data) : data).length))
  if (through !== undefined) {
    const socket = take(new WebSocket(through, SUBPROTOCOL, { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES }))
    arrivals.onSome = () => socket.send(ACKNOWLEDGEMENT)
    await once(socket, 'open')
    return through
  }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handleProtocols: () => SUBPROTOCOL })
  server.on('connection', take)
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const url = way === 'sealed' ? await sealed() : await bare(way === 'ciphered')
offer({ url }, asked => arrivals.next(messagesOf(asked)))
