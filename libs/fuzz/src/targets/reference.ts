/** The schema as protobufjs reads it from its sources: an implementation that shares nothing with ours. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { decodeMessage, encodeMessage, type MessageType } from '@remote-assist/codec'
import protobuf from 'protobufjs'
import { promise } from '../target.js'
import { same } from './support.js'

const require = createRequire(import.meta.url)
const PROTO = fileURLToPath(new URL('../../../../proto/', import.meta.url))
const FILES = [
  'attach',
  'annotation',
  'chat',
  'clipboard',
  'control',
  'elevation',
  'file',
  'frame',
  'handshake',
  'input',
  'media',
  'relay',
  'screen',
  'session',
]

let loaded: protobuf.Root | undefined

/** The schema, read when it is needed. */
function root(): protobuf.Root {
  if (loaded !== undefined) return loaded
  loaded = new protobuf.Root()
  loaded.resolvePath = (_, target) =>
    target.startsWith('google/') ? require.resolve(`protobufjs/${target}`) : PROTO + target.slice(target.lastIndexOf('remoteassist/'))
  return loaded.loadSync(FILES.map(name => `remoteassist/v1/${name}.proto`))
}

/** What the reference understands, with defaults filled in; undefined if it cannot read the bytes. */
export function understood(type: string, bytes: Uint8Array): unknown {
  const reflected = root().lookupType(type)
  try {
    return reflected.toObject(reflected.decode(bytes), { longs: String, bytes: String, defaults: true })
  } catch {
    return undefined
  }
}

/** Splits what stands each behind its length; undefined if the reference cannot. */
export function split(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  try {
    const parts: Uint8Array[] = []
    for (const reader = protobuf.Reader.create(bytes); reader.pos < reader.len; ) parts.push(reader.bytes())
    return parts
  } catch {
    return undefined
  }
}

/** What was accepted means the same to the reference, and can be sent on: it comes back as it was. */
export function agrees<T>(type: MessageType<T>, bytes: Uint8Array, message: T): void {
  const theirs = understood(type.$type, bytes)
  promise(theirs !== undefined, `${type.$type}: accepted, though the reference cannot read it`)
  const again = encodeMessage(type, message)
  promise(same(understood(type.$type, again), theirs), `${type.$type}: it does not mean what it means to the reference`)
  promise(same(decodeMessage(type, again), message), `${type.$type}: it does not come back as it was`)
}
