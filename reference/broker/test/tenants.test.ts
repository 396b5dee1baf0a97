import { Channel, CloseCode, Role } from '@remote-assist/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Issuer } from './issuer.js'
import { INVITE, type Made, Rig } from './rig.js'

const issuer = await Issuer.make()
let rig: Rig
beforeEach(async () => {
  rig = await Rig.start({ issuer: issuer.options, apiKey: 'operator' })
})
afterEach(() => rig.stop())

const as = (tenant: string) => issuer.header(rig.clock.now(), tenant)
const OPERATOR = { authorization: 'Bearer operator' }

async function make(tenant: string): Promise<Made> {
  const { status, body } = await rig.call<Made>('POST', '/v1/sessions', { displayName: tenant }, await as(tenant))
  expect(status).toBe(201)
  return body
}

const listed = async (headers: Readonly<Record<string, string>>) => {
  const { body } = await rig.call<{ readonly sessions?: readonly { readonly displayName: string }[] }>('GET', '/v1/sessions', undefined, headers)
  return (body.sessions ?? []).map(({ displayName }) => displayName)
}

describe('the control API', () => {
  test.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/code'],
  ])('%s: a session of another tenant does not exist (RA-RLY-195)', async (method, below) => {
    const { session } = await make('acme')
    const nowhere = '0'.repeat(32)
    const theirs = await rig.call(method, `/v1/sessions/${session.sessionId}${below}`, undefined, await as('rival'))
    const none = await rig.call(method, `/v1/sessions/${nowhere}${below}`, undefined, await as('rival'))
    expect([theirs.status, theirs.body]).toEqual([404, none.body])
    expect((await rig.call(method, `/v1/sessions/${session.sessionId}${below}`, undefined, await as('acme'))).status).toBe(200)
  })

  test('lists show a tenant its own sessions, in pages as well, and the operator all', async () => {
    for (const tenant of ['acme', 'rival', 'acme']) await make(tenant)
    expect([await listed(await as('acme')), await listed(await as('rival')), await listed(await as('new'))]).toEqual([['acme', 'acme'], ['rival'], []])
    expect(await listed(OPERATOR)).toEqual(['acme', 'rival', 'acme'])
    const { body } = await rig.call<{ readonly nextPageToken: string }>('GET', '/v1/sessions?pageSize=1', undefined, await as('acme'))
    const next = await rig.call<{ readonly sessions: readonly object[] }>('GET', `/v1/sessions?pageToken=${body.nextPageToken}`, undefined, await as('acme'))
    expect(next.body.sessions.length).toBe(1)
  })

  test('a token is good for one request, the agent’s own for many (RA-RLY-194)', async () => {
    const headers = await as('acme')
    const { body } = await rig.call<Made>('POST', '/v1/sessions', { displayName: 'Ada' }, headers)
    expect((await rig.call('POST', '/v1/sessions', { displayName: 'Ada' }, headers)).status).toBe(401)
    const own = { authorization: `Bearer ${body.agentToken}` }
    for (let i = 0; i < 2; i++) expect((await rig.call('POST', `/v1/sessions/${body.session.sessionId}/code`, undefined, own)).status).toBe(200)
  })

  test('without a token nothing is told, and the metrics are the operator’s', async () => {
    expect((await rig.call('POST', '/v1/sessions', { displayName: 'Ada' })).status).toBe(401)
    expect((await rig.call('GET', `/v1/sessions/${'0'.repeat(32)}`)).status).toBe(401)
    expect((await rig.call('GET', '/metrics', undefined, await as('acme'))).status).toBe(401)
    expect((await rig.call('GET', '/metrics', undefined, OPERATOR)).status).toBe(200)
  })
})

describe('by invitation', () => {
  /** A session of acme's whose customer has invited an agent. */
  async function inviting() {
    const made = await make('acme')
    const agent = await rig.open()
    await agent.enter({ role: Role.AGENT, agentToken: made.agentToken })
    const customer = await rig.open()
    await customer.enter({ role: Role.CUSTOMER, locator: made.session.locator })
    agent.relay({ $case: 'admit', value: { participant: customer.number } })
    customer.relay({ $case: 'ping', value: { id: 1n } })
    await customer.roster(({ entries }) => entries.length === 2)
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.AGENT, expiresInMs: 600_000 }] } })
    await customer.sync()
    return customer
  }
  const enter = async (agentToken: string) => {
    const end = await rig.open()
    end.hello({ role: Role.AGENT, inviteId: INVITE, agentToken })
    const answer = await end.take(({ channel }) => channel === Channel.RELAY)
    return { end, answer }
  }

  test('an agent of the tenant enters with a token of the issuer (RA-RLY-107)', async () => {
    const customer = await inviting()
    const { end } = await enter(await issuer.token(rig.clock.now(), 'acme'))
    await customer.roster(({ entries }) => entries.length === 3)
    customer.relay({ $case: 'evict', value: { participant: 3, code: CloseCode.REMOVED } })
    expect(await end.end()).toBe(CloseCode.REMOVED)
  })

  test.each([
    ['a token of the issuer', () => issuer.token(rig.clock.now(), 'rival')],
    ['a session’s own token', async () => (await make('rival')).agentToken],
  ])('an agent of another tenant finds nothing, with %s (RA-RLY-195)', async (_what, token) => {
    await inviting()
    expect(await (await enter(await token())).end.end()).toBe(CloseCode.NOT_FOUND)
  })

  test('neither a used token nor the operator’s key makes an agent (RA-RLY-194)', async () => {
    await inviting()
    const token = await issuer.token(rig.clock.now(), 'acme')
    expect((await rig.call('GET', '/v1/sessions', undefined, { authorization: `Bearer ${token}` })).status).toBe(200)
    for (const wrong of [token, 'operator', 'a.b.c']) expect(await (await enter(wrong)).end.end()).toBe(CloseCode.UNAUTHENTICATED)
  })
})

test('a token of the issuer names no session: alone it opens none', async () => {
  await make('acme')
  const end = await rig.open()
  end.hello({ role: Role.AGENT, agentToken: await issuer.token(rig.clock.now(), 'acme') })
  expect(await end.end()).toBe(CloseCode.UNAUTHENTICATED)
})
