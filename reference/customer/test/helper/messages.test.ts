import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadMessage, readToDoor, readToWorker } from '../../src/helper/messages.js'

const bytes = (least: number, most: number) => fc.uint8Array({ minLength: least, maxLength: most }).map(it => Buffer.from(it).toString('base64'))
const run = fc.record({
  type: fc.constant('run'),
  id: fc.nat(),
  argv: fc.array(fc.string(), { minLength: 1, maxLength: 64 }),
  as: fc.string({ maxLength: 50 }),
})
const start = fc.record({
  type: fc.constant('start'),
  scope: fc.constantFrom('admin', 'standard'),
  durationMs: fc.integer({ min: 1, max: 3_600_000 }),
  session: bytes(16, 16),
  customerKey: bytes(32, 32),
  capability: bytes(0, 1_024),
  sealed: bytes(0, 4_096),
})
const buffer = (base64: string) => Buffer.from(base64, 'base64')

test('RA-ELV-085 what the customer’s program says is read as it was said', () => {
  fc.assert(
    fc.property(run, start, (command, powers) => {
      expect(readToWorker(JSON.stringify(command))).toEqual(command)
      const { sealed, session, customerKey, capability, ...rest } = powers
      const authority = { session: buffer(session), customerKey: buffer(customerKey) }
      expect(readToDoor(JSON.stringify(powers))).toEqual({ ...rest, authority, capability: buffer(capability), with: { sealed: buffer(sealed) } })
      expect(readToWorker(JSON.stringify({ type: 'capability', signed: capability }))).toEqual({ type: 'capability', signed: buffer(capability) })
    }),
  )
})

test('RA-ELV-085 anything else is refused, and breaks nothing', () => {
  const odd = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .tuple(
        fc.oneof(run, start),
        fc.constantFrom('type', 'id', 'argv', 'as', 'scope', 'durationMs', 'sealed', 'session', 'customerKey', 'capability'),
        fc.jsonValue(),
      )
      .map(([message, key, value]) => JSON.stringify({ ...message, [key]: value })),
  )
  fc.assert(
    fc.property(odd, line => {
      for (const read of [readToDoor, readToWorker])
        try {
          expect(read(line)).toHaveProperty('type')
        } catch (error) {
          expect(error).toBeInstanceOf(BadMessage)
        }
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['no arguments', { argv: [] }],
  ['65 arguments', { argv: Array(65).fill('a') }],
  ['arguments beyond 32,768 bytes in all', { argv: ['a'.repeat(20_000), 'ä'.repeat(6_385)] }],
  ['an argument that is no text', { argv: ['a', 1] }],
  ['an account beyond 256 bytes', { as: 'ä'.repeat(129) }],
  ['a number below 0', { id: -1 }],
  ['a number that is none', { id: 1.5 }],
])('RA-ELV-085 %s is refused', (_, change) => {
  const command = { type: 'run', id: 1, argv: ['a'.repeat(20_000), 'ä'.repeat(6_384)], as: 'ä'.repeat(128) }
  expect(readToWorker(JSON.stringify(command))).toEqual(command)
  expect(() => readToWorker(JSON.stringify({ ...command, ...change }))).toThrow(BadMessage)
})

const of = (bytes: number) => Buffer.alloc(bytes).toString('base64')
const powers = { type: 'start', scope: 'admin', durationMs: 1, session: of(16), customerKey: of(32), capability: of(200), sealed: '' }

test.each([
  ['a session id of 15 bytes', { type: 'key', session: of(15), requestId: 1 }],
  ['another scope', { ...powers, scope: 'root' }],
  ['no time', { ...powers, durationMs: 0 }],
  ['more than an hour', { ...powers, durationMs: 3_600_001 }],
  ['neither credentials nor a password', { ...powers, sealed: undefined }],
  ['too much that is sealed', { ...powers, sealed: of(4_097) }],
  ['a session to act for of 17 bytes', { ...powers, session: of(17) }],
  ['no key of a customer', { ...powers, customerKey: undefined }],
  ['a capability beyond 1,024 bytes', { ...powers, capability: of(1_025) }],
])('RA-ELV-085 the door refuses %s', (_, message) => {
  expect(readToDoor(JSON.stringify(powers))).toMatchObject({ type: 'start' })
  expect(() => readToDoor(JSON.stringify(message))).toThrow(BadMessage)
})
