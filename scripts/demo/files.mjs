import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { someBytes } from './random.mjs'

const LARGE_BYTES = 3_000_000

/** Makes a file and a folder with files in it, of random names and bytes; returns their paths. */
export function makeFiles(folder) {
  const name = () => `${someBytes(1).toString('hex')}-${Date.now().toString(36)}-${someBytes(6).toString('hex')}`
  const file = join(folder, `${name()}.bin`)
  writeFileSync(file, someBytes(LARGE_BYTES))
  const tree = join(folder, name())
  mkdirSync(join(tree, 'empty'), { recursive: true })
  mkdirSync(join(tree, 'inner'))
  writeFileSync(join(tree, `${name()}.txt`), someBytes(100))
  writeFileSync(join(tree, 'inner', `${name()}.bin`), someBytes(LARGE_BYTES / 10))
  writeFileSync(join(tree, 'inner', 'nothing'), '')
  return [file, tree]
}

/** The SHA-256 of every file below a folder, by its path there; folders end with a slash. */
export function digestsOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const described = entries.map(entry => {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    const below = relative(folder, path)
    return entry.isDirectory() ? [`${below}/`, ''] : [below, createHash('sha256').update(readFileSync(path)).digest('hex')]
  })
  return Object.fromEntries(described.filter(([path]) => !path.startsWith('.remote-assist')).sort(([one], [other]) => (one < other ? -1 : 1)))
}
