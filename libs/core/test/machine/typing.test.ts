import { CloseCode } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { defineMachine, go, type Handlers, LocalProtocolError, stay, type TransitionTable } from '../../src/machine.js'
import { at } from '../support/actor.js'

type State = { readonly phase: 'shut'; readonly knocks: number } | { readonly phase: 'ajar' } | { readonly phase: 'open'; readonly wide: boolean }
type Event =
  | { readonly type: 'remote.knock'; readonly by: string }
  | { readonly type: 'local.push'; readonly hard: boolean }
  | { readonly type: 'permit' }
  | { readonly type: 'tick' }
type Effect = { readonly type: 'creak' }

const TABLE = {
  shut: { 'remote.knock': ['shut', 'ajar'], tick: ['shut'] },
  ajar: { 'local.push': ['open'] },
  open: {},
} as const satisfies TransitionTable<State['phase'], Event['type']>

type Door = Handlers<typeof TABLE, State, Event, Effect>

const shut: Door['shut'] = {
  'remote.knock': (s, e) => (e.by === 'Ada' ? go({ phase: 'ajar' }, { type: 'creak' }) : go({ ...s, knocks: s.knocks + 1 })),
  tick: stay,
}
const ajar: Door['ajar'] = { 'local.push': (_s, e) => go({ phase: 'open', wide: e.hard }) }

const door = defineMachine<typeof TABLE, State, Event, Effect>({
  name: 'door',
  table: TABLE,
  handlers: { shut, ajar, open: {} },
  nextDeadline: () => undefined,
  illegal: CloseCode.WRONG_PHASE,
})

describe('the table decides what compiles', () => {
  it('takes one handler for each cell', () => {
    const complete: Door = { shut, ajar, open: {} }
    expect(Object.keys(complete)).toEqual(['shut', 'ajar', 'open'])
  })

  it('refuses handlers with a missing cell', () => {
    // @ts-expect-error: `shut` lists `tick`.
    const missing: Door = { shut: { 'remote.knock': shut['remote.knock'] }, ajar, open: {} }
    // @ts-expect-error: the phase `open` has no row.
    const rowless: Door = { shut, ajar }
    expect([missing, rowless]).toHaveLength(2)
  })

  it('refuses handlers with an extra cell', () => {
    // @ts-expect-error: nobody pushes a shut door.
    const extra: Door['shut'] = { ...shut, 'local.push': (s: Extract<State, { phase: 'shut' }>) => stay(s) }
    // @ts-expect-error: nothing is legal in `open`.
    const empty: Door['open'] = { 'local.push': (s: Extract<State, { phase: 'open' }>) => stay(s) }
    // @ts-expect-error: there is no such phase.
    const phase: Door = { shut, ajar, open: {}, broken: {} }
    expect([extra, empty, phase]).toHaveLength(3)
  })

  it('refuses a handler that may return a phase the cell does not list', () => {
    // @ts-expect-error: a push opens; it does not leave the door ajar.
    const wrong: Door['ajar'] = { 'local.push': s => stay(s) }
    // @ts-expect-error: one of the two ends is not in the cell.
    const either: Door['ajar'] = { 'local.push': (s, e) => (e.hard ? go({ phase: 'open' as const, wide: true }) : stay(s)) }
    expect([wrong, either]).toHaveLength(2)
  })

  it('refuses a handler of another event, of another phase, or with effects of another machine', () => {
    // @ts-expect-error: a knock has no `hard`.
    const event: Door['shut'] = { ...shut, 'remote.knock': (s, e: { readonly hard: boolean }) => (e.hard ? go({ phase: 'ajar' }) : stay(s)) }
    // @ts-expect-error: `ajar` does not count knocks.
    const phase: Door['ajar'] = { 'local.push': (s: { readonly knocks: number }) => go({ phase: 'open', wide: s.knocks > 0 }) }
    // @ts-expect-error: a door does not ring.
    const effect: Door['ajar'] = { 'local.push': () => go({ phase: 'open', wide: true }, { type: 'ring' }) }
    expect([event, phase, effect]).toHaveLength(3)
  })

  it('refuses a table with an unknown phase, target or event', () => {
    // @ts-expect-error: `broken` is no phase.
    const phase = { ...TABLE, broken: {} } as const satisfies TransitionTable<State['phase'], Event['type']>
    // @ts-expect-error: no event leads to `broken`.
    const target = { ...TABLE, open: { tick: ['broken'] } } as const satisfies TransitionTable<State['phase'], Event['type']>
    // @ts-expect-error: nobody kicks.
    const event = { ...TABLE, open: { 'local.kick': ['open'] } } as const satisfies TransitionTable<State['phase'], Event['type']>
    expect([phase, target, event]).toHaveLength(3)
  })
})

describe('a machine', () => {
  const closed: State = { phase: 'shut', knocks: 0 }

  it('runs the handler of the cell', () => {
    expect(door.step(closed, { type: 'remote.knock', by: 'Bob' }, at(0))).toEqual({ state: { phase: 'shut', knocks: 1 }, effects: [] })
    expect(door.step(closed, { type: 'remote.knock', by: 'Ada' }, at(0))).toEqual({ state: { phase: 'ajar' }, effects: [{ type: 'creak' }] })
  })

  it('names phase, event and code of an illegal remote event, and stays as it is', () => {
    const state: State = { phase: 'open', wide: true }
    const { state: after, effects } = door.step(state, { type: 'remote.knock', by: 'Ada' }, at(0))
    expect(after).toBe(state)
    expect(effects).toEqual([{ type: 'violation', phase: 'open', event: 'remote.knock', code: CloseCode.WRONG_PHASE }])
  })

  it('throws for an illegal local call, with a code and a sentence', () => {
    const push = () => door.step(closed, { type: 'local.push', hard: true }, at(0))
    expect(push).toThrow(LocalProtocolError)
    expect(push).toThrow(expect.objectContaining({ code: 'E_NOT_NOW', machine: 'door', phase: 'shut', event: 'local.push' }))
    expect(push).toThrow('local.push is not possible while the door is shut')
  })

  it('ignores a permit or tick that means nothing in its phase', () => {
    for (const type of ['permit', 'tick'] as const) expect(door.step({ phase: 'ajar' }, { type }, at(0))).toEqual({ state: { phase: 'ajar' }, effects: [] })
  })
})
