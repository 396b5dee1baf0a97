/** docs/spec/vectors/refused.json, by the library. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SecureError } from '../src/errors.js'
import { type RecordHeader, RecordOpener, verifyAudit, verifyCapability } from '../src/index.js'
import { nodeAead } from '../src/node/index.js'
import { hex } from './support/bytes.js'

interface Placed {
  readonly header: RecordHeader
  readonly record: string
}
interface Vector extends Placed {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid'
  readonly reason?: string
  readonly behind: boolean
  readonly signed: string
  readonly now: number
  readonly file: string
}
interface About {
  readonly trafficSecret: string
  readonly first: Placed
  readonly session: string
  readonly customerKey: string
}
interface VectorFile {
  readonly numberOfTests: number
  readonly testGroups: readonly { readonly type: keyof typeof JUDGES; readonly about: About; readonly tests: readonly Vector[] }[]
}

/** Why a vector is refused; undefined if it is not. */
const JUDGES = {
  record: ({ trafficSecret, first }: About, { behind, header, record }: Vector) => {
    const opener = new RecordOpener(nodeAead, hex(trafficSecret))
    if (behind) opener.open(first.header, hex(first.record))
    return refusal(() => opener.open(header, hex(record)))
  },
  capability: ({ customerKey, session }: About, { now, signed }: Vector) =>
    refusal(() => verifyCapability(hex(signed), { session: hex(session), customerKey: hex(customerKey), now })),
  'audit log': ({ customerKey }: About, { file }: Vector) => {
    const { verdict } = verifyAudit(new TextEncoder().encode(file), hex(customerKey))
    return verdict === 'intact' ? undefined : verdict
  },
} as const

function refusal(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof SecureError) return error.code
    throw error
  }
}

const { numberOfTests, testGroups }: VectorFile = JSON.parse(readFileSync(new URL('../../../docs/spec/vectors/refused.json', import.meta.url), 'utf8'))

test('there are vectors of each kind, most of them invalid', () => {
  const tests = testGroups.flatMap(group => group.tests)
  const invalid = tests.filter(({ result }) => result === 'invalid').length
  expect(testGroups.map(({ type }) => type)).toEqual(Object.keys(JUDGES))
  expect(tests).toHaveLength(numberOfTests)
  expect(invalid).toBeGreaterThan(numberOfTests / 2)
  console.info(`» ${numberOfTests} vectors of records, capabilities and logs, ${invalid} of them invalid`)
})

test.each(testGroups)('each $type is taken, or refused, as its vector says', ({ type, about, tests }) => {
  const told = tests.map(one => {
    const reason = JUDGES[type](about, one)
    return { tcId: one.tcId, comment: one.comment, result: reason === undefined ? 'valid' : 'invalid', reason }
  })
  expect(told).toEqual(tests.map(({ comment, reason, result, tcId }) => ({ tcId, comment, result, reason })))
})
