import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { countTests, runSteps, summarize } from '../lib/steps.mjs'

const logs = mkdtempSync(join(tmpdir(), 'steps-'))
afterAll(() => rmSync(logs, { recursive: true }))

const step = (name: string, ...code: string[]) => ({ name, title: name, commands: code.map(line => ['node', '--eval', line]) })

describe('steps', () => {
  test('each runs, though another failed, and counts as one', async () => {
    const outcomes = await runSteps([step('bad', 'process.exit(3)'), step('good', '0')], { strict: true, logs })
    expect(outcomes.map(({ name, ok, passed, failed }) => ({ name, ok, passed, failed }))).toEqual([
      { name: 'bad', ok: false, passed: 0, failed: 1 },
      { name: 'good', ok: true, passed: 1, failed: 0 },
    ])
  })

  test('commands run in turn until one fails, and all they print is in the log', async () => {
    await runSteps([step('three', 'console.log("one")', 'console.error("two"); process.exit(1)', 'console.log("three")')], { strict: true, logs })
    const lines = readFileSync(join(logs, 'three.log'), 'utf8').split('\n')
    expect(lines.filter(line => !line.startsWith('$'))).toEqual(['one', 'two', ''])
  })

  test('what it tells in lines of figures is shown, once each', async () => {
    const said: string[] = []
    const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => said.push(String(text)) > 0)
    await runSteps([step('figures', 'console.log("» 3 of 3\\nnothing\\n» 3 of 3\\n» 4 of 4")')], { strict: true, logs })
    write.mockRestore()
    expect(said.join('').match(/» \d of \d/g)).toEqual(['» 3 of 3', '» 4 of 4'])
  })

  test('a program that is not there fails its step, and says so', async () => {
    const [outcome] = await runSteps([{ name: 'absent', title: 'absent', commands: [['no-such-program']] }], { strict: false, logs })
    expect(outcome).toMatchObject({ ok: false, failed: 1 })
    expect(readFileSync(join(logs, 'absent.log'), 'utf8')).toContain('no-such-program cannot be started')
  })

  test('a step that makes no sense after a failure does not run, and fails', async () => {
    const outcomes = await runSteps([step('first', 'process.exit(1)'), { ...step('second', '0'), after: 'first' }], { strict: false, logs })
    expect(outcomes[1]).toEqual({ name: 'second', ok: false, ms: 0, passed: 0, failed: 1 })
  })

  test('neighbours that say so run beside each other, and nothing else does; the outcomes keep their order', async () => {
    const folder = mkdtempSync(join(logs, 'beside-'))
    const places = `const fs = require('node:fs'), folder = ${JSON.stringify(`${folder}/`)}; fs.watch(folder, go); go();`
    const alone = (name: string) => step(name, `${places} function go() { fs.appendFileSync(folder + 'turns', '${name} '); process.exit() }`)
    const besides = (name: string, other = name) => {
      const go = `function go() { if (fs.existsSync(folder + '${other}')) { fs.appendFileSync(folder + 'turns', '${name} '); process.exit() } }`
      return { ...step(name, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, name))}, ''); ${places} ${go}`), beside: true }
    }
    const steps = [besides('first'), alone('second'), besides('left', 'right'), besides('right', 'left'), besides('last')]
    const outcomes = await runSteps(steps, { strict: true, logs, cores: 1 })
    expect(outcomes.map(({ name, ok }) => [name, ok])).toEqual(steps.map(({ name }) => [name, true]))
    expect(readFileSync(join(folder, 'turns'), 'utf8')).toMatch(/^first second (?=.*left )(?=.*right )/)
  })

  test('the summary adds up', () => {
    const one = { name: 'one', ok: true, ms: 1, passed: 5, failed: 0 }
    const two = { name: 'two', ok: false, ms: 1, passed: 2, failed: 3 }
    const file = join(logs, 'summary.json')
    const summary = summarize([one, two], file)
    expect(summary).toEqual({ steps: [one, two], passed: 7, failed: 3, ok: false })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(summary)
  })
})

describe("what vitest's report counts", () => {
  const report = (passed: number, failed: number, ...skipped: string[]) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    testResults: [{ assertionResults: skipped.map(fullName => ({ status: 'skipped', fullName })) }],
  })

  test('tests that passed and failed', () => {
    expect(countTests(report(7, 2), 1)).toEqual({ passed: 7, failed: 2, skipped: [] })
  })

  test('a failed run without a failed test is one failure', () => {
    expect(countTests(report(7, 0), 1)).toEqual({ passed: 7, failed: 1, skipped: [] })
  })

  test('a run without a report is one failure, whatever its exit code', () => {
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: [] })
  })

  test('tests that did not run are named', () => {
    expect(countTests(report(1, 0, 'needs a display'), 0)).toEqual({ passed: 1, failed: 0, skipped: ['needs a display'] })
  })
})
