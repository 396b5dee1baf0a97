import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import {
  CloseCode,
  ContactKind,
  CreateSessionRequest,
  CreateSessionResponse,
  decodeMessage,
  encodeMessage,
  GetSessionRequest,
  GetSessionResponse,
  type MessageType,
  Role,
} from '@remote-assist/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_REQUEST_BYTES, SESSION_SERVICE } from '../src/control-grpc.js'
import { type Made, Rig } from './rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

/** An error as the API tells it. */
interface Told {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** A session in JSON. */
interface Shown {
  readonly session: Readonly<Record<string, unknown>>
}

const fails = async (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => {
  const { status, body: told } = await rig.call<Told>(method, path, body, headers)
  expect(told.message).toMatch(/\.$/)
  return [status, told.code]
}

describe('as JSON over HTTP', () => {
  test('a session is made, shown, listed, given a new code, and ended', async () => {
    const asked = { displayName: 'Ada', contactId: 'call-7', contactKind: 'CONTACT_KIND_VOICE', metadata: { queue: 'support' } }
    const { status, body } = await rig.call<Made & Readonly<Record<string, unknown>>>('POST', '/v1/sessions', asked)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      joinUrl: `${rig.broker.url}/join`,
      viewUrl: `${rig.broker.url}/view`,
      websocketUrl: rig.broker.websocketUrl,
      grpcTarget: rig.broker.grpcUrl,
    })
    const { sessionId, locator } = body.session
    expect(sessionId).toMatch(/^[0-9a-f]{32}$/)
    expect(locator).toMatch(/^\d{4}$/)
    const path = `/v1/sessions/${sessionId}`
    const { body: got } = await rig.call<Shown>('GET', path)
    expect(got.session).toMatchObject({ ...asked, state: 'SESSION_STATE_OPEN', codeExpiresAtMs: String(rig.clock.now() + 600_000) })
    expect(JSON.stringify(got)).not.toContain(body.agentToken)
    const { body: renewed } = await rig.call<Shown>('POST', `${path}/code`)
    expect(renewed.session.locator).not.toBe(locator)
    const { body: list } = await rig.call<{ readonly sessions: readonly object[] }>('GET', '/v1/sessions')
    expect(list.sessions.length).toBe(1)
    const { body: ended } = await rig.call<Shown>('DELETE', path)
    expect(ended.session).toMatchObject({ state: 'SESSION_STATE_CLOSED', closeCode: 'CLOSE_CODE_SESSION_ENDED' })
    expect(await fails('POST', `${path}/code`)).toEqual([409, 'E_NOT_NOW'])
    await rig.clock.advance(600_000)
    expect(await fails('GET', path)).toEqual([404, 'E_NOT_FOUND'])
  })

  test('lists come newest first, in pages', async () => {
    const made: string[] = []
    for (let i = 0; i < 5; i++) made.unshift((await rig.session()).session.sessionId)
    const seen: string[] = []
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query: string = token === '' ? '' : `&pageToken=${token}`
      const { body } = await rig.call<{ readonly sessions: readonly { readonly sessionId: string }[]; readonly nextPageToken?: string }>(
        'GET',
        `/v1/sessions?pageSize=2${query}`,
      )
      seen.push(...body.sessions.map(({ sessionId }) => sessionId))
      token = body.nextPageToken
    }
    expect(seen).toEqual(made)
  })

  test('a locator leads to its session until it expires (RA-RLY-213)', async () => {
    const { session } = await rig.session()
    const { body } = await rig.call('GET', `/v1/locators/${session.locator}`)
    expect(body).toEqual({ displayName: 'Ada', websocketUrl: rig.broker.websocketUrl })
    await rig.clock.advance(600_000)
    expect(await fails('GET', `/v1/locators/${session.locator}`)).toEqual([404, 'E_NOT_FOUND'])
  })

  test('a policy may be narrowed and never widened', async () => {
    const { body } = await rig.call<Shown>('POST', '/v1/sessions', { displayName: 'Ada', policy: { maxFileBytes: '1000', maxParticipants: 2 } })
    expect(body.session.policy).toMatchObject({ maxFileBytes: '1000', maxParticipants: 2, consentTimeoutMs: 60_000 })
    expect(await fails('POST', '/v1/sessions', { displayName: 'Ada', policy: { maxFileBytes: String(2 ** 40) } })).toEqual([403, 'E_POLICY'])
  })

  test('a new code is to be had while the customer is in, for whoever comes after (RA-RLY-224)', async () => {
    const { made } = await rig.assisting()
    const { status, body } = await rig.call<Shown>('POST', `/v1/sessions/${made.session.sessionId}/code`)
    expect([status, body.session.locator === made.session.locator]).toEqual([200, false])
  })

