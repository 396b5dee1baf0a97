import { EventEmitter, on, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { attachChild } from '../../src/adapter/index.js'
import { main, shippedSuite } from '../../src/cli/command.js'
import { temporaryFolder, type } from './stage.js'

/** Commands over the cases that are shipped, with the reference implementations and those that are good for nothing. */

const TESTEE = fileURLToPath(new URL('../../../reference/testee/dist/main.js', import.meta.url))
const suite = shippedSuite()

it('doctor finds nothing wrong with the reference', async () => {
  const { exit, out } = await type(suite, ['doctor', '--reference'])
  expect(out).not.toContain('✗')
  for (const role of ['agent', 'customer', 'viewer', 'broker']) expect(out).toContain(`✓ It plays ${role}`)
  expect(out).toContain('“run” can judge this implementation')
  expect(exit).toBe(0)
})

it('serve plays everybody else, prints what crosses the wire, and ends when it is told to', async () => {
  const printed = new EventEmitter<{ line: [string] }>()
  const stop = new AbortController()
  const stopped = async () => void (await once(stop.signal, 'abort'))
  const terminal = { out: (text: string) => void printed.emit('line', text), err: () => {}, live: () => {}, folder: temporaryFolder(), stopped }
  const first = once(printed, 'line')
  const ended = main(['serve', '--role', 'customer'], terminal, suite)
  const start = /Attach your customer with:\n([\s\S]*)\nCtrl\+C ends\./.exec(String(await first))?.[1] ?? ''
  const traced = on(printed, 'line')
  const testee = await attachChild(process.execPath, [TESTEE])
  const role = await testee.startRole('served', { displayName: 'Served', ...JSON.parse(start) })
  for await (const [line] of traced) if (/ ms {2}testee → broker +RELAY hello /.test(line)) break
  await role.stop()
  await testee.close()
  stop.abort()
  expect(await ended).toBe(0)
})

it('selftest writes its figures for a program', async () => {
  const parts = [
    '--only',
    'mutants,degenerates,proxy',
    '--role',
    'customer',
    '--case',
    'customer/consent/denied',
    '--mutant',
    'consent-beyond-question',
    '--mutations',
    '2',
  ]
  const { exit, folder } = await type(suite, ['selftest', ...parts, '--json', 'figures.json'])
  expect(JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8'))).toMatchObject({
    mutants: { seeded: 1, killed: 1, survivors: [] },
    proxy: { mutations: 2, detected: expect.any(Number), undetected: expect.any(Array) },
    degenerates: { null: 0, 'always-ok': 0, 'always-unsupported': 0, 'always-reject': 0, 'crash-at-2': 0, hang: 0 },
  })
  expect(exit).toBe(0)
})

describe('who dies or hangs never ends green', () => {
  const run = (name: string, cases: string) =>
    type(suite, ['run', '--role', 'customer', '--case', cases, '-j', '1', '--', process.execPath, TESTEE, '--degenerate', name], tmpdir())
  // Nothing happens but waiting, meanwhile there is time for the others.
  const hanging = run('hang', 'customer/consent')

  it.each([
    ['crash-at-3', 'customer/consent'],
    ['crash-at-7', 'customer/consent'],
    ['crash-at-50', 'customer/grants'],
  ])('%s', async (name, cases) => {
    const { exit, out } = await run(name, cases)
    expect(exit).toBe(1)
    expect(out).toMatch(/^remote-assist-testee \S+ as customer: failed$/m)
    expect(out).toMatch(/: \d+ passed, [1-9]\d* failed/)
  })

  it('crash-at-1 and hang, of which nothing can be said', async () => {
    const nothing = { exit: 3, out: '', err: expect.stringContaining('doctor') }
    expect(await Promise.all([run('crash-at-1', 'customer/consent'), hanging])).toMatchObject([nothing, nothing])
  })
})
