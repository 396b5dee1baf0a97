/** A hostile wire: a WebSocket proxy between an implementation and the suite, which does one wrong thing to one frame, and keeps what passed. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { channelName, decodeFrame, decodeMessage, encodeFrame, type WireFrame } from '../wire/schema.js'

/** From who dialled (`up`), or to it. */
export type Direction = 'up' | 'down'

/** Where a frame is, in every run of a case: on its nth line, in this direction, the nth of its channel. All count from 0. */
export interface Place {
  readonly line: number
  readonly direction: Direction
  /** Its number; -1 for bytes that are no frame. */
  readonly channel: number
  readonly nth: number
}

/** What is done to a frame. `reorder`: the next one of its direction goes first. */
export type Deed = 'drop' | 'duplicate' | 'reorder' | 'flip'

/** What a bit flips in. `target`: the first one. `payload`: a sealed record, or a message of a handshake. */
export type Field = 'channel' | 'source' | 'target' | 'sequence' | 'payload'

/** One wrong thing. */
export interface Mutation {
  readonly deed: Deed
  readonly place: Place
  /** What flips: a bit of a header's number, counted from the lowest; of a payload, from its first byte's lowest. */
  readonly flip?: { readonly field: Field; readonly bit: number }
}

/** A frame that passed. */
export interface PassedFrame {
  readonly place: Place
  /** Its header; undefined for bytes that are no frame. */
  readonly header: Omit<WireFrame, 'payload'> | undefined
  readonly payloadBytes: number
  /** Of RELAY and HANDSHAKE, which message it is and its fields; else empty. */
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Names its bytes. */
  readonly digest: string
}

/** A line that ended, with the protocol's close code; 0 if it broke. */
export interface PassedClose {
  readonly line: number
  readonly code: number
}

/** What passed on a detour, in order. */
export interface Passage {
  readonly passed: (PassedFrame | PassedClose)[]
  /** The mutation came about: the frame came, and where another had to go first, that came as well. */
  applied: boolean
}

/** Names a frame's bytes. */
export const digestOf = (frame: Uint8Array): string => createHash('sha256').update(frame).digest('base64')

/** Close codes that may be sent; others are told by breaking the line. */
const mayBeSent = (code: number): boolean => (code >= 1_000 && code <= 1_014 && ![1_004, 1_005, 1_006].includes(code)) || (code >= 3_000 && code < 5_000)

/** Passes everything on, frames, order and closes, but for the one mutation of a detour. */
export class HostileWire {
  readonly #server: Server = createServer()
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: offered => [...offered][0] ?? false })
  readonly #detours = new Map<string, { readonly target: string; readonly detour: Detour }>()

  static async open(): Promise<HostileWire> {
    const wire = new HostileWire()
    wire.#server.on('upgrade', (request, socket, head) => {
      const found = wire.#detours.get(request.url ?? '')
      if (found === undefined) return socket.destroy()
      const far = new WebSocket(found.target, offeredIn(request), { perMessageDeflate: false })
      // Nobody has a line before there is one to the other side: what comes after would else be overtaken by what does not come this way.
      far.once('open', () => wire.#sockets.handleUpgrade(request, socket, head, near => pass(near, far, found.detour)))
      far.once('error', () => socket.destroy())
      socket.once('error', () => far.terminate())
    })
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  /** A URL that leads to the target; `passage` tells what passes. */
  detour(target: string, mutation?: Mutation): { readonly url: string; readonly passage: Passage } {
    // The path of the target comes along: implementations may look at it.
    const path = `/${this.#detours.size}${new URL(target).pathname}`
    const detour = new Detour(mutation)
    this.#detours.set(path, { target, detour })
    return { url: `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`, passage: detour }
  }

  /** Breaks every line and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** The subprotocols that an upgrade offers. */
const offeredIn = ({ headers }: IncomingMessage): string[] => (headers['sec-websocket-protocol'] ?? '').split(',').flatMap(name => name.trim() || [])

/** Passes on what comes on either of two open lines. */
function pass(near: WebSocket, far: WebSocket, detour: Detour): void {
  const line = detour.line()
  const up = new Lane(detour, line, 'up', (data, binary) => far.readyState === WebSocket.OPEN && far.send(data, { binary }))
  const down = new Lane(detour, line, 'down', (data, binary) => near.readyState === WebSocket.OPEN && near.send(data, { binary }))
  near.on('message', (data, binary) => up.take(data, binary))
  far.on('message', (data, binary) => down.take(data, binary))
  near.on('error', () => far.terminate())
  far.on('error', () => near.terminate())
  const end = (socket: WebSocket, lane: Lane, code: number, reason: Buffer): void => {
    lane.flush()
    detour.ended(line, code)
    if (mayBeSent(code)) socket.close(code, reason)
    else socket.terminate()
  }
  near.on('close', (code, reason) => end(far, up, code, reason))
  far.on('close', (code, reason) => end(near, down, code, reason))
}

