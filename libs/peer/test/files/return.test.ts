import { stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Transfer } from '../../src/files/transfer.js'
import { diskFiles } from '../../src/node/file-store.js'
import { type End, Pair, type PairOptions } from './pair.js'
import { bytesOf, readTree, writeTree } from './trees.js'

const MIB = 1_048_576
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

  test('RA-FIL-066 after 24 h nothing is kept', async () => {
    await using first = await begun()
    const tomorrow = () => Date.now() + 24 * 60 * 60 * 1_000 + 60_000
    const second = first.again({ platform: folder => diskFiles({ folder, date: tomorrow }) })
    await sendAgain(second)
    expect(second.customer.sentCase('resumeFrom')).toEqual([])
  })
})
