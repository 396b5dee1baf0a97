import { describe, expect, it } from 'vitest'
import { COUNTED } from '../src/explore/counted.js'
import { walk } from '../src/explore/walk.js'

describe('the explorer', () => {
  it('walks one agent, one viewer and one customer completely, without a drop', () => {
    const { complete, states, transitions, violations, stuck } = walk(0, 1_000_000, () => undefined)
    expect({ complete, states, transitions, violations, stuck }).toEqual({ complete: true, ...COUNTED[0], violations: [], stuck: [] })
  })
})
