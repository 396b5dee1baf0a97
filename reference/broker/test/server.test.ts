import { once } from 'node:events'
import { fstatSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import {
  Channel,
  CloseCode,
  decodeFrame,
  decodeRelay,
  encodeFrame,
  encodeMessage,
  encodeRelay,
  Notice_Kind,
  ResolveLocatorRequest,
  Role,
} from '@remote-assist/codec'
import { ATTACH_PATH, attachServiceDefinition } from '@remote-assist/transport-grpc'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { SESSION_SERVICE } from '../src/control-grpc.js'
import { BrokerError, startBroker } from '../src/index.js'
import { End } from './end.js'
import { Issuer } from './issuer.js'
import { Rig, TRANSPORTS } from './rig.js'

const issuer = (await Issuer.make()).options

/** A Hello that shows nothing. */
const HELLO = {
  version: { minMinor: 0, maxMinor: 0 },
  implementation: { name: 'test', version: '1' },
  agentToken: '',
  inviteId: new Uint8Array(),
  resumeToken: new Uint8Array(),
  capabilities: [],
  displayName: '',
}

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

describe('shutting down', () => {
  test.each(TRANSPORTS)('tells the participants, waits, and closes with SHUTTING_DOWN, over %s (RA-RLY-245)', async name => {
    rig = await Rig.start()
    const { agent, customer } = await rig.assisting(name)
    const closing = rig.broker.close({ drainMs: 5_000 })
    expect(await customer.message('notice')).toMatchObject({ kind: Notice_Kind.SHUTTING_DOWN, amount: 5_000n })
    expect((await rig.call('GET', '/readyz')).status).toBe(503)
    await agent.sync()
    await rig.clock.advance(5_000)
    expect(await agent.end()).toBe(CloseCode.SHUTTING_DOWN)
    expect(await customer.end()).toBe(CloseCode.SHUTTING_DOWN)
    await closing
    await expect(fetch(rig.broker.url)).rejects.toThrow()
  })

  test('takes nobody new (RA-BND-015), and does not wait for an empty house', async () => {
    rig = await Rig.start()
    const { agent } = await rig.led()
    const closing = rig.broker.close({ drainMs: 5_000 })
    const late = await rig.open()
    expect(await late.end()).toBe(CloseCode.SHUTTING_DOWN)
    agent.relay({ $case: 'bye', value: { code: CloseCode.LEFT, endSession: false } })
    await closing
  })

  test('a connection that has not said Hello is closed as well', async () => {
    rig = await Rig.start()
    const stranger = await rig.open()
    await rig.broker.close()
    expect(await stranger.end()).toBe(CloseCode.SHUTTING_DOWN)
  })
})

describe('starting', () => {
  test('on a port in use fails with a hint, HTTP and gRPC alike', async () => {
    rig = await Rig.start()
    const port = Number(new URL(rig.broker.url).port)
    const code = async (options: Parameters<typeof startBroker>[0]) => {
      const error: unknown = await startBroker(options).catch((cause: unknown) => cause)
      return error instanceof BrokerError ? [error.code, error.hint !== undefined] : error
    }
    expect(await code({ port })).toEqual(['E_PORT_IN_USE', true])
    expect(await code({ grpcPort: port })).toEqual(['E_PORT_IN_USE', true])
    expect(await code({ host: '198.51.100.1', behindProxy: true, issuer })).toEqual(['E_LISTEN', true])
  })

  test.each([
    [{ host: '0.0.0.0', issuer }, /no certificate/],
    [{ host: '127.0.0.1.example', issuer }, /no certificate/],
    [{ host: '0.0.0.0', behindProxy: true }, /anybody/],
    [{ host: '0.0.0.0', behindProxy: true, apiKey: 'k' }, /anybody/],
    [{ behindProxy: true }, /anybody/],
    [{ publicUrl: 'https://assist.example' }, /anybody/],
  ])('within reach of other machines asks for a certificate and an issuer first: %j', async (options, why) => {
    const error: unknown = await startBroker(options).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'E_NOT_SAFE', message: expect.stringMatching(why), hint: expect.stringContaining('--') })
  })

  test.each([
    { graceMs: -1 },
    { heartbeatMs: 0.5 },
    { policy: { maxParticipants: 33 } },
    { policy: { maxFileBytes: -1 } },
    { pages: 'none' },
    { host: '0.0.0.0', behindProxy: true, issuer },
  ])('with %j is declined', async options => {
    await expect(startBroker(options)).rejects.toMatchObject({ code: 'E_OPTION' })
  })
})

