import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { meet } from './support/example.js'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the example of the README is one that compiles, and does what it says', () => {
  expect(read('../README.md')).toContain(read('support/example.ts'))
  expect(meet('973015')).toMatch(/^[a-z]+ [a-z]+ [a-z]+$/i)
  expect(meet('973016')).toBe('600, 2 tries left')
})
