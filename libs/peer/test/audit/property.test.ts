import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Log } from './log.js'
import { World } from './world.js'

const agents = fc.constantFrom(1, 3, 4)
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('record' as const), count: fc.integer({ min: 1, max: 40 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('arrive' as const), agent: agents }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), agent: agents }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), agent: agents, count: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
  ),
  { maxLength: 60 },
)
type Act = (typeof acts extends fc.Arbitrary<infer T> ? T : never)[number]

/** A session in which all that happened, to its orderly end. */
function told(story: readonly Act[]): World {
  const world = new World()
  world.arrive(1)
  let epoch = 0
  for (const act of story) {
    if (act.do === 'record') for (let n = 0; n < act.count; n++) world.log.record('control.changed', { participant: n % 3, epoch: ++epoch })
    else if (act.do === 'arrive') world.arrive(act.agent)
    else if (act.do === 'drop') world.drop(act.agent)
    else if (act.do === 'deliver') world.deliver(act.agent, act.count)
    else world.clock.pass(act.ms)
  }
  for (const number of world.followers.keys()) world.arrive(number)
  world.log.end(102)
  for (const number of world.followers.keys()) world.deliver(number)
  return world
}

describe('whatever happens in whatever order', () => {
  test('all ends have the same log, signed by all to the end, and nobody disagrees (RA-SEC-257, RA-SEC-261, RA-SEC-262, RA-SEC-265)', () =>
    fc.assert(
      fc.property(acts, story => {
        const { customers, broken, followers, log } = told(story)
        expect(broken).toEqual([])
        expect(customers.report()).toMatchObject({ verdict: 'intact', fault: undefined })
        expect(log.lastWords()).toBeUndefined()
        for (const { log: copy, broken: theirs } of followers.values()) {
          expect(theirs).toEqual([])
          expect(copy.report()).toMatchObject({ verdict: 'intact', fault: undefined })
          expect(copy.entries).toEqual(customers.entries)
        }
        for (const { entries } of customers.report().signers) expect(entries).toBe(customers.entries.length)
      }),
      { numRuns: 25 },
    ))

  test('whoever changes an entry, leaves one out, doubles one or moves one is found, and the entry named (RA-SEC-258)', () =>
    fc.assert(
      fc.property(acts, fc.nat(), fc.constantFrom('alter', 'drop', 'double', 'swap'), fc.constantFrom('customer', 'agent'), (story, at, how, whose) => {
        const world = told(story)
        const lines = [...(whose === 'customer' ? world.customers : world.of(1).log).lines]
        const places = lines.flatMap((line, i) => (line.startsWith('{"index"') ? [i] : []))
        const nth = at % (how === 'swap' ? places.length - 1 : places.length)
        const [place, next] = [places[nth] as number, places[nth + 1] as number]
        const line = lines[place] as string
        if (how === 'alter') lines[place] = line.replace(/"at":(\d+)/, (_, ms) => `"at":${Number(ms) + 1}`)
        else if (how === 'drop') lines.splice(place, 1)
        else if (how === 'double') lines.splice(place, 0, line)
        else [lines[place], lines[next]] = [lines[next] as string, line]
        const log = new Log()
        log.lines.push(...lines)
        const { verdict, fault } = log.report()
        expect(verdict).toBe('faulty')
        expect(fault).toMatchObject({ index: nth, kind: { alter: 'altered', drop: 'dropped', double: 'duplicated', swap: 'reordered' }[how] })
      }),
      { numRuns: 50 },
    ))
})
