import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shellLine } from '../../src/cli/shell.js'
import { ADAPTER, suiteOf, temporaryFolder, type } from './stage.js'

const GOOD = { 'customer/a/one': {}, 'customer/a/two': {}, 'customer/b/one': {} }
const run = (...args: readonly string[]) => ['run', ...args, ...ADAPTER]

describe('exit code and verdict of run', () => {
  it.each([
    ['conformant if everything passed', GOOD, 0, 'conformant'],
    ['failed if a check did', { ...GOOD, 'customer/c/x': { checks: ['PASSED', 'FAILED', 'NOT_REACHED'] as const } }, 1, 'failed'],
    ['failed for a check that was never reached', { ...GOOD, 'customer/c/x': { checks: ['NOT_REACHED'] as const } }, 1, 'failed'],
    ['partial if a case could not run', { ...GOOD, 'customer/c/x': { verdict: 'SKIPPED', message: 'no clock' } as const }, 1, 'partial'],
    ['no verdict if the suite broke', { ...GOOD, 'customer/c/x': { verdict: 'BROKEN', message: 'oops' } as const }, 3, 'failed'],
    ['conformant if nothing but a SHOULD was not kept', { ...GOOD, 'customer/c/x': { checks: ['FAILED'], lenient: true } as const }, 0, 'conformant'],
    ['failed for a SHOULD that was never reached', { ...GOOD, 'customer/c/x': { checks: ['NOT_REACHED'], lenient: true } as const }, 1, 'failed'],
    ['nothing if nothing was checked', {}, 4, 'partial'],
  ])('%s', async (_title, outcomes, exit, verdict) => {
    const ran = await type(suiteOf(outcomes), run())
    expect([ran.exit, ran.out.split('\n')[0]]).toEqual([exit, `fake 1 as customer: ${verdict}`])
  })

  it('is conformant if something came late, and tells what', async () => {
    const ran = await type(suiteOf({ ...GOOD, 'customer/c/x': { checks: ['SLOW'], message: 'it took an hour' } }), run('--repeat', '2'))
    expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining('later than the specification allows: customer/c/x#1: it took an hour') })
    expect(ran.out.split('\n')[0]).toBe('fake 1 as customer: conformant')
  })

  it('is about what was asked for, and says what was not', async () => {
    const suite = suiteOf({ ...GOOD, 'customer/c/x': { checks: ['FAILED'] } })
    const some = await type(suite, run('--case', 'customer/a/*'))
    expect(some).toMatchObject({ exit: 0, out: expect.stringMatching(/: partial\n[\s\S]*2 cases[\s\S]*2 more cases/) })
    expect((await type(suite, run('--case', 'customer/c'))).exit).toBe(1)
    const skipping = await type(suite, run('--skip', 'customer/c'))
    expect(skipping).toMatchObject({ exit: 1, out: expect.stringContaining('1 skipped: left out by --skip') })
  })

  it('skips a profile that is asked for and not claimed', async () => {
    const suite = suiteOf({ ...GOOD, 'customer/f/x': { profile: 'files' } })
    expect((await type(suite, run())).exit).toBe(0)
    expect(await type(suite, run('--profile', 'core,files'))).toMatchObject({ exit: 1, out: expect.stringContaining('does not claim the profile files') })
  })

  it('is no more than partial where what everybody of the role has to pass has no case', async () => {
    const suite = suiteOf({ 'customer/f/x': { profile: 'resume' } })
    expect(await type(suite, run())).toMatchObject({ exit: 4, out: expect.stringMatching(/partial\n[\s\S]*no cases of their own for core/) })
  })

  it('refuses a profile that the role does not have', async () => {
    expect(await type(suiteOf(GOOD), run('--profile', 'multi-tenant'))).toMatchObject({
      exit: 2,
      err: expect.stringContaining('A customer has no profile multi-tenant'),
    })
    expect(await type(suiteOf(GOOD), run('--profile', 'relay'))).toMatchObject({ exit: 0, out: expect.stringContaining('3 cases') })
  })

  it('counts a profile once, however often it was asked for, and by whatever name', async () => {
    for (const asked of ['core,core', 'core,relay']) {
      const { exit, folder } = await type(suiteOf(GOOD), run('--profile', asked, '--json', 'report.json'))
      expect(exit).toBe(0)
      expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).profiles).toEqual(['core'])
    }
  })

  it('is 3 where the adapter breaks the contract, or cannot be started', async () => {
    for (const behaviour of ['profile', 'chatty']) {
      const ran = await type(suiteOf(GOOD), ['run', ...ADAPTER.slice(0, -1), behaviour])
      expect(ran).toMatchObject({ exit: 3, err: expect.stringContaining('doctor') })
    }
    expect((await type(suiteOf(GOOD), ['run', '--', '/nowhere/adapter'])).exit).toBe(3)
  })
})

