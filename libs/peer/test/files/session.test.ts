import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskFiles } from '../../src/node/file-store.js'
import { assisting } from '../support/house.js'
import { bytesOf, readTree, writeTree } from './trees.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const TREE = { 'readme.txt': bytesOf(3_000), driver: { 'setup.bin': bytesOf(3_000_000, 2), docs: { 'notes.md': bytesOf(70, 3) } } }

/** A session in which both ends have a folder that takes files. */
const sharing = () => assisting({ files: diskFiles({ folder: join(root, 'agent') }) }, {}, { files: diskFiles({ folder: join(root, 'customer') }) })

test('in a session, a file and a folder go to the customer, and back to the agent who asks', async () => {
  await writeTree(join(root, 'source'), TREE)
  const { session, customer } = await sharing()
  const received = new Promise((resolve, reject) => customer.on('file', ({ offer }) => offer.accept().done.then(resolve, reject)))
  const fractions: number[] = []
  for await (const progress of session.files.send([join(root, 'source/readme.txt'), join(root, 'source/driver')])) fractions.push(progress.fraction)
  await received
  expect(fractions.at(-1)).toBe(1)
  expect(await readTree(join(root, 'customer'))).toEqual(await readTree(join(root, 'source')))

  customer.on('file-ask', ({ ask }) => void ask.give([join(root, 'customer/readme.txt'), join(root, 'customer/driver')]))
  const offer = await session.files.ask('Please send the driver back.')
  await offer.accept().done
  expect(await readTree(join(root, 'agent'))).toEqual(await readTree(join(root, 'source')))
})

test('the customer may offer of its own accord', async () => {
  await writeTree(join(root, 'source'), TREE)
  const { session, customer } = await sharing()
  const received = new Promise((resolve, reject) => session.on('file', offer => offer.accept().done.then(resolve, reject)))
  await customer.files(session.self).send([join(root, 'source/driver')]).done
  await received
  expect((await readTree(join(root, 'agent')))['driver/setup.bin']).toBe((await readTree(join(root, 'source')))['driver/setup.bin'])
})

test('without a listener files are refused, and a transfer fails with the session', async () => {
  await writeTree(join(root, 'source'), TREE)
  const { session, customer } = await sharing()
  const path = join(root, 'source/readme.txt')
  await expect(session.files.send([path]).done).rejects.toMatchObject({ code: 'E_FILE_REFUSED' })
  await expect(session.files.ask('Anything?')).rejects.toMatchObject({ code: 'E_DENIED' })
  customer.on('file', () => customer.stop())
  await expect(session.files.send([path]).done).rejects.toMatchObject({ code: expect.stringMatching(/^E_(STOPPED|FILE_LOST)$/) })
})

test('a transfer goes on after a dropped line', async () => {
  await writeTree(join(root, 'source'), { 'big.bin': bytesOf(9_000_000) })
  const { session, customer } = await sharing()
  const received = new Promise((resolve, reject) => customer.on('file', ({ offer }) => offer.accept().done.then(resolve, reject)))
  const sending = session.files.send([join(root, 'source/big.bin')])
  for await (const _ of sending) break
  customer.dropLine()
  await Promise.all([sending.done, received])
  expect(await readTree(join(root, 'customer'))).toEqual(await readTree(join(root, 'source')))
})

test('hundreds of small files leave back to back, more than the line has room for at a time', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.bin`, bytesOf(i % 50 === 0 ? 0 : 30_000, i + 1)]))
  await writeTree(join(root, 'source'), { many: files })
  const { session, customer } = await sharing()
  const received = new Promise((resolve, reject) => customer.on('file', ({ offer }) => offer.accept().done.then(resolve, reject)))
  await session.files.send([join(root, 'source/many')]).done
  await received
  expect(await readTree(join(root, 'customer'))).toEqual(await readTree(join(root, 'source')))
})
