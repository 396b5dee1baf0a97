import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import protobuf7 from 'protobufjs'
import protobuf8 from 'protobufjs-8'
import pbjs from 'protobufjs-cli/pbjs.js'

/** One message type, as a peer offers it. */
export interface PeerType {
  /** The message in the form that is quickest to encode. */
  prepare(plain: Readonly<Record<string, unknown>>): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
}

/** A form of protobufjs. */
export interface Peer {
  readonly name: string
  /** @param type A message's name in the schema, without its package. */
  type(type: string): PeerType
}

const require = createRequire(import.meta.url)
const PROTO = fileURLToPath(new URL('../../../../proto/', import.meta.url))
const FILES = ['file', 'frame', 'input', 'media'].map(name => `remoteassist/v1/${name}.proto`)
const PACKAGE = 'remoteassist.v1'

/** Leaves out all that takes no part: as lean as generated code gets. */
const PBJS_OPTIONS = ['--no-create', '--no-verify', '--no-delimited', '--no-typeurl', '--no-comments', '--no-service']

/** What generated code offers of a message type. */
interface GeneratedType {
  fromObject(plain: Readonly<Record<string, unknown>>): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
}

/** protobufjs 7 with the code that its generator, pbjs, makes from the schema. */
async function generated(): Promise<Peer> {
  const source = await new Promise<string>((resolve, reject) => {
    pbjs.main(['-t', 'static-module', '-w', 'commonjs', ...PBJS_OPTIONS, '-p', PROTO, ...FILES.map(file => PROTO + file)], (error, output) =>
      error === null && output !== undefined ? resolve(output) : reject(error),
    )
  })
  const module: { exports: { remoteassist?: { v1: Readonly<Record<string, GeneratedType>> } } } = { exports: {} }
  compileFunction(source, ['require', 'module'])(require, module)
  const types = module.exports.remoteassist?.v1 ?? {}
  return {
    name: 'protobufjs 7, generated',
    type: name => {
      const type = types[name]
      if (type === undefined) throw new RangeError(`The generated code has no ${name}.`)
      return { prepare: plain => type.fromObject(plain), encode: message => type.encode(message), decode: bytes => type.decode(bytes) }
    },
  }
}

/** protobufjs with the code that it makes of the schema as it runs. */
function reflected(protobuf: typeof protobuf7 | typeof protobuf8, version: number): Peer {
  const root = new protobuf.Root()
  root.resolvePath = (_, target) =>
    target.startsWith('google/') ? require.resolve(`protobufjs/${target}`) : PROTO + target.slice(target.lastIndexOf('remoteassist/'))
  root.loadSync(FILES)
  return {
    name: `protobufjs ${version}, reflected`,
    type: name => {
      const type = root.lookupType(`${PACKAGE}.${name}`).setup()
      return { prepare: plain => type.fromObject(plain), encode: message => type.encode(message), decode: bytes => type.decode(bytes) }
    },
  }
}

/** Every form of protobufjs that was found worth a try. */
export const findPeers = async (): Promise<readonly Peer[]> => [await generated(), reflected(protobuf7, 7), reflected(protobuf8, 8)]
