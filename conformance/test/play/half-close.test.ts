import { connect, constants } from 'node:http2'
import { afterEach, expect, it } from 'vitest'
import { serveGrpc } from '../../src/play/lines/grpc.js'
import type { Raw } from '../../src/play/lines/line.js'
import { encodePlain } from '../../src/wire/schema.js'

/** As AttachRequest goes over HTTP/2: not compressed, its length in front. */
function prefixed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + message.length)
  new DataView(bytes.buffer).setUint32(1, message.length)
  bytes.set(message, 5)
  return bytes
}

const over: (() => unknown)[] = []
afterEach(async () => {
  for (const end of over.splice(0)) await end()
})

/** How the suite saw a call end on which a close came, and behind that `end`. */
async function endedBy(end: 'half-close' | 'reset'): Promise<Raw & { readonly code: number }> {
  let tell: (end: Raw & { readonly code: number }) => void = () => undefined
  const told = new Promise<Raw & { readonly code: number }>(resolve => {
    tell = resolve
  })
  const { url, close } = await serveGrpc({
    open: true,
    choosesSubprotocol: true,
    accept: () => ({ frame: () => undefined, stray: () => undefined, closed: (code, _, raw) => tell({ ...raw, code }) }),
  })
  const session = connect(`http://${new URL(url).host}`)
  over.push(() => session.destroy(), close)
  const call = session.request({ ':method': 'POST', ':path': '/remoteassist.v1.AttachService/Attach', 'content-type': 'application/grpc', te: 'trailers' })
  call.on('error', () => undefined)
  call.resume()
  call.write(prefixed(encodePlain('AttachRequest', { close: { code: 100, reason: '' } })), () => {
    if (end === 'half-close') call.end()
    else call.close(constants.NGHTTP2_CANCEL)
  })
  return told
}

it('is told of a half-close where there was one, and of none where the call was reset', async () => {
  expect(await endedBy('half-close')).toMatchObject({ code: 100, halfClosed: true })
  expect(await endedBy('reset')).toMatchObject({ code: 0, halfClosed: false })
})
