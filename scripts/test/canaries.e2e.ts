import crypto from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { inspect } from 'node:util'
import { fromBase64Url } from '@remote-assist/peer'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { madeUp, someText } from '../demo/random.mjs'
import { runDemo, STEPS } from '../demo/run.mjs'
import { Household } from '../lib/household.mjs'
import { BrokerProcess } from './canaries/process.js'
import { type Canary, OVERLAP_BYTES, ofText, Search } from './canaries/search.js'
import { Tap } from './canaries/tap.js'

const LIMIT_MS = 300_000
/** Of the bytes of each file, such pieces are looked for, here and there. */
const PIECE_BYTES = 24
const PLACES = [0, 0.3, 0.7]
/** What an audit log says of a file or a request in words of the people concerned. */
const NAMED = /"(name|reason)":"(\\.|[^"\\])*"/g

/** What the steps of the demonstration share, as far as it is looked at here. */
interface World {
  readonly agentName: string
  readonly auditLog: readonly string[]
  readonly agent: { readonly pin: { readonly digits: string; readonly grouped: string; readonly secret: string }; readonly customerUrl: string }
  readonly agentFolder: string
  readonly customerFolder: string
  readonly viewerLine: { forgeInput(target: number, text: string): Promise<number> }
  readonly session: { readonly chat: { say(text: string): void }; invite(options: object): Promise<{ readonly url: string }> }
  readonly customer: { once(event: 'chat', options: { readonly signal: AbortSignal }): Promise<{ readonly text: string }>; say(text: string): void }
}

/** A place where secrets are looked for. */
interface Place {
  readonly name: string
  readonly parts: readonly Uint8Array[]
}

const household = new Household()
const tap = new Tap()
/** Every key that any end sealed or opened with: those of pictures and those of pairs. */
const keys: Uint8Array[] = []
/** Everything that the programs of both ends, which run in this process, printed. */
const printed: string[] = []
const invitations: string[] = []
/** What one step sends in clear, as no honest program would, so that the broker refuses it. */
const forged: string[] = []
const secrets: Canary[] = []
/** What is in clear: the name that the agent gives to the broker, and what was forged. It shows that what is in clear is found. */
const controls: Canary[] = []
const found = new Map<string, ReadonlySet<string>>()
const sizes = new Map<string, number>()

/** Each made-up text ends in digits that are in no other; they are enough to know it by, also where it is cut. */
const textCanary = (text: string): Canary => ofText(`“${text}”`, text.slice(-16))

/** The digits where they are the PIN's: six digits alone are found by accident. */
const pinCanaries = ({ digits, grouped, secret }: World['agent']['pin']): Canary[] => [
  ofText('the PIN', digits),
  ofText('the PIN, in groups', grouped),
  ofText('the PIN’s secret, in quotes', `"${secret}"`),
  ofText('the PIN’s secret, in groups', `-${grouped.slice(-7)}`),
  { name: 'the PIN’s secret, behind its length', bytes: Buffer.from(`\0\x06${secret}`, 'latin1') },
]

/** The secret of a link is its last part. */
function linkCanaries(name: string, url: string): Canary[] {
  const text = url.split('.').at(-1) ?? ''
  return [ofText(name, text), { name: `${name}, in bytes`, bytes: fromBase64Url(text) ?? new Uint8Array() }]
}

/** The names of what was transferred, but for those that anything may have. */
async function nameCanaries(folder: string): Promise<Canary[]> {
  const names = (await readdir(folder, { recursive: true })).map(path => basename(path))
  return names.filter(name => /^[0-9a-f]{2}-/.test(name)).map(name => ofText(`the file name ${name}`, name))
}

const byteCanaries = (file: Uint8Array, number: number): Canary[] =>
  PLACES.map(place => Math.floor(place * file.length)).map(at => ({ name: `file ${number}, bytes from ${at}`, bytes: file.subarray(at, at + PIECE_BYTES) }))

async function gather({ agent, agentName, agentFolder, customerFolder }: World): Promise<void> {
  const files: readonly Uint8Array[] = madeUp.bytes
  const texts: readonly string[] = madeUp.texts
  const passwords: readonly string[] = madeUp.passwords
  secrets.push(
    ...texts.filter(text => !forged.includes(text)).map(textCanary),
    ...passwords.map(password => ofText('a password', password.slice(-16))),
    ...(await nameCanaries(agentFolder)),
    ...(await nameCanaries(customerFolder)),
    ...files.filter(({ length }) => length > 2 * PIECE_BYTES).flatMap(byteCanaries),
    ...pinCanaries(agent.pin),
    ...linkCanaries('the secret of the client’s link', agent.customerUrl),
    ...invitations.flatMap(url => linkCanaries('the secret of an invitation', url)),
    ...keys.map((bytes, i) => ({ name: `key ${i}`, bytes })),
  )
  controls.push(ofText('the agent’s name', agentName), ...forged.map(textCanary))
}

const step = (name: string, run: (world: World, signal: AbortSignal) => Promise<void>) => ({
  name,
  title: name,
  run: async (world: object, signal: AbortSignal) => {
    await run(world as World, signal)
    return name
  },
})

const chat = step('chat', async ({ session, customer }, signal) => {
  const text = someText()
  const heard = customer.once('chat', { signal })
  session.chat.say(text)
  expect((await heard).text).toBe(text)
  customer.say(someText())
})

