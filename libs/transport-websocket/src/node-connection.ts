import type { Duplex } from 'node:stream'
import type { CloseInfo, Connection, ConnectionHandler } from '@remote-assist/transport'
import {
  bindingBroken,
  CLOSE_TIMEOUT_MS,
  closing,
  Delivery,
  FRAME_OVERHEAD_BYTES,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  lineBroke,
  MAX_FRAME_BYTES,
  TransportError,
} from '@remote-assist/transport'
import { WebSocket } from 'ws'
import { readClose, toSocketCode } from './binding.js'

/** Limits on what arrives (RA-BND-002, RA-BND-025, RA-BND-029): enforced by `ws` before it allocates. Same on both sides. */
export const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: 1024,
  maxBufferedChunks: 1024,
  closeTimeout: CLOSE_TIMEOUT_MS,
} as const

const BINARY = { binary: true, compress: false } as const

/** A connection over an open `ws` socket. Frames are delivered as the Buffers that `ws` made for them, whole and never reused. */
export class NodeConnection implements Connection {
  readonly #socket: WebSocket
  readonly #line: Duplex
  readonly #delivery = new Delivery()
  #own: CloseInfo | undefined
  /** Frames that have not been handed to the operating system. */
  #waiting = 0
  #aboveHighWater = false

  constructor(
    socket: WebSocket,
    line: Duplex,
    readonly remoteAddress: string,
  ) {
    this.#socket = socket
    this.#line = line
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#delivery.frame(data as Buffer)
      else this.#refuse(400, 'A text message arrived; every frame is a binary message.')
    })
    socket.on('error', error => this.#failed(error))
    socket.on('close', (code, reason) => this.#ended(code, reason.toString()))
  }

  /** Begins to deliver to `handler`. */
  start(handler: ConnectionHandler): void {
    this.#delivery.start(handler)
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount + this.#waiting * FRAME_OVERHEAD_BYTES
  }

  send(frame: Uint8Array): void {
    if (frame.byteLength > MAX_FRAME_BYTES) throw new TransportError('E_FRAME_TOO_LARGE', `A frame of ${frame.byteLength} bytes exceeds ${MAX_FRAME_BYTES}.`)
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#waiting++
    if (this.bufferedBytes + frame.byteLength > HIGH_WATER_BYTES) this.#aboveHighWater = true
    this.#socket.send(frame, BINARY, this.#written)
  }

  pause(): void {
    if (this.#own !== undefined) return
    this.#delivery.pause()
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
    this.#delivery.resume()
  }

  close(code: number, reason?: string): void {
    const close = closing(code, reason)
    if (this.#own !== undefined || this.#socket.readyState !== WebSocket.OPEN) return
    this.#own = { ...close, clean: true }
    this.#socket.close(toSocketCode(close.code), close.reason)
    this.resume()
  }

  abort(): void {
    this.#delivery.abort({ code: undefined, reason: '', clean: false })
    this.#socket.terminate()
  }

  /** Runs as a frame leaves for the operating system; one function for all frames. */
  readonly #written = (): void => {
    this.#waiting--
    if (!this.#aboveHighWater || this.bufferedBytes > LOW_WATER_BYTES) return
    this.#aboveHighWater = false
    if (this.#socket.readyState === WebSocket.OPEN) this.#delivery.drain()
  }

  #refuse(code: number, message: string): void {
    this.#delivery.finish(bindingBroken(code, message))
    this.#socket.close(toSocketCode(code), message)
  }

  /** `ws` found a broken rule, told the other side (1002, 1003, 1007, 1008 or 1009), and reads nothing more. */
  #failed(error: Error & { readonly code?: string }): void {
    if (!error.code?.startsWith('WS_ERR_')) return
    const code = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 401 : 400
    this.#delivery.finish(bindingBroken(code, error.message, error))
  }

  #ended(socketCode: number, reason: string): void {
    const own = this.#own
    if (own === undefined) this.#delivery.finish(readClose(socketCode, reason, this.#line.writableFinished))
    else this.#delivery.finish(socketCode === 1006 ? { ...lineBroke('The other side did not finish.'), code: own.code, reason: own.reason } : own)
  }
}
