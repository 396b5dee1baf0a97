import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditFile } from '../../src/node/audit-file.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const codeOf = (path: string) => {
  try {
    auditFile(path)
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test('lines are appended to a new file that only its owner reads; the next log has its own', () => {
  const path = join(folder, 'log.jsonl')
  const sink = auditFile(path)
  sink('one\n', 1)
  sink('two\n', 1)
  sink('three\n', 2)
  sink('four\n', 2)
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  expect(readFileSync(`${path}.2`, 'utf8')).toBe('three\nfour\n')
  for (const file of [path, `${path}.2`]) expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that exists, also behind a link, or that cannot be made is refused', () => {
  const path = join(folder, 'log.jsonl')
  auditFile(path)
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'))
  for (const refused of [path, join(folder, 'link'), join(folder, 'missing', 'log')]) expect(codeOf(refused)).toBe('E_AUDIT')
})
