import { chmod, mkdir, stat, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileOffer } from '../../src/files/offer.js'
import type { FileSource } from '../../src/files/store.js'
import type { Transfer } from '../../src/files/transfer.js'
import { type End, Pair } from './pair.js'
import { bytesOf, readTree, type Tree, writeTree } from './trees.js'

const MIB = 1_048_576

/** The transfer that an end accepts next. */
const accepting = (end: End, options?: Parameters<FileOffer['accept']>[0]): Promise<Transfer> => end.files.once('offer').then(offer => offer.accept(options))

/** A small file, a leaf more or less, or several. */
const size = fc.oneof(fc.nat(5_000), fc.constantFrom(0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB + 3))
const file = fc.tuple(size, fc.integer({ min: 1 })).map(([count, seed]) => bytesOf(count, seed))
/** A name that every system can write: some are devices on Windows, and refused. */
const name = fc.stringMatching(/^[a-zäé漢0-9_-]{1,12}$/).filter(text => !/^(con|prn|aux|nul|(com|lpt)[0-9])$/.test(text))
const { tree } = fc.letrec<{ tree: Tree; node: Uint8Array | Tree }>(tie => ({
  node: fc.oneof({ maxDepth: 3, depthSize: 'small' }, { weight: 3, arbitrary: file }, { weight: 1, arbitrary: tie('tree') }),
  tree: fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 5 }),
}))

