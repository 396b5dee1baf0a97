/** One command of the worker: started without a shell, held back while its output is not taken, ended with everything it started. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { FromHelper, Run } from './messages.js'
import { endBearers, MARK_VARIABLE } from './processes.js'

/** A command is held back while more bytes of its output than this are not taken. */
export const WINDOW_BYTES = 262_144

type Child = ChildProcessByStdio<null, Readable, Readable>

/** What is run instead of the command itself, and with which variables, to run it as an account. */
interface Guise {
  readonly before: readonly string[]
  readonly variables: NodeJS.ProcessEnv
}

export class Command {
  readonly #child: Child | undefined
  readonly #mark: string
  #waitingBytes = 0

  /** Starts it. `say` hears of its output, and once, at last, of its end. `mark` is this command's alone. */
  constructor(
    readonly run: Run,
    mark: string,
    private readonly say: (message: FromHelper) => void,
  ) {
    this.#mark = mark
    const { id, argv, as } = run
    const guise = guiseOf(as)
    if (typeof guise === 'string') {
      this.#failed(guise)
      return
    }
    try {
      this.#child = start([...guise.before, ...argv], { ...process.env, ...guise.variables, [MARK_VARIABLE]: mark })
    } catch (error) {
      // Arguments that no program can be given.
      this.#failed(codeOf(error))
      return
    }
    const child = this.#child
    let failure: string | undefined
    child.once('error', error => {
      failure = codeOf(error)
    })
    for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (data: Buffer) => this.#printed(stream, data))
    child.once('close', (code, signal) => {
      if (failure !== undefined) this.#failed(failure)
      else this.say({ type: 'exit', id, ...(code === null ? { by: signal ?? 'SIGKILL' } : { code }) })
    })
  }

  /** So much of its output was taken. */
  took(bytes: number): void {
    this.#waitingBytes = Math.max(0, this.#waitingBytes - bytes)
    if (this.#waitingBytes > WINDOW_BYTES) return
    this.#child?.stdout.resume()
    this.#child?.stderr.resume()
  }

  /** Ends it and everything it started. Its end is told as always. */
  async end(): Promise<void> {
    await endBearers(this.#mark)
    this.#child?.stdout.resume()
    this.#child?.stderr.resume()
  }

  #printed(stream: 'stdout' | 'stderr', data: Buffer): void {
    this.#waitingBytes += data.length
    if (this.#waitingBytes > WINDOW_BYTES) {
      this.#child?.stdout.pause()
      this.#child?.stderr.pause()
    }
    this.say({ type: 'output', id: this.run.id, stream, data: data.toString('base64') })
  }

  #failed(by: string): void {
    queueMicrotask(() => this.say({ type: 'exit', id: this.run.id, by }))
  }
}

const start = ([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Child =>
  spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })

/** How to run as an account; a text says why that cannot be. */
function guiseOf(account: string): Guise | string {
  if (account === '') return { before: [], variables: {} }
  if (process.getuid?.() !== 0) return 'E_NOT_PERMITTED'
  const { stdout = '', status } = spawnSync('getent', ['--', 'passwd', account], { encoding: 'utf8' })
  const [name, , uid, gid, , home, shell] = stdout.trimEnd().split(':')
  if (status !== 0 || name === undefined || uid === undefined || gid === undefined) return 'NO_SUCH_ACCOUNT'
  const before = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--']
  return { before, variables: { HOME: home, SHELL: shell, USER: name, LOGNAME: name } }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? `${error.code}`.slice(0, 64) : 'E_HOST')
