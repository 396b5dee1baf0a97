import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'

/**
 * Agent, customer or broker is killed (SIGKILL) at each stage of a transfer. What has a final name then is complete; the others notice and end by themselves; the same
 * files, sent again in another session, arrive whole, and what was verified before does not come again (RA-FIL-046, RA-FIL-066, RA-FIL-067).
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

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A program that says what happens in lines of JSON. */
class Told {
  readonly #said: Record<string, unknown>[] = []
  readonly #child: ChildProcess
  readonly exited: Promise<unknown>
  #changed = () => {}

  constructor(program: string, ...args: readonly string[]) {
    const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.exited = once(child, 'exit').then(() => this.#changed())
    createInterface({ input: child.stdout }).on('line', line => {
      this.#said.push(JSON.parse(line))
      this.#changed()
    })
    ends.push(() => this.kill())
  }

  /** Resolves to the first thing it said, or says, that has this in it and passes. */
  async said<T>(name: string, passes: (value: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const found = this.#said.find(it => name in it && passes(it[name] as T))
      if (found !== undefined) return found[name] as T
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`It ended without saying ${name}: ${JSON.stringify(this.#said)}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  /** The last that it said of this. */
  saidLast(name: string): unknown {
    return this.#said.findLast(it => name in it)?.[name]
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** A broker's program; an end that was killed is given up at once. */
class Broker {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Broker> {
    const main = fileURLToPath(new URL('../../reference/broker/dist/main.js', import.meta.url))
    const child = spawn(process.execPath, [main, '--listen', '0', '--grace-ms', '300', '--joins-per-minute', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    ends.push(() => child.kill('SIGKILL'))
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      if (url === undefined) continue
      child.stdout.resume()
      return new Broker(url, child)
    }
    throw new Error('The broker did not start.')
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }
}

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

/** A session in which the folder is sent. */
async function assist(broker: Broker, tree: string, received: string, gate?: { readonly path: string; readonly offset: number }, decides?: string) {
  const agent = new Told('./killed/agent.mjs', broker.url, tree, ...(gate === undefined ? [] : [gate.path, String(gate.offset)]))
  const customer = new Told('./killed/customer.mjs', broker.url, await agent.said<string>('url'), received, ...(decides === undefined ? [] : [decides]))
  return { agent, customer }
}

describe.each(STAGES)('killed $stage', ({ gate, kept }) => {
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
      const broker = await Broker.start()

      const first = await assist(broker, tree, received, gate, gate === undefined ? 'decides-nothing' : undefined)
      await first.customer.said('offered')
      if (gate !== undefined) await first.agent.said('at')
      if (kept > 0) await first.customer.said<number>('leaves', leaves => leaves >= kept)
      const victims = { agent: first.agent, customer: first.customer, broker }
      victims[who].kill()
      for (const survivor of ['agent', 'customer'] as const) {
        if (survivor !== who) await first[survivor].said('ended')
        await first[survivor].exited
      }
      for (const [path, digest] of digestsOf(received)) expect(digest, path).toBe(meant.get(path.replace(`${TREE}/`, '')))

      const second = await assist(who === 'broker' ? await Broker.start() : broker, tree, received)
      const total = [...Array(SMALL).keys()].reduce((sum, i) => sum + 1_000 + i, 12 * MIB + 77 + 2 * MIB)
      expect(await second.agent.said('arrived')).toBe(SMALL + 4)
      expect(second.customer.saidLast('written')).toBeLessThanOrEqual(total - kept * MIB)
      expect(new Map([...digestsOf(join(received, TREE))])).toEqual(meant)
    },
    LIMIT_MS,
  )
})
