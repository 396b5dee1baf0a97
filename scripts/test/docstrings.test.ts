import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { capture } from '../lib/run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'docstrings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const MANIFEST = { type: 'module', exports: { '.': { browser: { types: './dist/browser.d.ts' }, types: './dist/index.d.ts' } } }
const TOLD = '/** What it is. */\n'

/** Checks a package whose entries have these types. */
async function check(index: string, browser = `${TOLD}export declare const told: 1\n`): Promise<{ code: number; output: string }> {
  const dist = join(folder, 'dist')
  mkdirSync(dist, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(MANIFEST))
  writeFileSync(join(dist, 'index.d.ts'), index)
  writeFileSync(join(dist, 'browser.d.ts'), browser)
  writeFileSync(
    join(dist, 'part.d.ts'),
    "/** A file that imports. */\nimport type { told } from './browser.js'\nexport declare class Part { told: typeof told }\n",
  )
  return capture(['node', 'scripts/checks/docstrings.mjs', folder])
}

test('what is told by the text right above it is well', async () => {
  expect(await check(`${TOLD}export declare function act(): void\n${TOLD}export interface Act {}\nexport { told } from './browser.js'\n`)).toEqual({
    code: 0,
    output: '4 exports of 1 packages, 0 without a docstring\n',
  })
})

test('what has no text, or one above its imports alone, is named; in every entry', async () => {
  const { code, output } = await check("export { Part } from './part.js'\n", 'export declare const untold: 1\n')
  expect(code).toBe(1)
  expect(output).toMatch(/part\.d\.ts: Part has no docstring\.\n/)
  expect(output).toMatch(/browser\.d\.ts: untold has no docstring\.\n/)
  expect(output).toContain('2 exports of 1 packages, 2 without a docstring')
})