  test.each<[string, unknown, readonly [number, string]]>([
    ['no name', {}, [400, 'E_INVALID']],
    ['a name too long', { displayName: 'x'.repeat(65) }, [413, 'E_TOO_LARGE']],
    ['a wrong type', { displayName: 'Ada', policy: { maxFileBytes: 'much' } }, [400, 'E_INVALID']],
    ['a list', [], [400, 'E_INVALID']],
    ['no JSON', '{', [400, 'E_INVALID']],
    ['a large body', 'x'.repeat(MAX_REQUEST_BYTES + 1), [413, 'E_TOO_LARGE']],
  ])('a request with %s is declined', async (_what, body, expected) => {
    expect(await fails('POST', '/v1/sessions', body)).toEqual(expected)
  })

  test('a request to the wrong place or in the wrong way is declined', async () => {
    expect(await fails('PUT', '/v1/sessions', {})).toEqual([405, 'E_METHOD'])
    expect(await fails('GET', '/v1/nothing')).toEqual([404, 'E_NOT_FOUND'])
    expect(await fails('GET', '/nothing')).toEqual([404, 'E_NOT_FOUND'])
    expect(await fails('POST', '/healthz')).toEqual([405, 'E_METHOD'])
    expect(await fails('GET', '/v1/sessions/xyz')).toEqual([400, 'E_INVALID'])
    expect(await fails('GET', `/v1/sessions/${'0'.repeat(32)}`)).toEqual([404, 'E_NOT_FOUND'])
    expect(await fails('POST', '/v1/sessions', '{}', { 'content-type': 'text/plain' })).toEqual([415, 'E_MEDIA_TYPE'])
    expect(await fails('GET', '/v1/sessions?pageSize=201')).toEqual([400, 'E_INVALID'])
    expect(await fails('GET', '/v1/sessions?pageSize=x')).toEqual([400, 'E_INVALID'])
  })

  test('a page of another site may not use it', async () => {
    expect(await fails('POST', '/v1/sessions', { displayName: 'Eve' }, { origin: 'https://evil.example' })).toEqual([403, 'E_ORIGIN'])
    expect((await rig.call('POST', '/v1/sessions', { displayName: 'Ada' }, { origin: rig.broker.url })).status).toBe(201)
  })
})

describe('limits', () => {
  test('on sessions: beyond it the broker is overloaded', async () => {
    await rig.stop()
    rig = await Rig.start({ maxSessions: 1 })
    await rig.session()
    expect(await fails('POST', '/v1/sessions', { displayName: 'Ada' })).toEqual([503, 'E_OVERLOADED'])
  })

  test('on guesses: an address is throttled, and told for how long (RA-RLY-111)', async () => {
    await rig.stop()
    rig = await Rig.start({ joinsPerMinute: 2 })
    for (let i = 0; i < 2; i++) expect(await fails('GET', '/v1/locators/0000')).toEqual([404, 'E_NOT_FOUND'])
    const { status, headers } = await rig.call('GET', '/v1/locators/0000')
    expect([status, headers.get('retry-after')]).toEqual([429, '60'])
  })
})

describe('with an API key', () => {
  const key = { authorization: 'Bearer k-1' }
  beforeEach(async () => {
    await rig.stop()
    rig = await Rig.start({ apiKey: 'k-1' })
  })

  test('only who shows it makes and lists sessions and reads metrics', async () => {
    expect(await fails('POST', '/v1/sessions', { displayName: 'Ada' })).toEqual([401, 'E_UNAUTHENTICATED'])
    expect(await fails('GET', '/v1/sessions', undefined, { authorization: 'Bearer k-2' })).toEqual([401, 'E_UNAUTHENTICATED'])
    expect(await fails('GET', '/metrics')).toEqual([401, 'E_UNAUTHENTICATED'])
    expect((await rig.call('GET', '/v1/sessions', undefined, key)).status).toBe(200)
    expect((await rig.call('GET', '/metrics', undefined, key)).status).toBe(200)
  })

  test('an agent sees and renews its own session, and no other', async () => {
    const { body: mine } = await rig.call<Made>('POST', '/v1/sessions', { displayName: 'Ada' }, key)
    const { body: other } = await rig.call<Made>('POST', '/v1/sessions', { displayName: 'Bob' }, key)
    const agent = { authorization: `Bearer ${mine.agentToken}` }
    expect((await rig.call('GET', `/v1/sessions/${mine.session.sessionId}`, undefined, agent)).status).toBe(200)
    expect((await rig.call('POST', `/v1/sessions/${mine.session.sessionId}/code`, undefined, agent)).status).toBe(200)
    expect(await fails('GET', `/v1/sessions/${other.session.sessionId}`, undefined, agent)).toEqual([401, 'E_UNAUTHENTICATED'])
    expect(await fails('GET', `/v1/sessions/${'0'.repeat(32)}`, undefined, agent)).toEqual([401, 'E_UNAUTHENTICATED'])
  })
})

