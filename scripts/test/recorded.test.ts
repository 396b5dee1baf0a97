import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { capture } from '../lib/run.mjs'

/** Runs a program that writes this report, or none, and ends with this code. */
async function recorded(top: string, report: object | undefined, code = 0) {
  const folder = join(top, 'customer')
  mkdirSync(folder, { recursive: true })
  const writes = report === undefined ? '' : `require('node:fs').writeFileSync(process.argv[1], process.argv[2]);`
  const program = [process.execPath, '-e', `${writes}process.exit(${code})`, join(folder, 'report.json'), JSON.stringify(report ?? {})]
  return capture([process.execPath, 'scripts/recorded.mjs', folder, ...program])
}

test('each run adds a line, whatever came of it, and tells the sum of its role', async () => {
  const top = mkdtempSync(join(tmpdir(), 'recorded-'))
  onTestFinished(() => rmSync(top, { recursive: true }))
  const report = { role: 'customer', seed: 7, startedAt: '2026-04-01T09:30:00.000Z', cases: 50, skipped: 10, failed: 0, unsteady: [] }
  expect((await recorded(top, report)).output).toContain('» customer: 40 executions of cases on record, in 1 runs; 0 checks failed, 0 cases differed')
  const { code, output } = await recorded(top, { ...report, seed: 8, failed: 2, unsteady: ['customer/a/one: …'] }, 1)
  expect(code).toBe(1)
  expect(output).toContain('» customer: 80 executions of cases on record, in 2 runs; 2 checks failed, 1 cases differed')
  expect((await recorded(top, { ...report, role: 'agent' })).output).toContain('» agent: 40 executions of cases on record, in 1 runs')
  expect(await recorded(top, undefined, 3)).toEqual({ code: 3, output: '' })
  const lines = readFileSync(join(top, 'ledger.jsonl'), 'utf8').trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toEqual([
    { startedAt: report.startedAt, commit: expect.stringMatching(/^[0-9a-f]{40}$/), role: 'customer', seed: 7, executions: 40, failed: 0, differing: 0 },
    expect.objectContaining({ seed: 8, failed: 2, differing: 1 }),
    expect.objectContaining({ role: 'agent' }),
  ])
})
