import { type Organisation, Role, systemClock } from '@remote-assist/peer'
import { expect, test } from 'vitest'
import type { Person } from '../src/person.js'
import { Answers } from '../src/questions.js'

/** Asks a person who answers so, given the question; resolves to what was decided. */
function decided(
  answer: (question: string) => string | undefined,
  method: 'prompt' | 'credentials' = 'prompt',
  { organisation = undefined as Organisation | undefined, tell = (_line: string): void => {} } = {},
): Promise<boolean> {
  const person: Person = {
    hasKeys: true,
    tell,
    ask: async question => answer(question),
    askSecret: async () => undefined,
    onKey: () => {},
    close: () => {},
  }
  return new Promise(resolve => {
    const answered = (allow: boolean) => () => {
      resolve(allow)
      return true
    }
    new Answers(person, { kind: 'ask' }).elevation({
      asker: { participant: 1, role: Role.AGENT, displayName: 'Ada', organisation, words: ['tiger', 'Norwegian', 'tissue'] },
      reason: 'a driver',
      scope: 'admin',
      method,
      durationMs: 60_000,
      by: systemClock.now(),
      settled: new AbortController().signal,
      allow: answered(true),
      deny: answered(false),
    })
  })
}

const codeIn = (question: string): string => /type (\d{3})\./.exec(question)?.[1] ?? ''

test('elevation is allowed by the number in the question, and by nothing that could be typed ahead of it (RA-ELV-004)', async () => {
  expect(await decided(codeIn)).toBe(true)
  for (const ahead of ['y', 'Y', 'yes', '', '1', 'allow', undefined]) expect(await decided(() => ahead)).toBe(false)
  expect(await decided(question => `${Number(codeIn(question)) + 1}`)).toBe(false)
})

test('the number is another one each time', async () => {
  const codes = new Set<string>()
  for (let i = 0; i < 40; i++)
    await decided(question => {
      codes.add(codeIn(question))
      return ''
    })
  expect(codes.size).toBeGreaterThan(10)
})

test('a person is told what comes next: the system’s prompt, or a password that the agent gives', async () => {
  const asked: string[] = []
  for (const method of ['prompt', 'credentials'] as const)
    await decided(question => {
      asked.push(question)
      return ''
    }, method)
  expect(asked).toEqual([expect.stringContaining('The system asks you once more.'), expect.stringContaining('The agent then gives the password of an account')])
})

test.each([
  [undefined, 'Ada (unverified: nobody vouches for them) asks for administrator powers for 1 min: “a driver”.'],
  [{ name: 'Example Support', subject: '' }, 'Ada of Example Support (verified) asks for administrator powers for 1 min: “a driver”.'],
])('who asks for powers is said with who vouches for them: %j (RA-SEC-053)', async (organisation, sentence) => {
  const told: string[] = []
  await decided(() => '', 'prompt', { organisation, tell: line => void told.push(line) })
  expect(told).toContain(sentence)
})
