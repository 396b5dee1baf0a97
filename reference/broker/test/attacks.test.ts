import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Channel, CloseCode, Role } from '@remote-assist/codec'
import { hasOpenssl, makeCertificate } from '@remote-assist/transport/certificates'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startBroker } from '../src/index.js'
import { silentLog } from '../src/log.js'
import type { End } from './end.js'
import { RawPeer } from './raw-peer.js'
import { INVITE, Rig } from './rig.js'

/** The hostile side has addresses of its own. */
const [EVIL, OTHER] = ['127.0.0.66', '127.0.0.7']
const STRANGERS = 20
/** Short, so that tests see them pass; a test waits for what they do, never for them. */
const TIMEOUTS = { openingMs: 600, handshakeMs: 300, headersMs: 300, requestMs: 600, idleMs: 600 }

let rig: Rig
let healthy: { readonly agent: End; readonly customer: End }
const lines: Socket[] = []
beforeEach(async () => {
  rig = await Rig.start({ joinsPerMinute: 10, strangersPerAddress: STRANGERS, timeouts: TIMEOUTS })
  healthy = await rig.assisting('WebSocket')
})
afterEach(async () => {
  await unharmed()
  for (const line of lines.splice(0)) line.destroy()
  await rig.stop()
})

const portOf = (url: string): number => Number(new URL(url).port)

/** A bare TCP connection of the hostile side. */
async function dial(url = rig.broker.url, localAddress = EVIL): Promise<Socket> {
  const line = connect({ port: portOf(url), host: '127.0.0.1', localAddress })
  lines.push(line)
  line.on('error', () => undefined)
  await once(line, 'connect')
  return line
}

/** An HTTP/2 session with the gRPC port, over a line of the hostile side. */
async function dialHttp2(): Promise<ClientHttp2Session> {
  const line = await dial(rig.broker.grpcUrl)
  return connectHttp2('http://127.0.0.1', { createConnection: () => line }).on('error', () => undefined)
}

/** All that comes until the line is closed. */
async function remains(line: Socket): Promise<string> {
  let text = ''
  line.on('data', chunk => {
    text += String(chunk)
  })
  // Not by `once`, which takes a reset for a failure: however the line ends, it ends.
  if (!line.destroyed) await new Promise(resolve => line.once('close', resolve))
  return text
}

/** Says a byte again and again until the line is gone; what is said there does not matter. */
function trickle(line: Socket, byte: string): void {
  const timer = setInterval(() => line.write(byte), 20)
  line.once('close', () => clearInterval(timer))
}

/** The healthy session loses nothing: frames in both directions arrive whole, in order, each once. */
async function unharmed(): Promise<void> {
  const { agent, customer } = healthy
  for (const [from, to, channel] of [
    [agent, customer, Channel.SESSION],
    [customer, agent, Channel.SESSION],
    [customer, agent, Channel.MEDIA],
  ] as const) {
    const sent = Array.from({ length: 20 }, (_, i) => from.send(channel, [to.number], new Uint8Array(1 + i * 1_000).fill(i)))
    for (const frame of sent) expect(Buffer.compare((await to.on(channel)).bytes, frame)).toBe(0)
    await from.sync()
  }
}

/** Somebody from another address gets a session and enters it. */
async function welcomesOthers(): Promise<void> {
  const { agentToken } = await rig.session()
  const agent = await RawPeer.open(rig.broker.websocketUrl, { localAddress: OTHER })
  agent.hello({ role: Role.AGENT, agentToken })
  expect(await agent.welcome()).toEqual({ number: 1 })
  agent.socket.terminate()
}

const evil = () => RawPeer.open(rig.broker.websocketUrl, { localAddress: EVIL })

