import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { seen } from './readme-example.js'

test('the example in the README is the one that runs', () => {
  const source = readFileSync(new URL('readme-example.ts', import.meta.url), 'utf8')
  const shown = /```ts\n(?<code>[\s\S]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.groups?.code
  expect(shown).toBe(source)
  expect(seen).toEqual(['echo 1,2,3', 'closed 100'])
})
