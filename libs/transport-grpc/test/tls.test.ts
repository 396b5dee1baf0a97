import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Client, credentials } from '@grpc/grpc-js'
import { type Certificate, hasOpenssl, makeCertificate } from '@remote-assist/transport/certificates'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { ATTACH_PATH, connect, listen } from '@remote-assist/transport-grpc'
import { afterEach, describe, expect, test } from 'vitest'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const tidy of cleanups.splice(0).reverse()) await tidy()
})

const asIs = (bytes: Buffer): Buffer => bytes

const nobody = () => {
  throw new Error('accepted')
}

function suite(): void {
  const names = ['127.0.0.1', '::1', 'localhost']
  const authority = makeCertificate({ isAuthority: true })
  const { cert: ca } = authority
  const right = makeCertificate({ names, issuer: authority })
  const misnamed = makeCertificate({ names: ['other.example', '192.0.2.77'], issuer: authority })
  const unknown = makeCertificate({ names, issuer: makeCertificate({ isAuthority: true }) })
  const expired = makeCertificate({ names, issuer: authority, days: -1 })

  describe('RA-BND-016 keeps every rule of every binding', () => {
    const cases = transportCompliance('gRPC over TLS', {
      listen: accept => listen(accept, { tls: right }),
      connect: address => connect(address, { ca }),
      nowhere: 'grpcs://127.0.0.1:1',
      sendOversize: async address => {
        const client = new Client(new URL(address).host, credentials.createSsl(Buffer.from(ca)))
        const call = client.makeBidiStreamRequest(ATTACH_PATH, asIs, asIs)
        call.write(Buffer.concat([Buffer.from([0x0a, 0x81, 0xa0, 0x10]), Buffer.alloc(266_241)]))
        await once(call, 'data')
        call.cancel()
        await once(call, 'error')
        client.close()
      },
    })
    for (const { title, run } of cases) test(title, run)
  })

  const serve = async (tls: Certificate) => {
    const listener = await listen(() => ({ frame: () => undefined, closed: () => undefined }), { tls })
    cleanups.push(() => listener.close())
    return listener.address
  }

  test('RA-BND-017 a certificate for the name, of an authority that is trusted, is taken', async () => {
    const address = await serve(right)
    const connection = await connect(address, { ca: [ca] }).open(() => ({ frame: () => undefined, closed: () => undefined }))
    connection.abort()
  })

  test.each([
    ['for another name', misnamed, ca, /altnames/],
    ['of an authority that nobody knows', unknown, ca, /certificate/],
    ['whose time is over', expired, ca, /expired/],
    ['of an authority that is not among the well-known ones', right, undefined, /certificate/],
  ])('RA-BND-017 a certificate %s is not: E_CONNECT says why', async (_what, certificate, trusted, why) => {
    const address = await serve(certificate)
    const attempt = connect(address, trusted === undefined ? {} : { ca: trusted }).open(nobody)
    await expect(attempt).rejects.toMatchObject({ name: 'TransportError', code: 'E_CONNECT', message: expect.stringMatching(why) })
  })

  test('RA-BND-016 the server refuses TLS 1.2', async () => {
    const { port } = new URL(await serve(right))
    const socket = connectTls({ port: Number(port), host: '127.0.0.1', ca, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] })
    const [error] = await once(socket, 'error')
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
  })

  test('RA-BND-016 the client refuses TLS 1.2', async () => {
    const server = createSecureServer({ ...right, maxVersion: 'TLSv1.2' })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(() => server.close())
    const attempt = connect(`grpcs://127.0.0.1:${(server.address() as AddressInfo).port}`, { ca }).open(nobody)
    await expect(attempt).rejects.toMatchObject({ code: 'E_CONNECT', message: expect.stringMatching(/protocol version/) })
  })

  test('RA-BND-016 who speaks in clear to a port with TLS is not understood', async () => {
    const attempt = connect((await serve(right)).replace('grpcs:', 'grpc:')).open(nobody)
    await expect(attempt).rejects.toMatchObject({ code: 'E_CONNECT' })
  })
}

if (hasOpenssl()) describe('gRPC over TLS', suite)
else
  test('NOT RUN: gRPC over TLS, as openssl is not installed', () => {
    if (process.env.CI === 'true') throw new Error('NOT RUN: gRPC over TLS needs openssl')
    console.warn('NOT RUN: gRPC over TLS needs openssl')
  })
