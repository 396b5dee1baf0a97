import type { ClipboardContent } from '@remote-assist/peer'
import type { XConnection } from './connection.js'
import type { XEvent } from './wire.js'

const XA_ATOM = 4
const XA_STRING = 31
const PROPERTY_CHANGE = 0x00400000
const PROPERTY_DELETED = 1
const PIECE_BYTES = 64 * 1024
/** How long a program has to take a piece; one that vanished takes none. */
const PIECE_MS = 3000

/** Names under which programs ask for plain text. */
export const TEXT_TARGETS = ['UTF8_STRING', 'text/plain;charset=utf-8', 'text/plain', 'STRING', 'TEXT'] as const

/** Serves what was written to the clipboard to the programs that ask for it (ICCCM 2.2), in pieces if it is large (INCR, ICCCM 2.7.2). */
export class SelectionOwner {
  #contents: readonly ClipboardContent[] | undefined

  constructor(
    private readonly connection: XConnection,
    private readonly window: number,
    private readonly selection: number,
  ) {
    connection.onEvent(event => {
      if (event.name === 'SelectionClear' && event.selection === selection) this.#contents = undefined
      if (event.name === 'SelectionRequest' && event.owner === window) void this.#serve(event).catch(() => {})
    })
  }

  /** What is on offer; undefined if another program owns the clipboard. */
  get contents(): readonly ClipboardContent[] | undefined {
    return this.#contents
  }

  async offer(contents: readonly ClipboardContent[]): Promise<void> {
    this.#contents = contents.map(({ mime, data }) => ({ mime, data: data.slice() }))
    this.connection.x.SetSelectionOwner(this.window, this.selection, 0)
    await this.connection.sync()
  }

  async #serve(request: XEvent): Promise<void> {
    const requestor = Number(request.requestor)
    const target = Number(request.target)
    const property = Number(request.property) || target
    const answered = await this.#put(requestor, property, target).catch(() => false)
    this.connection.x.SendEvent(requestor, false, 0, {
      name: 'SelectionNotify',
      time: request.time,
      requestor,
      selection: request.selection,
      target,
      property: answered ? property : 0,
    })
  }

  async #put(requestor: number, property: number, target: number): Promise<boolean> {
    const { connection } = this
    const contents = this.#contents
    if (!contents) return false
    const name = await connection.atomName(target)
    if (name === 'TARGETS') {
      const targets = await Promise.all(targetNames(contents).map(one => connection.atom(one)))
      connection.x.ChangeProperty(0, requestor, property, XA_ATOM, 32, targets)
      return true
    }
    const data = dataFor(contents, name)
    if (!data) return false
    const type = name === 'TEXT' ? await connection.atom('UTF8_STRING') : name === 'STRING' ? XA_STRING : target
    if (data.length <= PIECE_BYTES) connection.x.ChangeProperty(0, requestor, property, type, 8, data)
    else await this.#putInPieces(requestor, property, type, data)
    return true
  }

  async #putInPieces(requestor: number, property: number, type: number, data: Buffer): Promise<void> {
    const { connection } = this
    const incr = await connection.atom('INCR')
    connection.x.ChangeWindowAttributes(requestor, { eventMask: PROPERTY_CHANGE })
    let offset = 0
    const finish = () => {
      clearTimeout(timer)
      stopListening()
      if (!connection.lost) connection.x.ChangeWindowAttributes(requestor, { eventMask: 0 })
    }
    const timer = setTimeout(finish, PIECE_MS)
    const stopListening = connection.onEvent(event => {
      if (event.name !== 'PropertyNotify' || event.wid !== requestor || event.atom !== property || event.state !== PROPERTY_DELETED) return
      timer.refresh()
      const piece = data.subarray(offset, offset + PIECE_BYTES)
      offset += piece.length
      connection.x.ChangeProperty(0, requestor, property, type, 8, piece)
      if (piece.length === 0) finish()
    })
    connection.x.ChangeProperty(0, requestor, property, incr, 32, [data.length])
  }
}

function targetNames(contents: readonly ClipboardContent[]): string[] {
  return ['TARGETS', ...contents.flatMap(({ mime }) => (mime === 'text/plain' ? TEXT_TARGETS : [mime]))]
}

function dataFor(contents: readonly ClipboardContent[], target: string): Buffer | undefined {
  const isText = (TEXT_TARGETS as readonly string[]).includes(target)
  const data = contents.find(({ mime }) => mime === (isText ? 'text/plain' : target))?.data
  if (!data) return undefined
  return target === 'STRING' ? Buffer.from(latin1(Buffer.from(data).toString('utf8')), 'latin1') : Buffer.from(data)
}

/** STRING is Latin-1; what it lacks becomes a question mark. */
function latin1(text: string): string {
  return [...text].map(char => ((char.codePointAt(0) ?? 0) <= 0xff ? char : '?')).join('')
}
