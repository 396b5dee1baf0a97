import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { fitsGlob, RUN_OPTIONS, SELFTEST_OPTIONS, testeeChoice } from '../../src/cli/options.js'
import { printable } from '../../src/cli/terminal.js'
import { renderJson } from '../../src/report/index.js'
import { madeUp } from '../report/made-up.js'
import { ADAPTER, registry, suiteOf, temporaryFolder, type } from './stage.js'

const suite = suiteOf({ 'customer/a/one': {}, 'customer/a/two': { checks: ['PASSED', 'PASSED'] } })

it.each([
  [[]],
  [['dance']],
  [['run']],
  [['run', '--reference', '--', 'x']],
  [['run', '--rolle', 'agent', ...ADAPTER]],
  [['run', 'word', ...ADAPTER]],
  [['run', '--role', 'king', ...ADAPTER]],
  [['run', '--role', 'broker', ...ADAPTER]],
  [['run', '--profile', 'core,coar', ...ADAPTER]],
  [['run', '--spec', '9.9', ...ADAPTER]],
  [['run', '--case', 'customer/z/*', ...ADAPTER]],
  [['run', '--repeat', '0', ...ADAPTER]],
  [['run', '-j', '1.5', ...ADAPTER]],
  [['run', '--lag', '1001', ...ADAPTER]],
  [['run', '--trace', 'some', ...ADAPTER]],
  [['run', '--reporter', 'xml', ...ADAPTER]],
  [['run', '--docs', 'javascript:alert(1)', ...ADAPTER]],
  [['run', '--attach', '70000']],
  [['run', '--attach', 'ws://127.0.0.1:70000']],
  [['run', '--attach', 'ws://elsewhere.example:9000']],
  [['run', '--attach', 'somewhere']],
  [['explain']],
  [['explain', `RA-${'SES-999'}`]],
  [['init', 'cobol', 'x']],
  [['init', 'python']],
  [['diff', 'a.json']],
  [['diff', 'a.json', 'b.json']],
  [['serve', '--role', 'broker']],
  [['doctor', 'x']],
  [['selftest', '--only', 'luck']],
  [['selftest', '--only', 'degenerates', '--case', 'customer/z']],
  [['selftest', '--only', 'degenerates', '--role', 'broker']],
])('what cannot be understood ends with 2 and a sentence: %s', async args => {
  const { exit, out, err } = await type(suite, args)
  expect(exit).toBe(2)
  expect(`${out}${err}`.length).toBeGreaterThan(20)
})

it('shows what there is', async () => {
  const { exit, out } = await type(suite, ['help'])
  expect(exit).toBe(0)
  for (const name of Object.keys(COMMANDS)) {
    expect(out).toContain(`  ${name} `)
    expect((await type(suite, [name, '--help'])).exit).toBe(0)
  }
})

it('shows every option that run and selftest take', async () => {
  const { out } = await type(suite, ['help'])
  const [ofRun = '', ofSelftest = ''] = out.split('What selftest takes besides:')
  for (const name of Object.keys(RUN_OPTIONS)) expect(ofRun).toMatch(name === 'jobs' ? /-j / : new RegExp(`--${name}\\b`))
  for (const name of Object.keys(SELFTEST_OPTIONS)) expect(ofSelftest).toMatch(new RegExp(`--${name}\\b`))
})

it('takes the address at which a testee dials in as a port, and in full', () => {
  for (const attach of ['9000', 'ws://127.0.0.1:9000', 'ws://127.0.0.1:9000/']) expect(testeeChoice({ attach }, []).attach).toBe(9_000)
})

it('lists cases, for people and for programs', async () => {
  const shown = await type(suite, ['list', '--case', '**/two'])
  expect(shown.out).toBe('customer/a/two  What customer/a/two shows (core, 2 checks)')
  expect(shown.err).toMatch(/^1 cases, 2 checks/)
  expect(JSON.parse((await type(suite, ['list', '--json'])).out)).toHaveLength(2)
  expect((await type(suite, ['list', '--role', 'broker'])).out).toBe('')
})

it('explains requirements, however they are written', async () => {
  const id = registry.requirements[0]?.id ?? ''
  const { exit, out } = await type(suite, ['explain', id.toLowerCase()])
  expect(exit).toBe(0)
  expect(out).toContain(registry.requirements[0]?.text)
})

it('shows the vectors, and copies them', async () => {
  const { folder, exit, out } = await type(suite, ['vectors', '--out', 'here'])
  expect(exit).toBe(0)
  expect(out).toMatch(/^handshake\.json {2}2 worked examples$/m)
  for (const file of ['codes', 'messages', 'names']) expect(out).toMatch(new RegExp(`^${file}\\.json {2}\\d+ vectors, \\d+ of them invalid$`, 'm'))
  expect(out).toMatch(/^record\.json {2}worked examples: keys, pairwise, media, capability, credentials, audit$/m)
  expect(readdirSync(join(folder, 'here'))).toEqual(expect.arrayContaining(['handshake.json', 'messages.json', 'record.json']))
})

it('compares two reports: worse is 1, better is 0', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'red.json'), renderJson(madeUp({ cases: 9, failing: [4] })))
  writeFileSync(join(folder, 'green.json'), renderJson(madeUp({ cases: 9, failing: [] })))
  const worse = await type(suite, ['diff', 'green.json', 'red.json'], folder)
  expect(worse).toMatchObject({ exit: 1, out: expect.stringMatching(/Failing now \(1\)\n {2}customer\/core\/deed-4#2/) })
  const better = await type(suite, ['diff', 'red.json', 'green.json'], folder)
  expect(better).toMatchObject({ exit: 0, out: expect.stringMatching(/Passing now \(1\)/) })
  expect(await type(suite, ['diff', 'red.json', 'red.json'], folder)).toMatchObject({ exit: 0, out: expect.stringContaining('No check is different.') })
})

it('writes a template into a folder that is empty, and into no other', async () => {
  const folder = temporaryFolder()
  expect((await type(suite, ['init', 'python', 'mine'], folder)).out).toContain('doctor --wire jsonl -- python3 adapter.py')
  expect(readdirSync(join(folder, 'mine'))).toEqual(expect.arrayContaining(['adapter.py', 'adapter.proto']))
  expect((await type(suite, ['init', 'rust', 'mine'], folder)).exit).toBe(2)
  mkdirSync(join(folder, 'empty'))
  expect((await type(suite, ['init', 'go', 'empty'], folder)).exit).toBe(0)
})

it('fits globs: a star stays in its part, two do not, a folder is all below it', () => {
  const part = fc.stringMatching(/^[a-z0-9-]{1,6}$/)
  fc.assert(
    fc.property(part, part, part, (role, area, name) => {
      const id = `${role}/${area}/${name}`
      for (const glob of [id, '**', `${role}/**`, `${role}/*/${name}`, role, `${role}/${area}`, `**/${name}`, `${role}/${area}/*`])
        expect(fitsGlob(id, glob), glob).toBe(true)
      for (const glob of [`${role}x`, `${role}/*/*/${name}`, `${id}/x`, `${role}.${area}`]) expect(fitsGlob(id, glob), glob).toBe(false)
    }),
  )
})

it('lets no testee move the cursor', () => {
  expect(printable('a\u001b[2Jb\tc\nd\r\u202e\u0007ü😀')).toBe('a\\u{1b}[2Jb\tc\nd\\u{d}\\u{202e}\\u{7}ü😀')
})
