import { appendFile, mkdir, open, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CancelReason, EntryAction, FileRefusal } from '@remote-assist/codec'
import { describe, expect, test } from 'vitest'
import type { FileOffer } from '../../src/files/offer.js'
import { type FilePlatform, type FileSource, type SourceEntry, StoreError } from '../../src/files/store.js'
import type { Transfer } from '../../src/files/transfer.js'
import { diskFiles } from '../../src/node/file-store.js'
import { type End, Pair } from './pair.js'
import { bytesOf, readTree, writeTree } from './trees.js'

const MIB = 1_048_576

const accepting = (end: End, options?: Parameters<FileOffer['accept']>[0]): Promise<Transfer> => end.files.once('offer').then(offer => offer.accept(options))

/** A source in memory, which may say anything. */
function memorySource(files: readonly (Partial<SourceEntry> & { readonly path: readonly string[]; readonly data?: Uint8Array })[]): FileSource {
  return {
    contentId: new Uint8Array(16),
    entries: files.map(({ data = new Uint8Array(), ...entry }) => ({ kind: 'file', bytes: BigInt(data.length), modifiedMs: 0, mode: 0, ...entry })),
    open: async entry => ({
      read: async (offset, into) => {
        const part = files[entry]?.data?.subarray(offset, offset + into.length) ?? into.subarray(0, 0)
        into.set(part)
        return part.length
      },
      unchanged: async () => true,
      close: async () => {},
    }),
  }
}

/** A file of zeros that takes no room. */
async function sparse(path: string, bytes: number): Promise<string> {
  const handle = await open(path, 'w')
  await handle.truncate(bytes)
  await handle.close()
  return path
}

