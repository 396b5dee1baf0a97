import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../lib/run.mjs'
import { duration } from '../lib/say.mjs'
import { describeWith } from './programs.js'

/** The guide, walked as its reader would: from an empty folder, with the package as it would be published. */

const GUIDE = readFileSync(join(ROOT, 'docs/guides/conformance.md'), 'utf8')

const INSTALLS = /^sudo apt-get install --yes (.*)$/
/** What stands in the way of a reader's machine: the package from a registry, the repository from wherever it is published. */
const HERE = (tarball: string): readonly (readonly [string, string])[] => [
  ['npm install @remote-assist/conformance', `npm install --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error ${tarball}`],
  ['git clone <this repository>', `git clone --quiet --shared '${ROOT}'`],
]

/** Its commands, and the exit code that each ends with: 0, or what the line below it says. */
const STEPS = [...GUIDE.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => {
  const lines = block.trim().split('\n')
  return lines.flatMap((line, i) => (line.startsWith('#') ? [] : [[line, Number(/^# exit (\d)$/.exec(lines[i + 1] ?? '')?.[1] ?? 0)] as const]))
})
const COMMANDS = STEPS.filter(([line]) => !INSTALLS.test(line))
/** The packages of Debian that it says to install. */
const PACKAGES = STEPS.flatMap(([line]) => INSTALLS.exec(line)?.[1]?.split(' ') ?? [])

describeWith(PACKAGES, 'the guide to the conformance suite', () => {
  let folder: string
  let tarball: string
  /** What its commands took together; who reads and types takes longer. */
  let walkedMs = 0

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'walk-'))
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, join(ROOT, 'conformance')])
    tarball = `./${readdirSync(folder).find(name => name.endsWith('.tgz'))}`
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(COMMANDS)(
    '%s',
    (line, code) => {
      const command = HERE(tarball).reduce((told, [theirs, ours]) => told.replace(theirs, ours), line)
      const began = performance.now()
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
      walkedMs += performance.now() - began
      expect({ status, output: status === code ? '' : stdout + stderr }).toEqual({ status: code, output: '' })
    },
    120_000,
  )

  test('what the guide promises is there afterwards', () => {
    const report = JSON.parse(readFileSync(join(folder, 'report/report.json'), 'utf8'))
    expect(report).toMatchObject({ role: 'customer', failed: 0, broken: 0 })
    expect(report.passed).toBeGreaterThan(0)
    expect(readdirSync(join(folder, 'report'))).toContain('junit.xml')
    console.log(`» the guide to the conformance suite: ${COMMANDS.length} commands, ${duration(walkedMs)}`)
  })
})
