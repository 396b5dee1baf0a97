import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const require = createRequire(import.meta.url)
const PROTO = fileURLToPath(new URL('../../../../proto/', import.meta.url))

/** The schema as protobufjs reads it from the sources: an implementation that shares nothing with ours. */
export const root = new protobuf.Root()
root.resolvePath = (_, target) =>
  target.startsWith('google/') ? require.resolve(`protobufjs/${target}`) : PROTO + target.slice(target.lastIndexOf('remoteassist/'))
root.loadSync(
  ['attach', 'annotation', 'chat', 'clipboard', 'control', 'elevation', 'file', 'frame', 'handshake', 'input', 'media', 'relay', 'screen', 'session'].map(
    name => `remoteassist/v1/${name}.proto`,
  ),
)

/** What protobufjs makes of bytes, in the terms of proto3 JSON with defaults left out. */
export function theirJson(name: string, bytes: Uint8Array): unknown {
  const type = root.lookupType(name)
  return type.toObject(type.decode(bytes), { longs: String, enums: String, bytes: String })
}

/** The bytes that protobufjs makes of proto3 JSON. */
export function theirBytes(name: string, json: unknown): Uint8Array {
  const type = root.lookupType(name)
  return type.encode(type.fromObject(json as { [key: string]: unknown })).finish()
}
