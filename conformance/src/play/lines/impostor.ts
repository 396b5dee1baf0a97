import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import { selfSigned } from '../../crypto/certificate.js'
import { serveGrpc } from './grpc.js'
import type { Reception } from './line.js'
import { MOST_BYTES, receive, SUBPROTOCOL } from './websocket.js'

/** A broker that nobody vouches for: it takes WebSockets or calls over TLS, and nobody has signed its certificate but itself. */

const HOST = '127.0.0.1'
const tls = () => ({ ...selfSigned(HOST), minVersion: 'TLSv1.3' }) as const

/** Who has to do with it. */
export interface Impostured extends Reception {
  /** Somebody came, and went before it asked for anything. */
  turnedAway(): void
}

/** Serves it on a port of its own: its URL, and how to end it. Who asks for a WebSocket all the same gets one. */
export async function serveImpostor(reception: Impostured): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer(tls())
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false, handleProtocols: () => SUBPROTOCOL })
  const asked = new WeakSet<Duplex>()
  server.on('tlsClientError', () => reception.turnedAway())
  server.on('secureConnection', socket =>
    socket.once('close', () => {
      if (!asked.has(socket)) reception.turnedAway()
    }),
  )
  server.on('upgrade', (request, socket, head) => {
    asked.add(socket)
    socket.on('error', () => socket.destroy())
    sockets.handleUpgrade(request, socket, head, connected => receive(reception, connected, request))
  })
  await new Promise<void>(resolve => server.listen(0, HOST, resolve))
  const close = async () => {
    server.closeAllConnections()
    for (const socket of sockets.clients) socket.terminate()
    await new Promise<void>(resolve => server.close(() => resolve()))
  }
  return { url: `wss://${HOST}:${(server.address() as AddressInfo).port}/v1/attach`, close }
}

/** The same for calls of gRPC: what comes over TLS goes on to a server without, and whoever goes before a byte of that has come was turned away. */
export async function serveGrpcImpostor(reception: Impostured): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const calls = await serveGrpc(reception)
  const { port } = new URL(calls.url)
  const open = new Set<TLSSocket>()
  const server = createTlsServer({ ...tls(), ALPNProtocols: ['h2'] }, near => {
    const far = connect(Number(port), HOST)
    let asked = false
    open.add(near)
    near.once('data', () => {
      asked = true
    })
    near.on('error', () => near.destroy())
    far.on('error', () => near.destroy())
    near.once('close', () => {
      open.delete(near)
      far.destroy()
      if (!asked) reception.turnedAway()
    })
    near.pipe(far).pipe(near)
  })
  server.on('tlsClientError', () => reception.turnedAway())
  await new Promise<void>(resolve => server.listen(0, HOST, resolve))
  const close = async () => {
    for (const socket of open) socket.destroy()
    await Promise.all([new Promise<void>(resolve => server.close(() => resolve())), calls.close()])
  }
  return { url: `grpcs://${HOST}:${(server.address() as AddressInfo).port}`, close }
}
