import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../lib/run.mjs'

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** The rows of the table under a heading, without its head. */
function rowsUnder(page: string, heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [body = ''] = section.split('\n## ')
  const rows = body.split('\n').filter(line => line.startsWith('| '))
  return rows.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

const ROWS = rowsUnder(read('docs/security.md'), 'Threats, controls, tests').map(([threat = '', control = '', tests = '']) => ({
  threat,
  control,
  tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
}))

describe('the page on security', () => {
  test('has a control and a test for each threat', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(15)
    for (const { threat, control, tests } of ROWS) {
      expect(control, threat).not.toBe('')
      expect(tests, threat).not.toEqual([])
    }
  })

  test.each([...new Set(ROWS.flatMap(({ tests }) => tests))])('names a test that is there: %s', file => {
    expect(file).toMatch(/\.(test|e2e)\.ts$/)
    expect(existsSync(join(ROOT, file)), file).toBe(true)
  })

  test('is found from where people look', () => {
    expect(read('SECURITY.md')).toContain('(docs/security.md)')
    expect(read('README.md')).toContain('(docs/security.md)')
    expect(read('docs/.vitepress/config.ts')).toContain("link: '/security'")
  })
})