describe('a stranger who', () => {
  test('guesses codes by the dozen is throttled; others join meanwhile (RA-RLY-111)', async () => {
    const { made, agent } = await rig.led('WebSocket')
    const answers: number[] = []
    for (let i = 0; i < 40; i++) {
      const peer = await evil()
      peer.hello({ role: Role.CUSTOMER, locator: String(i).padStart(9, '0') })
      answers.push(await peer.closeCode)
    }
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(4_000 + CloseCode.NOT_FOUND))
    expect(answers.slice(10)).toEqual(Array(30).fill(4_000 + CloseCode.THROTTLED))
    const customer = await RawPeer.open(rig.broker.websocketUrl, { localAddress: OTHER })
    customer.hello({ role: Role.CUSTOMER, locator: made.session.locator })
    await customer.welcome()
    await agent.roster(({ entries }) => entries.length === 2)
    customer.socket.terminate()
  })

  test('sends a message in thousands of fragments is cut off (RA-BND-029)', async () => {
    const peer = await evil()
    for (let i = 0; i < 2_000; i++) peer.socket.send(Uint8Array.of(0), { binary: true, fin: false })
    expect(await peer.closeCode).toBe(1008)
  })

  test('sends a message in thousands of pieces is cut off, before it could fill the memory with them', async () => {
    // Here a slow one is not cut off for being slow.
    const patient = await Rig.start({})
    const peer = await RawPeer.open(patient.broker.websocketUrl, { localAddress: EVIL })
    const cutOff = peer.closeCode
    // A masked binary message of 200,000 bytes.
    peer.line.write(Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 3, 0x0d, 0x40, 1, 2, 3, 4))
    let pieces = 0
    for (; pieces < 20_000 && peer.socket.readyState === WebSocket.OPEN; pieces++) {
      peer.line.write(Uint8Array.of(0))
      await new Promise(setImmediate)
    }
    expect(await cutOff).toBe(1008)
    expect(pieces).toBeLessThan(20_000)
    await patient.stop()
  })

  test('sends, or announces, more than a frame is cut off (RA-BND-002)', async () => {
    const [sends, announces] = [await evil(), await evil()]
    sends.socket.send(new Uint8Array(266_241))
    // A masked binary message of 2^40 bytes, and nothing of it.
    announces.line.write(Uint8Array.of(0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4))
    expect([await sends.closeCode, await announces.closeCode]).toEqual([1009, 1009])
  })

  test('sends noise is cut off, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async noise => {
        const peer = await evil()
        peer.socket.send(noise)
        expect(await peer.closeCode).toBeGreaterThanOrEqual(4_400)
        const [line, grpcLine] = [await dial(), await dial(rig.broker.grpcUrl)]
        const ends = [remains(line), remains(grpcLine)]
        line.end(noise)
        grpcLine.end(noise)
        await Promise.all(ends)
      }),
      { numRuns: 20 },
    )
    await welcomesOthers()
  })

  test('opens a WebSocket and says nothing has 5 s (RA-RLY-102)', async () => {
    const peers = await Promise.all(Array.from({ length: STRANGERS }, evil))
    await rig.clock.advance(5_000)
    for (const peer of peers) expect(await peer.closeCode).toBe(4_000 + CloseCode.TIMEOUT)
  })
})

