import { HostError } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { Property, XEvent } from './wire.js'

const ANY_TYPE = 0
/** Of a property that is not there. */
const NO_TYPE = 0
const PROPERTY_CHANGE = 0x00400000
const PROPERTY_NEW = 0
const PIECE_WORDS = 65_536
/** How long the owner of the clipboard has for its answer, and for each further piece. */
const ANSWER_MS = 3_000
/** How long it has for everything. */
const ALL_MS = 10_000

/** What is asked of whom. */
export interface Reading {
  readonly selection: number
  readonly target: number
  /** Server time at which the owner was known to have it. */
  readonly time: number
  readonly maxBytes: number
  /** No other program has taken the selection since. */
  isCurrent(): boolean
  /** This event says that the owner is gone. */
  saysGone(event: XEvent): boolean
}

/**
 * Asks the owner of a selection for one format, in pieces if it wants so (INCR, ICCCM 2.7.2). Undefined if it refuses, or if another program has taken its
 * place. Rejects with `E_TOO_LARGE` as soon as there is more than `maxBytes`, with `E_HOST` if the owner dies or does not answer.
 */
export async function readSelection(connection: XConnection, reading: Reading): Promise<Buffer | undefined> {
  const { x } = connection
  const { selection, target, time, maxBytes } = reading
  const window = x.AllocID()
  x.CreateWindow(window, connection.root, 0, 0, 1, 1, 0, 0, 0, 0, { eventMask: PROPERTY_CHANGE })
  const events = new EventQueue(connection, reading, event => event.requestor === window || event.wid === window)
  try {
    const property = await connection.atom('REMOTE_ASSIST')
    x.ConvertSelection(window, selection, target, property, time)
    const answer = await events.next(event => event.name === 'SelectionNotify' && event.requestor === window)
    // Who took the selection in between answered in place of the one that was meant: what it has was never told.
    if (Number(answer.property) === 0 || !reading.isCurrent()) return undefined
    const incr = await connection.atom('INCR')
    const first = await takeProperty(connection, window, property, maxBytes, incr)
    if (first.type !== incr) return first.data
    const pieces: Buffer[] = []
    for (let total = 0; ; ) {
      await events.next(event => event.name === 'PropertyNotify' && event.atom === property && event.state === PROPERTY_NEW)
      const { type, data } = await takeProperty(connection, window, property, maxBytes - total)
      // It was told of what had been taken already: of the announcement itself, or of a piece that came in between.
      if (type === NO_TYPE) continue
      if (data.length === 0) return Buffer.concat(pieces)
      total += data.length
      pieces.push(data)
    }
  } finally {
    events.stop()
    if (!connection.lost) x.DestroyWindow(window)
  }
}

/** Reads a property in parts and deletes it, which asks for the next piece. One of type `unlimited` may have any size. */
async function takeProperty(
  connection: XConnection,
  window: number,
  name: number,
  maxBytes: number,
  unlimited?: number,
): Promise<{ type: number; data: Buffer }> {
  const parts: Buffer[] = []
  for (let words = 0; ; words += PIECE_WORDS) {
    const part = await connection.request<Property>(done => connection.x.GetProperty(1, window, name, ANY_TYPE, words, PIECE_WORDS, done))
    parts.push(part.data)
    const size = words * 4 + part.data.length + part.bytesAfter
    if (size > maxBytes && part.type !== unlimited) throw new HostError('E_TOO_LARGE', `The clipboard holds more than the ${maxBytes} bytes that are left.`)
    if (part.bytesAfter === 0) return { type: part.type, data: Buffer.concat(parts) }
  }
}

/** Keeps events until they are asked for, so that none is missed in between. */
class EventQueue {
  readonly #kept: XEvent[] = []
  readonly #deadline = performance.now() + ALL_MS
  readonly #saysGone: (event: XEvent) => boolean
  #wake: () => void = () => {}
  readonly stop: () => void

  constructor(connection: XConnection, { saysGone }: Reading, concerns: (event: XEvent) => boolean) {
    this.#saysGone = saysGone
    this.stop = connection.onEvent(event => {
      if (!concerns(event) && !saysGone(event)) return
      this.#kept.push(event)
      this.#wake()
    })
  }

  async next(matches: (event: XEvent) => boolean): Promise<XEvent> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const left = Math.min(ANSWER_MS, this.#deadline - performance.now())
      timer = setTimeout(() => reject(new HostError('E_HOST', 'The program that owns the clipboard does not answer.')), left)
    })
    try {
      for (;;) {
        const at = this.#kept.findIndex(matches)
        if (at >= 0) return this.#kept.splice(at, 1)[0] as XEvent
        if (this.#kept.some(this.#saysGone)) throw new HostError('E_HOST', 'The program that owned the clipboard is gone.')
        await Promise.race([
          late,
          new Promise<void>(resolve => {
            this.#wake = resolve
          }),
        ])
      }
    } finally {
      clearTimeout(timer)
      late.catch(() => {})
    }
  }
}
