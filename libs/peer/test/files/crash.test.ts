import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { appendFile, link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, EntryKind } from '@remote-assist/codec'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Intake } from '../../src/files/store.js'
import { DiskStore } from '../../src/node/file-store.js'
import { nodeHasher } from '../../src/node/file-store-hasher.js'
import { Journal } from '../../src/node/file-store-journal.js'

/** A process that dies (SIGKILL) leaves what it had given to the system: here another store, on the same folder, begins where the first one stands still (RA-FIL-066). */

const MIB = 1_048_576
const DATA = new Uint8Array(2 * MIB + 10).map((_byte, index) => index % 251)
const ENTRY: Entry = { entry: 0, path: ['a.bin'], kind: EntryKind.FILE, bytes: BigInt(DATA.length), modifiedMs: 0n, mode: 0 }
const KEY = { contentId: new Uint8Array(16), peer: 'Ada', manifest: new Uint8Array(32) }
const PLACEMENT = { path: ['a.bin'], overwrite: false }
const never = () => new Promise<never>(() => {})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-assist-crash-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const leafOf = (index: number) =>
  createHash('sha256')
    .update(Uint8Array.of(0))
    .update(DATA.subarray(index * MIB, (index + 1) * MIB))
    .digest()

/** Receives everything and verifies the first two leaves. */
async function receive(store: DiskStore): Promise<Intake> {
  const intake = await store.begin(KEY)
  await intake.plan(new Map([[0, PLACEMENT]]))
  for (const index of [0, 1]) {
    await intake.write(ENTRY, index * MIB, DATA.subarray(index * MIB, (index + 1) * MIB))
    await intake.verified(ENTRY, index, leafOf(index))
  }
  await intake.write(ENTRY, 2 * MIB, DATA.subarray(2 * MIB))
  return intake
}

/** Receives everything, and stands still for ever when the file is about to get its name. */
async function stopBeforeTheName(): Promise<void> {
  let marking = () => {}
  const marked = new Promise<void>(resolve => {
    marking = resolve
  })
  const mark = () => {
    marking()
    return never()
  }
  const intake = await receive(new DiskStore(folder, { mark }))
  void intake.commit(ENTRY, PLACEMENT)
  await marked
}

const part = async () => {
  const quarantine = join(folder, '.remote-assist')
  const [key = ''] = await readdir(quarantine)
  return { part: join(quarantine, key, '0.part'), journal: join(quarantine, key, 'journal') }
}

