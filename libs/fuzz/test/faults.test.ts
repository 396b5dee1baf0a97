import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULTS, type Fault } from '../src/faults/faults.js'
import { type Greenhouse, greenhouse } from '../src/faults/greenhouse.js'

/** What `npm test` gives each target anyway, and a little more where an execution is cheap. */
const EXECUTIONS = 4_000
const DEAR = ['handshake', 'capability', 'credentials', 'audit']
const budgetOf = ({ target, as }: Fault) => [
  ...['--seed', '1', '--target', target, '--executions', String(DEAR.includes(target) ? EXECUTIONS / 20 : EXECUTIONS)],
  ...(as === 'hang' ? ['--hang', '3'] : []),
]

let house: Greenhouse
beforeAll(async () => {
  house = await greenhouse()
})
afterAll(() => house.close())

describe('planted faults', () => {
  test('nothing is found where nothing is planted', async () => {
    expect(await house.fuzz(['--seed', '1', '--target', 'pin', '--executions', '500'])).toMatchObject({ code: 0 })
  })

  test.each(FAULTS.map(fault => [fault.name, fault] as const))('%s', async (_, fault) => {
    const { code, output } = await house.fuzz(budgetOf(fault), fault)
    expect(output).toContain(`    ${fault.as}: `)
    expect(output).toMatch(new RegExp(`replay: npm run fuzz -- --seconds 0 --target ${fault.target} --seed \\d+`))
    expect(code).toBe(1)
  })
})
