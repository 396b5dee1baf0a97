import { Channel, decodeFrameHeader, decodeMessages, encodeFrame, encodeMessages, type RecordChannel } from '@remote-assist/codec'
import { atLeast, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { findPeers, type Peer } from './peers.js'
import { type Labour, race } from './race.js'
import { bytes, CHUNK, INPUT, PICTURE, type Work } from './work.js'

/** P2: decoding, every limit applied, beside protobufjs, which has none; and of a frame's header alone. */
export const decodeSuite: Suite = { name: 'P2', title: 'Decoding, beside protobufjs', run }

async function* run(effort: Effort): AsyncGenerator<Row> {
  const peers = await findPeers()
  yield await decoding(CHUNK, peers, effort)
  yield await decoding(INPUT, peers, effort)
  yield await decoding(PICTURE, peers, effort)
  yield await header(peers, effort)
}

function decoding<C extends RecordChannel>({ name, channel, type, message, plain }: Work<C>, peers: readonly Peer[], effort: Effort): Promise<Row> {
  const plaintext = Buffer.from(encodeMessages(channel, [message]))
  return race(
    `decode ${name}`,
    () => decodeMessages(channel, plaintext),
    theirs(peers, type, plain, one => ({ length: 1, one })),
    atLeast(1),
    effort,
  )
}

/** A broker reads the header of a frame, and needs no more; the peers read the frame. */
function header(peers: readonly Peer[], effort: Effort): Promise<Row> {
  const frame = { channel: Channel.MEDIA, source: 2, targets: [1, 3, 4], sequence: 70_000 }
  const payload = bytes(65_536)
  const encoded = Buffer.from(encodeFrame(frame, payload))
  const decoders = theirs(peers, 'Frame', { ...frame, payload }, whole => (whole as { readonly targets: readonly number[] }).targets)
  return race('decode header of a frame', () => decodeFrameHeader(encoded).targets, decoders, atLeast(3), effort)
}

/** Each peer reads the bytes as a Buffer, and as a Uint8Array: it has a reader for each. */
function theirs(
  peers: readonly Peer[],
  type: string,
  plain: Readonly<Record<string, unknown>>,
  take: (message: object) => { readonly length: number },
): Readonly<Record<string, Labour>> {
  const labours = peers.flatMap(peer => {
    const codec = peer.type(type)
    const buffer = Buffer.from(codec.encode(codec.prepare(plain)).finish())
    const view = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
    return [
      [`${peer.name}, from a Buffer`, () => take(codec.decode(buffer))],
      [`${peer.name}, from a Uint8Array`, () => take(codec.decode(view))],
    ] as const
  })
  return Object.fromEntries(labours)
}
