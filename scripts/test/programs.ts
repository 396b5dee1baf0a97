import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, it } from 'vitest'
import { ROOT } from '../lib/run.mjs'
import { missingSystemPackages } from '../system-packages.mjs'

/** A `describe` for tests that need Debian packages. Where one is missing the tests say NOT RUN and why, and fail if `CI=true`. */
export function describeWith(packages: readonly string[], name: string, tests: () => void): void {
  const missing = missingSystemPackages([...packages])
  if (missing.length === 0) {
    describe(name, tests)
    return
  }
  it(`${name}: NOT RUN, as ${missing.join(', ')} is not installed`, () => {
    const message = `NOT RUN: ${name} needs ${missing.join(', ')}`
    if (process.env.CI === 'true') throw new Error(message)
    console.warn(message)
  })
}

/** An npm script of this repository that runs. */
export class Script {
  readonly lines: string[] = []
  readonly #ended: Promise<number | null>
  readonly #child: ChildProcess
  #changed = () => {}

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn('npm', ['run', '--silent', ...args], { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#ended = once(this.#child, 'close').then(([code]) => code)
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream !== null)
        createInterface({ input: stream }).on('line', line => {
          this.lines.push(line)
          this.#changed()
        })
    this.#child.once('close', () => this.#changed())
  }

  /** The exit code, once it has ended and closed its output. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  /** Resolves when it has printed such a line. Rejects, with all that it printed, if it ends before. */
  async printed(what: RegExp): Promise<void> {
    while (!this.lines.some(line => what.test(line))) {
      if (this.#child.exitCode !== null) throw new Error(`It ended before it printed ${what}:\n${this.lines.join('\n')}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** Presses Ctrl+C: the signal goes to the whole foreground group, as from a terminal. */
  interrupt(): void {
    if (this.#child.pid !== undefined && this.#child.exitCode === null) process.kill(-this.#child.pid, 'SIGINT')
  }

  /** The processes that it started, however deep. */
  descendants(): readonly number[] {
    return this.#child.pid === undefined ? [] : descendantsOf(this.#child.pid)
  }
}

/** Whether such a process runs; one that has ended and that nobody has asked about yet does not. */
export const isAlive = (pid: number): boolean => !['Z', undefined].includes(statusOf(pid)?.state)

function descendantsOf(pid: number): readonly number[] {
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(candidate => statusOf(candidate)?.parent === pid)
  return children.flatMap(child => [child, ...descendantsOf(child)])
}

function statusOf(pid: number): { readonly state: string | undefined; readonly parent: number } | undefined {
  try {
    const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { state, parent: Number(parent) }
  } catch {
    // It ended while we looked.
    return undefined
  }
}
