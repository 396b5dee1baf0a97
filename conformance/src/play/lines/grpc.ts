import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import { join } from '../../crypto/bytes.js'
import { slowness, whenOverdue } from '../../patience.js'
import { decodePlain, encodePlain } from '../../wire/schema.js'
import type { Fields } from '../player.js'
import type { Line, LineEvents, Raw, Reception } from './line.js'

/** The gRPC binding: one call is one connection. A server for each stage, and calls to a broker under test. */

const MOST_BYTES = 16 * 1_048_576
const WINDOW = 1_048_576
const options = {
  'grpc.max_receive_message_length': MOST_BYTES,
  'grpc.max_send_message_length': MOST_BYTES,
  'grpc-node.flow_control_window': WINDOW,
}

const bytes = (buffer: Buffer): Uint8Array => new Uint8Array(buffer)
const buffer = (message: Uint8Array): Buffer => Buffer.from(message)

const service = {
  attach: {
    path: '/remoteassist.v1.AttachService/Attach',
    requestStream: true,
    responseStream: true,
    requestSerialize: buffer,
    requestDeserialize: bytes,
    responseSerialize: buffer,
    responseDeserialize: bytes,
  },
} satisfies ServiceDefinition

type ServerCall = ServerDuplexStream<Uint8Array, Uint8Array>
type ClientCall = ClientDuplexStream<Uint8Array, Uint8Array>

/** Which status goes with which close code. */
const statuses: Readonly<Record<number, status>> = {
  1: status.OK,
  2: status.PERMISSION_DENIED,
  3: status.FAILED_PRECONDITION,
  4: status.INVALID_ARGUMENT,
  5: status.UNAVAILABLE,
  6: status.UNAUTHENTICATED,
}

/** What a message of the binding holds. */
function contentOf(
  message: Uint8Array,
  type: 'AttachRequest' | 'AttachResponse',
): { readonly frame?: Uint8Array; readonly close?: { readonly code: number; readonly reason: string } } {
  const fields = decodePlain(type, message)
  const close = fields.close as Fields | undefined
  if (close !== undefined) return { close: { code: Number(close.code), reason: String(close.reason) } }
  return fields.frame === undefined ? {} : { frame: fields.frame as Uint8Array }
}

/** How long the half-close of who has closed may take, in ms. */
const HALF_CLOSE_MS = 4_000
/** However busy the machine is, it takes less than the 10 s after which who closed breaks the call: that half-closes it as well. */
const halfCloseSlowness = (): number => Math.min(slowness(), 2)

/** The broker's side of one call. */
class ServerLine implements Line {
  #said: { readonly code: number; readonly reason: string } | undefined
  /** The code of the other side's close, once that has come. */
  #theirs: number | undefined
  #halfClosed = false
  #over = false
  #callOff: (() => void) | undefined
  answers = true
  events: LineEvents | undefined

