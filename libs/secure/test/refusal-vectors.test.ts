/** docs/spec/vectors/refused.json, by the library. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SecureError } from '../src/errors.js'
import { beginCustomer, stepCustomer } from '../src/handshake/customer.js'
import { FAULT_CODE } from '../src/handshake/faults.js'
import { beginJoiner, stepJoiner } from '../src/handshake/joiner.js'
import type { HandshakeOutput } from '../src/handshake/machine.js'
import { type HandshakeKind, ROLE } from '../src/handshake/messages.js'
import { PASSWORD_CLASS, type RecordHeader, RecordOpener, sessionKey, verifyAudit, verifyCapability } from '../src/index.js'
import { nodeAead } from '../src/node/index.js'
import { hex } from './support/bytes.js'
import { VECTORS } from './support/vectors.js'

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
  readonly judge: 'customer' | 'joiner'
  readonly received: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[]
}
interface About {
  readonly example: string
  readonly trafficSecret: string
  readonly first: Placed
  readonly session: string
  readonly customerKey: string
}
interface VectorFile {
  readonly numberOfTests: number
  readonly testGroups: readonly { readonly type: keyof typeof JUDGES; readonly about: About; readonly tests: readonly Vector[] }[]
}

const BYTES: ReadonlySet<string> = new Set(['nonce', 'secretId', 'commitment', 'share', 'publicKey', 'policyHash', 'tag', 'proof'])

/** Messages as the machines take them. */
const messagesOf = ({ received }: Vector): readonly HandshakeKind[] =>
  received.flatMap(one =>
    Object.entries(one).map(([name, fields]) => {
      const read = Object.entries(fields).map(([field, value]) => [field, BYTES.has(field) ? hex(String(value)) : value])
      return { $case: name, value: Object.fromEntries(read) } as HandshakeKind
    }),
  )

/** The code with which an end of a worked example ends the exchange upon these messages; undefined if it is secured. */
function ends({ example }: About, vector: Vector): string | undefined {
  const { inputs, values } = VECTORS.find(({ name }) => name === example) ?? VECTORS[0] ?? expect.unreachable()
  const { credential, version, capabilities, random, seed } = inputs[vector.judge]
  const context = { sessionId: hex(inputs.sessionId), customer: inputs.customerNumber, joiner: inputs.joinerNumber, joinerRole: ROLE.AGENT }
  const self = { key: sessionKey(hex(seed)), credential, version, capabilities, policyHash: hex(values.policyHash) }
  const secret = { passwordClass: PASSWORD_CLASS.PIN, name: new Uint8Array(), password: hex(inputs.password) }
  const output: HandshakeOutput[] = []
  if (vector.judge === 'customer') {
    let { state } = beginCustomer({ context, self, secret, attemptsLeft: 3 }, hex(random))
    for (const message of messagesOf(vector)) {
      const next = stepCustomer(state, { type: 'received', message })
      state = next.state
      output.push(...next.output)
    }
  } else {
    let { state } = beginJoiner({ context, self, accepts: Object.values(PASSWORD_CLASS) })
    for (const message of messagesOf(vector)) {
      const event =
        message.$case === 'start'
          ? ({ type: 'start', start: message.value, random: hex(random), secrets: [secret], attemptsLeft: 3 } as const)
          : ({ type: 'received', message } as const)
      const next = stepJoiner(state, event)
      state = next.state
      output.push(...next.output)
    }
  }
  const failed = output.flatMap(one => (one.type === 'failed' ? [one.failed.code] : []))[0]
  expect(
    output.filter(({ type }) => type === 'failed' || type === 'secured'),
    vector.comment,
  ).toHaveLength(1)
  return Object.entries(FAULT_CODE).find(([, code]) => code === failed)?.[0]
}

/** Why a vector is refused; undefined if it is not. */
const JUDGES = {
  handshake: ends,
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
  console.info(`» ${numberOfTests} vectors of handshakes, records, capabilities and logs, ${invalid} of them invalid`)
})

test.each(testGroups)('each $type is taken, or refused, as its vector says', ({ type, about, tests }) => {
  const told = tests.map(one => {
    const reason = JUDGES[type](about, one)
    return { tcId: one.tcId, comment: one.comment, result: reason === undefined ? 'valid' : 'invalid', reason }
  })
  expect(told).toEqual(tests.map(({ comment, reason, result, tcId }) => ({ tcId, comment, result, reason })))
})
