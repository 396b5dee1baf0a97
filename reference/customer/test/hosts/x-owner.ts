import { XConnection } from '../../src/hosts/x11/connection.js'

const PROPERTY_CHANGE = 0x00400000
const PROPERTY_DELETED = 1
const XA_ATOM = 4

/** How a program that owns the clipboard behaves. */
export interface Manners {
  /** Content comes in pieces of so many bytes; default: at once. */
  readonly pieceBytes?: number
  /** After so many pieces nothing follows. */
  readonly pieces?: number
  /** It answers nothing but what it has. */
  readonly silent?: boolean
}

/** A program that owns the clipboard of a display, written without the host's own code for it: what it offers is told target by target. */
export class XOwner {
  readonly asked: string[] = []
  #wake: () => void = () => {}

  private constructor(
    private readonly connection: XConnection,
    private readonly selection: number,
    private readonly targets: ReadonlyMap<string, Buffer>,
    private readonly manners: Manners,
  ) {
    connection.onEvent(event => {
      if (event.name === 'SelectionRequest')
        void this.#serve(Number(event.requestor), Number(event.target), Number(event.property), Number(event.time)).catch(() => {})
    })
  }

  /** Takes the clipboard. */
  static async take(display: string, targets: Readonly<Record<string, Buffer | string>>, manners: Manners = {}): Promise<XOwner> {
    const connection = await XConnection.open(display)
    const window = connection.x.AllocID()
    connection.x.CreateWindow(window, connection.root, 0, 0, 1, 1)
    const selection = await connection.atom('CLIPBOARD')
    const owner = new XOwner(connection, selection, new Map(Object.entries(targets).map(([name, data]) => [name, Buffer.from(data)])), manners)
    connection.x.SetSelectionOwner(window, selection, 0)
    await connection.sync()
    return owner
  }

  /** Resolves when it was asked for a target so often. */
  async untilAsked(target: string, times = 1): Promise<void> {
    while (this.asked.filter(name => name === target).length < times)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
  }

  /** The program ends at once. */
  die(): void {
    this.connection.close()
  }

  async #serve(requestor: number, target: number, property: number, time: number): Promise<void> {
    const { x } = this.connection
    const name = await this.connection.atomName(target)
    const data = this.targets.get(name)
    if (this.manners.silent && name !== 'TARGETS') return
    if (name === 'TARGETS') {
      x.ChangeProperty(0, requestor, property, XA_ATOM, 32, await Promise.all(['TARGETS', ...this.targets.keys()].map(one => this.connection.atom(one))))
    } else if (data !== undefined && this.manners.pieceBytes !== undefined) {
      await this.#inPieces(requestor, property, target, data, this.manners.pieceBytes)
    } else if (data !== undefined) {
      x.ChangeProperty(0, requestor, property, target, 8, data)
    }
    const there = name === 'TARGETS' || data !== undefined
    this.asked.push(name)
    this.#wake()
    x.SendEvent(requestor, false, 0, { name: 'SelectionNotify', time, requestor, selection: this.selection, target, property: there ? property : 0 })
  }

  async #inPieces(requestor: number, property: number, target: number, data: Buffer, pieceBytes: number): Promise<void> {
    const { x } = this.connection
    const incr = await this.connection.atom('INCR')
    x.ChangeWindowAttributes(requestor, { eventMask: PROPERTY_CHANGE })
    let sent = 0
    const stop = this.connection.onEvent(event => {
      if (event.name !== 'PropertyNotify' || event.wid !== requestor || event.atom !== property || event.state !== PROPERTY_DELETED) return
      if (sent === this.manners.pieces) return this.#wake()
      const piece = data.subarray(sent * pieceBytes, ++sent * pieceBytes)
      x.ChangeProperty(0, requestor, property, target, 8, piece)
      this.asked.push(`${piece.length} bytes`)
      this.#wake()
      if (piece.length === 0) stop()
    })
    x.ChangeProperty(0, requestor, property, incr, 32, [data.length])
  }
}
