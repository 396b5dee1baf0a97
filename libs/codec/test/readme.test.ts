import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { receive } from './support/example.js'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the example of the README is one that compiles, and does what it says', () => {
  expect(read('../README.md')).toContain(read('support/example.ts'))
  expect(receive()).toBe('Hello! 2 phases allow it.')
  expect(receive(new Uint8Array([8]))).toBe('TRUNCATED: close with 400')
})
