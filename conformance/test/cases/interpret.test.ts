import { expect, it } from 'vitest'
import type { Cast } from '../../src/cases/cast.js'
import { interpret } from '../../src/cases/interpret.js'
import type { LoadedCase } from '../../src/cases/load.js'

/** Nobody has a line. */
const nobody = {
  stage: { events: [], players: new Map(), broker: { attached: false, lastSequence: 0n } },
  testee: { events: { all: [] }, snapshot: async () => ({}) },
  given: new Map(),
  notes: [],
  arrive: async () => {},
  close: async () => {},
} as unknown as Cast

/** A case of one step that always comes out, and may take so long. */
function marking(dueMs: number): LoadedCase {
  const check = { id: 'marked', title: 'It is marked', cites: ['RA-SES-013'], control: false }
  return {
    declaration: { id: 'agent/a/one', title: 'One', role: 'agent', profile: 'core', kind: 'scenario', needs: [], checks: [check], source: '' },
    given: {},
    steps: [{ kind: 'mark', value: 'now', check, withinMs: 5_000, dueMs, note: '' }],
  }
}

it('says of what came after the time that the specification allows that it is slow, and of the case that it passed', async () => {
  const late = await interpret(marking(0), async () => nobody)
  expect(late.verdict).toBe('PASSED')
  expect(late.checks).toEqual([
    expect.objectContaining({ verdict: 'SLOW', message: expect.stringMatching(/^it took \d+ ms, and the specification allows 0 ms$/) }),
  ])
  const early = await interpret(marking(3_600_000), async () => nobody)
  expect(early.checks).toEqual([expect.objectContaining({ verdict: 'PASSED', message: '' })])
})
