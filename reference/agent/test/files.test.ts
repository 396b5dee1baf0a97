import type { Entry } from '@remote-assist/codec'
import type { FileOffer, Transfer } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Destination } from '../src/files/destination.js'
import { pickedFiles, pickedSource } from '../src/files/source.js'
import { MEMORY_BYTES, memoryStaging } from '../src/files/staging.js'
import { BrowserStore } from '../src/files/store.js'

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 9)) % 256)

/** A file as a browser gives it when a folder is picked. */
const below = (path: string, content: BlobPart = ''): File => {
  const file = new File([content], path.split('/').at(-1) ?? '')
  Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' })
  return file
}

describe('what was picked', () => {
  test('folders come before what is in them, once each', () => {
    const name = fc.stringMatching(/^[a-c]{1,2}$/)
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(paths, all => {
        const picked = pickedFiles(all.map(path => below(path)))
        const seen = new Set<string>()
        for (const { path, file } of picked) {
          const above = path.slice(0, -1).join('/')
          expect(above === '' || seen.has(above)).toBe(true)
          if (file === undefined) {
            expect(seen.has(path.join('/'))).toBe(false)
            seen.add(path.join('/'))
          }
        }
        expect(picked.filter(({ file }) => file !== undefined).map(({ path }) => path.join('/'))).toEqual(all)
      }),
    )
  })

  test('any part of a file can be read, also beyond its end', async () => {
    const content = bytesOf(2_500_000)
    const source = await pickedSource([{ path: ['a.bin'], file: new File([content], 'a.bin') }])
    const file = await source.open(0)
    await fc.assert(
      fc.asyncProperty(fc.nat(2_600_000), fc.nat(1_200_000), async (offset, length) => {
        const into = new Uint8Array(length)
        const read = await file.read(offset, into)
        expect(read).toBe(Math.max(0, Math.min(length, content.length - offset)))
        expect(Buffer.compare(into.subarray(0, read), content.subarray(offset, offset + read))).toBe(0)
      }),
      { numRuns: 40 },
    )
    await file.close()
  })

  test('has the same id again as long as it is the same, and nothing to send is an error', async () => {
    const file = (size: number) => new File([new Uint8Array(size)], 'a', { lastModified: 7 })
    const idOf = async (size: number) => [...(await pickedSource([{ path: ['a'], file: file(size) }])).contentId]
    expect(await idOf(10)).toEqual(await idOf(10))
    expect(await idOf(10)).not.toEqual(await idOf(11))
    expect(await idOf(10)).toHaveLength(16)
    await expect(pickedSource([])).rejects.toMatchObject({ code: 'E_FILE_SOURCE' })
    const deep = Array.from({ length: 300 }, () => 'folder')
    await expect(pickedSource([{ path: deep, file: file(1) }])).rejects.toMatchObject({ code: 'E_FILE_NAME' })
  })
})

describe('files that wait in memory', () => {
  test.each([
    ['was copied', 'copied', MEMORY_BYTES],
    ['the browser saves', 'read', MEMORY_BYTES],
    ['is kept as it came', 'kept', MEMORY_BYTES - 1_000],
  ] as const)('leave their room to others once the whole file %s', async (_what, after, room) => {
    const store = new BrowserStore(async () => memoryStaging())
    const delivered: Blob[] = []
    const destination: Destination = {
      after,
      names: async () => new Map(),
      folder: async () => undefined,
      deliver: async (_path, content) => void delivered.push(content),
    }
    const offer: Pick<FileOffer, 'accept'> = { accept: () => ({ done: new Promise(() => undefined) }) as unknown as Transfer }
    await store.take(offer, destination)
    const intake = await store.begin()
    const entry = { entry: 1 } as Entry
    await intake.write(entry, 0, bytesOf(1_000))
    await intake.commit(entry, { path: ['a'], overwrite: false })
    expect(await store.room()).toBe(BigInt(room))
    expect(new Uint8Array((await delivered[0]?.arrayBuffer()) ?? [])).toEqual(bytesOf(1_000))
  })

  test('hold what was written, also again from an earlier place, and give their room back', async () => {
    const writes = fc.array(fc.record({ back: fc.nat(5_000), size: fc.nat(1_500_000) }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(writes, async all => {
        const staging = memoryStaging()
        const staged = await staging.begin()
        let expected = Buffer.alloc(0)
        for (const { back, size } of all) {
          const offset = Math.max(0, expected.length - back)
          const data = bytesOf(size)
          await staged.write(offset, data)
          expected = Buffer.concat([expected.subarray(0, offset), data])
        }
        expect(await staging.room()).toBe(BigInt(MEMORY_BYTES - expected.length))
        const whole = Buffer.from(await (await staged.finish()).arrayBuffer())
        expect(whole.equals(expected)).toBe(true)
        await staged.discard()
        expect(await staging.room()).toBe(BigInt(MEMORY_BYTES))
      }),
      { numRuns: 8 },
    )
  })

  test('take no more than there is room for', async () => {
    const staging = memoryStaging()
    const staged = await staging.begin()
    await expect(staged.write(0, new Uint8Array(MEMORY_BYTES + 1))).rejects.toMatchObject({ fault: 'space' })
    expect(await staging.room()).toBe(BigInt(MEMORY_BYTES))
  })
})
