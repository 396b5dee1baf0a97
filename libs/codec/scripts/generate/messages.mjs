// Fits the output of ts-proto to this package's own reader and writer: its types, constructors and JSON stay, its encoders and decoders are replaced.
import { renderDecoder } from './decoders.mjs'
import { renderEncoder } from './encoders.mjs'

/** What of this package's `wire` a generated file may need. */
const WIRE = ['BinaryReader', 'BinaryWriter', 'missing', 'NO_BYTES', 'tooFewItems', 'tooLargeTogether', 'tooManyItems', 'twice', 'unsendable']

/** A codec's `encode` and `decode`, up to the member behind them or the end. */
const METHODS = /^ {2}encode\([\s\S]*?(?=^ {2}(?:fromJSON|create)\(|^\};)/m

/** What makes an empty message: nobody needs it but `fromPartial`. */
const BASE = /^function createBase\w+\(\)[\s\S]*?^\}\n\n/gm

/** A map on its way to JSON: set one by one, the key `__proto__` would be lost. */
const MAP_TO_JSON = /(obj\.\w+) = \{\};\n *(message\.\w+)\.forEach\(\(v, k\) => \{\n *\1\[k\] = v;\n *\}\);/g

/** Returns the source of a generated file as this package keeps it. Fails if ts-proto's output is no longer what this expects. */
export function adaptMessages(file, source, limits) {
  const [head, ...codecs] = source.split(/^(?=export const \w+: MessageFns)/m)
  const whole = [head, ...codecs.map(codec => adaptCodec(file, codec, limits))].join('')
  const text = (whole.includes('fromPartial') ? whole : whole.replace(BASE, ''))
    .replaceAll('new Uint8Array(0)', 'NO_BYTES')
    .replace(MAP_TO_JSON, '$1 = globalThis.Object.fromEntries($2);')
  const used = WIRE.filter(name => new RegExp(`\\b${name}\\b(?!.*bufbuild)`).test(text))
  const adapted = text.replace(/import \{.*\} from "@bufbuild\/protobuf\/wire";/, `import { ${used.join(', ')} } from "../../wire/index.js";`)
  if (/@bufbuild|asUintN|RecursionDepth|reader\.uint32\(\)|obj\.\w+\[k\]/.test(adapted)) throw unexpected(file)
  return adapted
}

function adaptCodec(file, codec, limits) {
  const name = codec.match(/"(remoteassist\.v1\.[\w.]+)"/)?.[1]
  if (!limits.has(name) || !METHODS.test(codec)) throw unexpected(file)
  const fields = limits.get(name)
  return codec.replace(METHODS, () => `${renderEncoder(name, fields)}\n${renderDecoder(name, fields)}\n`)
}

const unexpected = file => new Error(`${file}: ts-proto's output is not what scripts/generate/messages.mjs expects`)
