/** Who it is that helps: words that people compare, and an organisation that vouches. */
import { Permission, Phase, Role } from '@remote-assist/codec'
import { CAPABILITY_LIFE_MS } from '@remote-assist/secure'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { Agent } from '../src/api/agent.js'
import { Customer } from '../src/api/customer.js'
import { Viewer } from '../src/api/viewer.js'
import { NO_FILES } from '../src/file-port.js'
import { type FilePlatform, type FileSource, StoreError, type TransferKey } from '../src/files/store.js'
import type { Trust } from '../src/security/organisation.js'
import { settle } from './support/clock.js'
import { FakeHost } from './support/host.js'
import { assisting, house } from './support/house.js'

test('the words are the same at both ends, others after a return, and told to be compared (RA-SES-142)', async () => {
  const { agent, session, customer } = await assisting()
  const words = session.words
  expect(words).toHaveLength(3)
  expect(customer.words(session.self)).toEqual(words)
  const told = customer.once('words')
  session.confirmWords()
  expect((await told).participant).toBe(session.self)
  const answered = session.once('words')
  customer.confirmWords(session.self)
  await answered
  const back = session.once('phase', { which: phase => phase === 'active' })
  agent.dropLine()
  await back
  await settle()
  expect(session.words).toHaveLength(3)
  expect(session.words).not.toEqual(words)
  expect(customer.words(session.self)).toEqual(session.words)
})

test.each(['agent', 'viewer'] as const)(
  'words that the customer confirms with its question are known to whoever is let in upon that: an %s (RA-SES-142, RA-SES-144)',
  async role => {
    const { agent, relay, host, clock } = await house()
    const waiting = agent.customer()
    const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, clock })
    const first = await customer.once('consent')
    first.grantAll()
    const session = await waiting
    const { url } = await session.invite({ role })
    const options = { transport: relay.transport, url, displayName: 'Bo', clock }
    const joining = role === 'agent' ? Agent.join(options) : Viewer.join(options)
    const request = await customer.once('consent')
    const { asker } = request
    customer.confirmWords(asker.participant)
    await settle()
    request.grantAll()
    const joined = await joining
    expect(joined.wordsConfirmed).toBe(true)
    expect(joined.words).toEqual(asker.words)
    expect(session.wordsConfirmed).toBe(false)
    await clock.advance(10_000)
    expect(customer.participants.map(({ participant, phase }) => [participant, phase])).toContainEqual([asker.participant, Phase.ACTIVE])
  },
)

test('what was said of the words is known before the session is, and forgotten with the words (RA-SES-142)', async () => {
  const { agent, relay, host, clock } = await house()
  const waiting = agent.customer()
  const customer = await Customer.join({ transport: relay.transport, pin: agent.pin.digits, host, clock })
  const request = await customer.once('consent')
  customer.confirmWords(request.asker.participant)
  request.grantAll()
  const session = await waiting
  expect(session.wordsConfirmed).toBe(true)
  const back = session.once('phase', { which: phase => phase === 'active' })
  agent.dropLine()
  await back
  expect(session.wordsConfirmed).toBe(false)
})

test('a viewer hears that the customer compared the words, and may say so itself (RA-SES-142)', async () => {
  const { session, customer, relay, clock } = await assisting()
  const { url } = await session.invite({ role: 'viewer' })
  const viewer = await Viewer.join({ transport: relay.transport, url, displayName: 'Vi', clock })
  await settle()
  expect(viewer.wordsConfirmed).toBe(false)
  const heard = viewer.once('words')
  customer.confirmWords(viewer.self)
  await heard
  expect(viewer.wordsConfirmed).toBe(true)
  const told = customer.once('words')
  viewer.confirmWords()
  expect(await told).toEqual({ participant: viewer.self })
})

