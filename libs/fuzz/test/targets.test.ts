import { execute, inputsOf, Laboratory, readCorpus, TARGETS } from '@remote-assist/fuzz'
import { afterAll, describe, expect, test } from 'vitest'

/** Executions of each target; `npm run fuzz` and `npm run test:deep` go on from there. */
const EXECUTIONS = 300
const DEAR = { handshake: 40, capability: 60, credentials: 60, audit: 60 } as const
const executionsOf = (name: string) => (name in DEAR ? DEAR[name as keyof typeof DEAR] : EXECUTIONS)

const laboratory = new Laboratory()
afterAll(() => laboratory.close())

describe.each(TARGETS.map(target => [target.name, target] as const))('%s', (name, target) => {
  test(target.title, async () => {
    const { executions, findings } = await laboratory.run(name, 1, { executions: executionsOf(name) })
    expect(findings).toEqual([])
    expect(executions).toBe(executionsOf(name))
  })

  test('holds for its seeds, and for what was found before', async () => {
    for (const { input, found } of readCorpus(name)) expect(await execute(target, input), found).toHaveProperty('word')
    for (const seed of target.seeds().slice(0, 40)) expect(await execute(target, seed)).toHaveProperty('word')
  })

  test('makes the same input of a seed each time', () => {
    const [once, again] = [inputsOf(target), inputsOf(target)]
    for (const seed of [0, 1, 2, 2 ** 40]) expect(again(seed)).toEqual(once(seed))
  })
})
