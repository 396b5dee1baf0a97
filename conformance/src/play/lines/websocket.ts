import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Accept, Line, LineEvents } from './line.js'

/** The WebSocket binding: one server for all stages of a process, and connections to a broker under test. */

const SUBPROTOCOL = 'remoteassist.v1'
/** More than any frame may have, so that one that is too large is seen and not cut off here. */
const MOST_BYTES = 16 * 1_048_576

/** Protocol close codes of WebSocket close codes outside 4100 to 4699 (RA-BND-030). */
const codes: Readonly<Record<number, number>> = { 1002: 400, 1003: 400, 1007: 400, 1008: 400, 1009: 401 }

const protocolCode = (code: number): number => (code >= 4_100 && code < 4_700 ? code - 4_000 : (codes[code] ?? 0))

function lineOf(socket: WebSocket): Line {
  return {
    send: frame => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    close: (code, reason) => socket.close(4_000 + code, reason),
    cut: () => socket.terminate(),
    stray: () => socket.send('no frame'),
  }
}

function listen(socket: WebSocket, events: LineEvents): void {
  socket.on('message', (data: Buffer, isBinary) => (isBinary ? events.frame(new Uint8Array(data)) : events.stray('a text message', new Uint8Array(data))))
  socket.on('close', (code, reason) => events.closed(protocolCode(code), reason.toString()))
  socket.on('error', () => socket.terminate())
}

/** Connects to a broker. Resolves once the line is open; rejects if it does not open. */
export async function connectWebSocket(url: string, eventsFor: (line: Line) => LineEvents): Promise<Line> {
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, maxPayload: MOST_BYTES })
  const line = lineOf(socket)
  return await new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      socket.off('error', reject)
      resolve(line)
    })
    // Before 'open', as frames may come with it.
    listen(socket, eventsFor(line))
  })
}

/** The server of this process, with a path for each stage; it is there as long as one is. */
class StageServer {
  readonly #stages = new Map<string, Accept>()
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    handleProtocols: offered => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  #server: Promise<Server> | undefined
  #count = 0

  /** Serves a stage: its URL, and how to end it. */
  async serve(accept: Accept): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const path = `/s${++this.#count}/v1/attach`
    this.#stages.set(path, accept)
    this.#server ??= this.#listen()
    const { port } = (await this.#server).address() as AddressInfo
    return { url: `ws://127.0.0.1:${port}${path}`, close: () => this.#leave(path) }
  }

  async #listen(): Promise<Server> {
    const server = createServer((_, response) => response.writeHead(404).end())
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return server
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const accept = this.#stages.get(request.url ?? '')
    socket.on('error', () => socket.destroy())
    if (accept === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    this.#sockets.handleUpgrade(request, socket, head, connected => {
      const events = accept(lineOf(connected))
      if (events === undefined) connected.terminate()
      else listen(connected, events)
    })
  }

  async #leave(path: string): Promise<void> {
    this.#stages.delete(path)
    if (this.#stages.size > 0 || this.#server === undefined) return
    const server = this.#server
    this.#server = undefined
    const running = await server
    running.closeAllConnections()
    await new Promise<void>(resolve => running.close(() => resolve()))
  }
}

/** The one server of this process. */
export const stageServer = new StageServer()