it('tells of a SHOULD that was not kept apart, in every report', async () => {
  const suite = suiteOf({ ...GOOD, 'customer/c/x': { checks: ['PASSED', 'FAILED'], lenient: true, message: 'it is 5' } })
  const { folder, out } = await type(suite, run('--out', 'here', '--reporter', 'json,junit,html,md'))
  expect(out).toContain('a SHOULD that was not kept: customer/c/x: Number 2 holds: it is 5')
  const file = (name: string) => readFileSync(join(folder, 'here', name), 'utf8')
  expect(JSON.parse(file('report.json'))).toMatchObject({ verdict: 'conformant', passed: 4, failed: 0, warned: 1 })
  expect(file('junit.xml')).toMatch(/<testsuites [^>]*failures="0"/)
  expect(file('junit.xml')).not.toContain('<failure')
  expect(file('report.md')).toContain('| core | ✅ conformant |')
  expect(file('report.html')).toContain('<article class="profile conformant">')
})

it('tells each failing case in a line, with control characters of a testee made visible', async () => {
  const { err } = await type(suiteOf({ ...GOOD, 'customer/c/x': { checks: ['FAILED'], message: 'first\nsecond' } }), run())
  expect(err).toMatch(/^✗ customer\/c\/x {2}Number 1 holds: first$/m)
})

it('says in every report what to type to play a failing case again', async () => {
  const suite = suiteOf({ ...GOOD, 'customer/c/x': { checks: ['FAILED'] } })
  const { folder } = await type(suite, ['run', '--out', 'my reports', '--wire=jsonl', ...ADAPTER.slice(2), 'a b'])
  const file = (name: string) => readFileSync(join(folder, 'my reports', name), 'utf8')
  const typed = `remote-assist-conformance replay customer/c/x --wire jsonl -- ${shellLine([...ADAPTER.slice(3), 'a b'])}`
  const { command, results } = JSON.parse(file('report.json'))
  expect(results.map(({ replay }: { replay?: string }) => replay)).toEqual([undefined, undefined, undefined, typed])
  expect(command).toContain("--out 'my reports' --wire=jsonl -- ")
  expect(file('junit.xml')).toContain(typed)
  expect(file('report.md')).toContain(typed)
  expect(file('report.html')).toContain(typed.replaceAll("'", '&#39;'))
})

