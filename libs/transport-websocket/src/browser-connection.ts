import type { CloseInfo, Connection, ConnectionHandler } from '@remote-assist/transport'
import {
  bindingBroken,
  CLOSE_TIMEOUT_MS,
  closing,
  Delivery,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  lineBroke,
  MAX_FRAME_BYTES,
  TransportError,
} from '@remote-assist/transport'
import { readClose, toSocketCode } from './binding.js'

/** Browsers announce no drain: `bufferedAmount` is looked at this often, in milliseconds, and only while above the mark. */
const DRAIN_POLL_MS = 10

/**
 * A connection over an open browser WebSocket. The browser reads on while this end is paused (it offers no way to stop): frames are then held in memory,
 * so pause briefly; the bound is the sender's credit. And it drops, unseen, what arrives after `close`: so a close from this end is never reported as clean.
 * When the other side closes, the browser drops what it had not sent yet; that close is not clean either.
 */
export class BrowserConnection implements Connection {
  readonly #socket: WebSocket
  readonly #delivery = new Delivery()
  #own: CloseInfo | undefined
  #polling = false
  #deadline: ReturnType<typeof setTimeout> | undefined

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#received(data)
    socket.onclose = ({ code, reason, wasClean }) => this.#ended(code, reason, wasClean && socket.bufferedAmount === 0)
  }

  /** Begins to deliver to `handler`. */
  start(handler: ConnectionHandler): void {
    this.#delivery.start(handler)
  }

  get remoteAddress(): string {
    return new URL(this.#socket.url).host
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frame: Uint8Array): void {
    if (frame.byteLength > MAX_FRAME_BYTES) throw new TransportError('E_FRAME_TOO_LARGE', `A frame of ${frame.byteLength} bytes exceeds ${MAX_FRAME_BYTES}.`)
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(frame as Uint8Array<ArrayBuffer>)
    if (!this.#polling && this.#socket.bufferedAmount > HIGH_WATER_BYTES) this.#pollUntilDrained()
  }

  pause(): void {
    if (this.#own === undefined) this.#delivery.pause()
  }

  resume(): void {
    this.#delivery.resume()
  }

  close(code: number, reason?: string): void {
    const close = closing(code, reason)
    if (this.#own !== undefined || this.#socket.readyState !== WebSocket.OPEN) return
    this.#own = { ...close, clean: false }
    this.#socket.close(toSocketCode(close.code), close.reason)
    this.#deadline = setTimeout(() => this.#ended(1006, '', false), CLOSE_TIMEOUT_MS)
    this.resume()
  }

  /** A page cannot break a line: this asks the browser to close without a code, which the other side takes for a broken line (RA-BND-027). */
  abort(): void {
    this.#delivery.abort({ code: undefined, reason: '', clean: false })
    this.#socket.close()
  }

  #received(data: unknown): void {
    if (data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) this.#delivery.frame(new Uint8Array(data))
    else if (data instanceof ArrayBuffer) this.#refuse(401, `A frame of ${data.byteLength} bytes exceeds ${MAX_FRAME_BYTES}.`)
    else this.#refuse(400, 'A text message arrived; every frame is a binary message.')
  }

  #refuse(code: number, message: string): void {
    this.#delivery.finish(bindingBroken(code, message))
    this.#socket.close(toSocketCode(code), message)
  }

  #pollUntilDrained(): void {
    this.#polling = true
    setTimeout(() => {
      if (this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount > LOW_WATER_BYTES) return this.#pollUntilDrained()
      this.#polling = false
      if (this.#socket.readyState === WebSocket.OPEN) this.#delivery.drain()
    }, DRAIN_POLL_MS)
  }

  #ended(socketCode: number, reason: string, inOrder: boolean): void {
    clearTimeout(this.#deadline)
    const own = this.#own
    if (own === undefined) this.#delivery.finish(readClose(socketCode, reason, inOrder))
    else this.#delivery.finish(inOrder ? own : { ...lineBroke('The other side did not finish.'), code: own.code, reason: own.reason })
  }
}
