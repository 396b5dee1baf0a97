import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockReader } from '../../src/files/block-reader.js'
import type { SourceFile } from '../../src/files/store.js'
import { bytesOf } from './trees.js'

/** A file that notes where it is read. `bytes`: how much of it is there. */
function noting(content: Uint8Array, bytes = content.length): { readonly file: SourceFile; readonly reads: number[] } {
  const reads: number[] = []
  const file: SourceFile = {
    read: async (offset, into) => {
      reads.push(offset)
      const part = content.subarray(offset, Math.min(bytes, offset + into.length))
      into.set(part)
      return part.length
    },
    unchanged: async () => true,
    close: async () => {},
  }
  return { file, reads }
}

test('gives the bytes of the file from any place on, in pieces of any size, and reads none twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1 }),
      async (size, at, pieces) => {
        const content = bytesOf(size)
        const { file, reads } = noting(content)
        const reader = new BlockReader(file, 'a.bin', size)
        const from = at % size
        const parts: Uint8Array[] = []
        for (let offset = from, turn = 0; offset < size; turn++) {
          const most = pieces[turn % pieces.length] ?? 1
          const part = await reader.read(offset, most)
          if (part.length < 1 || part.length > most) throw new Error(`${part.length} bytes were given where ${most} were asked for`)
          parts.push(part)
          offset += part.length
        }
        expect(Buffer.compare(Buffer.concat(parts), content.subarray(from))).toBe(0)
        expect(new Set(reads).size).toBe(reads.length)
      },
    ),
    { numRuns: 60 },
  )
})

test('reads one block ahead while one is sent, and none behind the end', async () => {
  const { file, reads } = noting(bytesOf(600_000))
  const reader = new BlockReader(file, 'a.bin', 600_000)
  const first = await reader.read(0, 65_536)
  expect(first.length).toBe(65_536)
  expect(reads).toEqual([0, 262_144])
  for (let offset = first.length; offset < 600_000; ) offset += (await reader.read(offset, 65_536)).length
  expect(reads).toEqual([0, 262_144, 524_288])
})

test('a file that is shorter than it was is told when its turn comes', async () => {
  const { file } = noting(bytesOf(600_000), 300_000)
  const reader = new BlockReader(file, 'some/a.bin', 600_000)
  await reader.read(0, 65_536)
  await expect(reader.read(262_144, 65_536)).rejects.toMatchObject({ code: 'E_FILE_SOURCE', message: expect.stringContaining('some/a.bin') })
})
