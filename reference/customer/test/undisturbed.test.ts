import { PassThrough } from 'node:stream'
import type { Host, InputHost } from '@remote-assist/peer'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { virtualHost } from '../src/hosts/index.js'
import { type Person, personAt, type Seat } from '../src/person.js'
import { UndisturbedPerson } from '../src/undisturbed.js'

const NEVER = new AbortController().signal
const SETTLED_MS = 1_000
const people: Person[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})

afterEach(() => {
  for (const person of people.splice(0)) person.close()
  vi.useRealTimers()
})

/** A terminal on the display that is shared: what is typed there, by whomever, arrives at it. */
function onSharedDisplay() {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keys })
  const screen = new PassThrough()
  let shown = ''
  screen.on('data', data => {
    shown += String(data)
  })
  const person = new UndisturbedPerson(personAt({ input: keys, output: screen } as unknown as Seat), key => key === 'w')
  people.push(person)
  let local = () => {}
  const input: InputHost = {
    key: () => {},
    button: () => {},
    move: () => {},
    wheel: () => {},
    text: text => void keys.write(text),
    onLocalInput: listener => {
      local = listener
      return () => {}
    },
  }
  const host: Host = person.share({ ...virtualHost(), input })
  return {
    person,
    host,
    /** What arrives at the terminal by itself: what was injected a moment ago. */
    late: (text: string) => keys.write(text),
    agent: (text: string) => host.input?.text(text),
    byHand: (text: string) => {
      local()
      keys.write(text)
    },
    until: (text: string) => vi.waitFor(() => expect(shown).toContain(text)),
    shown: () => shown,
  }
}

test('what an agent types answers no question at the terminal: neither ahead of it, nor late, nor while it is open', async () => {
  const { person, agent, late, byHand, until, shown } = onSharedDisplay()
  await agent('y\r')
  const answer = person.ask('May they? ', NEVER)
  await agent('y\r')
  late('y\r')
  await vi.advanceTimersByTimeAsync(SETTLED_MS - 1)
  expect(shown()).not.toContain('May they? ')
  await vi.advanceTimersByTimeAsync(1)
  await until('May they? ')
  await agent('y\r')
  byHand('no\r')
  expect(await answer).toBe('no')
  await agent('through again')
})

test('nor does it give a password, and a question that is over by then is not put', async () => {
  const { person, agent, byHand, until, shown } = onSharedDisplay()
  await agent('secret\r')
  const over = new AbortController()
  const gone = person.ask('Too late? ', over.signal)
  over.abort()
  await vi.advanceTimersByTimeAsync(SETTLED_MS)
  expect(await gone).toBeUndefined()
  expect(shown()).not.toContain('Too late? ')
  const secret = person.askSecret('Your password: ', NEVER)
  await until('Your password: ')
  await agent('theirs\r')
  byHand('mine\r')
  expect(Buffer.from((await secret) ?? []).toString()).toBe('mine')
})

test('keys that give more count from the person’s own hand alone; those that take away from everybody’s', async () => {
  const { person, agent, byHand, until } = onSharedDisplay()
  const pressed: string[] = []
  person.onKey(key => pressed.push(key))
  await agent('w')
  await until('“w” counts from your own hand alone')
  await agent('s')
  await vi.waitFor(() => expect(pressed).toEqual(['s']))
  // It was quiet for long enough, and still nobody has touched anything since.
  await vi.advanceTimersByTimeAsync(SETTLED_MS)
  byHand('w')
  await vi.waitFor(() => expect(pressed).toEqual(['s', 'w']))
})

test('a person before whom nothing is shared is asked at once', async () => {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keys })
  const person = new UndisturbedPerson(personAt({ input: keys, output: new PassThrough() } as unknown as Seat), () => true)
  people.push(person)
  const pressed = new Promise(resolve => person.onKey(resolve))
  const answer = person.ask('PIN: ', NEVER)
  keys.write('1234\r')
  expect(await answer).toBe('1234')
  keys.write('w')
  expect(await pressed).toBe('w')
})
