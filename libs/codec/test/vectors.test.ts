import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeMessage, encodeMessage, type MessageType } from '@remote-assist/codec'
import { toProto3Json } from '@remote-assist/codec/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { theirBytes, theirJson } from './support/reflection.js'
import { TYPES } from './support/types.js'

const { CI } = process.env
const inCi = CI === 'true'

/** A message in bytes and in proto3 JSON. */
interface Vector {
  readonly type: string
  readonly hex: string
  readonly json: unknown
}

const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL('../vectors/messages.json', import.meta.url), 'utf8'))

const typeOf = ({ type }: Vector) => TYPES.get(type) as MessageType<unknown>
const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What we make of bytes, in JSON. */
const ourJson = (vector: Vector, hex: string) => toProto3Json(typeOf(vector), decodeMessage(typeOf(vector), fromHex(hex)))

test('there are 500 vectors, and some of every message', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(500)
  expect(new Set(vectors.map(vector => vector.type))).toEqual(new Set(TYPES.keys()))
})

test('we read every vector as meant, and write the same bytes again', () => {
  for (const vector of vectors) {
    expect(ourJson(vector, vector.hex)).toEqual(vector.json)
    expect(toHex(encodeMessage(typeOf(vector), decodeMessage(typeOf(vector), fromHex(vector.hex))))).toBe(vector.hex)
  }
})

test('protobufjs reads every vector as meant, and we read what it writes', () => {
  for (const vector of vectors) {
    expect(theirJson(vector.type, fromHex(vector.hex))).toEqual(vector.json)
    expect(ourJson(vector, toHex(theirBytes(vector.type, vector.json)))).toEqual(vector.json)
  }
})

describe("Python's protobuf", () => {
  const installed = spawnSync('/usr/bin/protoc', ['--version']).status === 0 && spawnSync('/usr/bin/python3', ['-c', 'import google.protobuf']).status === 0
  const title = installed || inCi ? 'reads every vector as meant, and we read what it writes' : 'NOT RUN: apt-get install protobuf-compiler python3-protobuf'

  test(title, () => {
    if (!installed && !inCi) return
    const answers = askPython(vectors)
    expect(answers).toHaveLength(vectors.length)
    vectors.forEach((vector, i) => {
      expect(answers[i]?.json).toEqual(vector.json)
      expect(ourJson(vector, answers[i]?.hex ?? '')).toEqual(vector.json)
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
  const output = execFileSync('/usr/bin/python3', [script, folder], { input: JSON.stringify({ vectors: list }), encoding: 'utf8', maxBuffer: 1 << 28 })
  return JSON.parse(output)
}
