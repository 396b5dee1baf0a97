import type { LineConditions, Schedule } from './memory-line.js'
import { MemoryEnd } from './memory-line.js'
import type { Accept, Connection, Listener, Transport } from './transport.js'
import { TransportError } from './transport.js'

/** How an in-memory network behaves. Everything is optional; by default it is instant, endlessly fast and never breaks. */
export interface MemoryNetworkOptions {
  /**
   * Runs a task after so many milliseconds. Give the scheduler of a simulation and everything here happens in simulated time, the same way each run.
   * Frames stay in order whatever the scheduler does. By default: microtasks, and timers where there is a delay.
   */
  readonly schedule?: Schedule
  /** Time from one end to the other, in milliseconds; a function is asked for each frame (seeded jitter). Default 0. */
  readonly delayMs?: number | (() => number)
  /** Rate of each direction of each line, in bytes per second. Default endless. */
  readonly bytesPerSecond?: number
  /** Bytes that a direction of a line holds before the sender's `bufferedBytes` grows. Default 262,144. */
  readonly windowBytes?: number
  /** Asked as each non-empty frame arrives; `true` breaks its line abruptly. Default never. */
  readonly breaks?: () => boolean
}

/** Places and lines in memory: `connect` and `listen` as in every transport, and the means to break things. */
export interface MemoryNetwork {
  /** A transport to the listener at `address`. */
  connect(address?: string): Transport
  /**
   * Accepts connections at `address`.
   * @throws TransportError `E_CONNECT` if somebody listens there already.
   */
  listen(accept: Accept, options?: { readonly address?: string }): Promise<Listener>
  /** Breaks every open line abruptly; what has not arrived is lost. New connections can be opened. */
  cut(): void
}

const DEFAULT_ADDRESS = 'memory://network/1'

const scheduleByDefault: Schedule = (delayMs, task) => {
  if (delayMs > 0) setTimeout(task, delayMs)
  else queueMicrotask(task)
}

/** A timer that does not keep a Node.js process alive. */
const scheduleInBackground: Schedule = (delayMs, task) => {
  const timer: unknown = setTimeout(task, delayMs)
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref()
}

/** An in-memory network (binding *memory*): for tests, simulations, and both ends in one program. */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  const { delayMs = 0 } = options
  const conditions: LineConditions = {
    schedule: options.schedule ?? scheduleByDefault,
    scheduleClose: options.schedule ?? scheduleInBackground,
    delayMs: typeof delayMs === 'number' ? () => delayMs : delayMs,
    bytesPerSecond: options.bytesPerSecond ?? Number.POSITIVE_INFINITY,
    windowBytes: options.windowBytes ?? 262_144,
    breaks: options.breaks ?? (() => false),
  }
  const places = new Map<string, MemoryListener>()
  let clients = 0

  return {
    connect: (address = DEFAULT_ADDRESS) => ({
      open: (accept, { signal } = {}) =>
        new Promise<Connection>((resolve, reject) => {
          const aborted = () => reject(new TransportError('E_ABORTED', 'The attempt to connect was aborted.', { cause: signal?.reason }))
          if (signal?.aborted) return aborted()
          signal?.addEventListener('abort', aborted, { once: true })
          conditions.schedule(conditions.delayMs(), () => {
            signal?.removeEventListener('abort', aborted)
            if (signal?.aborted) return
            const place = places.get(address)
            if (place === undefined) return reject(new TransportError('E_CONNECT', `Nothing listens at ${address}.`))
            resolve(place.admit(accept, `memory-${++clients}`))
          })
        }),
    }),
    listen: async (accept, { address = DEFAULT_ADDRESS } = {}) => {
      if (places.has(address)) throw new TransportError('E_CONNECT', `Something listens at ${address} already.`)
      const listener = new MemoryListener(address, accept, conditions, () => places.delete(address))
      places.set(address, listener)
      return listener
    },
    cut: () => {
      for (const place of places.values()) place.cut()
    },
  }
}

class MemoryListener implements Listener {
  readonly #ends = new Set<MemoryEnd>()
  readonly #waiting: (() => void)[] = []

  constructor(
    readonly address: string,
    readonly accept: Accept,
    readonly conditions: LineConditions,
    readonly remove: () => void,
  ) {}

  /** Joins a new pair of ends, and gives the opening side its own. */
  admit(accept: Accept, name: string): Connection {
    const here = new MemoryEnd(name, this.conditions, end => this.#left(end))
    const there = new MemoryEnd(this.address, this.conditions, () => undefined)
    this.#ends.add(here)
    MemoryEnd.join(here, there)
    here.start(this.accept(here))
    there.start(accept(there))
    return there
  }

  cut(): void {
    for (const end of this.#ends) end.cut('The line broke.')
  }

  async close(code = 503): Promise<void> {
    this.remove()
    for (const end of this.#ends) end.close(code)
    if (this.#ends.size > 0) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  #left(end: MemoryEnd): void {
    this.#ends.delete(end)
    if (this.#ends.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
