import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { figure, HEADING, lineOf, type Row, SUITES, suitesNamed } from '../src/index.js'

const TIMEOUT_MS = 180_000

/** What moves much between processes, starts other systems' programs or waits for a slow link belongs to deep runs. */
const SLOW = ['P3', 'P4', 'P5', 'P8', 'SEALED', 'REKEY']

const ROWS: Readonly<Record<string, readonly string[]>> = {
  P1: ['encode chunk of 64 KiB ≥ 1.2', 'encode chunk of 64 KiB, beside a copy ≥ 0.7', 'encode input event ≥ 1', 'encode frame of 8 × 8 KiB ≥ 1.5'],
  P2: ['decode chunk of 64 KiB ≥ 1', 'decode input event ≥ 1', 'decode frame of 8 × 8 KiB ≥ 1', 'decode header of a frame ≥ 3'],
  P3: ['WebSocket', 'gRPC'].flatMap(binding => [
    `relay 64 KiB, ${binding} ≥ 0.95`,
    `relay 64 KiB, ${binding}, CPU a frame ≤ 1.05`,
    `relay 64 B and back, ${binding}, p50 ≤ 1.15`,
    `relay 64 B and back, ${binding}, p99 ≤ 1.15`,
  ]),
  P4: ['file of 4 MiB, beside a jump host ≥ 2', 'file of 4 MiB, beside a direct line ≥ 1'],
  P5: ['200 files of 4 KiB, beside scp -r ≥ 5', '200 files of 4 KiB, beside rsync ≥ 1'],
  // The other congestion control is for runs that are not quick.
  P8: [
    'key beside a transfer, p99, cubic, no loss ≤ + 60 ms',
    'transfer, cubic, no loss ≥ 1',
    'transfer, cubic, no loss, beside the link ≥ 0.8',
    'key beside a transfer, p99, cubic, 1 % loss ≤ + 60 ms',
    'transfer, cubic, 1 % loss ≥ 1',
  ],
  P12: [
    ...['by PIN', 'on a return'].flatMap(how => ['customer', 'joiner'].map(side => `handshake ${how}, CPU of the ${side} ≤ 15 ms`)),
    'join to first pixel ≤ 300 ms',
  ],
  SEAL: ['64 KiB', '64 B'].flatMap(size => [`seal record of ${size} ≥ 0.7`, `seal and open record of ${size} ≥ 0.7`]),
  SEALED: [
    'sealed bulk, 64 KiB ≥ 0.8',
    'sealed bulk, 64 KiB, beside a cipher ≥ 0.8',
    'sealed bulk, 64 KiB, CPU a message ≤ 1.25',
    'sealed bulk, 64 KiB, through the broker ≥ 0.8',
  ],
  REKEY: ['media key for 31 ≤ 16 ms'],
}

describe('suites', () => {
  test('are chosen by name, in either case; all of them without one', () => {
    expect(suitesNamed([])).toEqual(SUITES)
    expect(suitesNamed(['p1']).map(({ name }) => name)).toEqual(['P1'])
    expect(() => suitesNamed(['P1', 'P99'])).toThrow('There is no P99. There are: P1, P2, P3, P4, P5, P8, P12, SEAL, SEALED, REKEY.')
  })

  test.each(SUITES.filter(({ name }) => !SLOW.includes(name) || process.env.DEEP === 'true').map(suite => [suite.name, suite] as const))(
    'a quick run of %s yields all its rows, each with a goal and what it was measured beside',
    async (name, suite) => {
      const rows: Row[] = []
      for await (const row of suite.run({ quick: true })) rows.push(row)
      expect(rows.map(row => `${row.name} ${row.goal}`)).toEqual(ROWS[name])
      for (const row of rows) {
        expect(row.rounds).toBeGreaterThanOrEqual(5)
        expect(row.ours).toBeGreaterThan(0)
        expect(row.peer).toBe(row.peers[row.peer_name])
        expect(row.ours_range.min).toBeLessThanOrEqual(row.ours)
        expect(row.ours_range.max).toBeGreaterThanOrEqual(row.ours)
      }
    },
    TIMEOUT_MS,
  )
})

describe('the command', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const run = (cwd: string, ...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { ...process.env, INIT_CWD: cwd } })

  test(
    'prints a line for each row and writes them where it was called from',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-'))
      try {
        const { status, stdout } = run(folder, 'P2', '--quick', '--json', 'rows.json')
        const { rows, quick } = JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8')) as { rows: Row[]; quick: boolean }
        expect(status).toBe(0)
        expect(quick).toBe(true)
        expect(rows.map(row => `${row.name} ${row.goal}`)).toEqual(ROWS.P2)
        for (const row of rows) expect(stdout).toContain(lineOf(row))
        expect(stdout).toContain(HEADING)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    TIMEOUT_MS,
  )

  test.each([
    [['P99'], 'There is no P99'],
    [['--fast'], '--fast'],
  ])('refuses %s and says what there is', (args, message) => {
    const { status, stderr } = run(tmpdir(), ...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('bench [NAME…] [--quick] [--json FILE]')
  })
})

test('figures are short', () => {
  expect([0.312, 4.567, 123.4, 1_234, 12_345, 3_456_789].map(figure)).toEqual(['0.312', '4.57', '123', '1234', '12.3 k', '3.46 M'])
})
