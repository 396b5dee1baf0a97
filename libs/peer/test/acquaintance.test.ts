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
import { type CredentialSubject, credentialSubject, type Trust } from '../src/security/organisation.js'
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

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey']

/** An organisation that vouches for whoever asks it. */
const vouching =
  (key: SigningKey, sub: string) =>
  ({ sessionId: session, key: jwk }: CredentialSubject): Promise<string> =>
    new SignJWT({ org: 'Example Ltd', sub, session, cnf: { jwk }, exp: 1_900_000_000 })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'ra-organisation+jwt' })
      .sign(key)

test.each([
  ['trusts', true],
  ['does not trust', false],
])('a customer that %s the organisation is told so before it is asked (RA-SES-143)', async (_how, trusts) => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: trusts ? [await exportJWK(publicKey)] : [] } }
  const credential = vouching(privateKey, 'ada@example')
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

test('whoever has a credential that was made for another agent comes as one for whom nobody vouches (RA-SEC-052)', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: [await exportJWK(publicKey)] } }
  const vouch = vouching(privateKey, 'ada@example')
  // The broker of another session, which it gave the same id, saw this one pass.
  const { key } = credentialSubject('', new Uint8Array(32).fill(7))
  const it = await house({ credential: ({ sessionId }) => vouch({ sessionId, key }) })
  const customer = await Customer.join({ transport: it.relay.transport, pin: it.agent.pin.digits, host: new FakeHost(), clock: it.clock, trust })
  expect((await customer.once('consent')).asker.organisation).toBeUndefined()
})

test.each([
  ['no compact JWS', 'Example Ltd'],
  ['longer than 4,096 bytes', `e30.e30.${'A'.repeat(4_096)}`],
])('an agent that is to show what is no credential, being %s, does not attach, and its caller is told', async (_what, credential) => {
  await expect(house({ credential: () => credential })).rejects.toMatchObject({ code: 'E_INVALID' })
})

test('an agent that comes by invitation is vouched for as well; if that fails, its caller is told and it does not come', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: [await exportJWK(publicKey)] } }
  const { session, customer, relay, clock } = await assisting({}, {}, { trust })
  const { url } = await session.invite({ role: 'agent' })
  const options = { transport: relay.transport, url, displayName: 'Bo', clock }
  const cannot = Agent.join({ ...options, credential: () => Promise.reject(new Error('Nobody knows you.')) })
  await expect(cannot).rejects.toThrow('Nobody knows you.')
  const asked = customer.once('consent')
  const joining = Agent.join({ ...options, credential: vouching(privateKey, 'bo@example') })
  const request = await asked
  expect(request.asker).toMatchObject({ displayName: 'Bo', organisation: { name: 'Example Ltd', subject: 'bo@example' } })
  request.grantAll()
  await joining
})

test('RA-FIL-066 what an agent began to send is kept for whom its organisation vouches for, whatever its name is; else for that name', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const trust: Trust = { keys: { keys: [await exportJWK(publicKey)] } }
  /** Whom this customer would keep for what this agent sends. */
  const keptFor = async (displayName: string, subject?: string): Promise<string> => {
    const credential = vouching(privateKey, subject ?? '')
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
