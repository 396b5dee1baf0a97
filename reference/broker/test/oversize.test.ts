import { once } from 'node:events'
import { Client, credentials } from '@grpc/grpc-js'
import { AttachResponse, Channel, CloseCode, encodeFrame, MAX_FRAME_BYTES, Role } from '@remote-assist/codec'
import { ATTACH_PATH } from '@remote-assist/transport-grpc'
import { afterEach, describe, expect, test } from 'vitest'
import { RawPeer } from './raw-peer.js'
import { Rig, TRANSPORTS } from './rig.js'

let rig: Rig | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

const asIs = (bytes: Buffer): Buffer => bytes

/** Field 1 of a protobuf message. */
function field1(bytes: Uint8Array): Buffer {
  const length: number[] = []
  for (let left = bytes.length; ; left >>>= 7) {
    if (left < 0x80) return Buffer.concat([Buffer.of(0x0a, ...length, left), bytes])
    length.push((left & 0x7f) | 0x80)
  }
}

/** A frame of so many bytes in all, to a participant. */
function frameOf(bytes: number, source: number, target: number, sequence: number): Uint8Array {
  const header = { channel: Channel.SESSION, source, targets: [target], sequence }
  const overhead = encodeFrame(header, new Uint8Array(bytes - 64)).length - (bytes - 64)
  return encodeFrame(header, new Uint8Array(bytes - overhead))
}

describe('a frame of more than `max_frame_bytes` (RA-RLY-011)', () => {
  test.each(TRANSPORTS)('is not one of exactly as many, which is relayed over %s', async name => {
    rig = await Rig.start()
    const { agent, customer } = await rig.assisting(name)
    const frame = frameOf(MAX_FRAME_BYTES, agent.number, customer.number, 1_000)
    expect(frame).toHaveLength(MAX_FRAME_BYTES)
    agent.connection.send(frame)
    expect((await customer.on(Channel.SESSION)).bytes).toEqual(frame)
    await customer.sync()
    expect(agent.isOpen).toBe(true)
  })

  test('ends the WebSocket with TOO_LARGE, before a Hello and in a session, and reaches nobody', async () => {
    rig = await Rig.start()
    const stranger = await RawPeer.open(rig.broker.websocketUrl)
    stranger.socket.send(new Uint8Array(MAX_FRAME_BYTES + 1))
    // 1009 is what TOO_LARGE (401) is on a WebSocket (RA-BND-030).
    expect(await stranger.closeCode).toBe(1009)

    const { made, agent } = await rig.led('WebSocket')
    const customer = await RawPeer.open(rig.broker.websocketUrl)
    customer.hello({ role: Role.CUSTOMER, locator: made.session.locator })
    const { number } = await customer.welcome()
    agent.relay({ $case: 'admit', value: { participant: number } })
    await agent.sync()
    agent.forget()
    customer.socket.send(Buffer.concat([frameOf(MAX_FRAME_BYTES, number, agent.number, 1_000), new Uint8Array(1)]))
    expect(await customer.closeCode).toBe(1009)
    await agent.sync()
    expect(agent.arrived.some(({ channel }) => channel === Channel.SESSION)).toBe(false)
    expect(agent.isOpen).toBe(true)
  })

  test('ends the gRPC stream with TOO_LARGE', async () => {
    rig = await Rig.start()
    const client = new Client(new URL(rig.broker.grpcUrl ?? '').host, credentials.createInsecure())
    const call = client.makeBidiStreamRequest(ATTACH_PATH, asIs, asIs)
    call.on('error', () => undefined)
    call.write(field1(new Uint8Array(MAX_FRAME_BYTES + 1)))
    const [answer] = (await once(call, 'data')) as [Buffer]
    expect(AttachResponse.decode(answer).content).toMatchObject({ $case: 'close', value: { code: CloseCode.TOO_LARGE } })
    call.cancel()
    client.close()
    // The broker itself is well.
    const { agent } = await rig.led('gRPC')
    await agent.sync()
  })
})
