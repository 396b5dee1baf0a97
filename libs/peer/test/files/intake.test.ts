import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EntryKind } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DiskStore } from '../../src/node/file-store.js'

const CHUNK = 16_384
const CHUNKS = 6
const BYTES = CHUNK * CHUNKS
const entry = { entry: 0, path: ['disk.img'], kind: EntryKind.FILE, bytes: BigInt(BYTES), modifiedMs: 0n, mode: 0 }
const placement = { path: ['disk.img'], overwrite: false }

/** A pass over the file: it begins at the start or where an earlier one was, and each chunk has this byte throughout; 0 leaves a hole. */
const anyPass = fc.record({ from: fc.integer({ min: 0, max: CHUNKS - 1 }), bytes: fc.array(fc.constantFrom(0, 0, 7, 9), { minLength: 1, maxLength: CHUNKS }) })

test('RA-FIL-046 what is written is what came last, wherever it began anew, and holes are holes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPass, { minLength: 1, maxLength: 4 }), async passes => {
      const root = await mkdtemp(join(tmpdir(), 'files-'))
      const intake = await new DiskStore(root).begin({ contentId: new Uint8Array(16), peer: 'agent', manifest: new Uint8Array(32) })
      const came = new Uint8Array(BYTES)
      let length = 0
      const write = async (from: number, bytes: readonly number[]) => {
        for (const [i, byte] of bytes.slice(0, CHUNKS - from).entries()) {
          const offset = (from + i) * CHUNK
          const data = new Uint8Array(CHUNK).fill(byte)
          came.set(data, offset)
          length = offset + CHUNK
          await intake.write(entry, offset, data)
        }
      }
      for (const { from, bytes } of passes) await write(Math.min(from, length / CHUNK), bytes)
      await write(length / CHUNK, new Array(CHUNKS).fill(7))
      await intake.commit(entry, placement)
      await intake.end(false)
      expect(Buffer.compare(await readFile(join(root, 'disk.img')), came)).toBe(0)
      await rm(root, { recursive: true })
    }),
    { numRuns: 40 },
  )
})
