import { HostError } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { Property, XEvent } from './wire.js'

const ANY_TYPE = 0
const PROPERTY_CHANGE = 0x00400000
const PROPERTY_NEW = 0
const PIECE_WORDS = 65_536
/** How long the owner of the clipboard has for its answer, and for each further piece. */
const ANSWER_MS = 3000

/** Asks the owner of a selection for one format. Undefined if it refuses; rejects with `E_TOO_LARGE` as soon as there is more than `maxBytes`. */
export async function readSelection(connection: XConnection, selection: number, target: number, maxBytes: number): Promise<Buffer | undefined> {
  const { x } = connection
  const window = x.AllocID()
  x.CreateWindow(window, connection.root, 0, 0, 1, 1, 0, 0, 0, 0, { eventMask: PROPERTY_CHANGE })
  const events = new EventQueue(connection, event => event.requestor === window || event.wid === window)
  try {
    const property = await connection.atom('REMOTE_ASSIST')
    x.ConvertSelection(window, selection, target, property, 0)
    const answer = await events.next(event => event.name === 'SelectionNotify' && event.requestor === window)
    if (Number(answer.property) === 0) return undefined
    const incr = await connection.atom('INCR')
    const first = await takeProperty(connection, window, property, maxBytes, incr)
    if (first.type !== incr) return first.data
    const pieces: Buffer[] = []
    for (let total = 0; ; ) {
      await events.next(event => event.name === 'PropertyNotify' && event.atom === property && event.state === PROPERTY_NEW)
      const { data } = await takeProperty(connection, window, property, maxBytes - total)
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
    if (size > maxBytes && part.type !== unlimited) throw new HostError('E_TOO_LARGE', `The clipboard holds at least ${size} bytes; ${maxBytes} are allowed.`)
    if (part.bytesAfter === 0) return { type: part.type, data: Buffer.concat(parts) }
  }
}

/** Keeps events until they are asked for, so that none is missed in between. */
class EventQueue {
  readonly #kept: XEvent[] = []
  #wake: () => void = () => {}
  readonly stop: () => void

  constructor(connection: XConnection, concerns: (event: XEvent) => boolean) {
    this.stop = connection.onEvent(event => {
      if (!concerns(event)) return
      this.#kept.push(event)
      this.#wake()
    })
  }

  async next(matches: (event: XEvent) => boolean): Promise<XEvent> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new HostError('E_HOST', 'The program that owns the clipboard does not answer.')), ANSWER_MS)
    })
    try {
      for (;;) {
        const at = this.#kept.findIndex(matches)
        if (at >= 0) return this.#kept.splice(at, 1)[0] as XEvent
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
