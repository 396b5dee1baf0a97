import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Program } from './commands.js'
import { End, type Part, Victim } from './killed/end.js'

/**
 * Agent, customer or broker is killed (SIGKILL) at each stage of a transfer, either way. What has a final name then is complete; the others notice and end by
 * themselves; the same files, sent again in another session, arrive whole, and what was verified before does not come again (RA-FIL-046, RA-FIL-066, RA-FIL-067).
 * Whoever is killed is a program of its own. The others, and both ends of the next session, are here.
 */

const LIMIT_MS = 120_000
const MIB = 2 ** 20
const TREE = 'tree'
const SMALL = 40

/** Where the sender stops reading (`undefined`: the receiver decides nothing), and how many leaves of 1 MiB are verified and kept by then. */
const STAGES = [
  { stage: 'before the decision', gate: undefined, kept: 0 },
  { stage: 'in the first leaf', gate: { path: `${TREE}/1 large.bin`, offset: MIB / 2 }, kept: 0 },
  { stage: 'in a later leaf', gate: { path: `${TREE}/1 large.bin`, offset: 9 * MIB + 1 }, kept: 8 },
  { stage: 'among small files', gate: { path: `${TREE}/2 small/${SMALL / 2}.txt`, offset: 0 }, kept: 12 },
  { stage: 'in the last file', gate: { path: `${TREE}/3 last.bin`, offset: MIB / 2 }, kept: 12 },
] as const

const WAYS = [
  { way: 'to the customer', sender: 'agent', receiver: 'customer' },
  { way: 'to the agent', sender: 'customer', receiver: 'agent' },
] as const

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A broker's program; an end that was killed is given up at once. */
async function startBroker() {
  const program = new Program('broker', '--listen', '0', '--grace-ms', '300', '--joins-per-minute', '0')
  return { program, url: await program.prints(/http:\/\/127\.0\.0\.1:\d+/) }
}

let lasting: Awaited<ReturnType<typeof startBroker>> | undefined
beforeAll(async () => {
  lasting = await startBroker()
})
afterAll(() => lasting?.program.kill())

const TOTAL = [...Array(SMALL).keys()].reduce((sum, i) => sum + 1_000 + i, 12 * MIB + 77 + 2 * MIB)

/** What is sent: a large file, a folder of small ones, and a last one. */
function makeTree(folder: string): void {
  mkdirSync(join(folder, '2 small'), { recursive: true })
  writeFileSync(join(folder, '1 large.bin'), randomBytes(12 * MIB + 77))
  for (let i = 0; i < SMALL; i++) writeFileSync(join(folder, '2 small', `${i}.txt`), randomBytes(1_000 + i))
  writeFileSync(join(folder, '3 last.bin'), randomBytes(2 * MIB))
}

/** Digests of a folder's files, by their paths; what is kept until it is complete has no name yet. */
function digestsOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && !entry.parentPath.includes('.remote-assist'))
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )
}

/** A session in which the folder goes; whom `victim` names is a program of its own. */
async function assist({ sender }: (typeof WAYS)[number], part: Part & { readonly tree: string }, victim?: 'agent' | 'customer' | 'broker') {
  const { tree, ...rest } = part
  const start = async (role: 'agent' | 'customer', its: Part) => {
    const mine = role === sender ? { ...its, sends: tree } : its
    const end = victim === role ? new Victim(role, mine) : await End.start(role, mine)
    ends.push(() => end.close())
    return end
  }
  const agent = await start('agent', rest)
  return { agent, customer: await start('customer', { ...rest, url: await agent.said<string>('url') }) }
}

describe.each(WAYS.flatMap(way => STAGES.map(stage => ({ ...way, ...stage }))))('$way, killed $stage', ({ gate, kept, ...way }) => {
  test.each(['agent', 'customer', 'broker'] as const)(
    'RA-FIL-046, RA-FIL-066, RA-FIL-067 the %s: nothing incomplete has a name, and the next session brings the rest',
    async who => {
      const scratch = mkdtempSync(join(tmpdir(), 'remote-assist-killed-'))
      ends.push(() => rmSync(scratch, { recursive: true }))
      const tree = join(scratch, TREE)
      const received = join(scratch, 'received')
      makeTree(tree)
      mkdirSync(received)
      const meant = digestsOf(tree)
      const lasts = lasting ?? expect.unreachable('There is a broker.')
      const broker = who === 'broker' ? await startBroker() : lasts

      const first = await assist(way, { brokerUrl: broker.url, tree, received, ...(gate === undefined ? { undecided: true } : { gate }) }, who)
      await first[way.receiver].said('offered')
      if (gate !== undefined) await first[way.sender].said('at')
      if (kept > 0) await first[way.receiver].said<number>('leaves', leaves => leaves >= kept)
      const victims = { agent: first.agent, customer: first.customer, broker: { close: () => broker.program.kill() } }
      await victims[who].close()
      for (const survivor of ['agent', 'customer'] as const) if (survivor !== who) await first[survivor].said('ended')
      if (gate !== undefined && who !== way.receiver) await first[way.receiver].said('released')
      for (const [path, digest] of digestsOf(received)) expect(digest, path).toBe(meant.get(path.replace(`${TREE}/`, '')))

      const second = await assist(way, { brokerUrl: lasts.url, tree, received })
      expect(await second[way.sender].said('arrived')).toBe(SMALL + 4)
      expect(second[way.receiver].saidLast('written')).toBeLessThanOrEqual(TOTAL - kept * MIB)
      expect(new Map([...digestsOf(join(received, TREE))])).toEqual(meant)
    },
    LIMIT_MS,
  )
})
