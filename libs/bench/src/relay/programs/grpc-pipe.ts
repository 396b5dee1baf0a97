/** The least that relays gRPC messages: joins each two calls of a bare grpc-js server, whose windows are as large as the broker's, and passes bytes. */
import type { ServerHttp2Stream } from 'node:http2'
import { Metadata, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import { ATTACH_PATH, SERVER_OPTIONS, WINDOW_BYTES } from '@remote-assist/transport-grpc'
import { offer } from '../../programs/offer.js'

type Call = ServerDuplexStream<Buffer, Buffer>

/** What grpc-js keeps behind a call: interceptors first, then the HTTP/2 stream. */
interface Inner {
  readonly nextCall?: Inner
  readonly stream?: ServerHttp2Stream
}

const same = (bytes: Buffer) => bytes
const definition = {
  attach: {
    path: ATTACH_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
} as const
let waiting: Call | undefined

function raiseWindows(call: Call): void {
  let inner = (call as unknown as { readonly call?: Inner }).call
  while (inner?.nextCall !== undefined) inner = inner.nextCall
  inner?.stream?.session?.settings({ initialWindowSize: WINDOW_BYTES })
  inner?.stream?.session?.setLocalWindowSize(WINDOW_BYTES)
}

const pass = (from: Call, to: Call) => from.on('data', (bytes: Buffer) => to.write(bytes))

function attach(call: Call): void {
  raiseWindows(call)
  call.sendMetadata(new Metadata())
  if (waiting === undefined) {
    waiting = call
    return
  }
  pass(waiting, call)
  pass(call, waiting)
  waiting = undefined
}

const server = new Server(SERVER_OPTIONS)
server.addService(definition, { attach })
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  offer({ url: `grpc://127.0.0.1:${port}` })
})