/** Remembers the links that are shown. */
const noteInvitations = step('note-invitations', async ({ session }) => {
  const invite = session.invite.bind(session)
  session.invite = async options => {
    const invitation = await invite(options)
    invitations.push(invitation.url)
    return invitation
  }
})

const noteForged = step('note-forged', async ({ viewerLine }) => {
  const forge = viewerLine.forgeInput.bind(viewerLine)
  viewerLine.forgeInput = (target, text) => {
    forged.push(text)
    return forge(target, text)
  }
})

/** The demonstration, with what else is secret, and with a look at the broker while it still has the session. */
function stepsWith(look: (world: World) => Promise<void>) {
  const extra = new Map([
    ['consent', [noteInvitations, chat]],
    ['viewer', [noteForged]],
    ['resume-agent', [step('look', look)]],
  ])
  return STEPS.flatMap(it => [it, ...(extra.get(it.name) ?? [])])
}

/** Keeps every key that is given to AES from here on, by whichever end. */
function noteKeys(): void {
  const { createSecretKey } = crypto
  vi.spyOn(crypto, 'createSecretKey').mockImplementation((key: NodeJS.ArrayBufferView | string, encoding?: BufferEncoding) => {
    if (typeof key === 'string') return createSecretKey(key, encoding ?? 'utf8')
    keys.push(Uint8Array.from(new Uint8Array(key.buffer, key.byteOffset, key.byteLength)))
    return createSecretKey(key)
  })
  syncBuiltinESMExports()
}

function notePrinted(): void {
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      printed.push(`${inspect(values)}\n`)
    })
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    vi.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
      printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      return write(chunk)
    })
  }
}

beforeAll(async () => {
  noteKeys()
  notePrinted()
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'))
  const url = await tap.open()
  const broker = new BrokerProcess(url, folder)
  const places: Place[] = []
  try {
    tap.leadTo(await broker.url)
    const look = async (world: World) => {
      await gather(world)
      const log = world.auditLog.join('')
      places.push({ name: 'in the audit logs', parts: [Buffer.from(log)] })
      places.push({ name: 'in the audit logs, without names and reasons', parts: [Buffer.from(log.replace(NAMED, ''))] })
      places.push({ name: 'on the heap', parts: [await broker.heap()] }, { name: 'in memory', parts: broker.memory(OVERLAP_BYTES) })
    }
    const outcomes = await runDemo(household, { host: 'virtual', brokerUrl: url, steps: stepsWith(look) })
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
  } finally {
    await household.close()
    await broker.close()
    await tap.close()
    await rm(folder, { recursive: true, force: true })
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  }
  places.push({ name: 'on the wire', parts: tap.wire }, { name: 'relayed', parts: tap.plain })
  places.push(
    { name: 'in the broker’s log', parts: [Buffer.from(broker.lines.join('\n'))] },
    { name: 'printed by the ends', parts: [Buffer.from(printed.join(''))] },
  )
  const search = new Search([...secrets, ...controls])
  for (const { name, parts } of places) {
    found.set(name, new Set(parts.flatMap(part => [...search.in(part)])))
    sizes.set(
      name,
      parts.reduce((sum, part) => sum + part.length, 0),
    )
  }
}, LIMIT_MS)

afterAll(() => household.close())

const foundIn = (place: string, canaries: readonly Canary[]) => canaries.map(({ name }) => name).filter(name => found.get(place)?.has(name))

describe('RA-SEC-008 RA-SEC-201: of a whole session through the broker', () => {
  test.each(['on the wire', 'relayed', 'in the broker’s log', 'printed by the ends', 'on the heap', 'in memory'])('no secret is %s', place => {
    expect(foundIn(place, secrets)).toEqual([])
  })

  test('nor is one in the audit logs of the ends, but for names and reasons, which are what they are for (RA-SEC-251)', () => {
    expect(foundIn('in the audit logs, without names and reasons', secrets)).toEqual([])
    expect(foundIn('in the audit logs', controls.slice(0, 1))).toEqual(['the agent’s name'])
  })

  test('the secrets are of every kind', () => {
    const kinds = ['“', 'a password', 'the file name', 'file ', 'the PIN', 'the secret of the client’s link', 'the secret of an invitation', 'key ']
    for (const kind of kinds) expect(secrets.filter(({ name }) => name.startsWith(kind)).length, kind).toBeGreaterThan(0)
    console.info(`» ${secrets.length} secrets, ${keys.length} of them keys; searched: ${[...sizes].map(([place, bytes]) => `${place} ${bytes} B`).join(', ')}`)
  })
})

describe('what is in clear is found', () => {
  const [name, text] = ['the agent’s name', 'what a viewer forged']
  const isFound = (what: string, place: string) => foundIn(place, what === name ? controls.slice(0, 1) : controls.slice(1)).length > 0

  test.each([
    [name, 'on the wire'],
    [name, 'relayed'],
    [name, 'on the heap'],
    [name, 'in memory'],
    [text, 'relayed'],
  ])('%s is %s', (what, place) => {
    expect(isFound(what, place)).toBe(true)
  })

  test('under the mask of WebSocket nothing would be found: it is taken off', () => {
    expect(controls.length).toBeGreaterThan(1)
    expect(isFound(text, 'on the wire')).toBe(false)
  })

  test('the broker writes no name into its log', () => {
    expect(isFound(name, 'in the broker’s log')).toBe(false)
  })
})
