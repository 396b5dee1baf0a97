import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { Agent, ORDINARY_PERMISSIONS, Permission, PictureCodec } from '@remote-assist/peer'
import { diskFiles, Painting } from '@remote-assist/peer/node'
import { hasOpenssl, makeCertificate } from '@remote-assist/transport/certificates'
import { connect } from '@remote-assist/transport-websocket'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAuthorities } from '../src/authorities.js'
import { runCustomer } from '../src/command.js'
import type { Person } from '../src/person.js'

/** A person whose answers are known beforehand: to each question the first answer whose key is in it; silence otherwise. */
class Sitter implements Person {
  readonly hasKeys = true
  readonly lines: string[] = []
  closed = false
  #press: (key: string) => void = () => {}
  #told = () => {}

  constructor(private readonly answers: Record<string, string[]>) {}

  tell(line = ''): void {
    this.lines.push(line)
    this.#told()
  }

  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.tell(question)
    const known = Object.entries(this.answers)
      .find(([key]) => question.includes(key))?.[1]
      .shift()
    if (known !== undefined) return known
    return new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined), { once: true }))
  }

  async askSecret(question: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const answer = await this.ask(question, signal)
    return answer === undefined ? undefined : new TextEncoder().encode(answer)
  }

  onKey(listener: (key: string) => void): void {
    this.#press = listener
  }

  press(key: string): void {
    this.#press(key)
  }

  close(): void {
    this.closed = true
  }

  async reads(what: string | RegExp): Promise<void> {
    while (!this.lines.some(line => (typeof what === 'string' ? line === what : what.test(line)))) {
      await new Promise<void>(resolve => {
        this.#told = resolve
      })
    }
  }
}

let broker: RunningBroker
let agent: Agent
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'customer-command-'))
  broker = await startBroker({ log: silentLog() })
  const files = diskFiles({ folder: join(folder, 'agent') })
  agent = await Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ada', reason: 'the printer is silent', files })
})

afterEach(async () => {
  await agent.close()
  await broker.close()
  await rm(folder, { recursive: true })
})

/** Runs the command for a person at a virtual desktop. */
function command(person: Sitter, ...args: string[]): Promise<number> {
  return runCustomer(['--host', 'virtual', '--downloads', join(folder, 'customer'), '--name', 'Eva', ...args], () => person)
}

test('asks for the PIN, again if it was mistyped, says that nobody vouches for the agent (RA-SEC-053), and grants what the person allows', async () => {
  const person = new Sitter({
    'Does Ada read': ['y'],
    PIN: ['12', agent.pin.grouped.replaceAll('-', ' ')],
    'see your screens': ['y'],
    'mouse and keyboard': ['Yes'],
    May: ['', 'n', 'no', 'nay', '1'],
  })
  const code = command(person, '--broker', broker.url)
  const session = await agent.customer()
  expect([...session.grants].sort()).toEqual([Permission.VIEW_SCREEN, Permission.CONTROL_INPUT].sort())
  await person.reads('Ada is viewing.')
  expect(person.lines).toContain('The PIN has 2 digits; some are missing. (E_PIN_FORMAT)')
  expect(person.lines).toContain('Ada (unverified: nobody vouches for them) asks to help you: “the printer is silent”.')

  await session.control.request()
  await person.reads('Ada is in control.')
  const compared = session.once('words')
  person.press('w')
  await compared
  expect(person.lines).toContain(`Words to compare: ${session.words.join(' ')}. Have them read to you; other words mean that somebody stands between.`)

  const paused = session.once('phase', { which: phase => phase === 'paused' })
  person.press('p')
  await paused
  const active = session.once('phase', { which: phase => phase === 'active' })
  person.press('u')
  await active

  const ended = session.once('ended')
  person.press('s')
  expect((await ended).code).toBe('E_STOPPED')
  expect(await code).toBe(0)
  expect(person.closed).toBe(true)
})

test('who may not see is asked nothing more, and is turned away', async () => {
  const person = new Sitter({ 'see your screens': ['n'] })
  const code = command(person, agent.customerUrl)
  await expect(agent.customer()).rejects.toMatchObject({ code: 'E_CONSENT_DENIED' })
  expect(person.lines.filter(line => line.startsWith('May they'))).toHaveLength(1)
  await agent.close()
  await code
})

