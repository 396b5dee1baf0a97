import { readFileSync } from 'node:fs'
import { RecordSealer } from '@remote-assist/secure'
import { nodeAead } from '@remote-assist/secure/node'
import { expect, test } from 'vitest'
import { pass } from '../support/sealing.js'
import { SECRET } from './scenes.js'

test('the example of the README is one that compiles, and does what it says', async () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../README.md')).toContain(read('../support/sealing.ts'))
  expect(await pass('hello', new RecordSealer(nodeAead, SECRET), SECRET)).toBe('hello')
})