describe('lines that stall are ended (RA-BND-018):', () => {
  const UPGRADE = 'GET /v1/attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

  test.each<[string, string, string | undefined]>([
    ['silence', '', undefined],
    ['half a header', 'GET / HTTP/1.1\r\nX-Half: ', undefined],
    ['a header that never ends', 'GET / HTTP/1.1\r\nX-Slow: ', 'x'],
    ['headers without end', 'GET / HTTP/1.1\r\n', 'X: y\r\n'],
    ['half an upgrade', UPGRADE, undefined],
    ['an upgrade that trickles', `${UPGRADE}Sec-WebSocket-Key: `, 'A'],
    ['half a body', 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{', undefined],
    ['a body that trickles', 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{', ' '],
  ])('%s', async (_what, said, more) => {
    const line = await dial()
    if (said !== '') line.write(said)
    if (more !== undefined) trickle(line, more)
    expect(await remains(line)).toMatch(/^$|^HTTP\/1\.1 408/)
  })

  test('headers that are too long', async () => {
    const line = await dial()
    line.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(10_000)}\r\n\r\n`)
    expect(await remains(line)).toMatch(/^HTTP\/1\.1 431/)
  })

  test('gRPC lines without a call, said hello to or not', async () => {
    const silent = await dial(rig.broker.grpcUrl)
    const session = await dialHttp2()
    await Promise.all([remains(silent), once(session, 'close')])
  })

  test('a gRPC request that never becomes whole', async () => {
    const session = await dialHttp2()
    const call = session.request({
      ':method': 'POST',
      ':path': '/remoteassist.v1.SessionService/ListSessions',
      'content-type': 'application/grpc+proto',
      te: 'trailers',
    })
    call.on('error', () => undefined)
    call.write(Uint8Array.of(0, 0, 0, 0, 9))
    const answered = once(call, 'response')
    // What the broker answers to a ping, it answers behind the call.
    await new Promise(resolve => session.ping(resolve))
    await rig.clock.advance(TIMEOUTS.requestMs)
    expect((await answered)[0]['grpc-status']).toBe('4')
    session.destroy()
  })
})

describe('a crowd from one address (RA-BND-019)', () => {
  test('is turned away beyond its number, line by line; others are not', async () => {
    const crowd = await Promise.all(Array.from({ length: STRANGERS }, () => dial()))
    const late = await dial()
    expect(await remains(late)).toBe('')
    expect(crowd.filter(({ destroyed }) => destroyed)).toEqual([])
    await welcomesOthers()
    crowd[0]?.destroy()
  })

  test('may be large when its members are participants', async () => {
    const peers: RawPeer[] = []
    for (let i = 0; i < STRANGERS + 5; i++) {
      const { agentToken } = await rig.session()
      const peer = await evil()
      peer.hello({ role: Role.AGENT, agentToken })
      await peer.welcome()
      peers.push(peer)
    }
    expect(peers.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true)
    for (const { socket } of peers) socket.terminate()
  })

  test('of gRPC streams on one line is turned away as well', async () => {
    const session = await dialHttp2()
    const streams = Array.from({ length: STRANGERS + 5 }, () => {
      const headers = { ':method': 'POST', ':path': '/remoteassist.v1.AttachService/Attach', 'content-type': 'application/grpc+proto', te: 'trailers' }
      return session.request(headers).on('error', () => undefined)
    })
    // A message that holds a close: OVERLOADED (502).
    const refused = await Promise.all(streams.slice(-5).map(async stream => (await once(stream, 'data'))[0] as Buffer))
    for (const message of refused) expect([...message.subarray(5, 10)]).toEqual([0x12, 0x05, 0x08, 0xf6, 0x03])
    session.destroy()
  })
})

describe('a participant of another session who', () => {
  /** A session of its own, over bare WebSockets. */
  async function hostile() {
    const { session, agentToken } = await rig.session()
    const [agent, customer] = [await evil(), await evil()]
    agent.hello({ role: Role.AGENT, agentToken })
    await agent.welcome()
    customer.hello({ role: Role.CUSTOMER, locator: session.locator })
    await customer.welcome()
    agent.relay({ $case: 'admit', value: { participant: customer.number } })
    return { agent, customer }
  }

  test('does not read is cut off; nobody else notices (RA-RLY-165)', async () => {
    const { agent, customer } = await hostile()
    agent.line.pause()
    let open = true
    void agent.closeCode.then(() => {
      open = false
    })
    const part = new Uint8Array(200_000)
    for (let sent = 0; sent < 400 && open; sent += 5) {
      for (let i = 0; i < 5; i++) customer.send(Channel.MEDIA, [agent.number], part)
      await unharmed()
      const { body } = await rig.call<string>('GET', '/metrics')
      open = !/^remote_assist_overruns_total 1$/m.test(body)
    }
    expect(open).toBe(false)
    agent.socket.terminate()
    customer.socket.terminate()
  })

  test('floods with small frames does not starve the others', async () => {
    const { agent, customer } = await hostile()
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < 500; j++) agent.send(Channel.CHAT, [customer.number], new Uint8Array(16))
      await unharmed()
    }
    agent.socket.terminate()
    customer.socket.terminate()
  })

  test('names participants or sessions that are not its own reaches nobody', async () => {
    const { agent } = await hostile()
    healthy.customer.forget()
    agent.send(Channel.CHAT, [healthy.customer.number], Uint8Array.of(6, 6, 6))
    agent.relay({ $case: 'evict', value: { participant: healthy.customer.number, code: CloseCode.REMOVED } })
    await unharmed()
    expect(healthy.customer.arrived.filter(({ channel }) => channel === Channel.CHAT)).toEqual([])
    agent.socket.terminate()
  })

  test('knocks with invitations that it made up finds nothing, and is throttled (RA-RLY-111)', async () => {
    const answers: number[] = []
    for (let i = 0; i < 20; i++) {
      const peer = await evil()
      peer.hello({ role: Role.VIEWER, inviteId: INVITE })
      answers.push(await peer.closeCode)
    }
    expect(answers).toEqual([...Array(10).fill(4_000 + CloseCode.NOT_FOUND), ...Array(10).fill(4_000 + CloseCode.THROTTLED)])
  })

  test('has the id of an open invitation, and joins and leaves, uses up no numbers beyond its ten a minute (RA-RLY-111)', async () => {
    const { customer } = healthy
    customer.relay({ $case: 'setInvites', value: { invites: [{ inviteId: INVITE, role: Role.VIEWER, expiresInMs: 600_000 }] } })
    await customer.sync()
    for (let i = 0; i < 10; i++) {
      const peer = await evil()
      peer.hello({ role: Role.VIEWER, inviteId: INVITE })
      const { number } = await peer.welcome()
      await customer.roster(({ entries }) => entries.some(({ participant }) => participant === number))
      peer.socket.terminate()
      await customer.roster(({ entries }) => entries.every(({ participant }) => participant !== number))
    }
    const late = await evil()
    late.hello({ role: Role.VIEWER, inviteId: INVITE })
    expect(await late.closeCode).toBe(4_000 + CloseCode.THROTTLED)
  })
})

test('a line that asked for a WebSocket stays longer than one that asks for nothing; an upgrade elsewhere is refused (RA-BND-018, RA-BND-032)', async () => {
  const broker = await startBroker({ timeouts: { ...TIMEOUTS, openingMs: 300 }, log: silentLog() })
  try {
    const socket = new WebSocket(broker.websocketUrl, 'remoteassist.v1')
    await once(socket, 'open')
    // Opened later: when it is over, the other one had its time as well.
    await remains(await dial(broker.url))
    expect(socket.readyState).toBe(WebSocket.OPEN)
    const astray = new WebSocket(`${broker.url.replace('http', 'ws')}/elsewhere`, 'remoteassist.v1')
    const [, answer] = (await once(astray, 'unexpected-response')) as [unknown, { readonly statusCode: number }]
    expect(answer.statusCode).toBe(404)
    astray.on('error', () => undefined).terminate()
    socket.terminate()
  } finally {
    await broker.close()
  }
})

test.each(['url', 'grpcUrl'] as const)('a line that says what it may and never asks for anything is ended, at its %s (RA-BND-018)', async which => {
  // Nothing else ends it: every other time is long.
  const patient = { openingMs: 300, handshakeMs: 600_000, headersMs: 600_000, requestMs: 600_000, idleMs: 600_000 }
  const broker = await startBroker({ grpcPort: 0, timeouts: patient, log: silentLog() })
  try {
    const [silent, busy] = [await dial(broker[which]), await dial(broker[which])]
    if (which === 'url') busy.write('GET /healthz HTTP/1.1\r\n')
    else busy.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0')
    await Promise.all([silent, busy].map(remains))
  } finally {
    await broker.close()
  }
})

function overTls(): void {
  test.each(['url', 'grpcUrl'] as const)('a TLS handshake that stalls, trickles or is none is ended, at its %s (RA-BND-018)', async which => {
    const tls = makeCertificate({ names: ['127.0.0.1'] })
    const broker = await startBroker({ tls, grpcPort: 0, timeouts: TIMEOUTS, log: silentLog() })
    try {
      const url = broker[which] ?? ''
      const [silent, trickling, garbage] = [await dial(url), await dial(url), await dial(url)]
      // The beginning of a ClientHello of 512 bytes.
      trickling.write(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3))
      trickle(trickling, 'a')
      garbage.write('GET / HTTP/1.1\r\n\r\n')
      await Promise.all([silent, trickling, garbage].map(remains))
      const good = connectTls({ port: portOf(url), host: '127.0.0.1', ca: tls.cert, ...(which === 'url' ? {} : { ALPNProtocols: ['h2'] }) })
      good.on('error', () => undefined)
      await once(good, 'secureConnect')
      expect(good.getProtocol()).toBe('TLSv1.3')
      good.destroy()
    } finally {
      await broker.close()
    }
  })
}

if (hasOpenssl()) describe('over TLS', overTls)
else
  test('NOT RUN: attacks over TLS, as openssl is not installed', () => {
    if (process.env.CI === 'true') throw new Error('NOT RUN: attacks over TLS need openssl')
    console.warn('NOT RUN: attacks over TLS need openssl')
  })
