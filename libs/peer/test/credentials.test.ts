/** Elevation by an account and its password, from the agent's question to the helper. */
import { inspect } from 'node:util'
import { Channel, ElevationMethod, ElevationPhase, ElevationScope, Permission, Role } from '@remote-assist/codec'
import { describe, expect, test, vi } from 'vitest'
import { Customer } from '../src/api/customer.js'
import { CustomerEnd } from '../src/api/customer-end.js'
import type { Credentials, ElevateOptions } from '../src/api/elevation.js'
import { Rogue } from './attacks/rogue.js'
import { settle } from './support/clock.js'
import { type Assisting, assisting, house } from './support/house.js'

const RIGHT = { account: 'administrator', password: 'correct horse' }
const WRONG = { account: 'administrator', password: 'wrong' }

/** An agent in control, and a customer who agrees to everything. */
async function scene() {
  const it = await assisting()
  it.customer.on('elevation', question => question.allow())
  await it.session.control.request()
  const phases: ElevationPhase[] = []
  it.session.on('elevation', ({ phase }) => phases.push(phase))
  return { ...it, phases }
}

const elevate = ({ session }: Pick<Assisting, 'session'>, credentials: ElevateOptions['credentials']) =>
  session.elevate({ reason: 'a driver', ...(credentials && { credentials }) })

/** Why elevation failed. */
const causeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'elevated',
    ({ code, cause }: { code: string; cause: unknown }) => (code === 'E_ELEVATION' ? cause : code),
  )

