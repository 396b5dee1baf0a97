import { stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FilePlatform } from '../../src/files/store.js'
import type { Transfer } from '../../src/files/transfer.js'
import { diskFiles } from '../../src/node/file-store.js'
import { type End, type Kind, Pair, type PairOptions } from './pair.js'
import { roomy } from './roomy.js'
import { bytesOf, readTree, writeTree } from './trees.js'

const MIB = 1_048_576
const LONG_AGO = new Date('2001-02-03T04:05:06Z')
const accepting = (end: End): Promise<Transfer> => end.files.once('offer').then(offer => offer.accept())

/** Drops the line when so many bytes have arrived, and calls `then`. */
function dropAfter(pair: Pair, bytes: number, then: () => void): void {
  let arrived = 0
  pair.alter = kind => {
    if (kind.$case !== 'chunk') return kind
    arrived += kind.value.data.length
    if (arrived < bytes) return kind
    pair.alter = it => it
    setImmediate(then)
    return undefined
  }
}

describe('a dropped line', () => {
  test('RA-FIL-063, RA-FIL-064, RA-FIL-065 goes on at the last verified leaf, and sends again only what was not verified', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(7 * MIB + 9) })
    let before = 0
    dropAfter(pair, 4.5 * MIB, () => {
      before = pair.agent.sentBytes
      pair.restore()
    })
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([join(pair.source, 'a.bin')]).done
    await (await receiving).done
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
    const [resume] = pair.customer.sentCase('resumeFrom')
    expect(resume?.verifiedBytes).toBe(BigInt(4 * MIB))
    expect(resume?.prefixRoot).toHaveLength(32)
    expect(pair.agent.sentBytes - (7 * MIB + 9)).toBe(before - 4 * MIB)
  })

  test('RA-FIL-063, RA-FIL-064 wherever and however often it drops, any tree arrives equal', async () => {
    const sizes = fc.array(fc.constantFrom(0, 100, 5_000, MIB, 2 * MIB + 1), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.integer({ min: 1, max: 3 * MIB }), { minLength: 1, maxLength: 4 }), async (files, drops) => {
        await using pair = await Pair.open()
        const folder = Object.fromEntries(files.map((size, i) => [`${i}.bin`, bytesOf(size, i + 1)]))
        await writeTree(pair.source, { d: { empty: {}, sub: folder } })
        const again = () => {
          pair.restore()
          const next = drops.shift()
          if (next !== undefined) dropAfter(pair, next, again)
        }
        dropAfter(pair, drops.shift() ?? 1, again)
        const receiving = accepting(pair.customer)
        await pair.agent.files.send([join(pair.source, 'd')]).done
        await (await receiving).done
        expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
        expect(await pair.leftovers(pair.customer)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  test('RA-FIL-063 a transfer of which only the last word was lost ends well', async () => {
    for (const size of [0, 100, 2 * MIB, 2 * MIB + 5]) {
      await using pair = await Pair.open()
      await writeTree(pair.source, { 'a.bin': bytesOf(10), 'b.bin': bytesOf(size) })
      pair.alter = kind => {
        if (kind.$case !== 'entryVerified') return kind
        pair.alter = it => it
        setImmediate(() => pair.restore())
        return undefined
      }
      const receiving = accepting(pair.customer)
      const sending = pair.agent.files.send([join(pair.source, 'a.bin'), join(pair.source, 'b.bin')])
      await (await receiving).done
      expect((await sending.done).arrived).toEqual(['a.bin', 'b.bin'])
      expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
    }
  })

  test('RA-FIL-064 a file of which the two ends have another beginning is sent from its start, once', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(5 * MIB + 5) })
    let before = 0
    dropAfter(pair, 2.5 * MIB, () => {
      before = pair.agent.sentBytes
      pair.alter = kind => (kind.$case === 'resumeFrom' ? { ...kind, value: { ...kind.value, prefixRoot: new Uint8Array(32) } } : kind)
      pair.restore()
    })
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([join(pair.source, 'a.bin')]).done
    await (await receiving).done
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
    expect(pair.customer.sentCase('resumeFrom')).toMatchObject([{ verifiedBytes: BigInt(2 * MIB) }])
    expect(pair.customer.sentCase('entryCorrupt')).toEqual([])
    expect(pair.agent.sentBytes - before).toBe(5 * MIB + 5)
  })

  test('RA-FIL-068 an offer that was not decided is over', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(10) })
    const offered = pair.customer.files.once('offer')
    const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
    const offer = await offered
    pair.drop()
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_LOST' })
    pair.restore()
    await expect(offer.accept().done).rejects.toMatchObject({ code: 'E_FILE_LOST' })
    expect(await pair.leftovers(pair.customer)).toEqual([])
  })

  test('a hold survives it', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(6 * MIB) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
    for await (const _ of sending) break
    sending.hold()
    pair.drop()
    pair.restore()
    await pair.customer.files.once('offer', { signal: AbortSignal.abort() }).catch(() => {})
    sending.continue()
    await Promise.all([sending.done, (await receiving).done])
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
  })
})

