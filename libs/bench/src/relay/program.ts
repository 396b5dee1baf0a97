import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Said } from './programs/offer.js'

/** The broker's program runs with this, and it does a pipe no harm: so all of them do. */
const HEAP = '--initial-heap-size=128'

/** A program that relays, in a process of its own. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens; the broker: its base URL. */
    readonly url: string,
    /** The broker: where it listens for gRPC. */
    readonly grpcUrl: string | undefined,
  ) {}

  /** Starts one of `programs/` and resolves when it listens. */
  static async start(name: 'broker' | 'websocket-pipe' | 'grpc-pipe'): Promise<Program> {
    const child = fork(fileURLToPath(new URL(`../../dist/relay/programs/${name}.js`, import.meta.url)), { execArgv: [...process.execArgv, HEAP] })
    const said = await hear(child)
    if (!('url' in said)) throw new TypeError(`${name} did not say where it listens.`)
    return new Program(child, said.url, said.grpcUrl)
  }

  /** The CPU time that the process has used so far, in microseconds. */
  async cpuUs(): Promise<number> {
    this.child.send('cpu')
    const said = await hear(this.child)
    if (!('cpuUs' in said)) throw new TypeError('A program that relays did not say how much CPU time it used.')
    return said.cpuUs
  }

  /** Ends the process, and resolves when it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}

/** What the program says next; rejects if it ends instead. */
async function hear(child: ChildProcess): Promise<Said> {
  const over = new AbortController()
  const { signal } = over
  const ended = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`A program that relays ended with ${code}.`)))
  ended.catch(() => undefined)
  try {
    const [said] = await Promise.race([once(child, 'message', { signal }), ended])
    return said as Said
  } finally {
    over.abort()
  }
}