test('the log says what happened, and nothing that is a secret, a name or a payload', async () => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  rig = await Rig.start({ log })
  const { made, agent, customer } = await rig.assisting()
  agent.send(9, [customer.number], new TextEncoder().encode('canary-77'))
  agent.send(6, [99])
  expect(await agent.end()).toBe(CloseCode.BAD_HEADER)
  const text = lines.join('')
  for (const said of ['session created', 'participant attached', 'connection closed for a fault']) expect(text).toContain(said)
  for (const hidden of ['canary-77', made.agentToken, 'Ada', `"${made.session.locator}"`]) expect(text).not.toContain(hidden)
})

test.each([
  [{}, true],
  [{ issuer }, false],
  [{ apiKey: 'k' }, false],
])('without an issuer or a key the log says that everybody may make sessions: %j', async (options, expected) => {
  const lines: string[] = []
  rig = await Rig.start({ ...options, log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }) })
  expect(lines.join('').includes('no issuer is configured')).toBe(expected)
})

describe('pages', () => {
  const directories: string[] = []
  afterEach(async () => {
    for (const directory of directories.splice(0)) await rm(directory, { recursive: true })
  })

  async function served(): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), 'broker-pages-'))
    directories.push(directory)
    await mkdir(join(directory, 'view'))
    await writeFile(join(directory, 'index.html'), '<!doctype html>home')
    await writeFile(join(directory, 'join.html'), '<!doctype html>join')
    await writeFile(join(directory, 'view', 'index.html'), '<!doctype html>view')
    await writeFile(join(directory, 'app.js'), 'export {}')
    await writeFile(join(directory, '.secret.html'), 'no')
    await writeFile(join(directory, 'data.bin'), 'no')
    await symlink('/etc/hostname', join(directory, 'link.html'))
    return await Rig.start({ pages: directory })
  }

  test.each([
    ['/', 'home', 'text/html; charset=utf-8'],
    ['/join', 'join', 'text/html; charset=utf-8'],
    ['/view', 'view', 'text/html; charset=utf-8'],
    ['/app.js', 'export', 'text/javascript; charset=utf-8'],
  ])('%s is served under a strict policy', async (path, content, type) => {
    rig = await served()
    const { status, body, headers } = await rig.call<string>('GET', path)
    expect([status, headers.get('content-type'), headers.get('referrer-policy')]).toEqual([200, type, 'no-referrer'])
    expect(body).toContain(content)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';(?!.*unsafe)/)
    expect((await rig.call('GET', path, undefined, { 'if-none-match': headers.get('etag') ?? '' })).status).toBe(304)
    expect((await rig.call('HEAD', path)).status).toBe(200)
  })

  test.each([
    '/.secret.html',
    '/link.html',
    '/data.bin',
    '/../package.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%5c..%5cx.html',
    '/a%00.html',
    '/view/none',
    '/app.js/x',
  ])('%s does not exist', async path => {
    rig = await served()
    const socket = connect(Number(new URL(rig.broker.url).port), '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const [first] = await once(socket, 'data')
    expect(String(first)).toMatch(/^HTTP\/1\.1 404/)
  })

  test('whoever goes away in the middle of a file leaves no descriptor open', async () => {
    rig = await served()
    const file = join(directories.at(-1) as string, 'app.js')
    await truncate(file, 8_388_608)
    const { ino } = await stat(file)
    const port = Number(new URL(rig.broker.url).port)
    for (let i = 0; i < 10; i++) {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n')
      await once(socket, 'data')
      socket.destroy()
    }
    await expect.poll(() => descriptorsOf(ino)).toBe(0)
  })

  test('a path that is none is declined', async () => {
    rig = await served()
    expect((await rig.call('GET', '/%ff')).status).toBe(400)
  })
})

/** How many descriptors of this process are of the file with that inode. */
function descriptorsOf(inode: number): number {
  const open = readdirSync('/dev/fd').flatMap(name => {
    try {
      return fstatSync(Number(name))
    } catch {
      // The one that read the list.
      return []
    }
  })
  return open.filter(({ ino }) => ino === inode).length
}

