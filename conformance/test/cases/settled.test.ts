import { expect, it } from 'vitest'
import { RoleRefused } from '../../src/adapter/errors.js'
import { EventQueue } from '../../src/adapter/events.js'
import type { Cast } from '../../src/cases/cast.js'
import { Performance } from '../../src/cases/performance.js'
import { settled } from '../../src/cases/steps/settled.js'

/** A testee that is not attached, and told this of its line; `hasLine`: the suite has one of it. */
function without(line: readonly string[], { hasLine = false, flushed = async () => {} } = {}) {
  const events = new EventQueue()
  line.forEach((fields, index) => {
    events.push({ index, name: 'line', fields })
  })
  const stage = { players: new Map(), broker: { attached: false, hasLine, flushed }, events: [] }
  const testee = { events, snapshot: async () => ({}) }
  return { events, play: new Performance({ stage, testee, given: new Map(), fromTheStart: true } as unknown as Cast) }
}

it('waits for a line that the testee is asking for, however long that takes', async () => {
  const { events, play } = without(['opening', 'up', 'down', 'opening'], { hasLine: true })
  const order: string[] = []
  const waiting = settled(play, 'broker').then(() => order.push('settled'))
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  order.push('up')
  events.push({ index: 4, name: 'line', fields: 'up' })
  await waiting
  expect(order).toEqual(['up', 'settled'])
})

it('waits for none where the testee asks for none', async () => {
  await settled(without([]).play, 'broker')
  await settled(without(['opening', 'failed']).play, 'broker')
  await settled(without(['opening', 'up', 'down']).play, 'broker')
})

it('waits for a testee to learn that its line is over, and for the next one that it asks for then', async () => {
  const { events, play } = without(['opening', 'up'])
  const order: string[] = []
  const waiting = settled(play, 'broker').then(() => order.push('settled'))
  for (const [place, fields] of ['down', 'opening', 'failed'].entries()) {
    if (fields !== 'opening') for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    order.push(fields)
    events.push({ index: 2 + place, name: 'line', fields })
  }
  await waiting
  expect(order).toEqual(['down', 'opening', 'failed', 'settled'])
})

it('waits for no more of a testee that has told that it is over', async () => {
  const { events, play } = without(['opening', 'up'])
  events.push({ index: 2, name: 'ended', fields: 300 })
  await settled(play, 'broker')
})

it('waits for what the testee has said on a line on which it was not welcomed', async () => {
  const order: string[] = []
  let come = () => {}
  const flushed = () => new Promise<void>(resolve => (come = resolve))
  const waiting = settled(without(['opening', 'up'], { hasLine: true, flushed }).play, 'broker').then(() => order.push('settled'))
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  order.push('come')
  come()
  await waiting
  expect(order).toEqual(['come', 'settled'])
})

it('asks no more of a testee that cannot tell how it stands', async () => {
  const { play } = without([])
  Object.assign(play.cast.testee, { snapshot: () => Promise.reject(new RoleRefused('unsupported', '')) })
  await settled(play, 'broker')
})
