import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const STOP_MS = 15_000

const running = new Set()
/** Set once this process is to end: with this code, as soon as nothing is running and `finish` is done. */
let exitCode
let finish = async () => {}

/**
 * Runs a program to its end and resolves with its exit code; programs of the installed packages are found by name. Both outputs go to `onOutput`, or to ours
 * where there is none. A program that cannot be started, or outlives `timeoutMs`, ends with code 127 or 124, the reason being its last output.
 *
 * Each child leads a process group of its own, so that a signal and the time limit end its descendants as well.
 *
 * @param {string[]} argv program and arguments
 * @param {{ cwd?: string, env?: Record<string, string>, onOutput?: (chunk: Buffer) => void, timeoutMs?: number }} [options]
 * @returns {Promise<number>}
 */
export function run([program, ...args], { cwd = ROOT, env = {}, onOutput = chunk => process.stdout.write(chunk), timeoutMs = 0 } = {}) {
  return new Promise(resolve => {
    const path = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
    const child = spawn(program, args, { cwd, env: { ...process.env, PATH: path, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let timedOut = false
    const limit =
      timeoutMs > 0
        ? setTimeout(() => {
            timedOut = true
            signalGroup(child, 'SIGKILL')
          }, timeoutMs)
        : undefined
    const end = code => {
      clearTimeout(limit)
      running.delete(child)
      if (exitCode === undefined) resolve(code)
      else if (running.size === 0) leave()
    }
    running.add(child)
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
    child.on('error', error => {
      onOutput(Buffer.from(`${program} cannot be started: ${error.message}\n`))
      end(127)
    })
    child.on('close', (code, signal) => {
      if (timedOut) onOutput(Buffer.from(`${program} was ended: it took longer than ${timeoutMs / 1000} s\n`))
      end(timedOut ? 124 : (code ?? 128 + constants.signals[signal]))
    })
  })
}

/** Like `run`, but resolves with the exit code and all that the program printed. */
export async function capture(argv, options = {}) {
  const chunks = []
  const code = await run(argv, { ...options, onOutput: chunk => chunks.push(chunk) })
  return { code, output: Buffer.concat(chunks).toString() }
}

/**
 * From now on an interrupt or a request to end is passed on to every child and its descendants, and this process ends when they have: no later command is
 * started. What has not ended after `STOP_MS` is killed.
 *
 * @param {() => Promise<number | void>} [andThen] what else is to be ended; a number is the exit code, instead of the one that names the signal
 */
export function stopChildrenOnSignals(andThen = async () => {}) {
  finish = andThen
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      exitCode = 128 + constants.signals[signal]
      if (running.size === 0) leave()
      for (const child of running) signalGroup(child, signal)
      setTimeout(() => {
        for (const child of running) signalGroup(child, 'SIGKILL')
      }, STOP_MS)
    })
  }
}

async function leave() {
  process.exit((await finish()) ?? exitCode)
}

/** Sends a signal to a child that leads a process group, and to its descendants; nothing happens if they are gone. */
export function signalGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
