/** A testee that runs already, and dials in: an app on a device, a page in a browser. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { MAX_FRAME_BYTES, type WireFormat } from './contract.js'
import { AdapterError } from './errors.js'
import type { Line, LineListener } from './line.js'
import { Testee, type TesteeOptions } from './testee.js'

const HOST = '127.0.0.1'

/** How a testee that runs already is waited for and spoken to. */
export interface DialInOptions extends TesteeOptions {
  /** Default: protobuf, a binary message for each frame. With jsonl, a text message for each. */
  readonly wire?: WireFormat
  /** How long the testee may take to dial in, and to dial in again after its connection broke, ms. Default: 60,000. */
  readonly dialMs?: number
  /** Told once the suite listens. */
  readonly listening?: (url: string) => void
}

/** Listens on 127.0.0.1 until a testee dials in, and says Hello to it. Port 0: any free one. Rejects with `AdapterError`, `AdapterHang` or `TesteeCrash`. */
export async function attachDialIn(port: number, options: DialInOptions = {}): Promise<Testee> {
  const { wire = 'protobuf', dialMs = 60_000 } = options
  const server = new WebSocketServer({ host: HOST, port, maxPayload: MAX_FRAME_BYTES })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new AdapterError('NOT_STARTED', `Nothing can dial in at port ${port}: ${error instanceof Error ? error.message : error}.`)
  }
  options.listening?.(`ws://${HOST}:${(server.address() as AddressInfo).port}`)
  const open = async (listener: LineListener) => new DialledLine(await dialled(server, dialMs), wire, listener)
  try {
    return await Testee.attach(open, { ...options, closed: () => server.close() })
  } catch (error) {
    server.close()
    throw error
  }
}

async function dialled(server: WebSocketServer, dialMs: number): Promise<WebSocket> {
  try {
    const [socket] = (await once(server, 'connection', { signal: AbortSignal.timeout(dialMs) })) as [WebSocket]
    return socket
  } catch {
    throw new AdapterError('NOT_STARTED', `No testee dialled in within ${dialMs / 1_000} s.`)
  }
}

class DialledLine implements Line {
  readonly stderrTail = ''
  #over = false

  constructor(
    readonly socket: WebSocket,
    readonly wire: WireFormat,
    readonly listener: LineListener,
  ) {
    socket.on('message', (data: RawData) => this.#take(data as Buffer))
    socket.on('error', () => {})
    socket.on('close', () => this.#once(() => listener.ended({ code: null, signal: null })))
  }

  send(frame: Uint8Array): void {
    this.socket.send(frame, { binary: this.wire === 'protobuf' })
  }

  kill(): void {
    this.socket.terminate()
  }

  #take(frame: Buffer): void {
    if (this.#over) return
    try {
      this.listener.frame(frame)
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      this.kill()
      this.#once(() => this.listener.failed(error))
    }
  }

  #once(tell: () => void): void {
    if (this.#over) return
    this.#over = true
    tell()
  }
}