describe('a transfer', () => {
  test('RA-FIL-001, RA-FIL-002, RA-FIL-003, RA-FIL-004, RA-FIL-041, RA-FIL-042 any tree arrives equal byte for byte, either way', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.boolean(), async (content, toCustomer) => {
        await using pair = await Pair.open()
        const [from, to] = toCustomer ? [pair.agent, pair.customer] : [pair.customer, pair.agent]
        await writeTree(pair.source, { top: content })
        const receiving = accepting(to)
        const sent = await from.files.send([join(pair.source, 'top')]).done
        await (await receiving).done
        expect(await readTree(to.folder)).toEqual(await readTree(pair.source))
        expect([...sent.arrived].sort()).toEqual(Object.keys(await readTree(to.folder)).sort())
        expect(await pair.leftovers(to)).toEqual([])
        expect(from.sentCase('offer')[0]?.transferId).toBe(toCustomer ? 1 : 2)
      }),
      { numRuns: 15 },
    )
  })

  test('RA-FIL-029 modification times and permissions come along; write access for others and links do not', async () => {
    await using pair = await Pair.open()
    const at = join(pair.source, 'tool')
    await writeTree(at, { run: bytesOf(10), sub: { 'note.txt': bytesOf(20) } })
    await chmod(join(at, 'run'), 0o777)
    await symlink('/etc/passwd', join(at, 'link'))
    const modified = new Date('2020-02-02T02:02:02.000Z')
    for (const path of ['run', 'sub/note.txt', 'sub']) await utimes(join(at, path), modified, modified)
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([at]).done
    await (await receiving).done
    expect(Object.keys(await readTree(pair.customer.folder)).sort()).toEqual(['tool', 'tool/run', 'tool/sub', 'tool/sub/note.txt'])
    for (const path of ['run', 'sub/note.txt', 'sub']) expect((await stat(join(pair.customer.folder, 'tool', path))).mtime).toEqual(modified)
    expect((await stat(join(pair.customer.folder, 'tool/run'))).mode & 0o7777).toBe(0o755)
  })

  test('two thousand small files need no round trip each', async () => {
    await using pair = await Pair.open()
    const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`${i}.bin`, bytesOf(4_096, i + 1)]))
    await writeTree(join(pair.source, 'many'), files)
    let [sent, confirmed, unconfirmed] = [0, 0, 0]
    pair.alter = kind => {
      if (kind.$case === 'entryDone') unconfirmed = Math.max(unconfirmed, ++sent - confirmed)
      if (kind.$case === 'entryVerified') for (const { first, last } of kind.value.ranges) confirmed += last - first + 1
      return kind
    }
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([join(pair.source, 'many')]).done
    await (await receiving).done
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
    // Many files are on their way before the first is confirmed; what comes back is credit, and verified entries in ranges.
    expect(unconfirmed).toBeGreaterThan(64)
    expect(pair.customer.sent.length).toBeLessThan(1_000)
    expect(pair.agent.sent.length).toBe(1 + 3 + 3 * 2_000)
  })

  test('a record may end as many entries as it has messages', async () => {
    await using pair = await Pair.open()
    pair.batch = 4_096
    const source: FileSource = {
      contentId: new Uint8Array(16),
      entries: Array.from({ length: 700 }, (_, i) => ({ path: [`${i}`], kind: 'file', bytes: 0n, modifiedMs: 0, mode: 0 })),
      open: async () => ({ read: async () => 0, unchanged: async () => true, close: async () => {} }),
    }
    const wanted = (path: string) => Number(path) < 600
    const receiving = accepting(pair.customer, { wants: wanted })
    const sent = await pair.agent.files.send(source).done
    expect(sent.arrived).toHaveLength(600)
    await (await receiving).done
  })

  test('RA-FIL-031 progress grows, is told at most 4 times a second, and ends at 1', async () => {
    await using pair = await Pair.open({ rate: 4_000_000 })
    await writeTree(pair.source, { 'big.bin': bytesOf(12 * MIB) })
    const receiving = accepting(pair.customer)
    const fractions: number[] = []
    const begun = pair.now
    for await (const progress of pair.agent.files.send([join(pair.source, 'big.bin')])) {
      fractions.push(progress.fraction)
      expect(progress.path).toBe('big.bin')
      expect(progress.totalBytes).toBe(12 * MIB)
      if (progress.fraction > 0.5 && progress.fraction < 1) {
        expect(progress.bytesPerSecond).toBeGreaterThan(3_000_000)
        expect(progress.bytesPerSecond).toBeLessThan(5_000_000)
        expect(progress.secondsLeft).toBeLessThan(2.1)
      }
    }
    await (await receiving).done
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
    expect(fractions.length).toBeGreaterThan(4)
    expect(fractions.length).toBeLessThan((pair.now - begun) / 250 + 3)
    // A chunk holds at most 50 ms of the rate once that is known.
    expect(
      Math.max(
        ...pair.agent
          .sentCase('chunk')
          .slice(20)
          .map(({ data }) => data.length),
      ),
    ).toBeLessThan(250_000)
  })

  test('RA-FIL-013, RA-FIL-019 an offer that nobody takes up is refused, and silence denies', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.txt': bytesOf(10) })
    const path = join(pair.source, 'a.txt')
    await expect(pair.agent.files.send([path]).done).rejects.toMatchObject({ code: 'E_FILE_REFUSED', message: 'a.txt was declined.' })
    const offered = pair.customer.files.once('offer')
    const sent = pair.agent.files.send([path])
    await offered
    pair.pass(60_000)
    await expect(sent.done).rejects.toMatchObject({ code: 'E_FILE_REFUSED' })
    expect(pair.agent.sentBytes).toBe(0)
  })

  test('RA-FIL-009 the agent asks, the customer gives', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'log.txt': bytesOf(3_000) })
    const asked = pair.customer.files.once('ask')
    const answer = pair.agent.files.ask('The log, please.')
    const ask = await asked
    expect(ask.prompt).toBe('The log, please.')
    ask.give([join(pair.source, 'log.txt')])
    const offer = await answer
    expect(offer.entries).toEqual([{ path: 'log.txt', kind: 'file', bytes: 3_000n, refused: undefined }])
    await offer.accept().done
    expect(await readTree(pair.agent.folder)).toEqual(await readTree(pair.source))
    await expect(Promise.all([pair.customer.files.once('ask').then(it => it.decline()), pair.agent.files.ask('More?')])).rejects.toMatchObject({
      code: 'E_DENIED',
    })
  })

  test('RA-FIL-018, RA-FIL-027 names that are taken are kept: a new one is found, or the old one replaced, or the entry skipped, as wished', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.txt': bytesOf(10, 1), d: { 'b.txt': bytesOf(20, 2), 'c.txt': bytesOf(30, 3) } })
    await writeTree(pair.customer.folder, { 'A.TXT': bytesOf(11, 4), d: { 'b.txt': bytesOf(21, 5) } })
    const before = await readTree(pair.customer.folder)
    const source = await readTree(pair.source)
    const paths = [join(pair.source, 'a.txt'), join(pair.source, 'd')]
    const run = async (onConflict?: 'rename' | 'overwrite' | 'skip') => {
      const receiving = accepting(pair.customer, onConflict === undefined ? {} : { onConflict })
      const result = await pair.agent.files.send(paths).done
      await (await receiving).done
      return result
    }
    expect((await run('skip')).skipped).toEqual(['a.txt', 'd/b.txt'])
    expect(await readTree(pair.customer.folder)).toEqual({ ...before, 'd/c.txt': source['d/c.txt'] })
    await run()
    expect(await readTree(pair.customer.folder)).toMatchObject({ ...before, 'a (2).txt': source['a.txt'], 'd (2)/b.txt': source['d/b.txt'] })
    await run('overwrite')
    expect(await readTree(pair.customer.folder)).toMatchObject({ 'd/b.txt': source['d/b.txt'], 'd/c.txt': source['d/c.txt'] })
  })

  test('RA-FIL-037, RA-FIL-061 either end holds and lets go on; cancelling leaves only what is verified', async () => {
    for (const who of ['agent', 'customer'] as const) {
      await using pair = await Pair.open()
      await writeTree(pair.source, { '1.bin': bytesOf(100), '2.bin': bytesOf(9 * MIB) })
      const receiving = accepting(pair.customer)
      const sending = pair.agent.files.send([join(pair.source, '1.bin'), join(pair.source, '2.bin')])
      const received = await receiving
      const own = who === 'agent' ? sending : received
      for await (const progress of sending) {
        expect(progress.fraction).toBeLessThan(1)
        own.hold()
        break
      }
      expect(own.held.us).toBe(true)
      own.continue()
      own.cancel()
      await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_CANCELLED' })
      await expect(received.done).rejects.toMatchObject({ code: 'E_FILE_CANCELLED' })
      expect(await pair.leftovers(pair.customer)).toEqual([])
      expect(Object.keys(await readTree(pair.customer.folder)).filter(path => path !== '1.bin')).toEqual([])
    }
  })

  test('the last figure is told also if no byte follows, at both ends', async () => {
    await using pair = await Pair.open({ rate: 4_000_000 })
    await writeTree(pair.source, { 'big.bin': bytesOf(3 * MIB) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'big.bin')])
    const received = await receiving
    let arrived = 0
    const stopped = new Promise<void>(resolve => {
      pair.alter = kind => {
        if (kind.$case === 'chunk') arrived += kind.value.data.length
        if (arrived > MIB && pair.agent.sentCase('hold').length === 0) sending.hold()
        if (kind.$case === 'hold') setImmediate(resolve)
        return kind
      }
    })
    await stopped
    const last = async (transfer: Transfer) => {
      for await (const { bytes } of transfer) return bytes
      return undefined
    }
    pair.pass(250)
    expect([await last(sending), await last(received)]).toEqual([pair.agent.sentBytes, arrived])
    sending.continue()
    await Promise.all([sending.done, received.done])
  })

  test('an empty file needs no credit', async () => {
    await using pair = await Pair.open()
    await writeTree(join(pair.source, 'd'), { a: new Uint8Array(), sub: { b: new Uint8Array() } })
    pair.alter = kind => (kind.$case === 'credit' ? { $case: 'credit', value: { ...kind.value, bytes: 0n } } : kind)
    const receiving = accepting(pair.customer)
    await pair.agent.files.send([join(pair.source, 'd')]).done
    await (await receiving).done
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
  })

  test('RA-FIL-062 losing the permission ends what is under way', async () => {
    await using pair = await Pair.open()
    await writeTree(pair.source, { 'a.bin': bytesOf(5 * MIB) })
    const receiving = accepting(pair.customer)
    const sending = pair.agent.files.send([join(pair.source, 'a.bin')])
    const received = await receiving
    for await (const _ of sending) break
    pair.allow({ toCustomer: false })
    await expect(sending.done).rejects.toMatchObject({ code: 'E_FILE_REVOKED' })
    await expect(received.done).rejects.toMatchObject({ code: 'E_FILE_REVOKED' })
    expect(await pair.leftovers(pair.customer)).toEqual([])
  })

  test('more than eight transfers wait for their turn', async () => {
    await using pair = await Pair.open()
    await mkdir(pair.customer.folder)
    const names = Array.from({ length: 20 }, (_, i) => `${i}.bin`)
    await writeTree(pair.source, Object.fromEntries(names.map((it, i) => [it, bytesOf(2_000, i + 1)])))
    const received: Promise<unknown>[] = []
    pair.customer.files.on('offer', offer => void received.push(offer.accept().done))
    await Promise.all(names.map(it => pair.agent.files.send([join(pair.source, it)]).done))
    await Promise.all(received)
    expect(await readTree(pair.customer.folder)).toEqual(await readTree(pair.source))
    expect(pair.customer.sentCase('refused')).toEqual([])
  })
})