describe('credentials', () => {
  test('reach the helper, and it alone can open what passes (RA-ELV-061, RA-ELV-063, RA-ELV-002)', async () => {
    const it = await scene()
    const powers = await elevate(it, () => RIGHT)
    expect(it.phases).toEqual([ElevationPhase.CONSENT, ElevationPhase.CREDENTIALS, ElevationPhase.OS_PROMPT, ElevationPhase.HANDOVER, ElevationPhase.ELEVATED])
    expect(it.host.helper.tried).toEqual([['administrator', 'correct horse']])
    expect((await powers.run(['whoami'])).exitCode).toBe(3)
    const [sealed] = it.host.helper.passed
    expect(Buffer.from(sealed as Uint8Array).includes('correct horse')).toBe(false)
    expect(it.host.helper.waiting.size).toBe(0)
  })

  test('are asked for when the customer has consented and the key’s signature was checked, and no earlier (RA-ELV-066)', async () => {
    const it = await assisting()
    await it.session.control.request()
    const asked = vi.fn(() => RIGHT)
    const question = it.customer.once('elevation')
    const first = elevate(it, asked)
    expect(await question).toMatchObject({ method: 'credentials', reason: 'a driver' })
    await settle()
    expect(asked).not.toHaveBeenCalled()
    ;(await question).deny()
    expect(await causeOf(first)).toBe('E_DENIED')
    expect(asked).not.toHaveBeenCalled()

    const signing = vi.spyOn(CustomerEnd.prototype, 'signCredentialKey').mockReturnValueOnce(new Uint8Array(64))
    it.customer.on('elevation', again => again.allow())
    expect(await causeOf(elevate(it, asked))).toBe('E_SECURITY')
    signing.mockRestore()
    expect(asked).not.toHaveBeenCalled()
    await settle()
    expect(it.host.helper.waiting.size).toBe(0)

    await (await elevate(it, asked)).drop()
    expect(asked).toHaveBeenCalledOnce()
  })

  test('in bytes are wiped, whatever comes of them (RA-ELV-068)', async () => {
    const it = await scene()
    const password = () => new TextEncoder().encode('correct horse')
    const given = [password(), password(), password()] as const
    await (await elevate(it, () => ({ account: 'administrator', password: given[0] }))).drop()
    await settle()
    expect(await causeOf(elevate(it, () => ({ account: '', password: given[1] })))).toBe('E_INVALID')
    await settle()
    const attempt = causeOf(
      elevate(it, async () => {
        it.customer.dropElevation(it.session.self)
        await settle()
        return { account: 'administrator', password: given[2] }
      }),
    )
    expect(await attempt).toBe('DROPPED')
    await settle()
    expect(given.flatMap(bytes => [...bytes]).every(byte => byte === 0)).toBe(true)
    expect(it.host.helper.tried).toHaveLength(1)
  })

  test('are written to no log, neither right ones nor wrong ones (RA-ELV-067)', async () => {
    const logs: string[] = []
    const audit = (line: string) => void logs.push(line)
    for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((...said) => void logs.push(inspect(said)))
    const it = await assisting({ audit }, {}, { audit })
    it.customer.on('host-error', error => logs.push(inspect(error, { depth: 10 })))
    it.customer.on('elevation', question => question.allow())
    await it.session.control.request()
    const failure = await elevate(it, () => ({ account: 'administrator', password: 'canary-wrong' })).catch(error => inspect(error, { depth: 10 }))
    it.host.helper.passwords.set('administrator', 'canary-right')
    await (await elevate(it, () => ({ account: 'administrator', password: 'canary-right' }))).drop()
    it.customer.stop()
    await settle()
    vi.restoreAllMocks()
    expect(it.host.helper.tried.map(([, password]) => password)).toEqual(['canary-wrong', 'canary-right'])
    const text = logs.join('\n')
    expect(text.match(/elevation\.changed/g)?.length).toBeGreaterThanOrEqual(2 * 8)
    for (const canary of ['canary', Buffer.from('canary-').toString('hex'), Buffer.from('canary-ri').toString('base64')])
      expect(text + failure).not.toContain(canary)
  })

  test('that are wrong are said to be, as is an account that may not; too many make the agent wait (RA-ELV-064, RA-ELV-065)', async () => {
    const it = await scene()
    expect(await causeOf(elevate(it, () => ({ account: 'guest', password: '' })))).toBe('NOT_PERMITTED')
    for (const credentials of [WRONG, { account: 'nobody', password: 'correct horse' }, WRONG])
      expect(await causeOf(elevate(it, () => credentials))).toBe('WRONG_CREDENTIALS')
    const asked = vi.fn(() => RIGHT)
    expect(await causeOf(elevate(it, asked))).toBe('BACK_OFF')
    await it.clock.advance(30_000 - 1)
    expect(await causeOf(elevate(it, asked))).toBe('BACK_OFF')
    expect(asked).not.toHaveBeenCalled()
    await it.clock.advance(1)
    expect(await causeOf(elevate(it, asked))).toBe('elevated')
  })

  test('of another request do not open, nor altered ones (RA-ELV-064)', async () => {
    const it = await scene()
    const { helper } = it.host
    expect(await causeOf(elevate(it, () => WRONG))).toBe('WRONG_CREDENTIALS')
    const [earlier] = helper.passed
    helper.carry = () => earlier as Uint8Array
    expect(await causeOf(elevate(it, () => RIGHT))).toBe('WRONG_CREDENTIALS')
    helper.carry = sealed => sealed.with(40, (sealed[40] as number) ^ 1)
    expect(await causeOf(elevate(it, () => RIGHT))).toBe('WRONG_CREDENTIALS')
    expect(helper.tried).toHaveLength(1)
  })

  test('repeated by somebody else who was let in mean nothing (RA-ELV-062)', async () => {
    const it = await scene()
    const { helper } = it.host
    const invitation = await it.session.invite({ role: 'agent' })
    const [, inviteId = '', secret = ''] = new URL(invitation.url).hash.slice(1).split('.')
    const rogue = Rogue.invited(Role.AGENT, { inviteId: bytesOf(inviteId), secret: bytesOf(secret) })
    await rogue.join(it.relay.transport)
    await settle()
    await elevate(it, () => RIGHT)
    for (const requestId of [1, 2, 3, 4, 5, 6]) {
      rogue.say(Channel.ELEVATION, { $case: 'credentials', value: { requestId, hpke: helper.passed[0] as Uint8Array } })
      rogue.say(Channel.ELEVATION, {
        $case: 'elevateRequest',
        value: { requestId: 100 + requestId, reason: 'x', scope: ElevationScope.ADMIN, durationMs: 0, method: ElevationMethod.CREDENTIALS },
      })
      rogue.say(Channel.ELEVATION, { $case: 'credentials', value: { requestId: 100 + requestId, hpke: helper.passed[0] as Uint8Array } })
    }
    await settle()
    expect(helper.tried).toHaveLength(1)
    expect(helper.passed).toHaveLength(1)
  })

  test('that do not come within 120 s are not awaited any longer: the key is gone (RA-ELV-005)', async () => {
    const it = await scene()
    const { promise: asked, resolve: ask } = deferred<AbortSignal>()
    const attempt = causeOf(
      elevate(it, over => {
        ask(over)
        return new Promise<Credentials>(() => undefined)
      }),
    )
    const over = await asked
    expect(it.host.helper.waiting.size).toBe(1)
    await it.clock.advance(120_000)
    expect(await attempt).toBe('TIMEOUT')
    expect(over.aborted).toBe(true)
    expect(it.host.helper.waiting.size).toBe(0)
  })

  test('that nobody gives after all give the request up: the key is gone, and another request is free', async () => {
    const it = await scene()
    expect(await causeOf(elevate(it, () => undefined))).toBe('E_CANCELLED')
    const broken = new Error('The vault is shut.')
    await expect(elevate(it, () => Promise.reject(broken))).rejects.toBe(broken)
    await settle()
    expect(it.phases.slice(-1)).toEqual([ElevationPhase.REVOKED])
    expect(it.host.helper.waiting.size).toBe(0)
    expect(await causeOf(elevate(it, () => RIGHT))).toBe('elevated')
  })

  test('whose request ended before the helper had its key: the key is forgotten when it comes', async () => {
    const it = await scene()
    const [gate, forgotten] = [deferred<void>(), deferred<void>()]
    it.host.helper.gate = gate.promise
    it.host.helper.forgot = forgotten.resolve
    const asked = vi.fn(() => RIGHT)
    const attempt = causeOf(elevate(it, asked))
    await settle()
    it.customer.revoke(Permission.ELEVATE, it.session.self)
    expect(await attempt).toBe('NO_GRANT')
    gate.resolve()
    await forgotten.promise
    expect(it.host.helper.waiting.size).toBe(0)
    expect(asked).not.toHaveBeenCalled()
  })

  test('are not offered, nor taken, where the machine has no helper for them (RA-SES-204)', async () => {
    const it = await house()
    const { awaitCredentials: _, ...elevation } = it.host.elevation
    Object.assign(it.host, { elevation })
    const joined = Customer.join({ transport: it.relay.transport, pin: it.agent.pin.grouped, host: it.host, clock: it.clock })
    const waiting = it.agent.customer()
    ;(await joined).on('consent', request => request.grantAll())
    const session = await waiting
    await session.control.request()
    expect(session.takesCredentials).toBe(false)
    const asked = vi.fn(() => RIGHT)
    expect(await causeOf(elevate({ session }, asked))).toBe('UNSUPPORTED')
    expect(asked).not.toHaveBeenCalled()
  })
})

const bytesOf = (base64Url: string): Uint8Array => new Uint8Array(Buffer.from(base64Url, 'base64url'))

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>(done => {
    resolve = done
  })
  return { promise, resolve }
}
