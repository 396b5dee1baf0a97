/** The committed vectors of the specification: messages as they should be. */
import { readFileSync } from 'node:fs'
import { fromHex } from '../target.js'

interface VectorFile {
  readonly testGroups: readonly { readonly type: string; readonly tests: readonly { readonly hex: string; readonly result: string }[] }[]
}

const FILE = new URL('../../../../docs/spec/vectors/messages.json', import.meta.url)

let read: VectorFile | undefined

/** The bytes of the valid vectors of a message type, by its full name. */
export function vectorsOf(type: string): readonly Uint8Array[] {
  read ??= JSON.parse(readFileSync(FILE, 'utf8')) as VectorFile
  const tests = read.testGroups.filter(group => group.type === type).flatMap(group => group.tests)
  return tests.filter(({ result }) => result === 'valid').map(({ hex }) => fromHex(hex))
}
