import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Act, actOf, givesMore } from '../src/companion/act.js'
import { TOPICS } from '../src/topics.js'

const number = fc.integer({ min: 0, max: 1_000 })
const text = fc.string({ maxLength: 40 })
const topic = fc.constantFrom(...TOPICS)
const plain = fc.constantFrom(...(['cancel', 'refuse', 'pause', 'go-on', 'stop', 'save-log', 'show-folder', 'cancel-rejoin', 'restart', 'dismiss'] as const))
const acts: fc.Arbitrary<Act> = fc.oneof(
  plain.map(what => ({ do: what })),
  fc.record({ do: fc.constant('join' as const), code: text }),
  fc.record({ do: fc.constant('start' as const), question: number, topics: fc.subarray([...TOPICS]) }),
  fc.record({ do: fc.constant('allow' as const), topic, on: fc.boolean() }),
  fc.record({ do: fc.constantFrom('turn-out' as const, 'same-words' as const), person: number }),
  fc.record({ do: fc.constant('say' as const), text }),
  fc.record({ do: fc.constantFrom('accept' as const, 'decline' as const), question: number }),
  fc.record({ do: fc.constant('answer' as const), question: number, allow: fc.boolean() }),
  fc.record({ do: fc.constant('password' as const), question: number, text }),
  fc.record({ do: fc.constant('send' as const), uploads: fc.array(number, { maxLength: 5 }), question: fc.option(number, { nil: undefined }) }),
)

describe('what the window asks of its process', () => {
  test('each act arrives as it was sent, without what does not belong to it', () => {
    fc.assert(
      fc.property(acts, text, (act, extra) => {
        expect(actOf(JSON.parse(JSON.stringify({ ...act, extra })))).toEqual(act)
      }),
    )
  })

  test('what is none is none, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), form => {
        expect(actOf(form)).toBe(undefined)
      }),
    )
  })

  test.each([
    { do: 'say', text: 'x'.repeat(4_097) },
    { do: 'start', question: 1, topics: ['see', 'all'] },
    { do: 'start', question: 1, topics: Array.from({ length: 8 }, () => 'see') },
    { do: 'turn-out', person: -1 },
    { do: 'turn-out', person: 1.5 },
    { do: 'allow', topic: 'see', on: 'yes' },
    { do: 'send', uploads: Array.from({ length: 101 }, () => 1) },
    { do: 'constructor' },
  ])('%j is none', form => {
    expect(actOf(form)).toBe(undefined)
  })

  test('to stop, to pause, to take back and to say no give nobody more', () => {
    const less: readonly Act[] = [
      { do: 'stop' },
      { do: 'pause' },
      { do: 'refuse' },
      { do: 'cancel' },
      { do: 'cancel-rejoin' },
      { do: 'turn-out', person: 1 },
      { do: 'allow', topic: 'see', on: false },
      { do: 'answer', question: 1, allow: false },
      { do: 'decline', question: 1 },
      { do: 'start', question: 1, topics: [] },
    ]
    expect(less.filter(givesMore)).toEqual([])
    const more: readonly Act[] = [
      { do: 'join', code: '1' },
      { do: 'start', question: 1, topics: ['see'] },
      { do: 'allow', topic: 'files', on: true },
      { do: 'same-words', person: 1 },
      { do: 'accept', question: 1 },
      { do: 'answer', question: 1, allow: true },
      { do: 'password', question: 1, text: '' },
      { do: 'send', uploads: [1], question: undefined },
      { do: 'say', text: 'yes' },
      { do: 'go-on' },
    ]
    expect(more.filter(act => !givesMore(act))).toEqual([])
  })
})
