/** The contract's frames as bytes and as lines: protobuf, or proto3 JSON. */
import type { Fields } from '../play/player.js'
import { decodePlain, encodePlain, fromPlain, toProtoJson, typeOf } from '../wire/schema.js'
import { AdapterError } from './errors.js'

/** How frames are written. */
export type WireFormat = 'protobuf' | 'jsonl'

/** The version of the contract that this suite speaks. */
export const CONTRACT = 1
/** The longest frame, bytes; with JSON lines the longest line. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024

/** A command: the member of HostFrame's oneof, and its fields. */
export interface Command {
  readonly seq: number
  readonly key: string
  readonly what: CommandName
  readonly fields: Fields
}
export type CommandName = 'hello' | 'startRole' | 'do' | 'snapshot' | 'stopRole' | 'shutdown'

/** What a testee said: the member of TesteeFrame's oneof, and its fields. */
export interface Answer {
  readonly reSeq: number
  readonly key: string
  readonly what: AnswerName
  readonly fields: Fields
}
export type AnswerName = 'helloAck' | 'roleReady' | 'result' | 'snapshotData' | 'event'
const ANSWERS: readonly AnswerName[] = ['helloAck', 'roleReady', 'result', 'snapshotData', 'event']

const HOST_FRAME = typeOf('remoteassist.conformance.v1.HostFrame')
const TESTEE_FRAME = typeOf('remoteassist.conformance.v1.TesteeFrame')

/** One frame to the testee, without the length or line end around it. Throws `SchemaError` if the fields are not those of the command. */
export function encodeCommand({ seq, key, what, fields }: Command, wire: WireFormat): Uint8Array {
  const plain = { seq, key, [what]: fields }
  return wire === 'protobuf' ? encodePlain(HOST_FRAME, plain) : Buffer.from(JSON.stringify(toProtoJson(HOST_FRAME, plain)))
}

/** Reads one frame of the testee. Throws `AdapterError` with the bytes if it is none. */
export function decodeAnswer(bytes: Uint8Array, wire: WireFormat): Answer {
  const { reSeq, key, ...kind } = decode(bytes, wire)
  const [what] = ANSWERS.filter(name => kind[name] !== undefined)
  if (what === undefined) throw new AdapterError('RUBBISH', 'A frame of the testee says nothing: none of its kinds is set.', bytes)
  return { reSeq: Number(reSeq), key: String(key), what, fields: kind[what] as Fields }
}

function decode(bytes: Uint8Array, wire: WireFormat): Fields {
  try {
    if (wire === 'protobuf') return decodePlain(TESTEE_FRAME, bytes)
    const message = fromPlain(TESTEE_FRAME, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    return decodePlain(TESTEE_FRAME, TESTEE_FRAME.encode(message).finish())
  } catch (error) {
    throw new AdapterError('RUBBISH', `A frame of the testee cannot be read: ${error instanceof Error ? error.message : error}.`, bytes, HINTS[wire])
  }
}

const HINTS: Readonly<Record<WireFormat, string>> = {
  protobuf: 'Only frames may go to stdout; what is for people belongs on stderr.',
  jsonl: 'Each line of stdout is one TesteeFrame in proto3 JSON; what is for people belongs on stderr.',
}
