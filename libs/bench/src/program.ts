import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Said } from './programs/offer.js'

/** The broker's program runs with this, and it does the others no harm: so all of them do. */
const HEAP = '--initial-heap-size=128'

/** Everything that runs in a process of its own, by its place in this package. */
export type ProgramName =
  | 'relay/programs/broker'
  | 'relay/programs/websocket-pipe'
  | 'relay/programs/grpc-pipe'
  | 'sealed/programs/source'
  | 'sealed/programs/sink'

/** A program in a process of its own. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it is reached; the broker: its base URL; empty for one that is not. */
    readonly url: string,
    /** The broker: where it listens for gRPC. */
    readonly grpcUrl: string | undefined,
  ) {}

  /** Starts a program and resolves when it is ready. */
  static async start(name: ProgramName, ...args: readonly string[]): Promise<Program> {
    const child = fork(fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)), args, { execArgv: [...process.execArgv, HEAP] })
    const said = await hear(child)
    if (!('url' in said)) throw new TypeError(`${name} did not say where it is reached.`)
    return new Program(child, said.url, said.grpcUrl)
  }

  /** The CPU time that the process has used so far, in microseconds. */
  cpuUs(): Promise<number> {
    return this.ask('cpu')
  }

  /** Has the program do what it is asked, and resolves, when it did, to the CPU time that the process has used so far, in microseconds. One at a time. */
  async ask(work: 'cpu' | { readonly messages: number }): Promise<number> {
    this.child.send(work)
    const said = await hear(this.child)
    if (!('cpuUs' in said)) throw new TypeError('A program did not say how much CPU time it used.')
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
  const ended = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`A program ended with ${code}.`)))
  ended.catch(() => undefined)
  try {
    const [said] = await Promise.race([once(child, 'message', { signal }), ended])
    return said as Said
  } finally {
    over.abort()
  }
}
