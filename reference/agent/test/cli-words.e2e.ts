/** Who is at the prompt: an organisation vouches for it, words are compared, and nobody gets in by guessing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { CredentialSubject } from '@remote-assist/peer'
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
  const { pin }: { pin: string } = JSON.parse(out)
  return { out, pin }
}

test('says who vouches for it, who tried a wrong PIN, the words, and that they are confirmed', async () => {
  const { trust, credential } = organisation('Example Ltd')
  await using desk = await VouchingDesk.open(credential)
  const { out: session, pin } = await create()
  await writeFile(file('words.yaml'), '- wait-customer: { seconds: 30 }\n- confirm-words\n- expect: { chat: compared }\n- leave\n')
  const { ended } = agent(['run', file('words.yaml'), '--credential', desk.command], session)

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

test('a credential of another session or key, or none, ends it before it begins', async () => {
  const { credential } = organisation('Example Ltd')
  await using elsewhere = await VouchingDesk.open(subject => credential({ ...subject, sessionId: '0'.repeat(32) }))
  await using others = await VouchingDesk.open(subject => credential({ ...subject, key: { ...subject.key, x: 'A'.repeat(43) } }))
  await writeFile(file('leave.yaml'), '- leave\n')
  for (const [command, why] of [
    [elsewhere.command, 'is not for the session'],
    [others.command, 'is not for this agent’s key'],
    ['echo nobody knows you >&2; exit 1', 'nobody knows you'],
  ] as const) {
    const { err, exitCode } = await agent(['run', file('leave.yaml'), '--credential', command, '--broker', broker.url]).ended
    expect(exitCode).toBe(2)
    expect(err).toContain(why)
    expect(err).toContain('E_CREDENTIAL')
  }
})

/** Where agents of an organisation get their credentials, and the command that asks there. */
class VouchingDesk implements AsyncDisposable {
  private constructor(
    readonly server: Server,
    readonly command: string,
  ) {}

  static async open(vouch: (subject: CredentialSubject) => string): Promise<VouchingDesk> {
    const server = createServer((request, response) => void text(request).then(asked => response.end(vouch(JSON.parse(asked)))))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const script = `process.stdin.pipe(require('http').request({ port: ${port}, method: 'POST' }, answer => answer.pipe(process.stdout)))`
    return new VouchingDesk(server, `"${process.execPath}" -e "${script}"`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close()
    await once(this.server, 'close')
  }
}
