import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import type { CloseInfo } from '@remote-assist/transport'
import { bindingBroken, lineBroke } from '@remote-assist/transport'
import { GrpcConnection } from './connection.js'
import type { Content } from './message.js'
import { readTrailers } from './service.js'

/** The client's end: closes and answers with a close message and a half-close; the server finishes the call with trailers (RA-BND-044, RA-BND-045). */
export class ClientConnection extends GrpcConnection {
  readonly #call: ClientDuplexStream<Content, Content>

  constructor(call: ClientDuplexStream<Content, Content>, onOver: () => void) {
    super(call, call.getPeer().replace(/:\d+$/, ''))
    this.#call = call
    call.on('status', (outcome: StatusObject) => {
      const finish = () => {
        this.finish(this.#outcome(outcome))
        onOver()
      }
      if (call.readableEnded || outcome.code === status.CANCELLED) finish()
      else call.once('end', finish)
    })
  }

  protected override closeSent(): void {
    this.#call.end()
  }

  protected override closeReceived(): void {
    if (this.own !== undefined || this.theirs === undefined) return
    this.writeClose(this.theirs)
    this.#call.end()
  }

  protected override reset(): void {
    this.#call.cancel()
  }

  #outcome({ code, details, metadata }: StatusObject): CloseInfo {
    const confirmed = readTrailers(metadata)
    const close = this.own ?? this.theirs
    if (close !== undefined && confirmed !== undefined) return { ...close, clean: true }
    if (confirmed === undefined && code === status.RESOURCE_EXHAUSTED) return bindingBroken(401, details)
    return { ...lineBroke(`The call ended before the connection was closed: ${status[code]} ${details}`), ...(close ?? confirmed) }
  }
}
