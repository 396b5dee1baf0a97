import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { type Person, personAt, type Seat } from '../src/person.js'

const NEVER = new AbortController().signal
const QUESTION = 'Your password: '
const seats: Person[] = []

afterEach(() => {
  for (const person of seats.splice(0)) person.close()
})

/** A keyboard and a screen, or the two ends of a pipe. */
function seated(isTTY: boolean) {
  const keys = Object.assign(new PassThrough(), { isTTY, setRawMode: () => keys })
  const shown: string[] = []
  const screen = new PassThrough()
  screen.on('data', data => shown.push(String(data)))
  const person = personAt({ input: keys, output: screen } as unknown as Seat)
  seats.push(person)
  return { person, keys, text: () => shown.join('') }
}

const textOf = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString())

test.each([
  ['what was typed', 'tür 🔑 zu\r', 'tür 🔑 zu'],
  ['without what was taken back', 'türr\x7fen\x7f\x7f\r', 'tür'],
  ['without keys that are no characters', 'a\x1b[A\x1b[3~\x01b\t\r', 'ab'],
  ['nothing', '\x7f\r', ''],
  ['with the blanks around it', ' a \n', ' a '],
])('a secret is %s, and none of it is shown', async (_, typed, expected) => {
  const { person, keys, text } = seated(true)
  const secret = person.askSecret(QUESTION, NEVER)
  keys.write(typed)
  expect(textOf(await secret)).toBe(expected)
  expect(text()).toBe(`${QUESTION}\n`)
})

test('who presses Ctrl+D or Ctrl+C gives no secret; Ctrl+C stops, too', async () => {
  const { person, keys } = seated(true)
  const pressed: string[] = []
  person.onKey(key => pressed.push(key))
  for (const end of ['\x04', '\x03']) {
    const secret = person.askSecret(QUESTION, NEVER)
    keys.write(`half${end}`)
    expect(await secret).toBeUndefined()
  }
  expect(pressed).toEqual(['ctrl+c'])
})

test('a secret that is no longer wanted is not waited for, and keys mean again what they did', async () => {
  const { person, keys } = seated(true)
  const over = new AbortController()
  const secret = person.askSecret(QUESTION, over.signal)
  keys.write('half')
  over.abort()
  expect(await secret).toBeUndefined()
  expect(await person.askSecret(QUESTION, over.signal)).toBeUndefined()
  const pressed = new Promise(resolve => person.onKey(resolve))
  keys.write('p')
  expect(await pressed).toBe('p')
})

test('a script gives a secret as a line, as it is', async () => {
  const { person, keys, text } = seated(false)
  keys.write(' one \ntwo\n')
  expect(textOf(await person.askSecret(QUESTION, NEVER))).toBe(' one ')
  expect(await person.ask('And? ', NEVER)).toBe('two')
  keys.end()
  expect(await person.askSecret(QUESTION, NEVER)).toBeUndefined()
  expect(text()).not.toContain('one')
})
