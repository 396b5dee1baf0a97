import { describe, expect, it } from 'vitest'
import { Overdue } from '../../src/play/player.js'
import { Mailbox, Trace } from '../../src/play/trace.js'

const arrivalOf = (name: string) => ({
  to: 'agent',
  source: 1,
  targets: [2],
  sequence: 1n,
  channel: 'SESSION' as const,
  name,
  fields: {},
  frame: new Uint8Array(0),
  bytes: new Uint8Array(0),
})

function box() {
  const trace = new Trace()
  const inbox = new Mailbox()
  return { trace, inbox, put: (name: string) => inbox.put(trace.arrival(arrivalOf(name))) }
}

describe('an inbox', () => {
  it('finds what came before and what comes later, from a place on', async () => {
    const { inbox, put, trace } = box()
    put('pause')
    expect((await inbox.next(({ name }) => name === 'pause', { from: 0, withinMs: 1 })).index).toBe(0)
    const later = inbox.next(({ name }) => name === 'pause', { from: trace.events.length, withinMs: 60_000 })
    put('unpause')
    put('pause')
    expect((await later).index).toBe(2)
  })

  it('says what came instead when time is up', async () => {
    const { inbox, put } = box()
    const waiting = inbox.next(({ name }) => name === 'stop', { from: 0, withinMs: 1 })
    put('pause')
    const error = await waiting.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Overdue)
    expect((error as Overdue).seen.map(({ name }) => name)).toEqual(['pause'])
  })

  it('lets nobody wait for what cannot come any more, until it can again', async () => {
    const { inbox, put, trace } = box()
    const waiting = inbox.next(() => true, { from: 0, withinMs: 60_000 })
    inbox.end('the line was closed')
    await expect(waiting).rejects.toThrow(/the line was closed/)
    await expect(inbox.closing({ from: 0, withinMs: 60_000 })).rejects.toThrow(/nothing can/)
    inbox.reopen()
    const again = inbox.closing({ from: 0, withinMs: 60_000 })
    inbox.putClosing(trace.closing({ to: 'agent', code: 101, reason: '' }))
    expect((await again).code).toBe(101)
    put('pause')
    expect(trace.events.map(({ kind }) => kind)).toEqual(['closing', 'arrival'])
  })
})