it('writes the reports that are asked for', async () => {
  const { folder, out } = await type(suiteOf(GOOD), run('--out', 'here', '--reporter', 'json,junit,html,md,badge', '--repeat', '2', '--seed', '7'))
  for (const file of ['report.json', 'junit.xml', 'report.html', 'report.md', 'badge.svg']) {
    expect(out).toContain(join(folder, 'here', file))
    expect(existsSync(join(folder, 'here', file))).toBe(true)
  }
  expect(JSON.parse(readFileSync(join(folder, 'here', 'report.json'), 'utf8'))).toMatchObject({
    verdict: 'conformant',
    role: 'customer',
    profiles: ['core'],
    cases: 6,
    checks: 6,
    passed: 6,
    failed: 0,
    skipped: 0,
    seed: 7,
  })
  const alone = await type(suiteOf(GOOD), run('--json', 'alone.json'))
  expect(JSON.parse(readFileSync(join(alone.folder, 'alone.json'), 'utf8'))).toMatchObject({ verdict: 'conformant', cases: 3 })
  expect(existsSync(join(alone.folder, 'conformance-report'))).toBe(false)
  const quiet = await type(suiteOf(GOOD), run())
  expect(existsSync(join(quiet.folder, 'conformance-report'))).toBe(false)
})

it('fails what does not come out the same each time, and names it with the seeds', async () => {
  const good = suiteOf(GOOD)
  const [lenient] = suiteOf({ 'customer/a/now-and-then': { lenient: true } }).cases
  if (lenient === undefined) throw new Error('There is no case.')
  const fickle: typeof good = {
    ...good,
    cases: [...good.cases, lenient],
    runCases: async options => {
      const results = await good.runCases(options)
      // The second time one check that nothing depends on fails.
      const now = results.filter(result => result.case.id === lenient.declaration.id)
      return results.map(result =>
        result === now[1] ? { ...result, verdict: 'FAILED', checks: result.checks.map(check => ({ ...check, verdict: 'FAILED' })), seed: 7 } : result,
      )
    },
  }
  const told = 'customer/a/now-and-then: 2 times PASSED; WARNED (seed 7) at 1, FAILED'
  const { exit, folder, out } = await type(fickle, run('--out', 'here', '--reporter', 'json,html,md', '--repeat', '3', '--seed', '7'))
  expect(exit).toBe(1)
  expect(out).toContain(`not the same each time: ${told}`)
  expect(JSON.parse(readFileSync(join(folder, 'here', 'report.json'), 'utf8'))).toMatchObject({ verdict: 'failed', unsteady: [told] })
  for (const file of ['report.html', 'report.md']) expect(readFileSync(join(folder, 'here', file), 'utf8')).toContain('ot the same each time')
  expect((await type(good, run('--repeat', '3', '--seed', '7'))).exit).toBe(0)
})

describe('a baseline', () => {
  const failing = suiteOf({ ...GOOD, 'customer/c/x': { checks: ['PASSED', 'FAILED'], message: 'it is 5, not 4' } })
  const entry = { check: 'customer/c/x#2', message: 'it is 5, not 4', reason: 'ticket 12', expires: '9999-12-31' }
  const heldOver = async (suite: typeof failing, asked: readonly string[], ...entries: readonly object[]) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'known.json'), JSON.stringify({ entries }))
    return type(suite, run('--baseline', 'known.json', ...asked), folder)
  }
  const held = (suite: typeof failing, ...entries: readonly object[]) => heldOver(suite, [], ...entries)

  it('bears what it knows, word for word', async () => {
    expect(await held(failing, entry)).toMatchObject({ exit: 0, out: expect.stringContaining('1 failures are known to the baseline, 0 are not') })
    expect((await held(failing, { ...entry, message: 'it is 6, not 4' })).exit).toBe(1)
    expect((await held(failing, { ...entry, check: 'customer/c/x#1' })).exit).toBe(1)
    expect((await held(failing)).exit).toBe(1)
  })

  it('has nothing to bear where nothing but a SHOULD was not kept', async () => {
    expect((await held(suiteOf({ ...GOOD, 'customer/c/x': { checks: ['FAILED'], lenient: true } }))).exit).toBe(0)
  })

  it('is stale once it expired, or what it names passes or is not played', async () => {
    expect(await held(failing, { ...entry, expires: '2020-01-01' })).toMatchObject({ exit: 4, err: expect.stringContaining('expired') })
    expect(await held(suiteOf(GOOD), { ...entry, check: 'customer/a/one#1' })).toMatchObject({ exit: 4, err: expect.stringContaining('passes now') })
    expect(await held(suiteOf(GOOD), entry)).toMatchObject({ exit: 4, err: expect.stringContaining('not played') })
  })

  it('says nothing of a case that nobody asked for', async () => {
    const others = suiteOf({ ...GOOD, 'customer/c/x': { checks: ['PASSED', 'FAILED'] }, 'customer/r/x': { profile: 'resume', checks: ['FAILED'] } })
    const borne = [entry, { ...entry, expires: '2020-01-01' }, { ...entry, check: 'customer/r/x#1' }]
    expect(await heldOver(others, ['--case', 'customer/a'], ...borne)).toMatchObject({ exit: 0, err: expect.not.stringContaining('stale') })
    expect(await heldOver(others, ['--case', 'customer/a'], { ...entry, check: 'customer/gone/x#1' })).toMatchObject({
      exit: 4,
      err: expect.stringContaining('customer/gone/x#1 was not played'),
    })
    expect(await heldOver(others, ['--case', 'customer/a'], { ...entry, check: 'customer/a/one#9' })).toMatchObject({ exit: 4 })
  })

  it('needs a reason and a day', async () => {
    for (const wrong of [{ ...entry, reason: ' ' }, { ...entry, expires: 'never' }, { ...entry, expires: '2027-13-01' }, { check: 'a' }]) {
      expect((await held(failing, wrong)).exit).toBe(2)
    }
    expect((await type(failing, run('--baseline', 'nowhere.json'))).exit).toBe(2)
  })
})

