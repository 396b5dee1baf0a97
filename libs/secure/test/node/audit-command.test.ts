import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { runAudit } from '../../src/node/index.js'
import { AGENT, CUSTOMER, logOf } from '../audit/scenes.js'
import { toHex } from '../support/bytes.js'

const FOLDER = mkdtempSync(join(tmpdir(), 'audit-'))
afterAll(() => rmSync(FOLDER, { recursive: true }))

const LOG = logOf(6, [2]).map(({ text }) => text)
const file = (name: string, lines: readonly string[]) => {
  const path = join(FOLDER, name)
  writeFileSync(path, lines.join(''))
  return path
}

function run(...args: readonly string[]) {
  const said: string[] = []
  const complained: string[] = []
  const code = runAudit(args, { out: line => said.push(line), err: line => complained.push(line) })
  return { code, out: said.join('\n'), err: complained.join('\n') }
}

describe('remote-assist-audit verify', () => {
  test('says that a log is intact, and exits with 0', () => {
    const { code, out, err } = run('verify', file('intact', LOG), '--customer-key', toHex(CUSTOMER.publicKey).toUpperCase())
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Unbroken: entries 0 to 5.')
    expect(out).toContain(`Participant 1, key ${toHex(AGENT.publicKey)}: signed entries 0 to 5.`)
    expect(out.endsWith('INTACT')).toBe(true)
  })

  test('names the entry that is wrong, writes it as JSON, and exits with 1 (RA-SEC-258)', () => {
    const json = join(FOLDER, 'report.json')
    const altered = LOG.map(line => line.replace('"kind":"control.changed","details":{"epoch":"3"', '"kind":"control.changed","details":{"epoch":"9"'))
    const { code, out } = run('verify', file('altered', altered), '--json', json)
    expect(code).toBe(1)
    expect(out).toContain('Line 7: Entry 3 was altered.')
    expect(out.endsWith('FAULTY')).toBe(true)
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ verdict: 'faulty', fault: { kind: 'altered', index: 3, line: 7 } })
  })

  test('says what nobody signed, and exits with 1 (RA-SEC-259)', () => {
    const { code, out } = run('verify', file('unsigned', LOG.slice(0, -2)))
    expect(code).toBe(1)
    expect(out).toContain('Not signed by both ends: entries 3 to 5.')
    expect(out.endsWith('INCOMPLETE')).toBe(true)
  })

  test.each([
    [[], 'Which log'],
    [['verify'], 'Which log'],
    [['sign', 'x'], 'Which log'],
    [['verify', 'x', 'y'], 'Which log'],
    [['verify', 'x', '--customer-key', 'beef'], '64 hexadecimal digits'],
    [['verify', 'x', '--what'], '--what'],
  ])('does not understand %j, and exits with 2', (args, message) => {
    const { code, err } = run(...args)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).toContain('remote-assist-audit verify FILE')
  })

  test('cannot read what is not there, and exits with 2', () => {
    const { code, err } = run('verify', join(FOLDER, 'nothing'))
    expect(code).toBe(2)
    expect(err).toContain('ENOENT')
    expect(err).not.toContain('--json')
  })

  test('shows each entry in a line, and names what is none', () => {
    const { code, out } = run('show', file('shown', [...LOG, 'nonsense\n']))
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines).toHaveLength(7)
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[0-9:.]+Z {2}[a-z.]+ · /)
    expect(lines.at(-1)).toBe(`Line ${LOG.length + 1} is no line of an audit log.`)
  })

  test('is a program', () => {
    const main = fileURLToPath(new URL('../../dist/node/audit.js', import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, [main, 'verify', file('program', LOG)], { encoding: 'utf8' })
    expect([status, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'INTACT'])
  })

  test('explains itself', () => {
    expect(run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit: 0 intact') })
  })
})
