import { type Entry, EntryAction, EntryKind } from '@remote-assist/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Conflict, decide, Manifest } from '../../src/files/manifest.js'
import { foldName } from '../../src/files/names.js'
import type { Occupant } from '../../src/files/store.js'

const entry = (number: number, path: readonly string[], kind: EntryKind): Entry => ({
  entry: number,
  path: [...path],
  kind,
  bytes: kind === EntryKind.FILE ? 1n : 0n,
  modifiedMs: 0n,
  mode: 0,
})

/** Where each entry goes that is taken, if these names are taken already. */
async function placed(entries: readonly Entry[], taken: ReadonlyMap<string, Occupant>, conflict: Conflict) {
  const manifest = new Manifest()
  manifest.add(entries, [])
  const names = async (folder: readonly string[]) => (folder.length === 0 ? taken : new Map<string, Occupant>())
  const choices = await decide({ manifest, wants: () => true, conflict, badName: 'rename', roomBytes: 1_000_000n, names, kept: undefined })
  return choices.filter(({ placement }) => placement !== undefined)
}

/** Long names that are cut to the same, and short ones that resemble each other; some are no names. */
const anyName = fc.oneof(
  fc.constantFrom('AAAA', 'BBBB', 'CCCC', 'DDDD').map(end => `${'x'.repeat(251)}${end}`),
  fc.constantFrom('a', 'a?', 'a:', 'a_', 'a_ (2)', 'A (2)', 'a (2)', 'a (3)'),
)
const anyTree = fc
  .uniqueArray(anyName, { minLength: 1, maxLength: 8 })
  .chain(names => fc.tuple(fc.constant(names), fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length })))

test('RA-FIL-018, RA-FIL-027 no two entries get the same place, whatever they are called and whatever is there', async () => {
  const there = fc.dictionary(anyName, fc.constantFrom<Occupant>('file', 'folder', 'other'))
  await fc.assert(
    fc.asyncProperty(anyTree, there, fc.constantFrom<Conflict>('rename', 'overwrite', 'skip'), async ([names, folders], taken, conflict) => {
      const entries = names.map((name, i) => entry(i, [name], folders[i] ? EntryKind.FOLDER : EntryKind.FILE))
      const choices = await placed(entries, new Map(Object.entries(taken)), conflict)
      const places = choices.map(({ placement }) => foldName(placement?.path.join('/') ?? ''))
      expect(new Set(places).size).toBe(places.length)
    }),
  )
})

test('RA-FIL-027 long names that are cut to the same new one are told apart', async () => {
  const names = ['AAAA', 'BBBB', 'CCCC'].map(end => `${'x'.repeat(251)}${end}`)
  const entries = names.map((name, i) => entry(i, [name], i === 2 ? EntryKind.FILE : EntryKind.FOLDER))
  const choices = await placed(entries, new Map(names.map(name => [name, 'folder'])), 'rename')
  expect(choices.map(({ action }) => action)).toEqual([EntryAction.RENAME, EntryAction.RENAME, EntryAction.RENAME])
  expect(choices.map(({ name }) => name.slice(-4))).toEqual([' (2)', ' (3)', ' (4)'])
})
