import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { decodePlain, toProtoJson, typeOf } from '../../src/wire/schema.js'
import { refusalOf } from './strict.js'

interface VectorFile {
  readonly testGroups: readonly {
    readonly type: string
    readonly tests: readonly { readonly tcId: number; readonly comment: string; readonly hex: string; readonly decoded?: unknown; readonly reason?: string }[]
  }[]
}

const { testGroups }: VectorFile = JSON.parse(readFileSync(new URL('../../../docs/spec/vectors/messages.json', import.meta.url), 'utf8'))
const vectors = testGroups.flatMap(({ type, tests }) => tests.map(vector => ({ ...vector, type: typeOf(type), bytes: Buffer.from(vector.hex, 'hex') })))

it("the suite's own codec reads every valid message vector as meant", () => {
  for (const { tcId, type, bytes, decoded } of vectors)
    if (decoded !== undefined) expect({ tcId, decoded: toProtoJson(type, decodePlain(type, bytes)) }).toEqual({ tcId, decoded })
})

it("the schema, as the suite's own codec reads it, refuses every invalid message vector for the same reason, and no other", () => {
  for (const { tcId, comment, type, bytes, reason } of vectors) expect({ tcId, comment, reason: refusalOf(type, bytes) }).toEqual({ tcId, comment, reason })
})