/** What passes between one role and the suite, over all its lines. */
class Detour implements Passage {
  readonly passed: (PassedFrame | PassedClose)[] = []
  applied = false
  #lines = 0
  readonly #counts = new Map<string, number>()

  constructor(readonly mutation: Mutation | undefined) {}

  /** The number of a line that opens. */
  line(): number {
    return this.#lines++
  }

  /** Takes down a frame; whether it is the one that is meant. */
  frame(line: number, direction: Direction, bytes: Uint8Array): boolean {
    const frame = frameOf(bytes)
    const channel = frame?.channel ?? -1
    const key = `${line}/${direction}/${channel}`
    const nth = this.#counts.get(key) ?? 0
    this.#counts.set(key, nth + 1)
    const { payload = new Uint8Array(0), ...header } = frame ?? {}
    const place = { line, direction, channel, nth }
    this.passed.push({
      place,
      header: frame === undefined ? undefined : (header as Omit<WireFrame, 'payload'>),
      payloadBytes: payload.length,
      ...messageOf(channel, payload),
      digest: digestOf(bytes),
    })
    const meant = this.mutation?.place
    return meant !== undefined && meant.line === line && meant.direction === direction && meant.channel === channel && meant.nth === nth
  }

  ended(line: number, code: number): void {
    this.passed.push({ line, code: code >= 4_100 && code < 4_700 ? code - 4_000 : 0 })
  }
}

function frameOf(bytes: Uint8Array): WireFrame | undefined {
  try {
    return decodeFrame(bytes)
  } catch {
    return undefined
  }
}

/** Which message a payload in clear is. */
function messageOf(channel: number, payload: Uint8Array): Pick<PassedFrame, 'name' | 'fields'> {
  const name = channelName(channel)
  if (name !== 'RELAY' && name !== 'HANDSHAKE') return { name: '', fields: {} }
  try {
    return decodeMessage(name, payload)
  } catch {
    return { name: '', fields: {} }
  }
}

type Send = (data: Uint8Array, binary: boolean) => void

/** One direction of one line. */
class Lane {
  #held: readonly [Uint8Array, boolean] | undefined

  constructor(
    private readonly detour: Detour,
    private readonly line: number,
    private readonly direction: Direction,
    private readonly send: Send,
  ) {}

  take(data: RawData, binary: boolean): void {
    const frame = data as Buffer
    const { mutation } = this.detour
    const isMeant = this.detour.frame(this.line, this.direction, frame)
    if (!isMeant || mutation === undefined) {
      if (this.#held !== undefined) this.detour.applied = true
      this.send(frame, binary)
      return this.flush()
    }
    if (mutation.deed === 'reorder') {
      this.#held = [frame, binary]
      return
    }
    this.detour.applied = true
    if (mutation.deed === 'drop') return
    if (mutation.deed === 'duplicate') this.send(frame, binary)
    this.send(mutation.flip === undefined ? frame : flipped(frame, mutation.flip), binary)
  }

  /** Lets go what waits for a frame to overtake it. */
  flush(): void {
    if (this.#held !== undefined) this.send(...this.#held)
    this.#held = undefined
  }
}

/** The frame with one bit of one field the other way. Throws if there is no such field. */
function flipped(bytes: Uint8Array, { field, bit }: NonNullable<Mutation['flip']>): Uint8Array {
  const frame = decodeFrame(bytes)
  const [first = 0, ...more] = frame.targets
  switch (field) {
    case 'channel':
      return encodeFrame({ ...frame, channel: frame.channel ^ (1 << bit) })
    case 'source':
      return encodeFrame({ ...frame, source: frame.source ^ (1 << bit) })
    case 'target':
      return encodeFrame({ ...frame, targets: [first ^ (1 << bit), ...more] })
    case 'sequence':
      return encodeFrame({ ...frame, sequence: frame.sequence ^ (1n << BigInt(bit)) })
    case 'payload': {
      const payload = frame.payload.slice()
      payload[bit >> 3] = (payload[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return encodeFrame({ ...frame, payload })
    }
  }
}
