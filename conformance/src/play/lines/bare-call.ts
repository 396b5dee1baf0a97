import { connect, constants, type IncomingHttpHeaders } from 'node:http2'
import { whenOverdue } from '../../patience.js'

/** A call of gRPC without a message: what a broker says before it was told anything. */

/** What came of it. */
export interface CallAnswer {
  /** Headers of the answer, by name; those of an answer without messages have `grpc-status`. */
  readonly headers: Readonly<Record<string, unknown>>
  /** The flow-control window that each stream is offered, bytes. */
  readonly streamWindow: number
  /** What may still be sent on the connection, bytes. */
  readonly connectionWindow: number
}

/** Calls `path` at a broker, `grpc://host:port`, and resolves when headers come; the call is cancelled then. Rejects after `withinMs` and if there is no connection. */
export async function bareCall(url: string, path: string, withinMs: number): Promise<CallAnswer> {
  const session = connect(`http://${new URL(url).host}`)
  try {
    return await new Promise((resolve, reject) => {
      const callOff = whenOverdue(withinMs, () => reject(new Error(`no headers came within ${withinMs} ms`)))
      const fail = (error: Error) => {
        callOff()
        reject(error)
      }
      session.once('error', fail)
      const call = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' }, { endStream: false })
      call.once('error', fail)
      call.once('response', (headers: IncomingHttpHeaders) => {
        callOff()
        const streamWindow = session.remoteSettings.initialWindowSize ?? 0
        resolve({ headers: { ...headers }, streamWindow, connectionWindow: session.state.remoteWindowSize ?? 0 })
        call.close(constants.NGHTTP2_CANCEL)
      })
    })
  } finally {
    session.destroy()
  }
}
