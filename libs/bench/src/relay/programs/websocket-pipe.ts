/** The least that relays WebSocket messages: joins each two sockets of a bare `ws` server, with the options that the broker's has. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MAX_FRAME_BYTES } from '@remote-assist/transport'
import { SUBPROTOCOL } from '@remote-assist/transport-websocket'
import { type WebSocket, WebSocketServer } from 'ws'
import { offer } from '../../programs/offer.js'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handleProtocols: () => SUBPROTOCOL })
let waiting: WebSocket | undefined

const pass = (from: WebSocket, to: WebSocket) => from.on('message', (data, binary) => to.send(data, { binary }))

server.on('connection', socket => {
  if (waiting === undefined) {
    waiting = socket
    return
  }
  pass(waiting, socket)
  pass(socket, waiting)
  waiting = undefined
})
await once(server, 'listening')
offer({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` })
