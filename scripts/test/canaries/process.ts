/** A broker as a process of its own, looked into from outside by what Node.js and Linux have for it; the broker itself has nothing for that purpose. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readSync, watch } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../../lib/run.mjs'

const MAIN = join(ROOT, 'reference/broker/dist/main.js')
const PIECE_BYTES = 16 * 1024 * 1024

/** A broker that runs apart, with everything that it prints. */
export class BrokerProcess {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #listening: Promise<string>

  /** @param folder where a snapshot of its heap is written */
  constructor(publicUrl: string, folder: string) {
    const options = ['--listen', '0', '--public-url', publicUrl, '--joins-per-minute', '0', '--log-level', 'trace']
    this.#folder = folder
    this.#child = spawn(process.execPath, ['--heapsnapshot-signal=SIGUSR2', MAIN, ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#listening = new Promise((resolve, reject) => {
      this.#child.once('exit', code => reject(new Error(`The broker ended with ${code}:\n${this.lines.join('\n')}`)))
      for (const stream of [this.#child.stdout, this.#child.stderr])
        if (stream !== null)
          createInterface({ input: stream }).on('line', line => {
            this.lines.push(line)
            const url = /"url":"(http:[^"]+)"/.exec(line)?.[1]
            if (url !== undefined) resolve(url)
          })
    })
    // Whoever asks for the URL hears of it.
    this.#listening.catch(() => undefined)
  }

  /** Where it listens. Rejects, with what it printed, if it ended before. */
  get url(): Promise<string> {
    return this.#listening
  }

  /** Everything on its heap that is text or a number, as V8 writes it down. */
  async heap(): Promise<Buffer> {
    const written = new Promise<string>(resolve => {
      const watcher = watch(this.#folder, (_, file) => {
        if (file?.endsWith('.heapsnapshot') !== true) return
        watcher.close()
        resolve(file)
      })
    })
    this.#child.kill('SIGUSR2')
    const file = await written
    // It does nothing else while it writes: when it answers, the file is whole.
    await fetch(new URL('/healthz', await this.url))
    const { strings } = JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as { readonly strings: readonly string[] }
    return Buffer.from(strings.join('\n'))
  }

  /** Everything that the process has in memory and may have written to: heap, buffers, stacks, what was freed and not yet overwritten. In pieces that overlap. */
  memory(overlap: number): readonly Buffer[] {
    const pieces: Buffer[] = []
    const memory = openSync(`/proc/${this.#child.pid}/mem`, 'r')
    try {
      for (const [start, end] of this.#writable()) {
        for (let at = start; at < end; at += PIECE_BYTES) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES + overlap, end - at))
          pieces.push(piece.subarray(0, readAt(memory, piece, at)))
        }
      }
    } finally {
      closeSync(memory)
    }
    return pieces
  }

  /** The parts of its memory that it may have written to. */
  #writable(): readonly (readonly [start: number, end: number])[] {
    return readFileSync(`/proc/${this.#child.pid}/maps`, 'utf8')
      .split('\n')
      .flatMap(line => {
        const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
        return start === undefined || end === undefined ? [] : [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const]
      })
  }

  /** Ends it as an operator does. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'close')
  }
}

/** How many bytes could be read there; parts that go away while they are read count as nothing. */
function readAt(file: number, into: Buffer, at: number): number {
  try {
    return readSync(file, into, 0, into.length, at)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EIO' || error.code === 'EFAULT')) return 0
    throw error
  }
}
