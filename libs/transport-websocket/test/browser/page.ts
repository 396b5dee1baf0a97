import type { Accept, Connection, ConnectionHandler, Listener, TransportErrorCode } from '@remote-assist/transport'
import { closing, Delivery, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_FRAME_BYTES, TransportError } from '@remote-assist/transport'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { connect } from '@remote-assist/transport-websocket/browser'
import type { Order, Report } from './orders.js'

declare global {
  /** Runs one case of the suite in this page; resolves to the reason if it fails. */
  var runCase: (farEnd: string, nowhere: string, name: string) => Promise<string | undefined>
}

/** The far end's side of a connection, as the suite sees it from the page. */
class FarConnection implements Connection {
  readonly delivery = new Delivery()
  bufferedBytes = 0
  #aboveHighWater = false

  constructor(
    readonly id: number,
    readonly remoteAddress: string,
    readonly control: WebSocket,
  ) {}

  start(handler: ConnectionHandler): void {
    this.delivery.start(handler)
  }

  send(frame: Uint8Array): void {
    if (frame.byteLength > MAX_FRAME_BYTES) throw new TransportError('E_FRAME_TOO_LARGE', 'The frame is too large.')
    this.bufferedBytes += frame.byteLength
    if (this.bufferedBytes > HIGH_WATER_BYTES) this.#aboveHighWater = true
    const message = new Uint8Array(4 + frame.byteLength)
    new DataView(message.buffer).setUint32(0, this.id, true)
    message.set(frame, 4)
    this.control.send(message)
  }

  sent(bytes: number): void {
    this.bufferedBytes -= bytes
    if (!this.#aboveHighWater || this.bufferedBytes > LOW_WATER_BYTES) return
    this.#aboveHighWater = false
    this.delivery.drain()
  }

  pause(): void {
    this.delivery.pause()
    this.#order({ op: 'pause', id: this.id })
  }

  resume(): void {
    this.delivery.resume()
    this.#order({ op: 'resume', id: this.id })
  }

  close(code: number, reason?: string): void {
    this.#order({ op: 'close', id: this.id, ...closing(code, reason) })
    this.resume()
  }

  abort(): void {
    this.delivery.abort({ code: undefined, reason: '', clean: false })
    this.#order({ op: 'abort', id: this.id })
  }

  #order(order: Order): void {
    this.control.send(JSON.stringify(order))
  }
}

/** `listen` by means of the far end. */
async function reach(farEnd: string): Promise<(accept: Accept) => Promise<Listener>> {
  const control = new WebSocket(farEnd)
  control.binaryType = 'arraybuffer'
  await new Promise(resolve => control.addEventListener('open', resolve))
  const accepts: Accept[] = []
  const answers = new Map<string, (report: Report) => void>()
  const connections = new Map<number, FarConnection>()
  const ask = (order: Order, answer: string) =>
    new Promise<Report>(resolve => {
      answers.set(answer, resolve)
      control.send(JSON.stringify(order))
    })

  const note = (report: Report) => {
    if (report.op === 'accepted') {
      const connection = new FarConnection(report.id, report.remoteAddress, control)
      connections.set(report.id, connection)
      const accept = accepts[report.place]
      if (accept !== undefined) connection.start(accept(connection))
    } else if (report.op === 'sent') connections.get(report.id)?.sent(report.bytes)
    else if (report.op === 'closed') {
      const { code, reason, clean, error } = report
      const info = { code: code ?? undefined, reason, clean }
      connections.get(report.id)?.delivery.finish(error === null ? info : { ...info, error: new TransportError(error as TransportErrorCode, reason) })
    } else answers.get(`${report.op} ${report.place}`)?.(report)
  }

  control.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === 'string') note(JSON.parse(data) as Report)
    else connections.get(new DataView(data).getUint32(0, true))?.delivery.frame(new Uint8Array(data, 4))
  }

  return async accept => {
    const place = accepts.push(accept) - 1
    const report = await ask({ op: 'listen', place }, `listening ${place}`)
    return {
      address: report.op === 'listening' ? report.address : '',
      close: async (code = 503) => void (await ask({ op: 'close-place', place, code }, `place-closed ${place}`)),
    }
  }
}

globalThis.runCase = async (farEnd, nowhere, name) => {
  const listen = await reach(farEnd)
  const tests = transportCompliance('page', { listen, connect, nowhere, openingSide: 'browser' })
  const found = tests.find(test => test.name === name)
  if (found === undefined) return 'There is no such case.'
  return found.run().then(
    () => undefined,
    (error: unknown) => String(error),
  )
}