describe('certify', () => {
  it('writes a certificate for who keeps to everything', async () => {
    const { exit, folder } = await type(suiteOf(GOOD), ['certify', '--out', 'c', ...ADAPTER])
    expect(exit).toBe(0)
    expect(JSON.parse(readFileSync(join(folder, 'c', 'certificate.json'), 'utf8'))).toMatchObject({
      implementation: { name: 'fake', version: '1' },
      role: 'customer',
      profiles: ['core'],
      cases: 3,
      report_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('takes no skips, selections or baselines, and certifies no part', async () => {
    for (const option of ['--case', '--skip', '--baseline', '--profile']) expect((await type(suiteOf(GOOD), ['certify', option, 'x', ...ADAPTER])).exit).toBe(2)
    const { exit, folder } = await type(suiteOf({ ...GOOD, 'customer/c/x': { verdict: 'SKIPPED' } }), ['certify', '--out', 'c', ...ADAPTER])
    expect(exit).toBe(1)
    expect(existsSync(join(folder, 'c', 'certificate.json'))).toBe(false)
  })

  it('takes no words: they would mean nothing', async () => {
    expect(await type(suiteOf(GOOD), ['certify', 'customer/a', ...ADAPTER])).toMatchObject({ exit: 2, err: expect.stringContaining('means nothing here') })
  })

  it('writes the report that the certificate names by its hash, whichever others are asked for', async () => {
    for (const reporters of ['md', 'json', 'html,json']) {
      const { folder } = await type(suiteOf(GOOD), ['certify', '--out', 'c', '--reporter', reporters, ...ADAPTER])
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, 'c', 'report.json')))
        .digest('hex')
      expect(JSON.parse(readFileSync(join(folder, 'c', 'certificate.json'), 'utf8')).report_sha256).toBe(digest)
    }
  })
})

it('replays one case and shows each check', async () => {
  const { exit, out } = await type(suiteOf(GOOD), ['replay', 'customer/a/two', ...ADAPTER])
  expect(exit).toBe(0)
  expect(out).toMatch(/PASSED +1: Number 1 holds \[RA-/)
  expect((await type(suiteOf(GOOD), ['replay', 'customer/a/three', ...ADAPTER])).exit).toBe(2)
  expect((await type(suiteOf(GOOD), ['replay', ...ADAPTER])).exit).toBe(2)
})
