import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { attachChild, RoleRefused } from '../../src/adapter/index.js'
import { PACKAGE } from '../../src/cli/terminal.js'
import { temporaryFolder } from './stage.js'

const template = (path: string): string => join(PACKAGE, 'templates', path)

/** What each template has to do: say Hello, start a customer, say `unsupported` to the rest, end. */
async function answersAndRefuses(program: string, args: readonly string[]): Promise<void> {
  const testee = await attachChild(program, args, { wire: 'jsonl' })
  expect(testee.hello).toMatchObject({ roles: ['customer'], profiles: ['core'] })
  const role = await testee.startRole('a "key" \u00fc\n', {
    role: 'CUSTOMER',
    websocketUrl: 'ws://127.0.0.1:1/',
    pin: '0123456789',
    displayName: 'Zoë \u{1f600} "\\',
  })
  expect(await role.do({ pause: {} })).toMatchObject({ ok: false, error: 'unsupported' })
  expect(await role.do({ answer: { question: 1, permissions: ['VIEW_SCREEN'] } })).toMatchObject({ ok: false, error: 'unsupported', text: 'answer' })
  await expect(role.snapshot()).rejects.toBeInstanceOf(RoleRefused)
  await expect(testee.startRole('other', { role: 'AGENT' })).rejects.toBeInstanceOf(RoleRefused)
  await role.stop()
  expect(await testee.close()).toEqual({ code: 0, signal: null })
}

it('an adapter in Python answers and refuses', () => answersAndRefuses('python3', [template('python/adapter.py')]))

it('an adapter in TypeScript answers and refuses', async () => {
  const program = join(temporaryFolder(), 'adapter.mjs')
  const { outputText } = ts.transpileModule(readFileSync(template('typescript/adapter.ts'), 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  })
  writeFileSync(program, outputText)
  await answersAndRefuses(process.execPath, [program])
})

it('templates are short enough to read', () => {
  for (const file of ['python/adapter.py', 'go/main.go', 'rust/main.rs', 'typescript/adapter.ts'])
    expect(readFileSync(template(file), 'utf8').split('\n').length - 1, file).toBeLessThanOrEqual(150)
})

/** How each template becomes a program, in its folder. */
const COMPILERS = {
  rust: { program: 'rustc', args: ['--edition', '2021', '-A', 'dead_code', '-o', 'adapter', 'main.rs'] },
  go: { program: 'go', args: ['build', '-o', 'adapter', '.'] },
} as const

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** In a deep run: the compilers are large, and their templates change seldom. */
if (process.env.DEEP === 'true') for (const language of ['rust', 'go'] as const) compiled(language)

function compiled(language: keyof typeof COMPILERS): void {
  const { program, args } = COMPILERS[language]
  if (!isInstalled(program)) {
    it(`${language}: NOT RUN, as ${program} is not installed`, () => {
      const message = `NOT RUN: the template for ${language} needs ${program}`
      if (process.env.CI === 'true') throw new Error(message)
      console.warn(message)
    })
    return
  }
  it(`an adapter in ${language} compiles, answers and refuses`, async () => {
    const folder = temporaryFolder()
    cpSync(template(language), folder, { recursive: true })
    execFileSync(program, args, { cwd: folder, stdio: 'pipe', env: { ...process.env, GOFLAGS: '-mod=mod', GOCACHE: join(folder, 'cache') } })
    await answersAndRefuses(join(folder, 'adapter'), [])
  })
}
