import { afterEach, expect, it } from 'vitest'
import { Endpoint } from '../../src/play/endpoint.js'
import { serveGrpc } from '../../src/play/lines/grpc.js'
import { Trace } from '../../src/play/trace.js'
import { channelNumber, encodeFrame, encodeMessage } from '../../src/wire/schema.js'

const over: (() => unknown)[] = []
afterEach(async () => {
  for (const end of over.splice(0)) await end()
})

/** What a player says of its first frame, for which a broker has chosen these targets. */
async function faultOf(targets: readonly number[], message: Record<string, unknown>): Promise<string | undefined> {
  const { url, close } = await serveGrpc({
    open: true,
    choosesSubprotocol: true,
    accept: line => {
      line.send(encodeFrame({ channel: channelNumber('RELAY'), source: 0, targets, sequence: 1n, payload: encodeMessage('RELAY', message) }))
      return { frame: () => undefined, stray: () => undefined, closed: () => undefined }
    },
  })
  const endpoint = new Endpoint('agent', 'AGENT', new Trace())
  over.push(() => endpoint.cut(), close)
  await endpoint.connect({ websocketUrl: '', grpcUrl: url }, 'grpc')
  return (await endpoint.player.inbox.next(() => true, { from: 0, withinMs: 5_000 })).fault
}

it.each([
  [[2], { welcome: { participant: 2 } }, undefined],
  [[], { refusal: { code: 'THROTTLED' } }, undefined],
  [[3], { welcome: { participant: 2 } }, 'a welcome for 3 came at 2'],
  [[], { welcome: { participant: 2 } }, 'a welcome for nobody came at 2'],
  [[2, 3], { welcome: { participant: 2 } }, 'a frame on RELAY for 2 targets'],
  [[2], { refusal: { code: 'THROTTLED' } }, 'a refusal for 2 came at one without a number'],
] as const)('sees for whom a broker meant its first frame: %j of %j', async (targets, message, fault) => {
  expect(await faultOf(targets, message)).toBe(fault)
})