describe('over gRPC', () => {
  const call = async <Q, A>(method: string, request: MessageType<Q>, response: MessageType<A>, message: Q): Promise<A> => {
    const client = new Client((rig.broker.grpcUrl ?? '').replace('grpc://', ''), credentials.createInsecure())
    try {
      return await new Promise((resolve, reject) => {
        const path = `/${SESSION_SERVICE}/${method}`
        client.makeUnaryRequest(
          path,
          (bytes: Uint8Array) => Buffer.from(bytes),
          bytes => bytes,
          encodeMessage(request, message),
          new Metadata(),
          (error, bytes) => {
            if (bytes === undefined) reject(error)
            else resolve(decodeMessage(response, bytes))
          },
        )
      })
    } finally {
      client.close()
    }
  }
  const asked: CreateSessionRequest = {
    displayName: 'Ada',
    contactId: '',
    contactKind: ContactKind.CHAT,
    metadata: new Map([['chat', '1']]),
    policy: undefined,
  }

  test('the same service answers', async () => {
    const made = await call('CreateSession', CreateSessionRequest, CreateSessionResponse, asked)
    const sessionId = made.session?.sessionId ?? ''
    const { session } = await call('GetSession', GetSessionRequest, GetSessionResponse, { sessionId })
    expect(session).toMatchObject({ sessionId, displayName: 'Ada', contactKind: ContactKind.CHAT, closeCode: CloseCode.UNSPECIFIED })
    const agent = await rig.open('gRPC')
    expect((await agent.enter({ role: Role.AGENT, agentToken: made.agentToken })).participant).toBe(1)
  })

  test('declines with a status, a code and a hint', async () => {
    const error = await call('GetSession', GetSessionRequest, GetSessionResponse, { sessionId: '0'.repeat(32) }).catch((cause: ServiceError) => cause)
    if (!('metadata' in error)) throw new Error('not declined')
    expect([error.code, error.metadata.get('ra-code'), error.metadata.get('ra-hint').length]).toEqual([5, ['E_NOT_FOUND'], 1])
  })
})

describe('a page of another origin', () => {
  const origin = 'https://desk.example'
  beforeEach(async () => {
    await rig.stop()
    rig = await Rig.start({ origins: [origin] })
  })
  const shared = (headers: Headers) => [...headers.keys()].filter(name => name.startsWith('access-control-'))

  test('that is listed may ask and read; the browser is told so, by name', async () => {
    const asking = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' }
    const asked = await fetch(`${rig.broker.url}/v1/sessions`, { method: 'OPTIONS', headers: asking })
    expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('vary')]).toEqual([204, origin, 'origin'])
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization')
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    const made = await rig.call('POST', '/v1/sessions', { displayName: 'Ada' }, { origin })
    expect([made.status, made.headers.get('access-control-allow-origin')]).toEqual([201, origin])
    const failed = await rig.call('GET', '/v1/sessions/xyz', undefined, { origin })
    expect([failed.status, failed.headers.get('access-control-allow-origin')]).toEqual([400, origin])
  })

  test.each(['https://evil.example', 'https://desk.example.evil.example', 'http://desk.example', 'https://desk.example:444', 'https://DESK.example', 'null'])(
    'that is not listed is told nothing: %s',
    async other => {
      const asked = await fetch(`${rig.broker.url}/v1/sessions`, { method: 'OPTIONS', headers: { origin: other, 'access-control-request-method': 'POST' } })
      expect([asked.status, shared(asked.headers)]).toEqual([403, []])
      const made = await rig.call('POST', '/v1/sessions', { displayName: 'Eve' }, { origin: other })
      expect([made.status, shared(made.headers)]).toEqual([403, []])
    },
  )
})

test.each([
  '/v1/sessions?token=abc',
  '/v1/sessions?access_token=abc',
  '/v1/sessions?pageSize=1&api_key=abc',
  '/v1/locators/0000?pin=1',
  '/join?secret=abc',
  '/?agentToken=abc',
  '/metrics?apiKey=abc',
])('%s carries a credential in its URL, and is refused with what to do', async path => {
  const { status, body } = await rig.call<Told>('GET', path)
  expect([status, body.code, body.hint]).toEqual([400, 'E_INVALID', expect.stringContaining('Authorization: Bearer')])
})

test('the query takes what its path knows, and nothing else', async () => {
  expect(await fails('GET', '/v1/sessions?pageSise=1')).toEqual([400, 'E_INVALID'])
  expect(await fails('GET', `/v1/sessions/${'0'.repeat(32)}?pageSize=1`)).toEqual([400, 'E_INVALID'])
})