describe('limits', () => {
  test('RA-FIL-014, RA-FIL-017 a file at the limit passes, one byte more is refused before a byte of it flows, and the rest arrives', async () => {
    await using pair = await Pair.open({ permit: { maxFileBytes: BigInt(2 * MIB) } })
    const paths = await Promise.all([-1, 0, 1].map(more => sparse(join(pair.source, `${more}.iso`), 2 * MIB + more)))
    const receiving = accepting(pair.customer)
    await expect(pair.agent.files.send(paths).done).rejects.toMatchObject({
      code: 'E_FILE_TOO_LARGE',
      message: '1.iso is 2,097,153 B; the limit set by your administrator is 2,097,152 B a file.',
      failures: [{ path: '1.iso', code: 'E_FILE_TOO_LARGE' }],
    })
    const received = await (await receiving).done
    expect(received.refused.map(({ path }) => path)).toEqual(['1.iso'])
    expect(pair.agent.sentBytes).toBe(4 * MIB - 1)
    expect(Object.keys(await readTree(pair.customer.folder)).sort()).toEqual(['-1.iso', '0.iso'])
  })

  test('RA-FIL-014 says sizes as people do, and asks nobody about what is refused anyway', async () => {
    await using pair = await Pair.open()
    pair.customer.files.on('offer', () => expect.unreachable('nothing is left to ask about'))
    const path = await sparse(join(pair.source, 'setup.iso'), Math.round(1.4 * 1_024 ** 3))
    await expect(pair.agent.files.send([path]).done).rejects.toMatchObject({
      message: 'setup.iso is 1.4 GB; the limit set by your administrator is 1 GB a file.',
      hint: expect.stringContaining('administrator'),
    })
    expect(pair.agent.sentBytes).toBe(0)
  })

  test('RA-FIL-015 what would take the session beyond its limit is refused', async () => {
    await using pair = await Pair.open({ permit: { maxSessionBytes: 10_000n } })
    await writeTree(pair.source, { 'a.bin': bytesOf(6_000), 'b.bin': bytesOf(6_000), 'c.bin': bytesOf(4_000) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send(['a', 'b', 'c'].map(it => join(pair.source, `${it}.bin`)))
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_TOO_LARGE', failures: [{ path: 'b.bin' }] })
    await (await receiving).done
    expect(Object.keys(await readTree(pair.customer.folder)).sort()).toEqual(['a.bin', 'c.bin'])
  })

  test('RA-FIL-033, RA-FIL-034 the first byte beyond the announced size ends the transfer, and nothing of the file stays', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(50_000) })
    pair.alter = kind => {
      if (kind.$case === 'offer') return { $case: 'offer', value: { ...kind.value, bytes: kind.value.bytes - 1n } }
      if (kind.$case !== 'manifestPage') return kind
      return { $case: 'manifestPage', value: { ...kind.value, entries: kind.value.entries.map(entry => ({ ...entry, bytes: entry.bytes - 1n })) } }
    }
    const receiving = accepting(pair.customer)
    await expect(pair.agent.files.send([join(pair.source, 'a.bin')]).done).rejects.toMatchObject({ code: 'E_FILE_OVERRUN' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_OVERRUN' })
    expect(await readTree(pair.customer.folder)).toEqual({})
  })

  test('RA-FIL-016 what has no room is refused; a disk that fills up fails the file, not the rest', async () => {
    let full = false
    const platform = (folder: string): FilePlatform => {
      const disk = diskFiles({ folder })
      const { store } = disk
      if (store === undefined) return disk
      const begin: typeof store.begin = async key => {
        const intake = await store.begin(key)
        const write = intake.write.bind(intake)
        intake.write = async (entry, offset, data) => {
          if (full && entry.entry === 0) throw new StoreError('space')
          await write(entry, offset, data)
        }
        return intake
      }
      return { ...disk, store: { room: async () => 10_000n, names: path => store.names(path), begin } }
    }
    await using pair = await Pair.open({ platform })
    await writeTree(pair.source, { 'a.bin': bytesOf(6_000), 'b.bin': bytesOf(6_000), 'c.bin': bytesOf(4_000) })
    const paths = ['a', 'b', 'c'].map(it => join(pair.source, `${it}.bin`))
    pair.customer.files.on('offer', offer => void offer.accept())
    await expect(pair.agent.files.send(paths).done).rejects.toMatchObject({ code: 'E_FILE_SPACE', failures: [{ path: 'b.bin' }] })
    full = true
    await expect(pair.agent.files.send([paths[0] as string, paths[2] as string]).done).rejects.toMatchObject({
      code: 'E_FILE_SPACE',
      failures: [{ path: 'a.bin' }],
    })
  })
})

describe('names on the wire', () => {
  test('RA-FIL-021, RA-FIL-022, RA-FIL-023, RA-FIL-024, RA-FIL-025, RA-FIL-026 bad names are refused, each with one that would do; good ones arrive', async () => {
    await using pair = await Pair.open()
    const names = ['..', 'a/b', 'a:b', 'con.txt', 'x.', 'evil\u202Egpj.exe', 'Readme', 'README', 'good.txt']
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send(memorySource(names.map(name => ({ path: [name], data: bytesOf(10) }))))
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_NAME' })
    await (await receiving).done
    expect(Object.keys(await readTree(pair.customer.folder)).sort()).toEqual(['Readme', 'good.txt'])
    const refused = pair.customer.sentCase('decision').flatMap(({ exceptions }) => exceptions)
    expect(refused.map(({ entry }) => names[entry])).toEqual(['..', 'a/b', 'a:b', 'con.txt', 'x.', 'evil\u202Egpj.exe', 'README'])
    expect(refused.every(({ action, refusal }) => action === EntryAction.REFUSE && refusal === FileRefusal.NAME)).toBe(true)
    expect(refused.map(({ name }) => name)).toEqual(['file', 'a_b', 'a_b (2)', '_con.txt', 'x', 'evil_gpj.exe', 'README (2)'])
  })

  test('RA-FIL-005 a file before its folder ends the transfer', async () => {
    await using pair = await Pair.open()
    const source = memorySource([
      { path: ['a', 'b'], data: bytesOf(10) },
      { path: ['a'], kind: 'folder' },
    ])
    await expect(pair.agent.files.send(source).done).rejects.toMatchObject({ code: 'E_FILE_PROTOCOL' })
    expect(pair.customer.sentCase('cancel')).toEqual([{ transferId: 1, reason: CancelReason.PROTOCOL }])
  })

  test('a folder that is not taken takes what is in it along', async () => {
    await using pair = await Pair.open()
    const source = memorySource([
      { path: ['a?'], kind: 'folder' },
      { path: ['a?', 'b'], data: bytesOf(10) },
      { path: ['c'], data: bytesOf(10) },
    ])
    const receiving = accepting(pair.customer)
    await expect(pair.agent.files.send(source).done).rejects.toMatchObject({ failures: [{ path: 'a?', proposedName: 'a_' }, { path: 'a?/b' }] })
    await (await receiving).done
    expect(Object.keys(await readTree(pair.customer.folder))).toEqual(['c'])
  })
})

describe('damage', () => {
  /** Changes a byte in the chunks that this picks. */
  const damaging = (pair: Pair, which: (entry: number, offset: bigint) => boolean) => {
    pair.alter = kind => {
      if (kind.$case !== 'chunk' || !which(kind.value.entry, kind.value.offset)) return kind
      const data = kind.value.data.slice()
      data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1
      return { $case: 'chunk', value: { ...kind.value, data } }
    }
  }
  const tree = { d: { '1.bin': bytesOf(3 * MIB + 5), '2.bin': bytesOf(100, 2), '3.bin': bytesOf(MIB, 3) } }

  test('RA-FIL-043, RA-FIL-044, RA-FIL-045 a byte that changed on the way is found, and the file is sent once more', async () => {
    for (const [entry, at] of [
      [1, 0n],
      [1, BigInt(3 * MIB)],
      [2, 0n],
      [3, 0n],
    ] as const) {
      await using pair = await Pair.open()
      await writeTree(pair.source, tree)
      let once = true
      damaging(pair, (it, offset) => {
        const hit = once && it === entry && offset >= at
        if (hit) once = false
        return hit
      })
      const receiving = accepting(pair.customer)
      await pair.agent.files.send([join(pair.source, 'd')]).done
      await (await receiving).done
      expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
      expect(pair.customer.sentCase('entryCorrupt')).toMatchObject([{ entry, retry: true, leaf: at === 0n ? 0 : 3 }])
    }
  })

  test('RA-FIL-043, RA-FIL-044, RA-FIL-046 a file that arrives damaged twice is given up, and is nowhere; the rest arrives', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, tree)
    damaging(pair, entry => entry === 1)
    const receiving = accepting(pair.customer)
    const failure = { code: 'E_FILE_CORRUPT', failures: [{ path: 'd/1.bin' }] }
    await expect(pair.agent.files.send([join(pair.source, 'd')]).done).rejects.toMatchObject(failure)
    await expect((await receiving).done).rejects.toMatchObject(failure)
    expect(Object.keys(await readTree(pair.customer.folder))).toEqual(['d', 'd/2.bin', 'd/3.bin'])
    expect(await pair.leftovers(pair.customer)).toEqual([])
  })

  test('RA-FIL-043 a wrong root is found', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, tree)
    pair.alter = kind =>
      kind.$case === 'entryDone' && kind.value.entry === 1 ? { $case: 'entryDone', value: { ...kind.value, root: new Uint8Array(32) } } : kind
    const receiving = accepting(pair.customer)
    await expect(pair.agent.files.send([join(pair.source, 'd')]).done).rejects.toMatchObject({ code: 'E_FILE_CORRUPT' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_CORRUPT' })
  })

  test('RA-FIL-038 a source that changes while it is sent ends the transfer', async () => {
    const changes: readonly ((path: string) => Promise<void>)[] = [
      path => appendFile(path, 'x'),
      path => writeFile(path, bytesOf(6 * MIB, 9)),
      path => writeFile(path, 'x'),
    ]
    for (const change of changes) {
      await using pair = await Pair.open()
      await writeTree(pair.source, { 'a.bin': bytesOf(6 * MIB) })
      const path = join(pair.source, 'a.bin')
      const receiving = accepting(pair.customer)
      const sending = pair.agent.files.send([path])
      for await (const _ of sending) break
      sending.hold()
      await change(path)
      sending.continue()
      await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_SOURCE', message: expect.stringContaining('a.bin') })
      await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_SOURCE' })
      expect(await readTree(pair.customer.folder)).toEqual({})
    }
  })

  test('RA-FIL-029 what cannot be sent is said before anything is offered', async () => {
    await using pair = await Pair.open()
    await symlink('/etc/passwd', join(pair.source, 'link'))
    for (const path of [join(pair.source, 'link'), join(pair.source, 'missing'), '/dev/null']) {
      await expect(pair.agent.files.send([path]).done).rejects.toMatchObject({ code: 'E_FILE_SOURCE' })
    }
    expect(pair.agent.sent).toEqual([])
  })
})

