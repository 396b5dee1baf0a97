import { encodeMessages, type RecordChannel } from '@remote-assist/codec'
import { atLeast, type Goal, type Row } from '../row.js'
import type { Effort, Suite } from '../suite.js'
import { findPeers, type Peer } from './peers.js'
import { type Labour, race } from './race.js'
import { CHUNK, INPUT, PICTURE, type Work } from './work.js'

/** P1: encoding. Ours are records, with a length before each message and every limit applied; the peers' are bare messages. */
export const encodeSuite: Suite = { name: 'P1', title: 'Encoding, beside protobufjs and a bare copy', run }

async function* run(effort: Effort): AsyncGenerator<Row> {
  const peers = await findPeers()
  yield await encoding(CHUNK, peers, atLeast(1.2), effort)
  yield await copying(effort)
  yield await encoding(INPUT, peers, atLeast(1), effort)
  yield await encoding(PICTURE, peers, atLeast(1.5), effort)
}

function ours<C extends RecordChannel>({ channel, message }: Work<C>): Labour {
  const messages = [message]
  return () => encodeMessages(channel, messages)
}

function encoding<C extends RecordChannel>(work: Work<C>, peers: readonly Peer[], goal: Goal, effort: Effort): Promise<Row> {
  const theirs = peers.map(({ name, type }): [string, Labour] => {
    const codec = type(work.type)
    const message = codec.prepare(work.plain)
    return [name, () => codec.encode(message).finish()]
  })
  return race(`encode ${work.name}`, ours(work), Object.fromEntries(theirs), goal, effort)
}

/** The limit for every encoder: to allocate, and to copy once. */
function copying(effort: Effort): Promise<Row> {
  const encode = ours(CHUNK)
  const size = encode().length
  const { kind } = CHUNK.message
  if (kind?.$case !== 'chunk') throw new TypeError('The chunk is no chunk.')
  const { data } = kind.value
  const copy = () => {
    const target = new Uint8Array(size)
    target.set(data)
    return target
  }
  return race('encode chunk of 64 KiB, beside a copy', encode, { 'allocate and copy': copy }, atLeast(0.7), effort)
}
