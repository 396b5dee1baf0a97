/** `sink WAY`: awaits what a `source` of the same way sends. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Role } from '@remote-assist/codec'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import { listen, SUBPROTOCOL } from '@remote-assist/transport-websocket'
import { WebSocketServer } from 'ws'
import { offer } from '../../programs/offer.js'
import { decrypt } from '../cipher.js'
import { SealedEnd } from '../end.js'
import { Arrivals, messagesOf, type Way } from '../work.js'

const [way] = process.argv.slice(2) as [Way]
const arrivals = new Arrivals()

async function sealed(): Promise<string> {
  const { address } = await listen(connection => {
    const end = new SealedEnd(connection, Role.CUSTOMER)
    end.onChunk = bytes => arrivals.take(bytes)
    return end
  })
  return address
}

async function bare(ciphered: boolean): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handleProtocols: () => SUBPROTOCOL })
  server.on('connection', socket => socket.on('message', (data: Buffer) => arrivals.take((ciphered ? decrypt(data) : data).length)))
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const url = way === 'sealed' ? await sealed() : await bare(way === 'ciphered')
offer({ url }, asked => arrivals.next(messagesOf(asked)))
