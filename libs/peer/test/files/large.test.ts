import { createHash } from 'node:crypto'
import { open, readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { EntryKind } from '@remote-assist/codec'
import { expect, test } from 'vitest'
import type { Hasher } from '../../src/files/hasher.js'
import { Manifest } from '../../src/files/manifest.js'
import type { FilePlatform, FileSource } from '../../src/files/store.js'
import { diskFiles } from '../../src/node/file-store.js'
import { nodeHasher } from '../../src/node/file-store-hasher.js'
import { Pair } from './pair.js'
import { bytesOf } from './trees.js'

const MIB = 1_048_576
const FOUR_GIB = 2 ** 32
/** A leaf that straddles 2³², a whole one behind it, and a last one that is not whole. */
const BYTES = FOUR_GIB + 2 * MIB + 5
/** The leaves up to the one at 2³². */
const LEAVES = FOUR_GIB / MIB + 1
const TAIL = bytesOf(MIB + 5, 7)
const RAISED = { maxFileBytes: BigInt(2 * FOUR_GIB) }

/** A file of holes, with something in it at its beginning, around 2³² and at its end. */
async function sparseFile(path: string): Promise<string> {
  const handle = await open(path, 'w')
  await handle.truncate(BYTES)
  for (const [at, data] of [
    [0, bytesOf(1_000, 5)],
    [FOUR_GIB - 500, bytesOf(1_000, 6)],
    [BYTES - TAIL.length, TAIL],
  ] as const)
    await handle.write(data, 0, data.length, at)
  await handle.close()
  return path
}

test('RA-FIL-014 a file of more than 4 GiB is refused before a byte of it flows, unless the administrator raised the limit', async () => {
  await using pair = await Pair.open()
  pair.customer.files.on('offer', () => expect.unreachable('nothing is left to ask about'))
  await expect(pair.agent.files.send([await sparseFile(join(pair.source, 'disk.img'))]).done).rejects.toMatchObject({
    code: 'E_FILE_TOO_LARGE',
    message: 'disk.img is 4 GB; the limit set by your administrator is 1 GB a file.',
  })
  expect(pair.agent.sentBytes).toBe(0)
})

/** Tells pieces apart by two of their bytes: what is looked at here are offsets, four gigabytes of them. */
const quickHasher: Hasher = {
  ...nodeHasher,
  leaf() {
    const hash = nodeHasher.leaf()
    return { update: data => hash.update(Uint8Array.of(data[0] ?? 0, data.at(-1) ?? 0)), digest: () => hash.digest() }
  },
}

const DEEP = process.env.DEEP === 'true'

/** The disk, with what is quick; unless there is time to read four gigabytes of holes, what the journal says of them is believed. */
function quick(folder: string): FilePlatform {
  const disk = diskFiles({ folder })
  const { store } = disk
  if (store === undefined || DEEP) return { ...disk, hasher: quickHasher }
  const begin: typeof store.begin = async key => {
    const intake = await store.begin(key)
    intake.leaves = async () => Array.from({ length: LEAVES }, () => zeroLeaf())
    return intake
  }
  return { hasher: quickHasher, source: disk.source, store: { room: () => store.room(), names: path => store.names(path), begin } }
}

function zeroLeaf(): Uint8Array {
  const hash = quickHasher.leaf()
  hash.update(new Uint8Array(1))
  return hash.digest() as Uint8Array
}

test('RA-FIL-063, RA-FIL-066, RA-FIL-067 what was kept of a file beyond 4 GiB goes on there', async () => {
  await using pair = await Pair.open({ permit: RAISED, platform: quick })
  const contentId = new Uint8Array(16)
  const source: FileSource = {
    contentId,
    entries: [{ path: ['disk.img'], kind: 'file', bytes: BigInt(BYTES), modifiedMs: 0, mode: 0 }],
    open: async () => ({
      read: async (offset, into) => {
        const from = offset - (BYTES - TAIL.length)
        if (from >= 0) into.set(TAIL.subarray(from, from + into.length))
        return Math.min(into.length, BYTES - offset)
      },
      unchanged: async () => true,
      close: async () => {},
    }),
  }
  // As a process leaves it that died behind the leaf at 2³².
  const manifest = new Manifest()
  const entry = { entry: 0, path: ['disk.img'], kind: EntryKind.FILE, bytes: BigInt(BYTES), modifiedMs: 0n, mode: 0 }
  manifest.add([entry], [])
  const intake = await quick(pair.customer.folder).store?.begin({ contentId, peer: 'agent', manifest: await manifest.digest(quickHasher) })
  await intake?.plan(new Map([[0, { path: ['disk.img'], overwrite: false }]]))
  await intake?.write(entry, 0, new Uint8Array(1))
  await Promise.all(Array.from({ length: LEAVES }, (_, index) => intake?.verified(entry, index, zeroLeaf())))
  await intake?.end(true)
  const quarantine = join(pair.customer.folder, '.remote-assist')
  const [key = ''] = await readdir(quarantine)
  await truncate(join(quarantine, key, '0.part'), LEAVES * MIB + 99)

  const receiving = pair.customer.files.once('offer').then(offer => offer.accept().done)
  await pair.agent.files.send(source).done
  await receiving
  expect(pair.customer.sentCase('resumeFrom')).toMatchObject([{ entry: 0, verifiedBytes: BigInt(LEAVES * MIB) }])
  expect(pair.agent.sentCase('chunk')[0]?.offset).toBe(BigInt(LEAVES * MIB))
  expect(pair.agent.sentBytes).toBe(BYTES - LEAVES * MIB)
  await expectSame(join(pair.customer.folder, 'disk.img'))
})

/** It has the size, and the tail; and where the source has holes, it takes no room either. */
async function expectSame(path: string): Promise<void> {
  const handle = await open(path)
  const tail = new Uint8Array(TAIL.length)
  await handle.read(tail, 0, tail.length, BYTES - tail.length)
  await handle.close()
  const { size, blocks } = await stat(path)
  expect(size).toBe(BYTES)
  expect(Buffer.compare(tail, TAIL)).toBe(0)
  expect(blocks * 512).toBeLessThan(64 * MIB)
}

if (DEEP)
  test('RA-FIL-014, RA-FIL-041, RA-FIL-043 a file of more than 4 GiB arrives whole where the limit is raised, and holes take no room', async () => {
    await using pair = await Pair.open({ permit: RAISED, rate: 10_000_000_000 })
    const path = await sparseFile(join(pair.source, 'disk.img'))
    // Four gigabytes of messages are not kept to be looked at.
    let chunks = 0
    let farthest = 0n
    pair.alter = kind => {
      if (kind.$case === 'chunk') {
        chunks++
        farthest = kind.value.offset
      }
      if (pair.agent.sent.length > 1_000) pair.agent.sent.length = 0
      if (pair.customer.notices.length > 1_000) pair.customer.notices.length = 0
      return kind
    }
    const receiving = pair.customer.files.once('offer').then(offer => offer.accept().done)
    await pair.agent.files.send([path]).done
    await receiving
    expect(chunks).toBeGreaterThan(FOUR_GIB / 262_144)
    expect(farthest).toBeGreaterThan(BigInt(FOUR_GIB))
    const arrived = join(pair.customer.folder, 'disk.img')
    await expectSame(arrived)
    expect(await digestOf(arrived)).toBe(await digestOf(path))
  }, 1_800_000)

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  const handle = await open(path)
  for await (const piece of handle.createReadStream({ highWaterMark: MIB })) hash.update(piece)
  return hash.digest('hex')
}
