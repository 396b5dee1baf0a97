import { BinaryWriter as TheirWriter } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codePoint } from '../src/testing/index.js'
import { BinaryReader } from '../src/wire/reader.js'
import { BinaryWriter } from '../src/wire/writer.js'

type Step =
  | { readonly put: 'uint32' | 'sint32'; readonly value: number }
  | { readonly put: 'uint64'; readonly value: bigint }
  | { readonly put: 'bool'; readonly value: boolean }
  | { readonly put: 'string'; readonly value: string }
  | { readonly put: 'bytes'; readonly value: Uint8Array }
  | { readonly put: 'fork'; readonly value: readonly Step[] }

const { steps } = fc.letrec<{ step: Step; steps: Step[] }>(tie => ({
  steps: fc.array(tie('step'), { maxLength: 8 }),
  step: fc.oneof(
    { maxDepth: 4 },
    fc.record({ put: fc.constant('uint32' as const), value: fc.nat(0xffff_ffff) }),
    fc.record({ put: fc.constant('sint32' as const), value: fc.integer() }),
    fc.record({ put: fc.constant('uint64' as const), value: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }) }),
    fc.record({ put: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ put: fc.constant('string' as const), value: fc.string({ unit: codePoint, maxLength: 300 }) }),
    fc.record({
      put: fc.constant('bytes' as const),
      value: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(70_000).map(size => new Uint8Array(size).fill(size)),
      ),
    }),
    { weight: 3, arbitrary: fc.record({ put: fc.constant('fork' as const), value: tie('steps') }) },
  ),
}))

/** Limits that nothing meets. */
const ANY = ['any', 0, Infinity] as const

function write(writer: BinaryWriter, list: readonly Step[]): void {
  for (const step of list) {
    if (step.put === 'fork') {
      writer.fork()
      write(writer, step.value)
      writer.join()
    } else if (step.put === 'uint64') writer.uint64(step.value)
    else if (step.put === 'bool') writer.bool(step.value)
    else if (step.put === 'string') expect(writer.string(step.value, ...ANY)).toBe(Buffer.byteLength(step.value))
    else if (step.put === 'bytes') expect(writer.bytes(step.value, ...ANY)).toBe(step.value.length)
    else writer[step.put](step.value)
  }
}

function writeTheirs(writer: TheirWriter, list: readonly Step[]): void {
  for (const step of list) {
    if (step.put === 'fork') {
      writer.fork()
      writeTheirs(writer, step.value)
      writer.join()
    } else if (step.put === 'uint64') writer.uint64(step.value)
    else if (step.put === 'bool') writer.bool(step.value)
    else if (step.put === 'string') writer.string(step.value)
    else if (step.put === 'bytes') writer.bytes(step.value)
    else writer[step.put](step.value)
  }
}

function read(reader: BinaryReader, list: readonly Step[]): void {
  for (const step of list) {
    if (step.put === 'fork') {
      const outer = reader.enter(reader.length('a part'))
      read(reader, step.value)
      expect(reader.pos).toBe(reader.end)
      reader.leave(outer)
    } else if (step.put === 'bytes') expect(Buffer.compare(reader.bytes(...ANY), step.value)).toBe(0)
    else if (step.put === 'string') expect(reader.string(...ANY)).toBe(step.value)
    else if (step.put === 'uint64') expect(reader.uint64()).toBe(step.value)
    else expect(reader[step.put]('a value')).toBe(step.value)
  }
}

test('it writes what the writer of @bufbuild/protobuf writes, message after message, and the reader reads it back', () => {
  const writer = new BinaryWriter()
  fc.assert(
    fc.property(steps, list => {
      write(writer, list)
      const theirs = new TheirWriter()
      writeTheirs(theirs, list)
      const { length } = writer
      const ours = writer.finish()
      expect(Buffer.compare(ours, theirs.finish())).toBe(0)
      expect(ours).toHaveLength(length)
      const reader = new BinaryReader(ours)
      read(reader, list)
      expect(reader.pos).toBe(ours.length)
    }),
    { numRuns: 200 },
  )
})

test('a lone surrogate becomes U+FFFD', () => {
  const writer = new BinaryWriter()
  expect(writer.string('a\ud800b', ...ANY)).toBe(5)
  expect(new BinaryReader(writer.finish()).string(...ANY)).toBe('a\ufffdb')
})
