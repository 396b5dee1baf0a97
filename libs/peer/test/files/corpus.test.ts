import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileTransferError } from '../../src/files/errors.js'
import { nameFault } from '../../src/files/names.js'
import type { FileSource } from '../../src/files/store.js'
import { BAD, GOOD, type Path, UNSAYABLE } from './corpus.js'
import { Pair } from './pair.js'

/** More than a thousand names, at a real store on a real disk. */

const keyOf = (path: Path): string => path.join('\0')
const contentOf = (path: Path): Uint8Array => new TextEncoder().encode(JSON.stringify(path))

/** These files, each behind the folders in which it is; its content tells which one it is. */
function sourceOf(paths: readonly Path[]): FileSource {
  const folders = new Map<string, Path>()
  for (const path of paths) for (let depth = 1; depth < path.length; depth++) folders.set(keyOf(path.slice(0, depth)), path.slice(0, depth))
  const entries = [
    ...[...folders.values()].map(path => ({ path, kind: 'folder' as const, bytes: 0n, modifiedMs: 0, mode: 0 })),
    ...paths.map(path => ({ path, kind: 'file' as const, bytes: BigInt(contentOf(path).length), modifiedMs: 0, mode: 0 })),
  ]
  const dataOf = (entry: number): Uint8Array => contentOf(entries[entry]?.path ?? [])
  return {
    contentId: new Uint8Array(16),
    entries,
    open: () => Promise.reject(new Error('All of it is small.')),
    whole: async asked => asked.map(dataOf),
  }
}

/** The files of a folder, by path, with what each says it is. */
async function found(at: string, above: Path = []): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(join(at, ...above), { withFileTypes: true })) {
    const path = [...above, entry.name]
    if (entry.isDirectory()) for (const [key, says] of await found(at, path)) files.set(key, says)
    else files.set(keyOf(path), await readFile(join(at, ...path), 'utf8'))
  }
  return files
}

const said = (path: Path): string => JSON.stringify(path)

test('the corpus has more than a thousand names', () => {
  expect(GOOD.length + BAD.length + UNSAYABLE.length).toBeGreaterThan(1_500)
  expect(new Set([...GOOD, ...BAD].map(keyOf)).size).toBeGreaterThan(1_500)
})

describe.each(['to the customer', 'from the customer'] as const)('names on their way %s', way => {
  const ends = (pair: Pair) => (way === 'to the customer' ? ([pair.agent, pair.customer] as const) : ([pair.customer, pair.agent] as const))

  test('RA-FIL-021, RA-FIL-022, RA-FIL-023, RA-FIL-024, RA-FIL-025 each good one arrives exactly, each other one is refused with a safe one', async () => {
    await using pair = await Pair.open()
    const [from, to] = ends(pair)
    const receiving = to.files.once('offer').then(offer => offer.accept().done)
    const error: FileTransferError = await from.files.send(sourceOf([...GOOD, ...BAD])).done.then(
      () => expect.unreachable('Some are refused.'),
      (failed: FileTransferError) => failed,
    )
    await receiving
    expect(await found(to.folder)).toEqual(new Map(GOOD.map(path => [keyOf(path), said(path)])))
    expect(error.failures.map(({ path }) => path)).toEqual(BAD.map(path => path.join('/')))
    for (const { code, proposedName = '' } of error.failures) {
      expect(code).toBe('E_FILE_NAME')
      expect(nameFault(proposedName)).toBeUndefined()
    }
  })

  test('RA-FIL-026, RA-FIL-027 a receiver that takes safe names has every file, each once, under the name that it decided on', async () => {
    await using pair = await Pair.open()
    const [from, to] = ends(pair)
    const receiving = to.files.once('offer').then(offer => offer.accept({ onBadName: 'rename' }).done)
    const source = sourceOf([...GOOD, ...BAD])
    await from.files.send(source).done
    await receiving
    const decided = new Map(to.sentCase('decision').flatMap(({ exceptions }) => exceptions.map(({ entry, name }) => [entry, name] as const)))
    const expected = source.entries.flatMap(({ path, kind }, entry) =>
      kind === 'folder' ? [] : [[keyOf([...path.slice(0, -1), decided.get(entry) ?? path.at(-1) ?? '']), said(path)] as const],
    )
    expect(decided.size).toBe(BAD.length)
    expect(await found(to.folder)).toEqual(new Map(expected))
  })

  test('what no manifest can hold is not offered, and each is told, with a safe name where one would help', async () => {
    await using pair = await Pair.open()
    const [from] = ends(pair)
    const entries = UNSAYABLE.map(path => ({ path, kind: 'file' as const, bytes: 0n, modifiedMs: 0, mode: 0 }))
    const sending = from.files.send({ ...sourceOf([['a']]), entries })
    const error: FileTransferError = await sending.done.then(
      () => expect.unreachable('It cannot be offered.'),
      (failed: FileTransferError) => failed,
    )
    expect(error.code).toBe('E_FILE_NAME')
    expect(error.failures.map(({ path }) => path)).toEqual(UNSAYABLE.map(path => path.join('/')))
    for (const { proposedName } of error.failures.slice(0, 1).concat(error.failures.slice(2, 10))) expect(nameFault(proposedName ?? '')).toBeUndefined()
    expect(from.sent).toEqual([])
  })
})
