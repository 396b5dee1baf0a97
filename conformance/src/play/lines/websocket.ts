import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { whenOverdue } from '../../patience.js'
import type { Control } from '../control.js'
import type { Line, LineEvents, Reception } from './line.js'

/** The WebSocket binding: one server for all stages of a process, and connections to a broker under test. */

export const SUBPROTOCOL = 'remoteassist.v1'
/** A Ping of 10 bytes, each of which is a letter: who takes a text for a frame answers it, or finds fault with its sender. */
const FRAME_AS_TEXT = '\x08\x01\x20\x7f\x7a\x04\x3a\x02\x08\x07'
/** More than any frame may have, so that one that is too large is seen and not cut off here. */
export const MOST_BYTES = 16 * 1_048_576

/** Protocol close codes of WebSocket close codes outside 4100 to 4699 (RA-BND-030). */
const codes: Readonly<Record<number, number>> = { 1002: 400, 1003: 400, 1007: 400, 1008: 400, 1009: 401 }

export const protocolCode = (code: number): number => (code >= 4_100 && code < 4_700 ? code - 4_000 : (codes[code] ?? 0))

function lineOf(socket: WebSocket): Line {
  const open = () => socket.readyState === WebSocket.OPEN
  return {
    send: frame => {
      if (open()) socket.send(frame)
    },
    close: (code, reason) => socket.close(4_000 + code, reason),
    cut: () => socket.terminate(),
    stray: () => {
      if (open()) socket.send(FRAME_AS_TEXT)
    },
    fragments: (frame, count) => {
      const cut = (index: number) => Math.floor((index * frame.length) / count)
      for (let index = 0; open() && index < count; index++) {
        socket.send(frame.subarray(cut(index), cut(index + 1)), { binary: true, fin: index === count - 1 })
      }
    },
    closeRaw: code => socket.close(code),
    reads: on => (on ? socket.resume() : socket.pause()),
    halfClose: () => socket.terminate(),
    flushed: () => flushed(socket),
    answers: true,
  }
}

/** How long a ping of the binding may stay unanswered, ms: RFC 6455 wants an answer, and nothing here is about that. */
const PONG_MS = 5_000

async function flushed(socket: WebSocket): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return
  await new Promise<void>(resolve => {
    const done = () => {
      callOff()
      socket.off('pong', done).off('close', done)
      resolve()
    }
    const callOff = whenOverdue(PONG_MS, done)
    socket.on('pong', done).on('close', done)
    socket.ping()
  })
}

function listen(socket: WebSocket, events: LineEvents): void {
  socket.on('message', (data: Buffer, isBinary) => (isBinary ? events.frame(new Uint8Array(data)) : events.stray('a text message', new Uint8Array(data))))
  socket.on('close', (code, reason) => events.closed(protocolCode(code), reason.toString(), { code, reason: reason.toString() }))
  socket.on('error', () => socket.terminate())
}

/** Takes a WebSocket of a testee's that is open. */
export function receive(reception: Reception, socket: WebSocket, { headers, url = '' }: IncomingMessage): void {
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/).filter(Boolean)
  listen(socket, reception.accept(lineOf(socket), { binding: 'websocket', path: url, protocols }))
}

/** Connects to a broker. Resolves once the line is open; rejects if it does not open. */
export async function connectWebSocket(url: string, eventsFor: (line: Line) => LineEvents): Promise<Line> {
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, maxPayload: MOST_BYTES })
  const line = lineOf(socket)
  return await new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      socket.off('error', reject)
      // Frames come behind this at the earliest.
      listen(socket, eventsFor(line))
      resolve(line)
    })
  })
}

/** What is asked for in an upgrade; what is left out is as it should be, a header of `undefined` is not sent. */
export interface Upgrade {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Asks a broker for an upgrade and tells its answer; a line that opens is broken at once. Status 101: it took it. */
export async function askUpgrade(
  url: string,
  { headers = {}, path }: Upgrade,
): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>> }> {
  const { hostname, pathname, port } = new URL(url)
  const asked = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': SUBPROTOCOL,
    ...headers,
  }
  const sent = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  return await new Promise((resolve, reject) => {
    const request = httpRequest({ host: hostname, port, path: path ?? pathname, headers: sent, agent: false })
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: 101, headers: response.headers })
    })
    request.on('response', response => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
    })
    request.on('error', reject)
    request.end()
  })
}

/** Opens a bare line to where a broker takes connections, says this and nothing more. Resolves when the line has ended; rejects if it has not within that time. */
export async function stall(url: string, says: string, withinMs: number): Promise<void> {
  const { hostname, port } = new URL(url)
  const line = connect({ host: hostname, port: Number(port) })
  let callOff = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      callOff = whenOverdue(withinMs, () => reject(new Error(`a line on which only ${JSON.stringify(says)} was said is still open after ${withinMs} ms`)))
      line.once('connect', () => line.write(says))
      // A line that is broken has ended as well.
      line.once('error', () => resolve())
      line.once('close', () => resolve())
      line.resume()
    })
  } finally {
    callOff()
    line.destroy()
  }
}

/** The server of this process, with a path for each stage, and the control API of all; it is there as long as one is. */
class StageServer {
  readonly #stages = new Map<string, Reception>()
  readonly #controls = new Map<string, Control>()
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered, request) => (offered.has(SUBPROTOCOL) && this.#stageOf(request)?.choosesSubprotocol === true ? SUBPROTOCOL : false),
  })
  #server: Promise<Server> | undefined
  #count = 0

  /** Serves a stage, and its control API: its URL, and how to end it. */
  async serve(reception: Reception, control: Control = () => undefined): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const path = `/s${++this.#count}/v1/attach`
    this.#stages.set(path, reception)
    this.#controls.set(path, control)
    this.#server ??= this.#listen()
    const { port } = (await this.#server).address() as AddressInfo
    return { url: `ws://127.0.0.1:${port}${path}`, close: () => this.#leave(path) }
  }

  #stageOf({ url = '' }: IncomingMessage): Reception | undefined {
    return this.#stages.get(url.split('?')[0] ?? '')
  }

  async #listen(): Promise<Server> {
    const server = createServer((request, response) => this.#answer(request, response))
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return server
  }

  #answer({ headers, method = '', url: path = '' }: IncomingMessage, response: ServerResponse): void {
    const asked = { method, path, token: headers.authorization?.replace(/^Bearer /, '') ?? '' }
    for (const control of this.#controls.values()) {
      const answer = control(asked)
      if (answer !== undefined) return void response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    }
    response.writeHead(404).end()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const reception = this.#stageOf(request)
    socket.on('error', () => socket.destroy())
    if (reception?.open !== true) {
      const status = reception === undefined ? '404 Not Found' : '503 Service Unavailable'
      return void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    this.#sockets.handleUpgrade(request, socket, head, connected => receive(reception, connected, request))
  }

  async #leave(path: string): Promise<void> {
    this.#stages.delete(path)
    this.#controls.delete(path)
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