describe('a process that dies', () => {
  test('RA-FIL-066 after a leaf was verified has kept it', async () => {
    const intake = await receive(new DiskStore(folder))
    const { journal } = await part()
    await intake.verified(ENTRY, 2, leafOf(2))
    // Whatever was only in memory is gone: the journal is as it is at this moment.
    expect(readFileSync(journal, 'utf8')).toContain('"leaf":[0,2')
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.placements.get(0)).toEqual(PLACEMENT)
    expect(await again.leaves(ENTRY, nodeHasher)).toHaveLength(2)
    await again.end(false)
  })

  test('RA-FIL-066, RA-FIL-046 just before the file gets its name has its leaves, and the name is free', async () => {
    await stopBeforeTheName()
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.settled).toEqual(new Set())
    expect(await again.leaves(ENTRY, nodeHasher)).toHaveLength(2)
    await again.write(ENTRY, 2 * MIB, DATA.subarray(2 * MIB))
    await again.commit(ENTRY, PLACEMENT)
    await again.end(false)
    expect(await readdir(folder)).toEqual(['a.bin'])
    expect(Buffer.compare(await readFile(join(folder, 'a.bin')), DATA)).toBe(0)
  })

  test('RA-FIL-066 just after the file got its name knows that it is there', async () => {
    const intake = await receive(new DiskStore(folder))
    const { journal } = await part()
    await intake.commit(ENTRY, PLACEMENT)
    expect(readFileSync(journal, 'utf8')).toContain('"done"')
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.settled).toEqual(new Set([0]))
    await again.end(false)
  })

  test('RA-FIL-066 between the two names of a file knows that it is there, and leaves one', async () => {
    const intake = await receive(new DiskStore(folder))
    const names = await part()
    await intake.commit(ENTRY, PLACEMENT)
    await link(join(folder, 'a.bin'), names.part)
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.settled).toEqual(new Set([0]))
    await again.end(false)
    expect(await readdir(folder)).toEqual(['a.bin'])
  })

  test('RA-FIL-066 just before a folder is known to be its own has not made it, so that it is not made beside it', async () => {
    const entry: Entry = { ...ENTRY, path: ['a folder'], kind: EntryKind.FOLDER, bytes: 0n }
    const placement = { path: ['a folder'], overwrite: false }
    const intake = await new DiskStore(folder).begin(KEY)
    await intake.plan(new Map([[0, placement]]))
    const dying = new Promise<void>(resolve => {
      const add = vi.spyOn(Journal.prototype, 'add').mockImplementation(() => {
        add.mockRestore()
        resolve()
        return never()
      })
    })
    void intake.folder(entry, placement)
    await dying
    expect(await readdir(folder)).toEqual(['.remote-assist'])
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.settled).toEqual(new Set())
    await again.folder(entry, placement)
    const third = await new DiskStore(folder).begin(KEY)
    expect(third.kept?.settled).toEqual(new Set([0]))
    await third.end(false)
  })

  test('RA-FIL-018 while somebody else takes the name, with a file as large, has not arrived', async () => {
    await stopBeforeTheName()
    const others = new Uint8Array(DATA.length)
    await writeFile(join(folder, 'a.bin'), others)
    const again = await new DiskStore(folder).begin(KEY)
    expect(again.kept?.settled).toEqual(new Set())
    await expect(again.commit(ENTRY, PLACEMENT)).rejects.toMatchObject({ fault: 'exists' })
    await again.end(false)
    expect(Buffer.compare(await readFile(join(folder, 'a.bin')), others)).toBe(0)
  })

  test('RA-FIL-066 in the middle of a line of its journal loses that line alone, also when more follow', async () => {
    await receive(new DiskStore(folder))
    const { journal } = await part()
    await appendFile(journal, '{"leaf":[0,')
    const second = await new DiskStore(folder).begin(KEY)
    await second.verified(ENTRY, 1, leafOf(1))
    const third = await new DiskStore(folder).begin(KEY)
    expect(await third.leaves(ENTRY, nodeHasher)).toHaveLength(2)
    await third.end(false)
  })

  describe('with small files, which get their names in groups', () => {
    const FILES = [0, 1, 40, 32_768].map((bytes, entry): Entry & { readonly data: Uint8Array } => ({
      entry,
      path: [`${entry}.bin`],
      kind: EntryKind.FILE,
      bytes: BigInt(bytes),
      modifiedMs: 1_000n,
      mode: 0o600,
      data: DATA.subarray(entry, entry + bytes),
    }))
    const placementOf = ({ path }: Entry) => ({ path, overwrite: false })

    /** Receives them all; resolves when they have their names, if that happens. */
    async function receiveAll(intake: Intake): Promise<unknown> {
      await intake.plan(new Map(FILES.map(file => [file.entry, placementOf(file)])))
      for (const file of FILES) if (file.data.length > 0) await intake.write(file, 0, file.data)
      return Promise.all(FILES.map(file => intake.commit(file, placementOf(file))))
    }

    const arrived = async () => {
      for (const { path, data } of FILES) expect(Buffer.compare(await readFile(join(folder, ...path)), data)).toBe(0)
      expect((await readdir(folder)).sort()).toEqual(FILES.map(({ path }) => path[0]))
    }

    test('RA-FIL-066, RA-FIL-046 just before they get them has none of them in place, and what it left is not in the way', async () => {
      let marked = () => {}
      const marking = new Promise<void>(resolve => {
        marked = resolve
      })
      const mark = () => {
        marked()
        return never()
      }
      void receiveAll(await new DiskStore(folder, { mark }).begin(KEY))
      await marking
      expect(await readdir(folder)).toEqual(['.remote-assist'])
      const again = await new DiskStore(folder).begin(KEY)
      expect(again.kept?.settled).toEqual(new Set())
      await receiveAll(again)
      await again.end(false)
      await arrived()
    })

    test('RA-FIL-066 between the names of one knows which are there, and leaves each once', async () => {
      const { journal, part: first } = await (async () => {
        const intake = await new DiskStore(folder).begin(KEY)
        const names = await part()
        await receiveAll(intake)
        return names
      })()
      // As if it had died among them: one has both of its names, the next only the one in the quarantine.
      await link(join(folder, '0.bin'), first)
      await link(join(folder, '1.bin'), first.replace('0.part', '1.part'))
      await rm(join(folder, '1.bin'))
      expect(readFileSync(journal, 'utf8')).toContain('"done":[3,32768]')
      const again = await new DiskStore(folder).begin(KEY)
      expect(again.kept?.settled).toEqual(new Set([0, 2, 3]))
      const second = FILES[1] as (typeof FILES)[number]
      await again.write(second, 0, second.data)
      await again.commit(second, placementOf(second))
      await again.end(false)
      await arrived()
    })

    test('RA-FIL-018 and a name that somebody else took has the others in place', async () => {
      await writeFile(join(folder, '2.bin'), 'mine')
      const intake = await new DiskStore(folder).begin(KEY)
      await intake.plan(new Map())
      const outcomes = await Promise.allSettled(
        FILES.map(async file => {
          if (file.data.length > 0) await intake.write(file, 0, file.data)
          await intake.commit(file, placementOf(file))
        }),
      )
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
      expect(outcomes[2]).toMatchObject({ reason: { fault: 'exists' } })
      await intake.end(false)
      expect(await readFile(join(folder, '2.bin'), 'utf8')).toBe('mine')
      expect((await readdir(folder)).sort()).toEqual(['0.bin', '1.bin', '2.bin', '3.bin'])
    })
  })
})
