/** A longer way between testee and suite: everything comes so much later, in its order. What passes is not looked at. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

const HOST = '127.0.0.1'
/** So much may be on its way in one direction of a line; whoever sends more waits, as on any line. */
const MOST_BYTES = 262_144

/** The longer ways to all addresses that were asked for. */
export class LaggingLines {
  readonly #ways = new Map<string, Promise<Server>>()

  /** `lagMs`: one way, ms. */
  constructor(private readonly lagMs: number) {}

  /** The URL that leads to where `target` does, with the longer way before it. */
  async detour(target: string): Promise<string> {
    const url = new URL(target)
    const { host, hostname, port } = url
    let way = this.#ways.get(host)
    if (way === undefined) {
      way = this.#open(hostname, Number(port))
      this.#ways.set(host, way)
    }
    url.host = `${HOST}:${((await way).address() as AddressInfo).port}`
    return url.href
  }

  async #open(host: string, port: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, near => {
      const far = connect({ host, port, allowHalfOpen: true })
      passOn(near, far, this.lagMs)
      passOn(far, near, this.lagMs)
    })
    // It is there as long as the program is.
    server.unref().listen(0, HOST)
    await once(server, 'listening')
    return server
  }
}

/** Whatever comes from one socket, its end included, goes to the other so much later. */
function passOn(from: Socket, to: Socket, lagMs: number): void {
  const later = (act: () => void) => setTimeout(() => to.destroyed || act(), lagMs)
  let underway = 0
  from.on('data', chunk => {
    underway += chunk.length
    if (underway >= MOST_BYTES) from.pause()
    later(() =>
      to.write(chunk, () => {
        underway -= chunk.length
        if (underway < MOST_BYTES) from.resume()
      }),
    )
  })
  from.on('end', () => later(() => to.end()))
  // The close that follows tells it.
  from.on('error', () => undefined)
  from.on('close', broken => later(() => (broken ? to.resetAndDestroy() : to.destroySoon())))
}
