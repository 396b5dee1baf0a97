import { describe, expect, it } from 'vitest'
import { Random } from '../src/random.js'
import { Schedule } from '../src/schedule.js'
import { simulate } from '../src/session.js'

const SEEDS = 150

describe('the simulation', () => {
  it('keeps every invariant in whole sessions with drops, freezes and crashes, and with an adversary at the broker', async () => {
    const outcomes = await Promise.all(Array.from({ length: SEEDS }, (_, i) => simulate(1_000_001 + i)))
    expect(outcomes.filter(it => it.failure !== undefined).map(it => `seed ${it.seed}: ${it.failure?.message}`)).toEqual([])
    expect(outcomes.every(it => it.steps > 0)).toBe(true)
    const attacked = outcomes.filter(it => it.attacked)
    expect(attacked.length).toBeGreaterThan(SEEDS / 5)
    expect(attacked.reduce((deeds, it) => deeds + it.deeds, 0)).toBeGreaterThan(attacked.length)
  })

  it('reaches control, elevation, resume and every way out', async () => {
    const reached = new Set((await Promise.all(Array.from({ length: SEEDS }, (_, i) => simulate(1 + i)))).flatMap(it => [...it.reached]))
    for (const transition of [
      'grantor: securing → active',
      'grantor: active → suspended',
      'grantor: suspended → securing',
      'grantor: active → paused',
      'grantor: paused → active',
      'grantor: securing → admission',
      'lease: free → held',
      'lease: held → held-off',
      'elevationGrantor: handover → elevated',
      'elevationGrantor: elevated → none',
      'session: live → ended',
    ])
      expect([...reached]).toContain(transition)
  })

  it.each([
    ['compared', {}],
    ['compared and attacked', { attacked: true }],
    ['computed', { real: true }],
    ['computed and attacked', { attacked: true, real: true }],
  ])('is the same for the same seed, to the last step, with keys that are %s', async (_what, kind) => {
    const [a, b] = [await simulate(14, { ...kind, trace: true }), await simulate(14, { ...kind, trace: true })]
    expect(a.failure).toBe(undefined)
    expect(a.trace.length).toBeGreaterThan(20)
    expect(a.trace).toEqual(b.trace)
  })

  it('seals one session in a hundred in earnest, and some of those are attacked', async () => {
    const outcomes = await Promise.all([100, 101, 300].map(seed => simulate(seed)))
    expect(outcomes.map(it => it.real)).toEqual([true, false, true])
    expect(outcomes.map(it => it.failure)).toEqual([undefined, undefined, undefined])
  })
})

describe('simulated time', () => {
  it('runs tasks in order of their moment, and of their making where that is the same', () => {
    const random = new Random(7)
    const schedule = new Schedule()
    const ran: { at: number; order: number }[] = []
    for (let order = 0; order < 500; order++) {
      const at = random.below(50)
      schedule.at(at, () => ran.push({ at, order }))
    }
    while (schedule.step());
    expect(ran).toHaveLength(500)
    for (let i = 1; i < ran.length; i++) {
      const [a, b] = [ran[i - 1], ran[i]]
      if (a === undefined || b === undefined) throw new Error('a task did not run')
      expect(a.at < b.at || (a.at === b.at && a.order < b.order)).toBe(true)
    }
  })
})