describe('a killed process', () => {
  /** Sends until so much has arrived; then both processes are gone. */
  async function interrupted(pair: Pair, bytes: number): Promise<void> {
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'd')])
    const gone = new Promise<void>(resolve => dropAfter(pair, bytes, resolve))
    await gone
    pair.allow({ flow: 'closed' })
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_LOST' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_LOST' })
  }

  const begun = async (options?: PairOptions) => {
    const pair = await Pair.open(options)
    await writeTree(pair.source, { d: { '1.bin': bytesOf(MIB + 7), '2.bin': bytesOf(4 * MIB + 1, 2), '3.bin': bytesOf(9, 3), sub: {} } })
    for (const folder of ['d/sub', 'd']) await utimes(join(pair.source, folder), LONG_AGO, LONG_AGO)
    await interrupted(pair, 4 * MIB)
    return pair
  }

  const sendAgain = async (pair: Pair) => {
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([join(pair.source, 'd')]).done
    await (await receiving).done
    expect(await pair.leftovers(pair.customer)).toEqual([])
  }

  test('RA-FIL-066, RA-FIL-067 the same files, sent again in another session, go on where they stopped', async () => {
    await using first = await begun()
    expect(await first.leftovers(first.customer)).toHaveLength(1)
    const second = first.again()
    await sendAgain(second)
    expect(await readTree(second.customer.folder)).toEqual(await readTree(second.source))
    expect(second.customer.sentCase('resumeFrom')).toMatchObject([{ verifiedBytes: BigInt(2 * MIB) }])
    expect(second.agent.sentBytes).toBe(2 * MIB + 1 + 9)
    for (const folder of ['d', 'd/sub']) expect((await stat(join(second.customer.folder, folder))).mtimeMs).toBe(LONG_AGO.getTime())
  })

  test('RA-FIL-016, RA-FIL-066 what is here of a file needs no room again; the rest of it does', async () => {
    await using first = await begun()
    const tight = first.again({ platform: roomy(2.5 * MIB) })
    await sendAgain(tight)
    expect(await readTree(tight.customer.folder)).toEqual(await readTree(tight.source))

    await using third = await begun()
    const full = third.again({ platform: roomy(MIB) })
    const receiving = accepting(full.customer)
    await expect(full.agent.files.send([join(full.source, 'd')]).done).rejects.toMatchObject({ code: 'E_FILE_SPACE', failures: [{ path: 'd/2.bin' }] })
    expect((await (await receiving).done).refused).toMatchObject([{ path: 'd/2.bin', code: 'E_FILE_SPACE' }])
    expect(full.agent.sentBytes).toBe(9)
  })

  test('RA-FIL-067 what was kept and is damaged is sent again; what arrived and was removed as well', async () => {
    await using first = await begun()
    const [key = ''] = await first.leftovers(first.customer)
    const part = join(first.customer.folder, '.remote-assist', key, '2.part')
    expect((await stat(part)).size).toBeGreaterThanOrEqual(2 * MIB)
    const { open, rm } = await import('node:fs/promises')
    const handle = await open(part, 'r+')
    await handle.write(Uint8Array.of(1, 2, 3, 4), 0, 4, MIB + 50)
    await handle.close()
    const second = first.again()
    await sendAgain(second)
    expect(second.customer.sentCase('resumeFrom')).toMatchObject([{ verifiedBytes: BigInt(MIB) }])
    expect(await readTree(second.customer.folder)).toEqual(await readTree(second.source))

    await using third = await begun()
    await rm(join(third.customer.folder, 'd', '1.bin'))
    const fourth = third.again()
    await sendAgain(fourth)
    expect(await readTree(fourth.customer.folder)).toEqual(await readTree(fourth.source))
  })

  test('RA-FIL-066 files that changed meanwhile are another content, and begin anew', async () => {
    await using first = await begun()
    await utimes(join(first.source, 'd/2.bin'), new Date(1_000), new Date(1_000))
    const second = first.again()
    const receiving = accepting(second.customer)
    await second.agent.files.send([join(second.source, 'd')]).done
    await (await receiving).done
    expect(second.customer.sentCase('resumeFrom')).toEqual([])
  })

  /** A platform whose reading, of files and of what is kept, waits for a word. */
  function slowly() {
    let go: (() => void) | undefined
    const waiting = new Promise<void>(resolve => {
      go = resolve
    })
    let slow = false
    const wait = async () => {
      if (slow) await waiting
    }
    const platform = (folder: string): FilePlatform => {
      const files = diskFiles({ folder })
      const { store } = files
      return {
        ...files,
        source: async paths => {
          const source = await files.source(paths)
          const open = async (entry: number) => {
            const file = await source.open(entry)
            return { ...file, read: (offset: number, into: Uint8Array) => wait().then(() => file.read(offset, into)) }
          }
          return { ...source, open }
        },
        store: store && {
          room: () => store.room(),
          names: path => store.names(path),
          begin: async key => {
            const intake = await store.begin(key)
            const { leaves } = intake
            return Object.assign(intake, { leaves: async (...of: Parameters<typeof leaves>) => wait().then(() => leaves.apply(intake, of)) })
          },
        },
      }
    }
    return {
      platform,
      slow: () => {
        slow = true
      },
      go: () => go?.(),
    }
  }

  /** Resolves when an end has said this. */
  const said = (end: End, what: Kind['$case']) =>
    new Promise<void>(resolve => {
      const { pair } = end
      const { alter } = pair
      pair.alter = (kind, from) => {
        if (from === end && kind.$case === what) resolve()
        return alter(kind, from)
      }
    })

  test('RA-FIL-039, RA-FIL-067 a slow disk that looks through what was kept is waited for, at either end', async () => {
    await using first = await begun()
    const { platform, slow, go } = slowly()
    const second = first.again({ platform })
    slow()
    const receiving = accepting(second.customer)
    const sending = second.agent.files.send([join(second.source, 'd')])
    await said(second.customer, 'decision')
    const held = said(second.customer, 'hold')
    second.pass(6_000)
    await held
    second.pass(600_000)
    go()
    await Promise.all([sending.done, (await receiving).done])
    expect(await readTree(second.customer.folder)).toEqual(await readTree(second.source))
    expect(second.agent.sentBytes).toBe(2 * MIB + 1 + 9)
  })

  test('RA-FIL-066 a sender that is too slow even so loses nothing of what was kept', async () => {
    await using first = await Pair.open()
    const { platform, slow, go } = slowly()
    const second = first.again({ platform })
    await writeTree(second.source, { d: { 'a.bin': bytesOf(4 * MIB + 1) } })
    const receiving = accepting(second.customer)
    const sending = second.agent.files.send([join(second.source, 'd')])
    await new Promise<void>(resolve => dropAfter(second, 2.5 * MIB, resolve))
    const asked = said(second.customer, 'resumeFrom')
    slow()
    second.restore()
    await asked
    second.pass(31_000)
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_TIMEOUT' })
    await expect((await receiving).done).rejects.toMatchObject({ code: 'E_FILE_TIMEOUT' })
    go()
    const third = first.again()
    await sendAgain(third)
    expect(third.agent.sentBytes).toBe(2 * MIB + 1)
  })

  describe('after which the user answers anew', () => {
    const source = bytesOf(3 * MIB + 5)
    const OLD = 'what the user has'

    /** A transfer dies whose file was to be placed like this; then the user's own file lies under its name. */
    async function died(first: Pair, onConflict: 'rename' | 'overwrite', before: string | undefined) {
      await writeTree(first.source, { 'a.bin': source })
      if (before !== undefined) await writeTree(first.customer.folder, { 'a.bin': Buffer.from(before) })
      const receiving = first.customer.files.once('offer').then(offer => offer.accept({ onConflict }))
      const sending = first.agent.files.send([join(first.source, 'a.bin')])
      await new Promise<void>(resolve => dropAfter(first, 2.5 * MIB, resolve))
      first.allow({ flow: 'closed' })
      await Promise.allSettled([sending.done, (await receiving).done])
      await writeTree(first.customer.folder, { 'a.bin': Buffer.from(OLD) })
      return first.again()
    }

    const answering = async (pair: Pair, onConflict: 'rename' | 'overwrite' | 'skip') => {
      const receiving = pair.customer.files.once('offer').then(offer => offer.accept({ onConflict }))
      const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
      await Promise.allSettled([sending.done, (await receiving).done])
      expect(await pair.leftovers(pair.customer)).toEqual([])
      return { sent: pair.agent.sentBytes, tree: await readTree(pair.customer.folder) }
    }
    const digests = async (pair: Pair) => {
      const { 'a.bin': sent = '' } = await readTree(pair.source)
      await writeTree(join(pair.root, 'old'), { 'a.bin': Buffer.from(OLD) })
      const { 'a.bin': old = '' } = await readTree(join(pair.root, 'old'))
      return { sent, old }
    }

    test.each([
      ['was to be replaced and was changed since', 'overwrite', 'the first draft'],
      ['was put there since', 'rename', undefined],
    ] as const)('RA-FIL-018, RA-FIL-067 a file that %s stays beside the one that arrives, of which nothing is sent twice', async (_, before, there) => {
      await using first = await Pair.open()
      const second = await died(first, before, there)
      const { tree, sent } = await answering(second, 'rename')
      const content = await digests(first)
      expect(tree).toEqual({ 'a.bin': content.old, 'a (2).bin': content.sent })
      expect(sent).toBe(MIB + 5)
    })

    test('RA-FIL-018 a file that was to stay is replaced if that is the answer now, and stays if nothing is to be taken', async () => {
      await using first = await Pair.open()
      const second = await died(first, 'rename', 'the first draft')
      expect((await answering(second, 'overwrite')).tree).toEqual({ 'a.bin': (await digests(first)).sent })
      await using third = await Pair.open()
      const fourth = await died(third, 'overwrite', 'the first draft')
      expect((await answering(fourth, 'skip')).tree).toEqual({ 'a.bin': (await digests(third)).old })
    })
  })

  test('RA-FIL-066 after 24 h nothing is kept', async () => {
    await using first = await begun()
    const tomorrow = () => Date.now() + 24 * 60 * 60 * 1_000 + 60_000
    const second = first.again({ platform: folder => diskFiles({ folder, date: tomorrow }) })
    await sendAgain(second)
    expect(second.customer.sentCase('resumeFrom')).toEqual([])
  })
})
