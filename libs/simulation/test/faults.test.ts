import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAULTS } from '../src/faults/faults.js'
import { greenhouse, plant, run } from '../src/faults/plant.js'

/** Enough for every fault that is looked for by simulation, honest or attacked; each search ends with the first breach. */
const SEEDS = 500

let house: Awaited<ReturnType<typeof greenhouse>>
beforeAll(async () => {
  house = await greenhouse()
})
afterAll(() => house.close())

describe('planted faults', () => {
  it('are at least twenty, in tables, couplings, deadlines and what seals', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(20)
    for (const kind of ['table', 'coupling', 'deadline', 'security']) expect(FAULTS.filter(fault => fault.kind === kind).length).toBeGreaterThanOrEqual(5)
    expect(new Set(FAULTS.map(fault => fault.name)).size).toBe(FAULTS.length)
  })

  it('find nothing where nothing is planted', async () => {
    expect((await run([`${house.dist('simulation')}/simulate.js`, '--seeds', '20', '--stop'])).code).toBe(0)
  })

  it.each(FAULTS.map(fault => [fault.name, fault] as const))('%s', async (_name, fault) => {
    expect(await plant(fault, house, SEEDS)).toMatchObject({ found: true })
  })
})
