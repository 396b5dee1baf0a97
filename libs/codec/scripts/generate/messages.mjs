// Fits the output of ts-proto to this package's own reader, writer and scan.

/** Each: what to look for, what to put there. */
const CHANGES = [
  // Read and write with this package.
  [
    /import \{ BinaryReader, BinaryWriter \} from "@bufbuild\/protobuf\/wire";/g,
    'import { BinaryReader, BinaryWriter, NO_BYTES, open } from "../../wire/index.js";',
  ],
  // Share one empty value.
  [/new Uint8Array\(0\)/g, 'NO_BYTES'],
  // Leave the range of 64-bit values to the writer.
  [/^ *if \(BigInt\.asUintN\(64, \S+\) !== \S+\) \{\n.*\n *\}\n/gm, ''],
  // Leave the depth to the scan: the schema has no recursion.
  [/^ *const previousRecursionDepth = [\s\S]*?^ *try \{\n([\s\S]*?)^ *\} finally \{\n.*\n *\}\n/gm, '$1'],
]

/** Returns the source of a generated file as this package keeps it. Fails if ts-proto's output is no longer what the changes expect. */
export function adaptMessages(file, source) {
  const changed = CHANGES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), source)
  const opened = changed
    .split(/^(?=export const \w+: MessageFns)/m)
    .map(scanFirst)
    .join('')
  const adapted = opened.match(/NO_BYTES/g)?.length === 1 ? opened.replace(' NO_BYTES,', '') : opened
  if (/@bufbuild|asUintN|new BinaryReader|RecursionDepth/.test(adapted))
    throw new Error(`${file}: ts-proto's output is not what scripts/generate/messages.mjs expects`)
  return adapted
}

/** Has a codec scan its bytes before it decodes them. */
const scanFirst = codec => codec.replace('new BinaryReader(input)', `open(${codec.match(/"remoteassist\.v1\.[\w.]+"/)?.[0]}, input)`)
