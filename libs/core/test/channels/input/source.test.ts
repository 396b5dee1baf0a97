import { Button, type Channel, KeyCombo, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type InputSourceEvent,
  type InputSourceState,
  inputSource,
  KEEP_ALIVE_MS,
  MAX_OPEN_REQUESTS,
  SEND_KEYS_TIMEOUT_MS,
} from '../../../src/channels/input/source.js'
import { LocalProtocolError } from '../../../src/machine.js'
import type { Kind } from '../../../src/message.js'
import { Actor } from '../../support/actor.js'

type Effect = ReturnType<typeof inputSource.step>['effects'][number]
const PERMIT = { open: true, control: true, epoch: 3, layoutEpoch: 4, text: true }
const PLACE = { screenId: 1, x: 10, y: 20 }
const { LEFT } = Button
const key = (usage: number, down: boolean) => ({ type: 'local.key', usage, down, modifiers: 0, locks: 0 }) as const
const sendKeys = (requestId: number) => ({ type: 'local.sendKeys', requestId, combo: KeyCombo.CTRL_ESCAPE }) as const

class Source extends Actor<InputSourceState, InputSourceEvent, Effect> {
  constructor(permit: Partial<typeof PERMIT> = {}) {
    super(inputSource, inputSource.initial)
    this.permit(permit)
  }
  permit(change: Partial<typeof PERMIT> = {}) {
    return this.step({ type: 'permit', ...PERMIT, ...change })
  }
}
const said = (effects: readonly Effect[]): readonly Kind<Channel.INPUT>[] => effects.flatMap(effect => (effect.type === 'send' ? [effect.kind] : []))
const told = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'notify' ? [effect.notice] : []))

describe('events', () => {
  it('RA-INP-006 are numbered from 1 by one and carry the lease they were made under', () => {
    const acts: readonly InputSourceEvent[] = [
      key(4, true),
      { type: 'local.text', text: 'é' },
      { type: 'local.move', ...PLACE },
      { type: 'local.button', ...PLACE, button: LEFT, down: true },
      { type: 'local.wheel', ...PLACE, deltaX: 0, deltaY: 120 },
      sendKeys(1),
      { type: 'local.releaseAll' },
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...acts), { maxLength: 30 }), events => {
        const source = new Source()
        const kinds = events.flatMap(event =>
          event.type === 'local.sendKeys' && source.state.requests.length >= MAX_OPEN_REQUESTS ? [] : said(source.step(event)),
        )
        expect(kinds.map(kind => (kind.value as { seq: number }).seq)).toEqual(kinds.map((_, index) => index + 1))
        for (const kind of kinds) expect(kind.value).toMatchObject({ leaseEpoch: 3 })
      }),
    )
  })

  it('RA-INP-006 begin at 1 again on a new line', () => {
    const source = new Source()
    source.step(key(4, true))
    source.permit({ open: false, control: false })
    source.permit()
    expect(said(source.step(key(4, true)))).toMatchObject([{ value: { seq: 1 } }])
  })

  it('say what was done, and where in which layout', () => {
    const source = new Source()
    expect(said(source.step({ type: 'local.move', ...PLACE }))).toEqual([{ $case: 'pointerMove', value: { seq: 1, leaseEpoch: 3, layoutEpoch: 4, ...PLACE } }])
    expect(said(source.step({ type: 'local.wheel', ...PLACE, deltaX: 1, deltaY: 2 }))).toMatchObject([{ $case: 'wheel', value: { deltaX: 1, deltaY: 2 } }])
    expect(said(source.step({ type: 'local.text', text: 'hi' }))).toMatchObject([{ $case: 'textInput', value: { text: 'hi' } }])
  })

  it('are not possible without control', () => {
    const source = new Source({ control: false })
    expect(() => source.step(key(4, true))).toThrow(LocalProtocolError)
    expect(source.step({ type: 'local.releaseAll' })).toEqual([])
  })
})

