/** The two ends of a transfer, here or as a program, and what they say. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startAgent, startCustomer } from './ends.mjs'

/** What an end is to do. */
export interface Part {
  readonly brokerUrl: string
  /** The customer's way in. */
  readonly url?: string
  /** The folder that this end sends; the other one takes it. */
  readonly sends?: string
  /** Where what comes goes. */
  readonly received: string
  /** Where reading stops. Absent = all is read. */
  readonly gate?: { readonly path: string; readonly offset: number }
  /** An offer is not answered. */
  readonly undecided?: boolean
}

type Said = Readonly<Record<string, unknown>>
type Role = 'agent' | 'customer'

abstract class Telling {
  readonly #said: Said[] = []
  #isOver = false
  #changed = () => {}

  protected hear(said: Said): void {
    this.#said.push(said)
    this.#changed()
  }

  protected over(): void {
    this.#isOver = true
    this.#changed()
  }

  /** Resolves to the first thing it said, or says, that has this in it and passes. */
  async said<T>(name: string, passes: (value: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const found = this.#said.find(it => name in it && passes(it[name] as T))
      if (found !== undefined) return found[name] as T
      if (this.#isOver) throw new Error(`It ended without saying ${name}: ${JSON.stringify(this.#said)}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** The last that it said of this. */
  saidLast(name: string): unknown {
    return this.#said.findLast(it => name in it)?.[name]
  }

  abstract close(): Promise<unknown>
}

/** An end in this process. */
export class End extends Telling {
  #stop = async () => {}

  static async start(role: Role, part: Part): Promise<End> {
    const end = new End()
    end.#stop = await { agent: startAgent, customer: startCustomer }[role](part, (said: Said) => end.hear(said))
    return end
  }

  async close(): Promise<void> {
    await this.#stop()
    this.over()
  }
}

/** An end that is a program, to be killed. */
export class Victim extends Telling {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>

  constructor(role: Role, part: Part) {
    super()
    const program = fileURLToPath(new URL('./end.mjs', import.meta.url))
    const child = spawn(process.execPath, [program, role, JSON.stringify(part)], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.#exited = once(child, 'exit').then(() => this.over())
    createInterface({ input: child.stdout }).on('line', line => this.hear(JSON.parse(line)))
  }

  /** Kills it. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }
}