describe('the store', () => {
  test('RA-FIL-046, RA-FIL-047 bytes wait in a private folder, and the final name is free until they are verified', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(5 * MIB) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
    for await (const _ of await receiving) break
    const quarantine = join(pair.customer.folder, '.remote-assist')
    expect((await stat(quarantine)).mode & 0o777).toBe(0o700)
    const [key = ''] = await readdir(quarantine)
    for (const name of await readdir(join(quarantine, key))) expect((await stat(join(quarantine, key, name))).mode & 0o077).toBe(0)
    expect(await readdir(pair.customer.folder)).toEqual(['.remote-assist'])
    sending.cancel()
    await expect((await receiving).done).rejects.toThrow()
  })

  test('RA-FIL-028 a link is never followed, whether it was there before or is put there meanwhile', async () => {
    await using pair = await Pair.open()
    const outside = join(pair.root, 'outside')
    await mkdir(outside)
    await mkdir(pair.customer.folder)
    await symlink(outside, join(pair.customer.folder, 'd'))
    await writeTree(pair.source, { d: { '1.bin': bytesOf(3 * MIB), '2.bin': bytesOf(10) } })
    for (const onConflict of ['overwrite', 'skip', 'rename'] as const) {
      const receiving = accepting(pair.customer, { onConflict })
      await pair.agent.files.send([join(pair.source, 'd')]).done
      await (await receiving).done
    }
    expect(await readdir(outside)).toEqual([])

    await rename(join(pair.customer.folder, 'd'), join(pair.root, 'unused'))
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'd')])
    for await (const _ of sending) break
    await rename(join(pair.customer.folder, 'd'), join(pair.root, 'moved'))
    await symlink(outside, join(pair.customer.folder, 'd'))
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_NAME' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_NAME' })
    expect(await readdir(outside)).toEqual([])
  })

  test('RA-FIL-018 a file that appears at the final name meanwhile stays', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(3 * MIB) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
    for await (const _ of sending) break
    await writeFile(join(pair.customer.folder, 'a.bin'), 'mine')
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_NAME' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_NAME' })
    expect(await readFile(join(pair.customer.folder, 'a.bin'), 'utf8')).toBe('mine')
  })

  test('its own folder is nobody’s to write into', async () => {
    await using pair = await Pair.open()
    const receiving = accepting(pair.customer, { onConflict: 'overwrite' })
    await pair.agent.files.send(
      memorySource([
        { path: ['.Remote-Assist'], kind: 'folder' },
        { path: ['.Remote-Assist', 'x'], data: bytesOf(10) },
      ]),
    ).done
    await (await receiving).done
    expect(Object.keys(await readTree(pair.customer.folder)).sort()).toEqual(['.Remote-Assist (2)', '.Remote-Assist (2)/x'])
  })
})
