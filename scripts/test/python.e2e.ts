import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { someText } from '../demo/random.mjs'
import { ROOT } from '../lib/run.mjs'
import { describeWith } from './programs.js'

const PYTHON = ['/usr/bin/python3']
const FOLDER = join(ROOT, 'docs', 'examples', 'python')
const PACKAGES = ['python3-protobuf', 'protobuf-compiler', 'python3-websockets', 'python3-cryptography', 'python3-pil', 'libsodium23']
const SUITE = [process.execPath, join(ROOT, 'conformance', 'dist', 'cli', 'main.js')]
/** Half a minute as a rule; more where everything else is tested at the same time. */
const SUITE_MS = 300_000
const REFERENCE = (name: string, main = 'main.js') => [process.execPath, join(ROOT, 'reference', name, 'dist', main)]

/** A program that runs; its lines are kept. */
class Program {
  readonly lines: string[] = []
  readonly ended: Promise<number | null>
  readonly #child
  #changed = () => {}

  constructor([program = '', ...args]: readonly string[], { cwd = ROOT, input = '' } = {}) {
    this.#child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdin.end(input)
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface({ input: stream }).on('line', line => {
        this.lines.push(line)
        this.#changed()
      })
    this.ended = once(this.#child, 'close').then(([code]) => code)
    this.ended.then(() => this.#changed())
  }

  /** The first line that is JSON with this member, or its value is as `where` says. Rejects if the program ends without it. */
  async said(where: (facts: Facts) => boolean): Promise<Facts> {
    for (;;) {
      const facts = this.facts.find(where)
      if (facts !== undefined) return facts
      if (this.#child.exitCode !== null) throw new Error(`It ended before:\n${this.lines.join('\n')}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }

  get facts(): Facts[] {
    return this.lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line))
  }

  stop(): void {
    this.#child.kill()
  }
}

type Facts = Readonly<Record<string, unknown>>

describeWith(PACKAGES, 'the independent implementation in Python', () => {
  let folder: string
  let broker: Program
  let url: string
  const programs: Program[] = []
  const started = (...args: ConstructorParameters<typeof Program>) => {
    const program = new Program(...args)
    programs.push(program)
    return program
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'python-test-'))
    broker = started([...REFERENCE('broker'), '--listen', '0', '--joins-per-minute', '0'])
    url = String((await broker.said(facts => 'url' in facts)).url)
  })

  afterAll(async () => {
    for (const program of programs) program.stop()
    await Promise.all(programs.map(program => program.ended))
    await rm(folder, { recursive: true, force: true })
  })

  /** What became of an audit log, as its last line says. */
  async function verdict(file: string): Promise<string | undefined> {
    const verifier = started([process.execPath, join(ROOT, 'libs', 'secure', 'dist', 'node', 'audit.js'), 'verify', file])
    await verifier.ended
    return verifier.lines.at(-1)
  }

  test('reproduces the vectors of the specification and of the drafts', async () => {
    const tests = started([...PYTHON, '-m', 'unittest'], { cwd: FOLDER })
    expect({ code: await tests.ended, last: tests.lines.at(-1) }, tests.lines.join('\n')).toEqual({ code: 0, last: 'OK' })
  })

  test.each(['customer', 'agent', 'viewer'])(
    'is conformant as %s, in every profile that it claims',
    async role => {
      const out = join(folder, role)
      const run = started([...SUITE, 'run', '--role', role, '-j', '4', '--out', out, '--reporter', 'json', '--', ...PYTHON, join(FOLDER, 'adapter.py')])
      expect(await run.ended, run.lines.join('\n')).toBe(0)
      const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))
      console.info(
        `» Python as ${role} (${report.profiles.join(', ')}): ${report.cases} cases, ${report.passed} of ${report.checks} checks, ${report.seconds} s`,
      )
      expect(report).toMatchObject({ verdict: 'conformant', failed: 0, skipped: 0, broken: 0, passed: report.checks })
      expect(report.profiles).toContain(role === 'viewer' ? 'viewer' : 'core')
    },
    SUITE_MS,
  )

  describe('as customer, with the reference agent', () => {
    async function session() {
      const made = started([...REFERENCE('agent', 'cli/main.js'), 'create', '--broker', url, '--name', 'Ada'])
      expect(await made.ended, made.lines.join('\n')).toBe(0)
      const text = made.lines.join('\n')
      return { text, ...(JSON.parse(text) as { pin: string; customerUrl: string }) }
    }
    const customer = (...args: string[]) => started([...PYTHON, 'customer.py', '--broker', url, ...args], { cwd: FOLDER })

    test.each([
      ['by PIN', 'pin', []],
      ['by link, with a line that drops', 'customerUrl', ['--drop']],
    ] as const)('joins %s, shows its screens and takes input', async (_, way, options) => {
      const typed = someText()
      const script = join(folder, `${way}.yaml`)
      const log = join(folder, `${way}.jsonl`)
      const steps = [
        'wait-customer',
        'show-screen: 2',
        'control',
        `type: ${JSON.stringify(typed)}`,
        'send-keys: { combo: ctrl+alt+delete, expect: unsupported }',
        'leave',
      ]
      await writeFile(script, steps.map(step => `- ${step}\n`).join(''))
      const made = await session()

      const agent = started([...REFERENCE('agent', 'cli/main.js'), 'run', script, '--audit', log], { input: made.text })
      const shared = customer(...options, made[way])
      expect(await agent.ended, agent.lines.join('\n')).toBe(0)
      expect(await shared.ended, shared.lines.join('\n')).toBe(0)

      expect(shared.facts.at(-1)).toMatchObject({ event: 'ended', code: 'SESSION_ENDED', injected: [`text ${typed}`] })
      expect(shared.facts.filter(({ event, state }) => event === 'line' && state === 'down')).toHaveLength(options.length)
      expect(await verdict(log)).toBe('INTACT')
    })

    test('is turned away with a wrong PIN', async () => {
      const script = join(folder, 'wrong.yaml')
      await writeFile(script, '- wait-customer\n')
      const made = await session()
      const agent = started([...REFERENCE('agent', 'cli/main.js'), 'run', script], { input: made.text })
      const digit = made.pin.endsWith('0') ? '1' : '0'
      const shared = customer(made.pin.slice(0, -1) + digit)
      expect(await shared.ended).toBe(4)
      expect(shared.facts.at(-1)).toMatchObject({ event: 'ended', code: 'WRONG_SECRET' })
      agent.stop()
    })
  })

  test.each([
    ['by PIN', 'pin', []],
    ['by link, with a line that drops', 'url', ['--drop']],
  ] as const)('as agent, lets the reference customer in %s, sees its screens and types', async (_, way, options) => {
    const log = join(folder, `agent-${way}.jsonl`)
    const agent = started([...PYTHON, 'agent.py', '--broker', url, '--type', someText(), ...options], { cwd: FOLDER })
    const code = String((await agent.said(({ event }) => event === 'session'))[way])
    const customer = started([...REFERENCE('customer'), '--broker', url, '--host', 'virtual', '--consent', 'all', '--audit', log, code])
    expect(await agent.ended, agent.lines.join('\n')).toBe(0)
    expect(await customer.ended, customer.lines.join('\n')).toBe(0)

    const pictures = agent.facts.filter(({ event }) => event === 'picture')
    expect(new Set(pictures.map(({ screen }) => screen)).size).toBe(2)
    const [before, after] = pictures.slice(-2)
    expect(after?.screen).toBe(before?.screen)
    expect(after?.sha256).not.toBe(before?.sha256)
    expect(await readFile(log, 'utf8')).toContain('session.ended')
    expect(await verdict(log)).toBe('INTACT')
  })
})
