/** Lines that brought no request yet: each has so long for its first one, TLS included, however it spends the time (RA-BND-018). */
import type { Socket } from 'node:net'

/** Deadlines of lines, by the address and port that they come from. */
export class Openings {
  readonly #timers = new Map<string, NodeJS.Timeout>()

  /** `withinMs`: how long each line has. */
  constructor(readonly withinMs: number) {}

  /** A line was opened. */
  readonly opened = (line: Socket): void => {
    const name = nameOf(line)
    const timer = setTimeout(() => {
      this.#timers.delete(name)
      line.destroy()
    }, this.withinMs)
    this.#timers.set(name, timer)
    line.once('close', () => this.#clear(name, timer))
  }

  /** Its first request, or a later one, is there. */
  readonly asked = (line: Pick<Socket, 'remoteAddress' | 'remotePort'>): void => this.askedFrom(nameOf(line))

  /** Likewise, by `address:port` as gRPC names a peer. */
  readonly askedFrom = (peer: string): void => this.#clear(peer, this.#timers.get(peer))

  #clear(name: string, timer: NodeJS.Timeout | undefined): void {
    clearTimeout(timer)
    if (this.#timers.get(name) === timer) this.#timers.delete(name)
  }
}

const nameOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string => `${remoteAddress}:${remotePort}`
