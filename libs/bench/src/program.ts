import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LinkSide } from './link/link.js'
import type { Answer, Question, Said } from './programs/offer.js'

/** The broker's program runs with this, and it does the others no harm: so all of them do. */
const HEAP = '--initial-heap-size=128'

/** Everything that runs in a process of its own, by its place in this package. */
export type ProgramName =
  | 'relay/programs/broker'
  | 'relay/programs/websocket-pipe'
  | 'relay/programs/grpc-pipe'
  | 'files/programs/agent'
  | 'files/programs/broker'
  | 'files/programs/customer'
  | 'sealed/programs/source'
  | 'sealed/programs/sink'

/** A program in a process of its own. */
export class Program {
  #questions = 0

  private constructor(
    private readonly child: ChildProcess,
    /** Where it is reached; the broker: its base URL; empty for one that is not. */
    readonly url: string,
    /** The broker: where it listens for gRPC. */
    readonly grpcUrl: string | undefined,
  ) {}

  /** Starts a program and resolves when it is ready. */
  static start(name: ProgramName, ...args: readonly string[]): Promise<Program> {
    return Program.startOn(undefined, name, ...args)
  }

  /** Starts it on one side of a link, if one is given. */
  static async startOn(side: LinkSide | undefined, name: ProgramName, ...args: readonly string[]): Promise<Program> {
    const node = [process.execPath, ...process.execArgv, HEAP] as const
    const [execPath, ...execArgv] = side?.command(...node) ?? node
    const child = fork(fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)), args, { execPath, execArgv })
    const said = await hear(child, (said): said is Exclude<Said, Answer> => 'url' in said)
    return new Program(child, said.url, said.grpcUrl)
  }

  /** The CPU time that the process has used so far, in microseconds. */
  cpuUs(): Promise<number> {
    return this.ask('cpu')
  }

  /** Has the program do what it is asked, and resolves, when it did, to the CPU time that the process has used so far, in microseconds. */
  async ask(work: 'cpu' | { readonly messages: number }): Promise<number> {
    return (await this.#answer(work)).cpuUs
  }

  /** Has the program do what it is asked, and resolves to what came of it. */
  async do<Result>(work: object): Promise<Result> {
    return (await this.#answer(work)).result as Result
  }

  async #answer(work: 'cpu' | object): Promise<Answer> {
    const asked: Question = { question: this.#questions++, work }
    const answered = hear(this.child, (said): said is Answer => 'question' in said && said.question === asked.question)
    this.child.send(asked)
    return answered
  }

  /** Ends the process, and resolves when it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}

/** The first thing of a kind that the program says; rejects if it ends instead. */
function hear<Kind extends Said>(child: ChildProcess, isMeant: (said: Said) => said is Kind): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const listen = (said: unknown) => {
      if (isMeant(said as Said)) done(() => resolve(said as Kind))
    }
    const ended = (code: number | null, signal: string | null) => done(() => reject(new Error(`A program ended with ${code ?? signal}.`)))
    const done = (settle: () => void) => {
      child.off('message', listen)
      child.off('exit', ended)
      settle()
    }
    child.on('message', listen)
    child.on('exit', ended)
  })
}
