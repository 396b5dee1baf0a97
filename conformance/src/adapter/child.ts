/** A testee that the suite starts: a child process that speaks on stdin and stdout. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { WireFormat } from './contract.js'
import { AdapterError } from './errors.js'
import { framed, frameReader } from './frames.js'
import type { Line, LineListener, OpenLine } from './line.js'
import { Testee, type TesteeOptions } from './testee.js'

/** How much of stderr is kept, characters. */
const STDERR_TAIL = 8_192
/** How long a process that ended may leave its pipes open: another one may have inherited them. */
const DRAIN_MS = 500

/** How a testee is started and spoken to. */
export interface ChildOptions extends TesteeOptions {
  /** Default: protobuf. */
  readonly wire?: WireFormat
  /** Beside the environment of the suite. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Starts a testee and says Hello to it. Rejects with `AdapterError`, `AdapterHang` or `TesteeCrash`. */
export const attachChild = (command: string, args: readonly string[], options: ChildOptions = {}): Promise<Testee> =>
  Testee.attach(childLine(command, args, options), options)

/** A line to a process of its own each time. */
function childLine(command: string, args: readonly string[], { wire = 'protobuf', env = {}, cwd }: ChildOptions = {}): OpenLine {
  return async listener => {
    const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) })
    try {
      await once(child, 'spawn')
    } catch (error) {
      throw new AdapterError('NOT_STARTED', `“${[command, ...args].join(' ')}” does not start: ${error instanceof Error ? error.message : error}.`)
    }
    return new ChildLine(child, wire, listener)
  }
}

class ChildLine implements Line {
  stderrTail = ''
  #over = false

  constructor(
    readonly child: ChildProcessWithoutNullStreams,
    readonly wire: WireFormat,
    readonly listener: LineListener,
  ) {
    const reader = frameReader(wire)
    child.stdout.on('data', (chunk: Buffer) => this.#read(() => reader.push(chunk)))
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderrTail = (this.stderrTail + chunk.toString('utf8')).slice(-STDERR_TAIL)
    })
    // A process that does not read any more is about to end, or hangs: either is noticed.
    child.stdin.on('error', () => {})
    const end = () => this.#once(() => listener.ended({ code: child.exitCode, signal: child.signalCode }))
    child.once('close', end)
    child.once('exit', () => setTimeout(end, DRAIN_MS).unref())
    child.on('error', end)
  }

  send(frame: Uint8Array): void {
    this.child.stdin.write(framed(frame, this.wire))
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  #read(frames: () => Uint8Array[]): void {
    if (this.#over) return
    try {
      for (const frame of frames()) this.listener.frame(frame)
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      this.kill()
      this.#once(() => this.listener.failed(error))
    }
  }

  #once(tell: () => void): void {
    if (this.#over) return
    this.#over = true
    tell()
  }
}
