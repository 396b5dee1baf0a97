import type { CloseInfo, Connection, ConnectionHandler } from '@remote-assist/transport'
import {
  bindingBroken,
  CLOSE_TIMEOUT_MS,
  closing,
  Delivery,
  FRAME_OVERHEAD_BYTES,
  HIGH_WATER_BYTES,
  isCloseCode,
  LOW_WATER_BYTES,
  MAX_FRAME_BYTES,
  TransportError,
} from '@remote-assist/transport'
import type { Close, Content } from './message.js'

/** What both grpc-js calls, the client's and the server's, have in common here. */
export interface Call {
  write(content: Content, written: () => void): boolean
  pause(): unknown
  resume(): unknown
  on(event: 'data', listener: (content: Content) => void): unknown
}

/** What both ends of an attach stream do alike. The ends differ in who finishes the call: see the client's and the server's own files. */
export abstract class GrpcConnection implements Connection {
  protected readonly delivery = new Delivery()
  /** The close that this side sent on its own, and the one that came. */
  protected own: Close | undefined
  protected theirs: Close | undefined
  #bufferedBytes = 0
  #aboveHighWater = false
  #paused = false
  #over = false
  #deadline: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly call: Call,
    readonly remoteAddress: string,
  ) {
    call.on('data', content => this.#received(content))
  }

  /** Sends nothing more, so that the other side can finish. */
  protected abstract closeSent(): void
  /** The other side's close came: answers it, or finishes if it is the answer. */
  protected abstract closeReceived(): void
  /** Breaks the stream at once. */
  protected abstract reset(): void

  /** Begins to deliver to `handler`. */
  start(handler: ConnectionHandler): void {
    this.delivery.start(handler)
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(frame: Uint8Array): void {
    const size = frame.byteLength
    if (size > MAX_FRAME_BYTES) throw new TransportError('E_FRAME_TOO_LARGE', `A frame of ${size} bytes exceeds ${MAX_FRAME_BYTES}.`)
    if (this.#ended) return
    const cost = size + FRAME_OVERHEAD_BYTES
    this.#bufferedBytes += cost
    if (this.#bufferedBytes > HIGH_WATER_BYTES) this.#aboveHighWater = true
    this.call.write(frame, () => this.#written(cost))
  }

  pause(): void {
    if (this.own !== undefined || this.#over) return
    this.#paused = true
    this.delivery.pause()
    this.call.pause()
  }

  resume(): void {
    if (this.#paused) this.call.resume()
    this.#paused = false
    this.delivery.resume()
  }

  close(code: number, reason?: string): void {
    const close = closing(code, reason)
    if (this.#ended) return
    this.own = close
    this.writeClose(close)
    this.closeSent()
    this.expectEnd()
    this.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#end()
    this.delivery.abort({ code: undefined, reason: '', clean: false })
    this.reset()
  }

  /** Writes a close behind the frames queued. */
  protected writeClose(close: Close): void {
    this.call.write(close, () => undefined)
  }

  /** Breaks the stream unless it ends within `CLOSE_TIMEOUT_MS`. */
  protected expectEnd(): void {
    this.#deadline ??= setTimeout(() => this.reset(), CLOSE_TIMEOUT_MS)
  }

  /** The stream is over. */
  protected finish(info: CloseInfo): void {
    this.#end()
    this.delivery.finish(info)
  }

  get #ended(): boolean {
    return this.own !== undefined || this.theirs !== undefined || this.#over
  }

  #end(): void {
    this.#over = true
    this.#bufferedBytes = 0
    clearTimeout(this.#deadline)
  }

  #written(cost: number): void {
    if (this.#over) return
    this.#bufferedBytes -= cost
    if (!this.#aboveHighWater || this.#bufferedBytes > LOW_WATER_BYTES) return
    this.#aboveHighWater = false
    if (!this.#ended) this.delivery.drain()
  }

  #received(content: Content): void {
    if (this.#over || this.theirs !== undefined) return
    if (content instanceof Uint8Array) this.delivery.frame(content)
    else if ('malformed' in content) this.#refuse(content.code, content.malformed)
    else if (!isCloseCode(content.code)) this.#refuse(400, `A close carried the code ${content.code}.`)
    else {
      this.theirs = content
      this.closeReceived()
      this.expectEnd()
    }
  }

  /** The other side broke a rule: tells the handler now, and the other side by a close. */
  #refuse(code: number, message: string): void {
    this.delivery.finish(bindingBroken(code, message))
    if (this.own === undefined) {
      this.own = closing(code, message)
      this.writeClose(this.own)
      this.closeSent()
    }
    this.expectEnd()
  }
}
