import { expect, it } from 'vitest'
import type { Cast } from '../../src/cases/cast.js'
import { Performance } from '../../src/cases/performance.js'
import type { WireEvent } from '../../src/play/player.js'

/** A customer under test whose line is as told: what a barrier does, and what came. */
function customer({ hasLine = true, attached = true, barrier = async () => {}, events = [] as WireEvent[] } = {}): Performance {
  const stage = { players: new Map(), broker: { attached, barrier, hasLine }, events }
  return new Performance({ stage, testee: { events: { all: [] } }, given: new Map(), fromTheStart: true } as unknown as Cast)
}

const closing = (code: number, index = 0): WireEvent => ({ kind: 'closing', closing: { index, atMs: 0, to: 'broker', code, reason: '' } })
const arrival = { kind: 'arrival', arrival: { index: 0, to: 'broker', fault: 'a wrong header' } } as unknown as WireEvent
const never = (): Promise<void> => new Promise(() => {})

it('is absent where the testee answers, or was not let in and need not', async () => {
  expect(await customer().absence('broker')).toBe('absent')
  expect(await customer({ attached: false, barrier: never }).absence('broker')).toBe('absent')
})

it('hangs where it answers nothing, and not where what it answers is wrong', async () => {
  const events: WireEvent[] = []
  const faulty = async () => {
    events.push(arrival)
    await never()
  }
  expect(await Promise.all([customer({ barrier: never }).absence('broker'), customer({ barrier: faulty, events }).absence('broker')])).toEqual([
    'hang',
    'absent',
  ])
})

it('ended where its line did, and died where nobody said why', async () => {
  const over = (code: number) => customer({ hasLine: false, attached: false, events: [closing(code)] })
  expect(await over(602).absence('broker')).toBe('ended')
  expect(await over(0).absence('broker')).toBe('died')
  expect(await over(500).absence('broker')).toBe('died')
})

it('ended where the testee said goodbye, though its line is there and nothing is answered', async () => {
  const bye = { kind: 'arrival', arrival: { index: 0, to: 'broker', name: 'bye' } } as unknown as WireEvent
  expect(await customer({ barrier: never, events: [bye] }).absence('broker')).toBe('ended')
})

it('is no death that a case looked for, or brought about', async () => {
  const wanted = customer({ hasLine: false, attached: false, events: [closing(602)] })
  wanted.accounted.add(0)
  expect(await wanted.absence('broker')).toBe('absent')
  const cut = customer({ hasLine: false, attached: false, events: [closing(0)] })
  cut.endsLines = true
  expect(await cut.absence('broker')).toBe('absent')
})
