import type { ServerHttp2Stream } from 'node:http2'
import { constants } from 'node:http2'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { Metadata, status } from '@grpc/grpc-js'
import { lineBroke } from '@remote-assist/transport'
import { GrpcConnection } from './connection.js'
import type { Content } from './message.js'
import { closeTrailers, statusOf, WINDOW_BYTES } from './service.js'

/** The server's end: closes with a close message, and finishes the call with trailers once the client's close came (RA-BND-044 to RA-BND-046). */
export class ServerConnection extends GrpcConnection {
  readonly #call: ServerDuplexStream<Content, Content>
  readonly #stream: ServerHttp2Stream

  constructor(call: ServerDuplexStream<Content, Content>, remoteAddress: string, onOver: () => void) {
    super(call, remoteAddress)
    this.#call = call
    this.#stream = http2StreamOf(call)
    raiseWindows(this.#stream)
    let flushed = false
    call.on('finish', () => {
      flushed = true
    })
    this.#stream.once('close', () => {
      const close = this.own ?? this.theirs
      const inOrder = flushed && this.theirs !== undefined && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR
      this.finish(inOrder && close !== undefined ? { ...close, clean: true } : { ...lineBroke('The line broke.'), ...close })
      onOver()
    })
    call.on('end', () => {
      if (this.theirs === undefined) this.reset()
    })
    call.sendMetadata(new Metadata())
  }

  protected override closeSent(): void {
    // The call goes on until the client's close came.
  }

  protected override closeReceived(): void {
    const close = this.own ?? this.theirs
    if (close === undefined) return
    const code = statusOf(close.code)
    if (code === status.OK) this.#call.end(closeTrailers(close))
    else this.#call.emit('error', { code, details: close.reason, metadata: closeTrailers(close) })
  }

  protected override reset(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL)
  }
}

/** What grpc-js keeps behind a call: interceptors first, then the HTTP/2 stream. */
interface Inner {
  readonly nextCall?: Inner
  readonly stream?: ServerHttp2Stream
}

/**
 * The HTTP/2 stream of a call. grpc-js offers neither a way to reset a call on the server nor to size the windows of a server's session, so this looks
 * behind its interface; tests of both notice if a new version hides it elsewhere.
 */
function http2StreamOf(call: ServerDuplexStream<Content, Content>): ServerHttp2Stream {
  let inner = (call as unknown as { readonly call?: Inner }).call
  while (inner?.nextCall !== undefined) inner = inner.nextCall
  if (inner?.stream === undefined) throw new TypeError('This version of @grpc/grpc-js does not show the HTTP/2 stream of a call.')
  return inner.stream
}

const raised = new WeakSet<object>()

/** Enlarges the windows of the session that a stream belongs to, once for each session. */
function raiseWindows({ session }: ServerHttp2Stream): void {
  if (session === undefined || session.destroyed || raised.has(session)) return
  raised.add(session)
  session.settings({ initialWindowSize: WINDOW_BYTES })
  session.setLocalWindowSize(WINDOW_BYTES)
}