test('consent that was given beforehand needs no person, and takes files', async () => {
  const person = new Sitter({})
  const code = command(person, agent.customerUrl, '--consent', 'all')
  const session = await agent.customer()
  expect([...session.grants].sort()).toEqual([...ORDINARY_PERMISSIONS].sort())
  const file = join(folder, 'driver.txt')
  await writeFile(file, 'as it was')
  await session.files.send([file]).done
  await person.reads(/^Transferred to .*: driver\.txt\.$/)
  expect(await readFile(join(folder, 'customer', 'driver.txt'), 'utf8')).toBe('as it was')
  session.leave()
  expect(await code).toBe(0)
  expect(person.lines.at(-1)).toBe('The session has ended.')
})

test.each([
  ['a code that nobody has', ['0000-000-000'], 4, 'There is no session with this code. (E_CODE_UNKNOWN)'],
  ['half a link', ['http://127.0.0.1/join#1.4821973015'], 4, 'This link is not complete. (E_LINK_FORMAT)'],
])('%s ends with a sentence and a code', async (_, args, expected, sentence) => {
  const person = new Sitter({})
  expect(await command(person, '--broker', broker.url, ...args)).toBe(expected)
  expect(person.lines).toContain(sentence)
})

test('a broker that is not there ends with a sentence and a code', async () => {
  const person = new Sitter({})
  await broker.close()
  expect(await command(person, agent.customerUrl)).toBe(3)
  expect(person.lines.join('\n')).not.toMatch(/^\s+at /m)
})

test('a display that is not there ends with a sentence and a code', async () => {
  const person = new Sitter({})
  expect(await command(person, agent.customerUrl, '--host', 'x11:12345')).toBe(6)
  expect(person.lines).toContain('No X display at :12345. (E_NO_DISPLAY)')
})

test('Ctrl+C while waiting for the agent leaves quietly', async () => {
  const person = new Sitter({})
  const waiting = await Agent.create({ transport: connect(broker.url), brokerUrl: broker.url, displayName: 'Ben' })
  const { customerUrl } = waiting
  waiting.dropLine()
  const code = command(person, customerUrl)
  await person.reads('Waiting for the agent …')
  person.press('ctrl+c')
  expect(await code).toBe(0)
  await waiting.close()
})

test('--mask: a region has one colour from the first picture on, and the agent is told where it is (RA-SCR-075)', async () => {
  const code = command(new Sitter({}), agent.customerUrl, '--consent', 'view', '--mask', '1:100,100,200x80')
  const session = await agent.customer()
  const told = session.once('masks')
  await session.screens.show(1, { codecs: [PictureCodec.PNG, PictureCodec.RAW] })
  const painting = new Painting()
  for await (const frame of session.screens.frames()) {
    painting.paint(frame)
    break
  }
  expect(await told).toEqual([{ screenId: 1, x: 100, y: 100, width: 200, height: 80 }])
  const pixels = new Uint32Array(painting.data.slice().buffer)
  const coloursOf = (x: number, y: number, width: number, height: number) =>
    new Set(Array.from({ length: width * height }, (_, i) => pixels[(y + Math.floor(i / width)) * painting.width + x + (i % width)]))
  expect(coloursOf(100, 100, 200, 80).size).toBe(1)
  expect(coloursOf(99, 99, 202, 82).size).toBeGreaterThan(1)
  await agent.close()
  expect(await code).toBe(0)
})

if (hasOpenssl())
  test('--ca: a broker with a certificate of a private authority is trusted by its authority, and by nothing else (RA-BND-016)', async () => {
    const authority = makeCertificate({ isAuthority: true })
    const tls = makeCertificate({ names: ['127.0.0.1', 'localhost'], issuer: authority })
    const secured = await startBroker({ log: silentLog(), tls })
    await writeFile(join(folder, 'ca.pem'), authority.cert)
    await writeFile(join(folder, 'none.pem'), 'nothing')
    const stranger = new Sitter({})
    expect(await command(stranger, '--broker', secured.url, '1234-567-890')).toBe(3)
    const known = new Sitter({})
    expect(await command(known, '--broker', secured.url, '1234-567-890', '--ca', join(folder, 'ca.pem'))).toBe(4)
    expect(known.lines.join('\n')).toContain('E_CODE_UNKNOWN')
    expect(() => readAuthorities(join(folder, 'none.pem'))).toThrow(RangeError)
    await secured.close()
  })
else if (process.env.CI === 'true') throw new Error('NOT RUN: openssl is not installed')
