/** Folders of a disk as plain values, to compare. */
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a folder holds: bytes for a file, another one for a folder. */
export interface Tree {
  readonly [name: string]: Uint8Array | Tree
}

export async function writeTree(at: string, tree: Tree): Promise<void> {
  await mkdir(at, { recursive: true })
  for (const [name, node] of Object.entries(tree)) {
    if (node instanceof Uint8Array) await writeFile(join(at, name), node)
    else await writeTree(join(at, name), node)
  }
}

const digest = (bytes: Uint8Array): string => `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex')}`

/** Each file with its digest, each folder as `folder`, by path: two trees are equal if these are. */
export async function readTree(at: string, above = ''): Promise<Record<string, string>> {
  const listed: Record<string, string> = {}
  for (const name of await readdir(at)) {
    const path = join(at, name)
    const isFolder = (await lstat(path)).isDirectory()
    listed[above + name] = isFolder ? 'folder' : digest(await readFile(path))
    if (isFolder) Object.assign(listed, await readTree(path, `${above}${name}/`))
  }
  return listed
}

/** So many bytes that depend on a seed, the same each time. */
export function bytesOf(count: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(count)
  let state = seed >>> 0 || 1
  for (let i = 0; i < count; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return bytes
}
