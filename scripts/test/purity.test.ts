import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../lib/run.mjs'

const root = mkdtempSync(join(tmpdir(), 'purity-'))
afterAll(() => rmSync(root, { recursive: true }))
for (const path of ['biome.json', '.gitignore', 'scripts/lint']) cpSync(join(ROOT, path), join(root, path), { recursive: true })

test.each([
  ['Date', 'Date.now()'],
  ['Date', 'new Date()'],
  ['Math.random', 'Math.random()'],
  ['setTimeout', 'setTimeout(() => {}, 1)'],
  ['crypto', 'crypto.randomUUID()'],
  ['Promise', 'Promise.resolve(1)'],
])('the core has no %s: %s', async (name, expression) => {
  expect(await lint('libs/core/src', expression)).toContain(name)
})

test('the core may reckon', async () => {
  expect(await lint('libs/core/src', 'Math.max(1, 2)')).toBe('')
})

test('a driver may know the time', async () => {
  expect(await lint('libs/peer/src', 'Date.now() + Math.random()')).toBe('')
})

/** What Biome finds in a file of that folder whose only content is the expression; empty if nothing. */
async function lint(folder: string, expression: string): Promise<string> {
  const file = join(root, folder, 'a.ts')
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(file, `export const a = ${expression}\n`)
  try {
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/biome'), ['lint', folder], { cwd: root })
    return ''
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
}