  constructor(private readonly call: ServerCall) {
    call.on('data', (message: Uint8Array) => this.#message(message))
    call.on('cancelled', () => this.#end(0, ''))
    call.on('error', () => this.#end(0, ''))
    // What comes ends with a reset as well, which tells of itself right behind.
    call.on('end', () => setImmediate(() => this.#ended()))
  }

  send(frame: Uint8Array): void {
    if (!this.#over && this.#said === undefined) this.call.write(encodePlain('AttachResponse', { frame }))
  }

  close(code: number, reason: string): void {
    if (this.#over || this.#said !== undefined) return
    this.#said = { code, reason }
    this.call.write(encodePlain('AttachResponse', { close: { code, reason } }))
    if (this.#theirs !== undefined) this.#finish()
  }

  cut(): void {
    if (this.#over) return
    this.call.emit('error', Object.assign(new Error('broken'), { code: status.CANCELLED, details: '' }))
    this.#end(0, '')
  }

  /** Does not take the call. */
  refuse(): void {
    this.#over = true
    this.call.emit('error', Object.assign(new Error('not open'), { code: status.UNAVAILABLE, details: 'not open' }))
  }

  stray(): void {
    this.call.write(new Uint8Array(0))
  }

  fragments(frame: Uint8Array, _count: number, beside: Uint8Array = new Uint8Array(0)): void {
    if (!this.#over && this.#said === undefined) this.call.write(join(encodePlain('AttachResponse', { frame }), beside))
  }

  closeRaw(): void {
    this.cut()
  }

  reads(on: boolean): void {
    on ? this.call.resume() : this.call.pause()
  }

  halfClose(): void {
    this.call.end()
  }

  /** Nothing more comes, and the call was not reset: it is half-closed. */
  #ended(): void {
    if (this.#over) return
    this.#halfClosed = true
    if (this.#theirs === undefined) this.cut()
    else this.#finish()
  }

  #message(message: Uint8Array): void {
    if (this.#theirs !== undefined) return this.events?.stray('a message behind the close', message)
    let content: ReturnType<typeof contentOf>
    try {
      content = contentOf(message, 'AttachRequest')
    } catch {
      return this.events?.stray('bytes that are no AttachRequest', message)
    }
    if (content.frame !== undefined) this.events?.frame(content.frame)
    else if (content.close === undefined) this.events?.stray('an AttachRequest with neither frame nor close', message)
    else {
      this.#theirs = content.close.code
      if (this.answers) this.#said ??= content.close
      this.#finish()
    }
  }

  /** Ends the call behind the other side's half-close, or without it if that does not come. */
  #finish(): void {
    if (this.#over || this.#said === undefined) return
    const { code, reason } = this.#said
    if (this.#halfClosed) this.#complete(code, reason)
    else this.#callOff ??= whenOverdue(HALF_CLOSE_MS, () => this.#complete(code, reason), halfCloseSlowness)
  }

  /** The code in trailers, the status of the table. */
  #complete(code: number, reason: string): void {
    if (this.#over) return
    const trailers = new Metadata()
    trailers.set('ra-close-code', String(code))
    if (reason !== '') trailers.set('ra-close-reason', encodeURIComponent(reason))
    const ended = statuses[Math.floor(code / 100)] ?? status.UNKNOWN
    this.#end(code, reason)
    if (ended === status.OK) this.call.end(trailers)
    else this.call.emit('error', Object.assign(new Error(reason), { code: ended, details: reason, metadata: trailers }))
  }

  #end(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#callOff?.()
    this.events?.closed(code, reason, { answered: this.#theirs !== undefined, answer: this.#theirs ?? 0, halfClosed: this.#halfClosed })
  }
}

/** Serves a stage by gRPC. */
export async function serveGrpc(reception: Reception): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = new Server(options)
  server.addService(service, {
    attach: (call: ServerCall) => {
      const line = new ServerLine(call)
      if (!reception.open) return line.refuse()
      call.sendMetadata(new Metadata())
      line.events = reception.accept(line, { binding: 'grpc', path: service.attach.path, protocols: [] })
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  return { url: `grpc://127.0.0.1:${port}`, close: async () => server.forceShutdown() }
}

/** A participant's side of one call. */
class ClientLine implements Line {
  #closing: { readonly code: number; readonly reason: string } | undefined
  #over = false
  answers = true

  constructor(
    private readonly client: Client,
    private readonly call: ClientCall,
    private readonly events: () => LineEvents,
  ) {
    call.on('data', (message: Uint8Array) => this.#message(message))
    call.on('error', () => {})
    call.on('status', ({ code: ended, metadata }: StatusObject) => {
      const [code] = metadata.get('ra-close-code')
      const [reason = ''] = metadata.get('ra-close-reason')
      const raw = { reason, status: status[ended], trailers: metadata.getMap(), answered: this.#closing !== undefined }
      this.#end(code === undefined ? 0 : Number(code), decodeURIComponent(String(reason)), raw)
    })
  }

  send(frame: Uint8Array): void {
    if (!this.#over && this.#closing === undefined) this.call.write(encodePlain('AttachRequest', { frame }))
  }

  close(code: number, reason: string): void {
    if (this.#over || this.#closing !== undefined) return
    this.#closing = { code, reason }
    this.call.write(encodePlain('AttachRequest', { close: { code, reason } }))
    this.call.end()
  }

  cut(): void {
    this.call.cancel()
  }

  stray(): void {
    this.call.write(new Uint8Array(0))
  }

  fragments(frame: Uint8Array, _count: number, beside: Uint8Array = new Uint8Array(0)): void {
    this.call.write(join(encodePlain('AttachRequest', { frame }), beside))
  }

  closeRaw(): void {
    this.cut()
  }

  reads(on: boolean): void {
    on ? this.call.resume() : this.call.pause()
  }

  halfClose(): void {
    this.call.end()
  }

  #message(message: Uint8Array): void {
    let content: ReturnType<typeof contentOf>
    try {
      content = contentOf(message, 'AttachResponse')
    } catch {
      return this.events().stray('bytes that are no AttachResponse', message)
    }
    if (content.frame !== undefined) this.events().frame(content.frame)
    else if (content.close === undefined) this.events().stray('an AttachResponse with neither frame nor close', message)
    else if (this.answers) this.close(content.close.code, content.close.reason)
  }

  #end(code: number, reason: string, raw: Raw): void {
    if (this.#over) return
    this.#over = true
    this.client.close()
    this.events().closed(code, reason, raw)
  }
}

/** Connects to a broker: `grpc://host:port`. Resolves once its headers have come; rejects if the call ends before. */
export async function connectGrpc(url: string, eventsFor: (line: Line) => LineEvents): Promise<Line> {
  const client = new Client(new URL(url).host, credentials.createInsecure(), options)
  const call = client.makeBidiStreamRequest(service.attach.path, buffer, bytes, new Metadata())
  let events: LineEvents | undefined
  const early: LineEvents = { frame: () => {}, stray: () => {}, closed: () => {} }
  const line = new ClientLine(client, call, () => events ?? early)
  events = eventsFor(line)
  return await new Promise((resolve, reject) => {
    call.once('metadata', () => resolve(line))
    call.once('error', reject)
  })
}
