// How fast the codec is beside protobufjs and beside a bare copy. `node bench/codec.bench.mjs` prints the rows; the bench harness imports them.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Channel, decodeFrameHeader, decodeMessages, encodeFrame, encodeMessage, encodeMessages, MESSAGE_TYPES, PictureCodec } from '@remote-assist/codec'
import protobuf from 'protobufjs'

const require = createRequire(import.meta.url)

const ROUNDS = 9
const PEER = 'protobufjs 8, compiled from the schema'

const bytes = length => Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff)

const chunk = { transferId: 1, entry: 3, offset: 1_048_576n, sentAtUs: 1_700_000_000_000n, data: bytes(65_536) }
const event = { seq: 70_000, leaseEpoch: 4, screenId: 1, layoutEpoch: 2, x: 1280, y: 719 }
const rect = i => ({ x: i * 64, y: 128, width: 64, height: 64, codec: PictureCodec.JPEG, data: bytes(8_192), copyFromX: 0, copyFromY: 0 })
const picture = {
  screenId: 1,
  layoutEpoch: 2,
  frameId: 90,
  baseFrameId: 89,
  part: 0,
  last: true,
  capturedAtUs: 1_700_000_000_000n,
  lastInput: { leaseEpoch: 4, seq: 70_000 },
  rects: Array.from({ length: 8 }, (_, i) => rect(i)),
  width: 1920,
  height: 1080,
}

/**
 * The three messages of P1 and P2. Ours are records: with the length in front, and under every limit, also in encoding. For protobufjs they are bare
 * messages, and 64-bit values are numbers, both of which are faster for it.
 */
const WORK = [
  { name: 'chunk 64 KiB', channel: Channel.FILE, type: 'FileMessage', case: 'chunk', value: chunk, encodeGoal: 1.2 },
  { name: 'input event', channel: Channel.INPUT, type: 'InputMessage', case: 'pointerMove', value: event, encodeGoal: 1.0 },
  { name: 'frame of 8 × 8 KiB', channel: Channel.MEDIA, type: 'MediaMessage', case: 'framePart', value: picture, encodeGoal: 1.5 },
]

const numeric = value =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'bigint' ? Number(one) : Array.isArray(one) ? one.map(numeric) : one]))

function peerType(name) {
  const root = new protobuf.Root()
  const proto = fileURLToPath(new URL('../../../proto/', import.meta.url))
  root.resolvePath = (_, target) =>
    target.startsWith('google/') ? require.resolve(`protobufjs/${target}`) : proto + target.slice(target.lastIndexOf('remoteassist/'))
  return root.loadSync(FILES).lookupType(`remoteassist.v1.${name}`)
}

const FILES = ['file', 'frame', 'input', 'media'].map(name => `remoteassist/v1/${name}.proto`)

/** Takes every result, so that no work is optimised away. */
let sink = 0

/** Runs each for about 40 ms in turn, ROUNDS times, and returns the median operations a second of each. */
function race(...works) {
  const counts = works.map(work => calibrate(work))
  const rates = works.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach((work, i) => {
      const start = performance.now()
      for (let n = counts[i]; n > 0; n--) sink ^= work().length
      rates[i].push((counts[i] * 1000) / (performance.now() - start))
    })
  }
  if (Number.isNaN(sink)) throw new Error('a result had no length')
  return rates.map(list => list.sort((a, b) => a - b)[ROUNDS >> 1])
}

function calibrate(work) {
  for (let count = 64; ; count *= 2) {
    const start = performance.now()
    for (let n = count; n > 0; n--) sink ^= work().length
    const ms = performance.now() - start
    if (ms > 40) return Math.max(1, Math.round((count * 40) / ms))
  }
}

const row = (name, [ours, peer], peerName, goal) => ({
  name,
  unit: 'op/s',
  ours: Math.round(ours),
  peer: Math.round(peer),
  peer_name: peerName,
  ratio: Number((ours / peer).toFixed(2)),
  goal,
})

/** P1: encoding of the three messages, each as the plaintext of a record. */
export function encodeRows() {
  const rows = WORK.map(({ name, channel, type, case: kind, value, encodeGoal }) => {
    const peer = peerType(type)
    const messages = [{ kind: { $case: kind, value } }]
    const theirs = peer.create({ [kind]: peer.fields[kind].resolve().resolvedType.create(numeric(value)) })
    return row(
      `encode ${name}`,
      race(
        () => encodeMessages(channel, messages),
        () => peer.encode(theirs).finish(),
      ),
      PEER,
      encodeGoal,
    )
  })
  const messages = [{ kind: { $case: 'chunk', value: chunk } }]
  const size = encodeMessages(Channel.FILE, messages).length
  const copy = () => {
    const target = new Uint8Array(size)
    target.set(chunk.data)
    return target
  }
  rows.push(
    row(
      'encode chunk 64 KiB, beside a copy',
      race(() => encodeMessages(Channel.FILE, messages), copy),
      'allocate and copy',
      0.7,
    ),
  )
  return rows
}

/** P2: decoding of the same, and of a frame's header alone. */
export function decodeRows() {
  const rows = WORK.map(({ name, channel, type, case: kind, value }) => {
    const peer = peerType(type)
    const plaintext = Buffer.from(encodeMessages(channel, [{ kind: { $case: kind, value } }]))
    const message = Buffer.from(encodeMessage(MESSAGE_TYPES[channel], { kind: { $case: kind, value } }))
    const wrapped = { length: 1, message: undefined }
    const theirs = () => {
      wrapped.message = peer.decode(message)
      return wrapped
    }
    return row(
      `decode ${name}`,
      race(() => decodeMessages(channel, plaintext), theirs),
      PEER,
      1.0,
    )
  })
  const peer = peerType('Frame')
  const frame = Buffer.from(encodeFrame({ channel: Channel.MEDIA, source: 2, targets: [1, 3, 4], sequence: 70_000 }, bytes(65_536)))
  rows.push(
    row(
      'decode header of a frame',
      race(
        () => decodeFrameHeader(frame).targets,
        () => peer.decode(frame).targets,
      ),
      `${PEER}, the whole frame`,
      3,
    ),
  )
  return rows
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.table([...encodeRows(), ...decodeRows()], ['name', 'ours', 'peer', 'ratio', 'goal', 'peer_name'])