test('a page of another origin may not attach (RA-BND-028)', async () => {
  rig = await Rig.start({ origins: ['https://desk.example'] })
  const upgrade = async (origin: string) => {
    const socket = connect(Number(new URL(rig?.broker.url ?? '').port), '127.0.0.1')
    const lines = [
      `GET /v1/attach HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${lines.join('\r\n')}\r\nSec-WebSocket-Protocol: remoteassist.v1\r\nOrigin: ${origin}\r\n\r\n`)
    const [first] = await once(socket, 'data')
    socket.destroy()
    return String(first).split(' ')[1]
  }
  expect(await upgrade('https://evil.example')).toBe('403')
  expect(await upgrade('https://desk.example')).toBe('101')
  expect(await upgrade(rig.broker.url)).toBe('101')
})

test('behind a proxy the limits count the client’s address', async () => {
  rig = await Rig.start({ behindProxy: true, joinsPerMinute: 1, issuer })
  const resolve = async (address: string) => (await rig?.call('GET', '/v1/locators/0000', undefined, { 'x-forwarded-for': `10.0.0.1, ${address}` }))?.status
  expect([await resolve('192.0.2.1'), await resolve('192.0.2.1'), await resolve('192.0.2.2')]).toEqual([404, 429, 404])
  expect([await resolve('2001:db8::1'), await resolve('2001:db8:0:0:9::2'), await resolve('2001:db8:0:1::1')]).toEqual([404, 429, 404])
})

test('behind a proxy the limits count the client’s address over gRPC as well', async () => {
  rig = await Rig.start({ behindProxy: true, joinsPerMinute: 1, issuer })
  const client = new Client((rig.broker.grpcUrl ?? '').replace('grpc://', ''), credentials.createInsecure())
  const from = (address: string): Metadata => {
    const metadata = new Metadata()
    metadata.add('x-forwarded-for', `10.0.0.1, ${address}`)
    return metadata
  }
  const asIs = (bytes: Uint8Array) => Buffer.from(bytes)
  const resolve = (address: string) =>
    new Promise<status | undefined>(answer =>
      client.makeUnaryRequest(
        `/${SESSION_SERVICE}/ResolveLocator`,
        asIs,
        asIs,
        encodeMessage(ResolveLocatorRequest, { locator: '0000' }),
        from(address),
        error => answer(error?.code),
      ),
    )
  const { requestSerialize, responseDeserialize } = attachServiceDefinition.attach
  const join = async (address: string): Promise<CloseCode | undefined> => {
    const call = client.makeBidiStreamRequest(ATTACH_PATH, requestSerialize, responseDeserialize, from(address)).on('error', () => undefined)
    const hello = { ...HELLO, role: Role.CUSTOMER, locator: '0000' }
    call.write(encodeFrame({ channel: Channel.RELAY, source: 0, targets: [], sequence: 1 }, encodeRelay({ kind: { $case: 'hello', value: hello } })))
    const [frame] = await once(call, 'data')
    call.cancel()
    const { kind } = decodeRelay(decodeFrame(frame as Uint8Array).payload)
    return kind?.$case === 'refusal' ? kind.value.code : undefined
  }
  try {
    expect([await resolve('192.0.2.1'), await resolve('192.0.2.1'), await resolve('192.0.2.2')]).toEqual([
      status.NOT_FOUND,
      status.RESOURCE_EXHAUSTED,
      status.NOT_FOUND,
    ])
    expect([await join('192.0.2.3'), await join('192.0.2.3'), await join('192.0.2.4')]).toEqual([CloseCode.NOT_FOUND, CloseCode.THROTTLED, CloseCode.NOT_FOUND])
  } finally {
    client.close()
  }
})

test('the broker starts with nothing but its defaults', async () => {
  const broker = await startBroker({ log: pino({ level: 'silent' }) })
  const response = await fetch(`${broker.url}/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"displayName":"Ada"}' })
  const made = (await response.json()) as { readonly agentToken: string; readonly websocketUrl: string }
  const { connect: connectWebSocket } = await import('@remote-assist/transport-websocket')
  const agent = await End.open(connectWebSocket(made.websocketUrl))
  expect((await agent.enter({ role: Role.AGENT, agentToken: made.agentToken })).participant).toBe(1)
  await broker.close()
  expect(await agent.end()).toBe(CloseCode.SHUTTING_DOWN)
})
