import type { XConnection } from './connection.js'

const PROPERTY_CHANGE = 0x00400000
const PROPERTY_DELETED = 1
const PIECE_BYTES = 64 * 1024
/** How long a program has to take a piece; one that vanished takes none. */
const PIECE_MS = 3_000
/** Programs that are served at one time. */
const MAX_SENDINGS = 16

/** Puts content where programs asked for it: at once, or in pieces if it is large (INCR, ICCCM 2.7.2), each once the one before was taken. */
export class SelectionSender {
  /** How many sendings watch a window. */
  readonly #watched = new Map<number, number>()
  #sendings = 0

  constructor(private readonly connection: XConnection) {}

  /** False if too many programs take their time. */
  async put(requestor: number, property: number, type: number, data: Buffer): Promise<boolean> {
    if (data.length <= PIECE_BYTES) {
      this.connection.x.ChangeProperty(0, requestor, property, type, 8, data)
      return true
    }
    const incr = await this.connection.atom('INCR')
    if (this.#sendings >= MAX_SENDINGS) return false
    this.#inPieces(requestor, property, type, data)
    this.connection.x.ChangeProperty(0, requestor, property, incr, 32, [data.length])
    return true
  }

  #inPieces(requestor: number, property: number, type: number, data: Buffer): void {
    const { connection } = this
    let offset = 0
    const finish = () => {
      clearTimeout(timer)
      stopListening()
      this.#sendings--
      this.#watch(requestor, -1)
    }
    const timer = setTimeout(finish, PIECE_MS)
    this.#sendings++
    this.#watch(requestor, 1)
    const stopListening = connection.onEvent(event => {
      if (event.name !== 'PropertyNotify' || event.wid !== requestor || event.atom !== property || event.state !== PROPERTY_DELETED) return
      timer.refresh()
      const piece = data.subarray(offset, offset + PIECE_BYTES)
      offset += piece.length
      connection.x.ChangeProperty(0, requestor, property, type, 8, piece)
      if (piece.length === 0) finish()
    })
  }

  /** Another sending, or one less, wants to know what becomes of a window's properties. */
  #watch(window: number, change: 1 | -1): void {
    const before = this.#watched.get(window) ?? 0
    const now = before + change
    if (now === 0) this.#watched.delete(window)
    else this.#watched.set(window, now)
    if ((before === 0) !== (now === 0) && !this.connection.lost)
      this.connection.x.ChangeWindowAttributes(window, { eventMask: now === 0 ? 0 : PROPERTY_CHANGE })
  }
}
