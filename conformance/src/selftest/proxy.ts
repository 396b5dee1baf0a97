/** A hostile wire: a WebSocket proxy between an implementation and the suite, which does one wrong thing to one frame. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, WebSocket, WebSocketServer } from 'ws'

/** What is done to a frame. `reorder`: the next one of its direction goes first. */
export const DEEDS = ['drop', 'duplicate', 'reorder', 'flip'] as const

/** One wrong thing. */
export interface Mutation {
  readonly deed: (typeof DEEDS)[number]
  /** From who dialled (`up`), or to it. */
  readonly direction: 'up' | 'down'
  /** Which frame of that direction, from 0. */
  readonly frame: number
  /** Which bit flips, counted from the first byte's lowest and taken modulo the frame's length. */
  readonly bit: number
}

/** How many frames went each way. */
export type Counts = Record<Mutation['direction'], number>

/** Close codes that may be sent; others are told by breaking the line. */
const mayBeSent = (code: number): boolean => code === 1_000 || (code >= 3_000 && code < 5_000)

/** Passes everything on, frames, order and closes, but for the one mutation of a detour. */
export class HostileWire {
  readonly #server: Server = createServer()
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: offered => [...offered][0] ?? false })
  readonly #detours = new Map<string, { readonly target: string; readonly mutation: Mutation | undefined; readonly counts: Counts }>()

  static async open(): Promise<HostileWire> {
    const wire = new HostileWire()
    wire.#server.on('upgrade', (request, socket, head) => {
      const detour = wire.#detours.get(request.url ?? '')
      if (detour === undefined) return socket.destroy()
      wire.#sockets.handleUpgrade(request, socket, head, near => pass(near, detour.target, detour.mutation, detour.counts))
    })
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  /** A URL that leads to the target; `counts` goes up as frames pass. */
  detour(target: string, mutation?: Mutation): { readonly url: string; readonly counts: Counts } {
    // The path of the target comes along: implementations may look at it.
    const path = `/${this.#detours.size}${new URL(target).pathname}`
    const counts: Counts = { up: 0, down: 0 }
    this.#detours.set(path, { target, mutation, counts })
    return { url: `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`, counts }
  }

  /** Breaks every line and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function pass(near: WebSocket, target: string, mutation: Mutation | undefined, counts: Counts): void {
  const far = new WebSocket(target, near.protocol === '' ? [] : [near.protocol], { perMessageDeflate: false })
  const opened = once(far, 'open')
  opened.catch(() => near.terminate())
  const up = mutator(
    'up',
    mutation,
    counts,
    (data, binary) =>
      void opened.then(
        () => far.readyState === WebSocket.OPEN && far.send(data, { binary }),
        () => {},
      ),
  )
  const down = mutator('down', mutation, counts, (data, binary) => near.readyState === WebSocket.OPEN && near.send(data, { binary }))
  near.on('message', up.take)
  far.on('message', down.take)
  near.on('error', () => far.terminate())
  far.on('error', () => near.terminate())
  near.on(
    'close',
    (code, reason) =>
      void opened.then(
        () => end(far, code, reason, up.flush),
        () => {},
      ),
  )
  far.on('close', (code, reason) => end(near, code, reason, down.flush))
}

function end(socket: WebSocket, code: number, reason: Buffer, flush: () => void): void {
  flush()
  if (mayBeSent(code)) socket.close(code, reason)
  else socket.terminate()
}

type Send = (data: Buffer, binary: boolean) => void

function mutator(
  direction: Mutation['direction'],
  mutation: Mutation | undefined,
  counts: Counts,
  send: Send,
): { readonly take: (data: RawData, binary: boolean) => void; readonly flush: () => void } {
  let held: readonly [Buffer, boolean] | undefined
  const flush = () => {
    if (held !== undefined) send(...held)
    held = undefined
  }
  const take = (data: RawData, binary: boolean): void => {
    const frame = data as Buffer
    const number = counts[direction]++
    if (mutation === undefined || mutation.direction !== direction || mutation.frame !== number) {
      send(frame, binary)
      return flush()
    }
    if (mutation.deed === 'reorder') held = [frame, binary]
    if (mutation.deed === 'duplicate') send(frame, binary)
    if (mutation.deed === 'duplicate' || mutation.deed === 'flip') send(mutation.deed === 'flip' ? flipped(frame, mutation.bit) : frame, binary)
  }
  return { take, flush }
}

function flipped(frame: Buffer, bit: number): Buffer {
  const copy = Buffer.from(frame)
  const place = copy.length === 0 ? 0 : Math.floor(bit / 8) % copy.length
  copy[place] = (copy[place] ?? 0) ^ (1 << (bit % 8))
  return copy
}