test.each([
  ['trusts', true],
  ['does not trust', false],
])('a customer that %s the organisation is told so before it is asked (RA-SES-143)', async (_how, trusts) => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: trusts ? [await exportJWK(publicKey)] : [] } }
  const credential = (session: string): Promise<string> =>
    new SignJWT({ org: 'Example Ltd', session })
      .setSubject('ada@example')
      .setExpirationTime(1_900_000_000)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })
      .sign(privateKey)
  const it = await house({ credential })
  const session = it.agent.customer()
  const joined = it.agent.once('customer-joined')
  const customer = await Customer.join({ transport: it.relay.transport, pin: it.agent.pin.digits, host: new FakeHost(), clock: it.clock, trust })
  const request = await customer.once('consent')
  expect(request.asker.organisation).toEqual(trusts ? { name: 'Example Ltd', subject: 'ada@example' } : undefined)
  expect(request.asker.words).toEqual(customer.words(request.asker.participant))
  expect((await joined).words).toEqual(request.asker.words)
  request.grantAll()
  await session
  await settle()
  expect(customer.participants.find(({ participant }) => participant === request.asker.participant)?.organisation).toBe(trusts ? 'Example Ltd' : '')
})

test('RA-FIL-066 what an agent began to send is kept for whom its organisation vouches for, whatever its name is; else for that name', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: [await exportJWK(publicKey)] } }
  /** Whom this customer would keep for what this agent sends. */
  const keptFor = async (displayName: string, subject?: string): Promise<string> => {
    const credential = (session: string): Promise<string> =>
      new SignJWT({ org: 'Example Ltd', session })
        .setSubject(subject ?? '')
        .setExpirationTime(1_900_000_000)
        .setProtectedHeader({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })
        .sign(privateKey)
    const peers: string[] = []
    const begin = ({ peer }: TransferKey) => {
      peers.push(peer)
      return Promise.reject(new StoreError('storage'))
    }
    const files: FilePlatform = { ...NO_FILES, store: { room: async () => 1n, names: async () => new Map(), begin } }
    const { session, customer } = await assisting({ displayName, ...(subject === undefined ? {} : { credential }) }, {}, { files, trust })
    customer.on('file', ({ offer }) => void offer.accept())
    const entries = [{ path: ['a'], kind: 'file', bytes: 1n, modifiedMs: 0, mode: 0 }] as const
    const source: FileSource = { entries, contentId: new Uint8Array(16), open: () => Promise.reject(new StoreError('storage')) }
    await expect(session.files.send(source).done).rejects.toMatchObject({ code: 'E_FILE_STORAGE' })
    return peers.join()
  }
  const ada = await keptFor('Ada', 'ada@example')
  expect(await keptFor('Ada L.', 'ada@example')).toBe(ada)
  expect(await keptFor('Ada', 'eve@example')).not.toBe(ada)
  expect(await keptFor('Ada')).not.toBe(ada)
  expect(await keptFor(ada)).not.toBe(ada)
  expect(await keptFor('Ada')).toBe(await keptFor('Ada'))
})

test('grants are signed: for whoever becomes active, when they change, and again before they expire (RA-SEC-234, RA-SEC-235)', async () => {
  const { session, customer, clock } = await assisting()
  await settle()
  const first = session.capability?.capability
  expect(first).toMatchObject({ participant: session.self, role: Role.AGENT, serial: 1, permissions: [...session.grants].sort((a, b) => a - b) })
  customer.revoke(Permission.CHAT, session.self)
  await settle()
  const second = session.capability?.capability
  expect(second?.permissions).toEqual(first?.permissions.filter(permission => permission !== Permission.CHAT))
  await clock.advance(CAPABILITY_LIFE_MS * 0.7)
  expect(session.capability?.capability.serial).toBeGreaterThan(second?.serial ?? 0)
  expect(session.capability?.capability.notBefore).toBeGreaterThanOrEqual((second?.notBefore ?? 0) + (CAPABILITY_LIFE_MS * 2) / 3)
})
