import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { attachChild } from '../../src/adapter/index.js'
import { PACKAGE } from '../../src/cli/terminal.js'
import { temporaryFolder } from './stage.js'

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

for (const [language, { program, args }] of Object.entries(COMPILERS)) {
  if (!isInstalled(program)) {
    it(`${language}: NOT RUN, as ${program} is not installed`, () => {
      const message = `NOT RUN: the template for ${language} needs ${program}`
      if (process.env.CI === 'true') throw new Error(message)
      console.warn(message)
    })
    continue
  }
  it(`an adapter in ${language} compiles, answers and refuses`, async () => {
    const folder = temporaryFolder()
    cpSync(join(PACKAGE, 'templates', language), folder, { recursive: true })
    execFileSync(program, args, { cwd: folder, stdio: 'pipe', env: { ...process.env, GOFLAGS: '-mod=mod', GOCACHE: join(folder, 'cache') } })
    const testee = await attachChild(join(folder, 'adapter'), [], { wire: 'jsonl' })
    const role = await testee.startRole('a "key" ü\n', { role: 'CUSTOMER', websocketUrl: 'ws://127.0.0.1:1/', pin: '0123456789', displayName: 'Zoë 😀 "\\' })
    expect(await role.do({ answer: { question: 1, permissions: ['VIEW_SCREEN'] } })).toMatchObject({ ok: false, error: 'unsupported', text: 'answer' })
    await role.stop()
    expect(await testee.close()).toEqual({ code: 0, signal: null })
  })
}
