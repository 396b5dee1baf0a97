/** The three programs as a person starts them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = {
  broker: '../../reference/broker/dist/main.js',
  customer: '../../reference/customer/dist/main.js',
  agent: '../../reference/agent/dist/cli/main.js',
}

/** A program that runs, all that it printed, and a person who types. */
export class Program {
  readonly exitCode: Promise<number | null>
  readonly #child: ChildProcess
  #printed = ''
  #read = 0
  #changed = () => {}

  constructor(which: keyof typeof MAIN, ...args: readonly string[]) {
    const child = spawn(process.execPath, [fileURLToPath(new URL(MAIN[which], import.meta.url)), ...args], { stdio: 'pipe' })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text
        this.#changed()
      })
    this.exitCode = once(child, 'close').then(([code]) => {
      this.#changed()
      return code
    })
  }

  /** All that it printed so far. */
  get printed(): string {
    return this.#printed
  }

  /** Resolves to what it prints of this kind, behind what was waited for before. Rejects, with all that it printed, if it ends before. */
  async prints(what: RegExp): Promise<string> {
    for (;;) {
      const found = what.exec(this.#printed.slice(this.#read))
      if (found !== null) {
        this.#read += found.index + found[0].length
        return found[0]
      }
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`It ended before it printed ${what}:\n${this.#printed}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** Answers the question that is open. */
  types(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