describe('what is held', () => {
  it('RA-INP-041 is told at least every 500 ms, in order', () => {
    const source = new Source()
    source.step(key(9, true))
    source.step(key(4, true))
    source.step({ type: 'local.button', ...PLACE, button: LEFT, down: true })
    expect(said(source.pass(KEEP_ALIVE_MS - 1))).toEqual([])
    expect(source.step({ type: 'tick' })).toEqual([])
    expect(said(source.pass(1))).toEqual([{ $case: 'held', value: { seq: 4, leaseEpoch: 3, hidUsages: [4, 9], buttons: [LEFT] } }])
    expect(said(source.pass(2 * KEEP_ALIVE_MS))).toHaveLength(2)
  })

  it('needs no word once it is up', () => {
    const source = new Source()
    source.step(key(4, true))
    source.step(key(4, false))
    expect(source.deadline).toBeUndefined()
    expect(source.step({ type: 'tick' })).toEqual([])
  })

  it('is released with one word', () => {
    const source = new Source()
    source.step(key(4, true))
    expect(said(source.step({ type: 'local.releaseAll' }))).toEqual([{ $case: 'releaseAll', value: { seq: 2, leaseEpoch: 3 } }])
    expect(source.step({ type: 'local.releaseAll' })).toEqual([])
  })

  it('ends with the lease that it was pressed under, and stays under the same', () => {
    const source = new Source()
    source.step(key(4, true))
    source.permit({ layoutEpoch: 5 })
    expect(source.state).toMatchObject({ keys: [4], permit: { layoutEpoch: 5 } })
    source.permit({ epoch: 4 })
    expect(source.state).toMatchObject({ phase: 'open', keys: [] })
    source.permit({ control: false })
    expect(source.state.phase).toBe('closed')
  })
})

describe('combinations', () => {
  it('RA-INP-051 are asked for with or without control, and their answer is told', () => {
    for (const control of [true, false]) {
      const source = new Source({ control })
      expect(said(source.step(sendKeys(5)))).toEqual([{ $case: 'sendKeys', value: { seq: 1, leaseEpoch: 3, requestId: 5, combo: KeyCombo.CTRL_ESCAPE } }])
      const result = { type: 'remote.sendKeysResult', value: { requestId: 5, refusal: RefusalReason.NOT_ELEVATED } } as const
      expect(told(source.step(result))).toEqual([{ kind: 'input.sentKeys', requestId: 5, refusal: RefusalReason.NOT_ELEVATED }])
      expect(source.step(result)).toEqual([])
    }
  })

  it('are given up when no answer comes', () => {
    for (const control of [true, false]) {
      const source = new Source({ control })
      source.step(sendKeys(5))
      source.pass(1_000)
      source.step(sendKeys(6))
      expect(told(source.pass(SEND_KEYS_TIMEOUT_MS - 1_000))).toEqual([{ kind: 'input.sentKeys', requestId: 5, refusal: RefusalReason.TIMEOUT }])
      expect(source.step({ type: 'tick' })).toEqual([])
    }
  })

  it('are over when the customer is', () => {
    const source = new Source()
    source.step(sendKeys(5))
    expect(told(source.permit({ control: false, open: false }))).toEqual([{ kind: 'input.sentKeys', requestId: 5, refusal: RefusalReason.NOT_ACTIVE }])
    expect(source.deadline).toBeUndefined()
  })

  it('are limited in number', () => {
    const source = new Source()
    for (let n = 0; n < MAX_OPEN_REQUESTS; n++) source.step(sendKeys(n))
    expect(() => source.step(sendKeys(99))).toThrow('8 requests are open already')
  })
})

it('passes on what was rejected and that the local user is at work', () => {
  for (const control of [true, false]) {
    const source = new Source({ control })
    const value = { seq: 4, reason: RefusalReason.LIMIT, count: 2 }
    expect(told(source.step({ type: 'remote.inputRejected', value }))).toEqual([{ kind: 'input.rejected', ...value }])
    expect(told(source.step({ type: 'remote.localInputActive', value: { active: true } }))).toEqual([{ kind: 'input.localUser', active: true }])
  }
})
