import { expect, test } from 'vitest'
import { takeTurns } from '../src/index.js'

test('contestants take turns, also where a round takes a while, and the first round of each does not count', async () => {
  const log: string[] = []
  const contestant = (name: string) => {
    let round = 0
    return {
      name,
      round: () => {
        log.push(name)
        return Promise.resolve(`${name}${round++}`)
      },
    }
  }
  const courses = await takeTurns([contestant('a'), contestant('b'), contestant('c')], 2)
  expect(log.join('')).toBe('abcabcabc')
  expect(courses).toEqual([
    { name: 'a', rounds: ['a1', 'a2'] },
    { name: 'b', rounds: ['b1', 'b2'] },
    { name: 'c', rounds: ['c1', 'c2'] },
  ])
})

test('a round that fails ends the run', async () => {
  const failing = { name: 'failing', round: () => Promise.reject(new Error('no line')) }
  await expect(takeTurns([failing], 3)).rejects.toThrow('no line')
})
