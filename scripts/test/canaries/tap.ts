/** A line to the broker that keeps everything that passes, both ways, as it is on the wire, and as the broker has it once WebSocket's mask is off. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What passed on one connection. */
interface Passed {
  readonly up: Buffer[]
  readonly down: Buffer[]
}

/** A tap between the programs and the broker. */
export class Tap {
  readonly #passed: Passed[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer(socket => this.#carry(socket))
  #port = 0

  /** Listens on a free port of this machine; resolves to the URL that programs are to use. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Where the broker is. */
  leadTo(url: string): void {
    this.#port = Number(new URL(url).port)
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** What was on the wire, to the broker and from it. */
  get wire(): readonly Buffer[] {
    return this.#passed.flatMap(({ up, down }) => [Buffer.concat(up), Buffer.concat(down)])
  }

  /** The same without masks: what the broker read and wrote. Messages of WebSocket are taken out of their frames, everything else stands as it is. */
  get plain(): readonly Buffer[] {
    return this.#passed.flatMap(({ up, down }) => {
      const [sent, received] = [Buffer.concat(up), Buffer.concat(down)]
      return isUpgraded(received) ? [unframed(sent), unframed(received)] : [sent, received]
    })
  }

  #carry(from: Socket): void {
    const to = connect(this.#port, '127.0.0.1')
    const passed: Passed = { up: [], down: [] }
    this.#passed.push(passed)
    for (const [source, target, kept] of [
      [from, to, passed.up],
      [to, from, passed.down],
    ] as const) {
      this.#sockets.add(source)
      source.setNoDelay(true)
      source.on('data', (chunk: Buffer) => {
        kept.push(chunk)
        // Whoever reads slowly slows down whoever writes, as without the tap.
        if (!target.write(chunk)) source.pause()
      })
      target.on('drain', () => source.resume())
      source.on('end', () => target.end())
      source.on('error', () => target.destroy())
      source.on('close', () => {
        this.#sockets.delete(source)
        target.destroy()
      })
    }
  }
}

const END_OF_HEADERS = '\r\n\r\n'

const isUpgraded = (received: Buffer): boolean => received.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101'

/** The headers, then the payloads of all WebSocket frames, one after another (RFC 6455, 5.2). */
function unframed(stream: Buffer): Buffer {
  let at = stream.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length
  const parts = [stream.subarray(0, at)]
  while (at + 2 <= stream.length) {
    const [, second = 0] = stream.subarray(at)
    const short = second & 0x7f
    at += 2
    const length = short < 126 ? short : short === 126 ? stream.readUInt16BE(at) : Number(stream.readBigUInt64BE(at))
    at += short < 126 ? 0 : short === 126 ? 2 : 8
    const masked = (second & 0x80) !== 0
    const mask = masked ? stream.subarray(at, at + 4) : undefined
    if (masked) at += 4
    const payload = stream.subarray(at, at + length)
    parts.push(mask === undefined ? payload : Buffer.from(payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))))
    at += length
  }
  return Buffer.concat(parts)
}
