import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CloseCode, DecodeError, decodeMessage, encodeMessage, type MessageType } from '@remote-assist/codec'
import { toProto3Json } from '@remote-assist/codec/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { judge } from './support/judge.js'
import { theirBytes, theirJson } from './support/reflection.js'
import { TYPES } from './support/types.js'

const { CI } = process.env
const inCi = CI === 'true'

/** A message in bytes: a sound one with what it says in proto3 JSON, or one that is refused, with the close code. */
interface Vector {
  readonly type: string
  readonly tcId: number
  readonly comment: string
  readonly flags: readonly string[]
  readonly hex: string
  readonly decoded?: unknown
  readonly result: 'valid' | 'invalid'
  readonly reason?: string
}

interface VectorFile {
  readonly numberOfTests: number
  readonly notes: Readonly<Record<string, unknown>>
  readonly testGroups: readonly { readonly type: string; readonly tests: readonly Omit<Vector, 'type'>[] }[]
}

const { numberOfTests, notes, testGroups }: VectorFile = JSON.parse(readFileSync(new URL('../../../docs/spec/vectors/messages.json', import.meta.url), 'utf8'))
const vectors = testGroups.flatMap(({ type, tests }): Vector[] => tests.map(vector => ({ type, ...vector })))
const valid = vectors.filter(({ result }) => result === 'valid')

const typeOf = ({ type }: Vector) => TYPES.get(type) as MessageType<unknown>
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** The error that bytes are refused with. */
function caught(decode: () => unknown): DecodeError {
  try {
    decode()
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('It was taken.')
}

/** What we make of bytes, in JSON. */
const ourJson = (vector: Vector, hex: string) => toProto3Json(typeOf(vector), decodeMessage(typeOf(vector), fromHex(hex)))

test('there are 3,000 vectors, two in five of them invalid, and some of every message', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(3_000)
  expect(valid.length).toBeLessThanOrEqual(0.6 * vectors.length)
  expect(new Set(valid.map(vector => vector.type))).toEqual(new Set(TYPES.keys()))
  expect(vectors.map(({ tcId }) => tcId)).toEqual(Array.from({ length: numberOfTests }, (_none, index) => index + 1))
  expect(new Set(vectors.flatMap(({ flags }) => flags))).toEqual(new Set(Object.keys(notes)))
})

test('RA-RLY-024 RA-RLY-025 RA-RLY-026: each invalid one is refused for what is wrong with it, by the table of limits as well', () => {
  for (const { type, tcId, comment, flags, hex, result, reason } of vectors) {
    if (result === 'valid') continue
    const error = caught(() => decodeMessage(TYPES.get(type) as MessageType<unknown>, fromHex(hex)))
    const told = { tcId, comment, flags: [error.code], reason: CloseCode[error.closeCode] }
    expect(told).toEqual({ tcId, comment, flags, reason })
    expect([...judge(type, fromHex(hex))], `${tcId} ${type}: ${comment}`).toContain(error.code)
  }
})

test('RA-RLY-027: we read every valid one as meant, and write the same bytes again', () => {
  for (const vector of valid) {
    expect(ourJson(vector, vector.hex)).toEqual(vector.decoded)
    if (vector.flags.includes('Canonical')) expect(toHex(encodeMessage(typeOf(vector), decodeMessage(typeOf(vector), fromHex(vector.hex))))).toBe(vector.hex)
  }
})

test('protobufjs reads every valid one as meant, and we read what it writes', () => {
  for (const vector of valid) {
    expect(theirJson(vector.type, fromHex(vector.hex))).toEqual(vector.decoded)
    expect(ourJson(vector, toHex(theirBytes(vector.type, vector.decoded)))).toEqual(vector.decoded)
  }
})

describe("Python's protobuf", () => {
  const installed = spawnSync('/usr/bin/protoc', ['--version']).status === 0 && spawnSync('/usr/bin/python3', ['-c', 'import google.protobuf']).status === 0
  const title = installed || inCi ? 'reads every valid one as meant, and we read what it writes' : 'NOT RUN: apt-get install protobuf-compiler python3-protobuf'

  test(title, () => {
    if (!installed && !inCi) return
    const answers = askPython(valid)
    expect(answers).toHaveLength(valid.length)
    valid.forEach((vector, i) => {
      expect(answers[i]?.json).toEqual(vector.decoded)
      expect(ourJson(vector, answers[i]?.hex ?? '')).toEqual(vector.decoded)
    })
  })
})

/** Has Debian's protoc and Python judge the vectors. */
function askPython(list: readonly Vector[]): readonly { readonly json: unknown; readonly hex: string }[] {
  const folder = mkdtempSync(join(tmpdir(), 'remote-assist-python-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const schema = join(folder, 'schema.binpb')
  execFileSync(join(root, 'node_modules/.bin/buf'), ['build', 'proto', '--as-file-descriptor-set', '--exclude-source-info', '--output', schema], { cwd: root })
  const files = execFileSync(join(root, 'node_modules/.bin/buf'), ['ls-files', 'proto'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  const names = files.map(file => file.replace(/^proto\//, ''))
  execFileSync('/usr/bin/protoc', [`--descriptor_set_in=${schema}`, `--python_out=${folder}`, ...names])
  const script = fileURLToPath(new URL('python/agree.py', import.meta.url))
  const output = execFileSync('/usr/bin/python3', [script, folder], {
    input: JSON.stringify({ vectors: list.map(({ type, hex, decoded }) => ({ type, hex, json: decoded })) }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return JSON.parse(output)
}
