import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ElevationAuthority, type HelperAuthority, helperAuthority, Permission, Role } from '@remote-assist/peer'
import { afterEach, expect, test } from 'vitest'
import type { FromHelper } from '../../src/helper/messages.js'

const WORKER = fileURLToPath(new URL('../../dist/helper/worker.js', import.meta.url))
const GREETING = 'hello'
const running: ChildProcessWithoutNullStreams[] = []

afterEach(() => {
  for (const worker of running.splice(0)) worker.stdin.end()
})

/** The worker as it is, with no powers but those of this program. */
function start(durationMs = 600_000, { session, customerKey, capability }: ElevationAuthority = helperAuthority()): ChildProcessWithoutNullStreams {
  const shown = [session, customerKey, capability].map(bytes => Buffer.from(bytes).toString('base64url'))
  const worker = spawn(process.execPath, [WORKER, GREETING, `${durationMs}`, ...shown], { stdio: 'pipe' })
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

const shown = (signed: Uint8Array) => ({ type: 'capability', signed: Buffer.from(signed).toString('base64') })
const refused = (message: RegExp) => ({ type: 'refused', code: 'E_CAPABILITY', message: expect.stringMatching(message) })

/** The words of the worker that are no output. */
async function lastWords(worker: ChildProcessWithoutNullStreams): Promise<FromHelper[]> {
  const words: FromHelper[] = []
  for await (const message of said(worker)) if (message.type !== 'output' && message.type !== 'ready') words.push(message)
  return words
}

const foreign = helperAuthority()
/** What is shown to the worker, by a customer who may have it act. */
const FALSE: readonly (readonly [what: string, because: RegExp, of: (it: HelperAuthority) => Uint8Array])[] = [
  ['none at all', /signed no such/, () => new Uint8Array()],
  ['another customer’s', /signed no such/, ({ session }) => foreign.sign({ session })],
  ['one that was altered', /signed no such/, ({ capability }) => capability.with(30, (capability[30] as number) ^ 1)],
  ['one of another session', /another session/, it => it.sign({ session: foreign.session })],
  ['one that is over', /not valid at this time/, it => it.sign({ notBefore: Date.now() - 900_000, expires: Date.now() })],
  ['one that has not begun', /not valid at this time/, it => it.sign({ notBefore: Date.now() + 100_000 })],
  ['a viewer’s', /no agent’s/, it => it.sign({ role: Role.VIEWER })],
  ['one without ELEVATE', /does not have ELEVATE/, it => it.sign({ permissions: [Permission.RUN_COMMAND, Permission.SECURE_KEYS] })],
]

test.each(FALSE)('RA-SEC-233 takes no powers for %s: not one command runs', async (_, because, of) => {
  const it = helperAuthority()
  const worker = start(600_000, { ...it, capability: of(it) })
  worker.stdin.on('error', () => {})
  tell(worker, SLEEPER)
  const [words, code] = await Promise.all([lastWords(worker), ended(worker)])
  expect([words, code]).toEqual([[refused(because)], 1])
})

test.each([
  ...FALSE,
  ['another agent’s', /another agent’s/, (it: HelperAuthority) => it.sign({ participant: 2 })],
  ['one of another key', /another agent’s/, (it: HelperAuthority) => it.sign({ publicKey: foreign.customerKey })],
  ['the one that it has', /not newer/, (it: HelperAuthority) => it.capability],
  ['one of an older serial', /not newer/, (it: HelperAuthority) => it.sign({ serial: 1 })],
  ['one of an older epoch', /not newer/, (it: HelperAuthority) => it.sign({ epoch: 0 })],
] as const)('RA-SEC-233 ends, and what runs with it, when it is shown %s', async (_, because, of) => {
  const it = helperAuthority({ serial: 1 })
  const worker = start(600_000, it)
  tell(worker, SLEEPER)
  const pid = await printedPid(worker)
  tell(worker, shown(of(it)), { ...SLEEPER, id: 2 })
  const [words, code] = await Promise.all([lastWords(worker), ended(worker)])
  expect([words, code]).toEqual([[refused(because)], 1])
  expect(lives(pid)).toBe(false)
})

test('acts on by newer capabilities when the first one is long over, and ends with the last one', async () => {
  const begin = Date.now()
  const it = helperAuthority({ expires: begin + 2_000 })
  const worker = start(600_000, it)
  tell(worker, shown(it.sign({ expires: begin + 3_000 })), { ...SLEEPER, argv: ['sleep', '2.5'] })
  const words = said(worker)
  for await (const message of words) {
    if (message.type !== 'exit') continue
    expect(message).toEqual({ type: 'exit', id: 1, code: 0 })
    expect(Date.now()).toBeGreaterThan(begin + 2_000)
    break
  }
  expect(await ended(worker)).toBe(1)
  expect(Date.now()).toBeGreaterThanOrEqual(begin + 3_000)
})

test('starts no command without RUN_COMMAND, and goes on', async () => {
  const it = helperAuthority({ permissions: [Permission.ELEVATE] })
  const worker = start(600_000, it)
  tell(worker, SLEEPER, shown(it.sign()), { type: 'run', id: 2, argv: ['true'], as: '' })
  const exits: FromHelper[] = []
  for await (const message of said(worker)) if (message.type === 'exit' && exits.push(message) === 2) break
  expect(exits).toEqual([
    { type: 'exit', id: 1, by: 'E_CAPABILITY' },
    { type: 'exit', id: 2, code: 0 },
  ])
})
