import { Role, systemClock } from '@remote-assist/peer'
import type { PowerQuestion } from '@remote-assist/ui'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PowerQuestions } from '../../src/window/power.js'

let shown: PowerQuestion | undefined
let answers: string[]
let questions: PowerQuestions
let over: AbortController

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  shown = undefined
  answers = []
  over = new AbortController()
  questions = new PowerQuestions(question => {
    shown = question
  })
})
afterEach(() => vi.useRealTimers())

const asked = (name: string) => ({
  asker: { participant: 1, role: Role.AGENT as const, displayName: name, organisation: undefined, words: ['tiger', 'Norwegian', 'tissue'] },
  reason: 'a driver',
  scope: 'admin' as const,
  method: 'prompt' as const,
  durationMs: 90_000,
  permissions: [],
  by: systemClock.now(),
  settled: over.signal,
  allow: () => answers.push(`${name} yes`) > 0,
  deny: () => answers.push(`${name} no`) > 0,
})

test('a yes counts 3 s after the question appeared, and not before; a no always does (RA-ELV-004)', () => {
  questions.elevation(asked('Ada'))
  expect(shown).toMatchObject({ kind: 'elevation', from: { name: 'Ada' }, minutes: 2, reason: 'a driver' })
  questions.answer(shown?.id ?? 0, true)
  vi.setSystemTime(Date.now() + 2_999)
  questions.answer(shown?.id ?? 0, true)
  expect(answers).toEqual([])
  vi.setSystemTime(Date.now() + 1)
  questions.answer(shown?.id ?? 0, true)
  expect(answers).toEqual(['Ada yes'])
  expect(shown).toBe(undefined)
  questions.rejoin(asked('Ben'))
  questions.answer(shown?.id ?? 0, false)
  expect(answers).toEqual(['Ada yes', 'Ben no'])
})

test('one question is shown at a time, and an answer is for the one that was shown', () => {
  questions.elevation(asked('Ada'))
  questions.rejoin(asked('Ben'))
  const first = shown?.id ?? 0
  questions.answer(first + 1, false)
  expect(answers).toEqual([])
  questions.answer(first, false)
  questions.answer(first, false)
  expect(answers).toEqual(['Ada no'])
  expect(shown?.from?.name).toBe('Ben')
})

test('what is off the table is not shown any more, and what is open at the end is denied', async () => {
  questions.elevation(asked('Ada'))
  over.abort()
  expect(shown).toBe(undefined)
  over = new AbortController()
  questions.elevation(asked('Ben'))
  questions.close()
  expect(answers).toEqual(['Ben no'])
})

test('a password is what was typed; none was given when it is refused, or no longer wanted', async () => {
  const given = questions.password(over.signal)
  expect(shown).toMatchObject({ kind: 'password', from: undefined })
  questions.answer(shown?.id ?? 0, true, Buffer.from('tür'))
  expect(Buffer.from((await given) ?? []).toString()).toBe('tür')
  const refused = questions.password(over.signal, 2)
  expect(shown).toMatchObject({ kind: 'password', attemptsLeft: 2 })
  questions.answer(shown?.id ?? 0, false)
  expect(await refused).toBe(undefined)
  const late = questions.password(over.signal)
  over.abort()
  expect(await late).toBe(undefined)
  expect(await questions.password(over.signal)).toBe(undefined)
  expect(shown).toBe(undefined)
})
