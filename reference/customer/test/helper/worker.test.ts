import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { FromHelper } from '../../src/helper/messages.js'

const WORKER = fileURLToPath(new URL('../../dist/helper/worker.js', import.meta.url))
const GREETING = 'hello'
const running: ChildProcessWithoutNullStreams[] = []

afterEach(() => {
  for (const worker of running.splice(0)) worker.stdin.end()
})

/** The worker as it is, with no powers but those of this program. */
function start(durationMs = 600_000): ChildProcessWithoutNullStreams {
  const worker = spawn(process.execPath, [WORKER, GREETING, `${durationMs}`], { stdio: 'pipe' })
  running.push(worker)
  return worker
}

const tell = (worker: ChildProcessWithoutNullStreams, ...messages: readonly object[]) =>
  worker.stdin.write(messages.map(message => `${JSON.stringify(message)}\n`).join(''))

const ended = async (worker: ChildProcessWithoutNullStreams) => (await once(worker, 'exit'))[0] as number | null

/** What it says, without the greeting. */
async function* said(worker: ChildProcessWithoutNullStreams): AsyncGenerator<FromHelper> {
  for await (const line of createInterface({ input: worker.stdout })) yield JSON.parse(line.replace(`${GREETING} `, '')) as FromHelper
}

/** Resolves with the process that a command printed. */
async function printedPid(worker: ChildProcessWithoutNullStreams): Promise<number> {
  for await (const message of said(worker)) if (message.type === 'output') return Number(Buffer.from(message.data, 'base64').toString())
  throw new Error('it ended')
}

/** Whether it runs; a dead one may wait for somebody to ask after it. */
function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

const SLEEPER = { type: 'run', id: 1, argv: ['sh', '-c', 'setsid sleep 1000 & echo $!; sleep 1000'], as: '' }

test('RA-ELV-082 greets with the user that it is, and leaves with its input', async () => {
  const worker = start()
  for await (const message of said(worker)) {
    expect(message).toEqual({ type: 'ready', uid: process.getuid?.() })
    break
  }
  worker.stdin.end()
  expect(await ended(worker)).toBe(0)
})

test('RA-ELV-027 takes what its commands started with it', async () => {
  const worker = start()
  tell(worker, SLEEPER)
  const pid = await printedPid(worker)
  expect(lives(pid)).toBe(true)
  worker.stdin.end()
  await ended(worker)
  expect(lives(pid)).toBe(false)
})

test.each([
  ['no JSON', 'run\n'],
  ['no message', '{"type":"cancel"}\n'],
  ['no command', '{"type":"run","id":1,"argv":[],"as":""}\n'],
  ['a line without an end', 'x'.repeat(300_000)],
])('RA-ELV-085 ends, and what runs with it, when it is told nonsense: %s', async (_, nonsense) => {
  const worker = start()
  tell(worker, SLEEPER)
  const pid = await printedPid(worker)
  worker.stdin.on('error', () => {})
  worker.stdin.write(nonsense)
  expect(await ended(worker)).toBe(1)
  expect(lives(pid)).toBe(false)
})

test('RA-ELV-044 RA-ELV-085 runs four commands at a time; a fifth is nothing that the customer’s program would ask for', async () => {
  const worker = start()
  const run = (id: number) => ({ type: 'run', id, argv: ['sleep', '1000'], as: '' })
  tell(worker, ...[1, 2, 3, 4].map(run), { type: 'run', id: 1, argv: ['true'], as: '' })
  expect(await ended(worker)).toBe(1)
  const other = start()
  tell(other, ...[1, 2, 3, 4, 5].map(run))
  expect(await ended(other)).toBe(1)
  const allowed = start()
  tell(allowed, ...[1, 2, 3, 4].map(id => ({ type: 'run', id, argv: ['true'], as: '' })))
  const exits: number[] = []
  for await (const message of said(allowed)) if (message.type === 'exit' && exits.push(message.id) === 4) break
  expect(exits.sort()).toEqual([1, 2, 3, 4])
})

test('RA-ELV-083 ends with its time, also when nobody reads what it says', async () => {
  const worker = start(1)
  tell(worker, ...[1, 2, 3, 4].map(id => ({ type: 'run', id, argv: ['yes'], as: '' })))
  expect(await ended(worker)).toBe(0)
})
