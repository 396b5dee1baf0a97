import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { signalGroup } from './run.mjs'

/** A program that was asked to end and has not after so long is killed. */
const PATIENCE_MS = 5_000

/**
 * The programs and folders that a script keeps while it runs. `close` ends the programs, latest first, each with its descendants, then removes the folders;
 * the same happens at once, without courtesy, where the script exits by another way.
 */
export class Household {
  #closers = []
  #children = new Set()
  #folders = []
  #closed

  constructor() {
    process.once('exit', this.#vanish)
  }

  /** A new private folder; it goes with everything in it. */
  folder() {
    const folder = mkdtempSync(join(tmpdir(), 'remote-assist-'))
    this.#folders.push(folder)
    return folder
  }

  /** Calls `close` when the household ends, before what came earlier. */
  add(close) {
    this.#closers.push(close)
  }

  /**
   * Starts a program in a process group of its own. Rejects if it cannot be started.
   *
   * @param {string[]} argv program and arguments
   * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void, pipes?: number }} [options] `onLine` hears both outputs, line by line;
   *   `pipes` further pipes begin at file descriptor 3
   * @returns {Promise<import('node:child_process').ChildProcess & { ended: Promise<number | null> }>} `ended`: its exit code, null if a signal ended it
   */
  async spawn([program, ...args], { env = process.env, cwd, onLine, pipes = 0 } = {}) {
    const output = onLine === undefined ? 'ignore' : 'pipe'
    const child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', output, output, ...Array(pipes).fill('pipe')] })
    const ended = new Promise(resolve => child.once('close', code => resolve(code)))
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', error => reject(new Error(`${program} cannot be started: ${error.message}`)))
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', onLine)
    this.add(() => stop(child))
    return Object.assign(child, { ended })
  }

  /** Whether it has begun to end. */
  get closing() {
    return this.#closed !== undefined
  }

  /** Ends everything, once. Resolves when nothing is left. */
  close() {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close() {
    for (const close of this.#closers.splice(0).reverse()) await close()
    process.off('exit', this.#vanish)
    this.#removeFolders()
  }

  #vanish = () => {
    for (const child of this.#children) signalGroup(child, 'SIGKILL')
    this.#removeFolders()
  }

  #removeFolders() {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Asks a program and its descendants to end; kills what is left of them after a while. */
async function stop(child) {
  const gone = child.exitCode !== null || child.signalCode !== null
  const ended = gone ? Promise.resolve() : new Promise(resolve => child.once('exit', resolve))
  signalGroup(child, 'SIGTERM')
  const limit = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE_MS)
  await ended
  clearTimeout(limit)
  signalGroup(child, 'SIGKILL')
}
