import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GOOD, type Path } from '../../libs/peer/test/files/corpus.js'
import { readTree } from '../../libs/peer/test/files/trees.js'
import { Program } from './commands.js'

/** Files and folders by the command lines: an agent's script on one side, a person who answers on the other. */

/** Every so many of the corpus is sent here; all of it is where the store is tested. */
const EVERY = 4
/** Names that Linux has and others have not, and some that would do something to a terminal. */
const BAD = ['a:b', 'con', 'two\nlines', '\u001b[31mred', 'x\u202efdp.exe', '✓ leave\n✓ leave', 'trailing ']

let scratch = ''
let url = ''
let broker: Program | undefined

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'remote-assist-files-'))
  broker = new Program('broker', '--listen', '0', '--joins-per-minute', '0')
  url = await broker.prints(/http:\/\/127\.0\.0\.1:\d+/)
})
afterAll(() => {
  broker?.kill()
  rmSync(scratch, { recursive: true })
})

const isShort = (path: Path): boolean => path.length < 32 && Buffer.byteLength(path.join('')) < 1_000

/** A folder with names of all kinds, something large with a time and a mode of its own, and what is empty. */
function makeTree(at: string): void {
  for (const path of GOOD.filter((path, i) => i % EVERY === 0 && isShort(path))) {
    mkdirSync(join(at, ...path.slice(0, -1)), { recursive: true })
    writeFileSync(join(at, ...path), JSON.stringify(path))
  }
  mkdirSync(join(at, 'empty folder'))
  writeFileSync(join(at, 'empty'), '')
  writeFileSync(join(at, 'large'), randomBytes(3_000_001))
  chmodSync(join(at, 'large'), 0o750)
  utimesSync(join(at, 'large'), 1e9, 1e9)
}

function makeBad(at: string): void {
  mkdirSync(at)
  for (const name of ['good', ...BAD]) writeFileSync(join(at, name), name)
}

/** Runs a script against a person who allows all, takes all, and gives these files, one at each question. */
async function assist(name: string, steps: readonly unknown[], gives: readonly string[] = []) {
  const at = (what: string) => join(scratch, `${name} ${what}`)
  writeFileSync(at('script'), JSON.stringify(['wait-customer', ...steps, { leave: { end: true } }]))
  const agent = new Program('agent', 'run', at('script'), '--broker', url, '--downloads', at('agent'), '--json', at('result'))
  const customer = new Program('customer', await agent.prints(/http:\S+join#\S+/), '--host', 'virtual', '--downloads', at('customer'))
  const given = [...gives]
  const answering = (async () => {
    for (;;) customer.types((await customer.prints(/\[y\/N\] |Which file or folder .* means no\. /)).startsWith('[') ? 'y' : (given.shift() ?? ''))
  })()
  await expect(answering).rejects.toThrow('It ended before it printed')
  const exitCode = await agent.exitCode
  expect(await customer.exitCode).toBe(0)
  for (const { printed } of [agent, customer]) expect(printed).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u)
  const result: { steps: { name: string; detail: string; code?: string }[] } = JSON.parse(readFileSync(at('result'), 'utf8'))
  return { exitCode, steps: result.steps.slice(1), agent: at('agent'), customer: at('customer'), said: { agent: agent.printed, customer: customer.printed } }
}

test('a script sends folders and files, and receives those that the person names; nothing named is a no', async () => {
  const tree = join(scratch, 'a folder')
  const large = join(tree, 'large')
  makeTree(tree)
  const meant = await readTree(tree)
  const steps = [{ 'send-files': [tree, large] }, { receive: { prompt: 'The log, please' } }, 'receive', { receive: { prompt: 'And another' } }]
  const { exitCode, agent, customer, said, ...told } = await assist('good', steps, [tree, large])
  expect(exitCode).toBe(1)
  expect(told.steps).toMatchObject([
    { name: 'send-files', detail: '2 sent' },
    { name: 'receive', detail: expect.stringMatching(`^${Object.keys(meant).length + 1} received, \\d+ bytes$`) },
    { name: 'receive', detail: '1 received, 3000001 bytes' },
    { name: 'receive', code: 'E_DENIED' },
  ])
  expect(said.customer).toContain(`and ${Object.keys(meant).length + 2 - 5} more`)
  for (const received of [agent, customer]) {
    expect(await readTree(join(received, 'a folder'))).toEqual(meant)
    for (const path of ['large', join('a folder', 'large')]) {
      const { mode, mtimeMs, size } = statSync(join(received, path))
      expect([mode & 0o777, mtimeMs, size]).toEqual([0o750, 1e12, 3_000_001])
    }
  }
  console.info(`» ${Object.keys(meant).length} files and folders each way by the command lines, names of every kind: each is there, byte for byte`)
})

test.each([
  ['send-files', 'customer', (bad: string) => assist('send', [{ 'send-files': bad }])],
  ['receive', 'agent', (bad: string) => assist('receive', ['receive'], [bad])],
] as const)('%s: names that are not possible there fail the step, are told to both, and do nothing to a terminal; the rest is there', async (name, to, run) => {
  const bad = join(scratch, `${name} bad`)
  makeBad(bad)
  const { exitCode, steps, said, ...folders } = await run(bad)
  expect(exitCode).toBe(1)
  expect(steps).toMatchObject([{ name, code: 'E_FILE_NAME' }])
  expect(said.agent).toContain(`✗ ${name}`)
  expect(said.customer).toMatch(/not possible|Not possible/)
  expect(await readTree(join(folders[to], `${name} bad`))).toEqual({ good: (await readTree(bad)).good })
})
