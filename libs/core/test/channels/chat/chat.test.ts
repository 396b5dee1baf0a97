import type { Chat } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAT_RATE, chat } from '../../../src/channels/chat/chat.js'
import type { ChatEvent } from '../../../src/channels/chat/table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { at, Drive, remote, walk, walkThrough } from '../support.js'

const line = (change: Partial<Chat> = {}): Chat => ({ id: 1, from: 0, text: 'hello', atMs: 0n, ...change })
const open = (author: number) => new Drive(chat).step({ type: 'permit', open: true, author })

describe('chat', () => {
  it('RA-CHT-002 stamps the author at the customer, whatever the line says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(), fc.string(), (author, from, text) => {
        const customer = open(author).step({ type: 'remote.chat', value: line({ from, text, atMs: 7n }) })
        expect(customer.notices).toEqual([{ kind: 'chat.received', chat: line({ from: author, text, atMs: 0n }) }])
      }),
    )
  })

  it('RA-CHT-001 RA-CHT-003 passes on what it is given, its author and time included', () => {
    const stamped = line({ from: 3, atMs: 1_700_000_000_000n })
    expect(open(3).step({ type: 'local.forward', chat: stamped }).onlySent).toEqual({ $case: 'chat', value: stamped })
  })

  it('shows an agent or viewer what the customer passes on', () => {
    const stamped = line({ from: 9, atMs: 12n })
    expect(open(0).step({ type: 'remote.chat', value: stamped }).notices).toEqual([{ kind: 'chat.received', chat: stamped }])
  })

  it('sends what is written without author and time', () => {
    expect(open(0).step({ type: 'local.say', id: 5, text: 'hi' }).onlySent).toEqual({ $case: 'chat', value: line({ id: 5, text: 'hi' }) })
  })

  it('drops an author beyond the rate, and takes lines again later', () => {
    const customer = open(2)
    const count = () =>
      Array.from({ length: CHAT_RATE * 3 }, (_, id) => customer.step({ type: 'remote.chat', value: line({ id }) }).notices.length).reduce((a, b) => a + b)
    expect(count()).toBe(CHAT_RATE)
    customer.now = at(1_000)
    expect(count()).toBe(CHAT_RATE)
  })

  it('tells a writer who is too fast', () => {
    const agent = open(0)
    for (let id = 0; id < CHAT_RATE; id++) agent.step({ type: 'local.say', id, text: 'x' })
    expect(() => agent.step({ type: 'local.say', id: 99, text: 'x' })).toThrow(LocalProtocolError)
    agent.now = at(100)
    expect(agent.step({ type: 'local.say', id: 99, text: 'x' }).sent).toHaveLength(1)
  })

  it('drops everything while closed, and lets nobody write', () => {
    const closed = open(0).step({ type: 'permit', open: false, author: 0 })
    expect(closed.step({ type: 'remote.chat', value: line() }).notices).toEqual([])
    expect(closed.step({ type: 'local.forward', chat: line() }).sent).toEqual([])
    expect(() => closed.step({ type: 'local.say', id: 1, text: 'x' })).toThrow(LocalProtocolError)
  })

  it('never throws on remote input and never passes the rate', () => {
    const events: fc.Arbitrary<ChatEvent> = fc.oneof(
      fc.record({ type: fc.constant('permit' as const), open: fc.boolean(), author: fc.nat(2) }),
      fc.string().map(text => remote<ChatEvent>({ $case: 'chat', value: line({ text }) })),
      fc.record({ type: fc.constant('local.say' as const), id: fc.nat(), text: fc.string() }),
      fc.constant({ type: 'local.forward' as const, chat: line() }),
    )
    fc.assert(
      fc.property(walk(events), steps => {
        walkThrough(new Drive(chat), steps, ({ violations, machine, state }) => {
          expect(violations).toEqual([])
          expect(machine.nextDeadline(state)).toBeUndefined()
          expect(state.rate?.left ?? 0).toBeLessThan(CHAT_RATE)
        })
      }),
    )
  })
})
