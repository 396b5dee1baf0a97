/** Who is at the prompt: an organisation vouches for it, words are compared, and nobody gets in by guessing. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinByPin, startStage } from '../scripts/stage.mjs'
import { organisation } from './organisation.js'

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

let broker: Awaited<ReturnType<typeof startStage>>
let folder: string
const file = (name: string): string => join(folder, name)

beforeAll(async () => {
  broker = await startStage()
  folder = await mkdtemp(join(tmpdir(), 'agent-words-'))
})
afterAll(async () => {
  await broker.close()
  await rm(folder, { recursive: true })
})

/** Starts the command; `ended` resolves with what it printed and how it exited. */
function agent(args: readonly string[], input = '') {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe' })
  child.stdin.end(input)
  const exit = new Promise<number | null>(resolve => child.on('close', resolve))
  const ended = Promise.all([text(child.stdout), text(child.stderr), exit]).then(([out, err, exitCode]) => ({ out, err, exitCode }))
  return { ended }
}

async function create() {
  const { out } = await agent(['create', '--broker', broker.url, '--name', 'Ada']).ended
  const { pin, sessionId }: { pin: string; sessionId: string } = JSON.parse(out)
  return { out, pin, sessionId }
}

test('says who vouches for it, who tried a wrong PIN, the words, and that they are confirmed', async () => {
  const { trust, credential } = organisation('Example Ltd')
  const { out: session, pin, sessionId } = await create()
  await writeFile(file('words.yaml'), '- wait-customer: { seconds: 30 }\n- confirm-words\n- expect: { chat: compared }\n- leave\n')
  await writeFile(file('ada.jwt'), `${credential(sessionId)}\n`)
  const { ended } = agent(['run', file('words.yaml'), '--credential', file('ada.jwt')], session)

  await expect(joinByPin(broker, pin.slice(0, -1) + ((Number(pin.at(-1)) + 1) % 10))).rejects.toMatchObject({ code: 'E_PIN_WRONG' })
  const { customer } = await joinByPin(broker, pin, { trust })
  const request = await customer.once('consent')
  const { organisation: vouching, words, participant } = request.asker
  expect(vouching?.name).toBe('Example Ltd')
  const told = customer.once('words')
  request.grantAll()
  expect(await told).toEqual({ participant })
  customer.confirmWords(participant)
  customer.say('compared')

  const { out, err, exitCode } = await ended
  expect({ err, exitCode }, out).toEqual({ err: '', exitCode: 0 })
  const spoken = words.join(' ')
  expect(out).toContain('Somebody tried a wrong PIN; 2 tries are left.')
  expect(out).toContain(`decides. Words to compare: ${spoken}.`)
  expect(out).toMatch(new RegExp(`✓ wait-customer .*words: ${spoken}`))
  expect(out).toMatch(new RegExp(`✓ confirm-words .*${spoken}`))
  expect(out).toContain('The customer says that the words are the same.')
})

test('a credential of another session, or for a session that is yet to be made, ends it before it begins', async () => {
  const { credential } = organisation('Example Ltd')
  const { out: session } = await create()
  await writeFile(file('leave.yaml'), '- leave\n')
  await writeFile(file('other.jwt'), credential('0'.repeat(32)))
  const given = ['run', file('leave.yaml'), '--credential', file('other.jwt')]
  for (const [args, input, why] of [
    [given, session, 'is not for the session'],
    [[...given, '--broker', broker.url], '', 'is for one session'],
  ] as const) {
    const { err, exitCode } = await agent(args, input).ended
    expect(exitCode).toBe(2)
    expect(err).toContain(why)
    expect(err).toContain('E_CREDENTIAL')
  }
})
