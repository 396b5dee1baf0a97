/** The files of the window's page. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One of them. */
export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** All files below a folder, by their paths from there: `/index.html`. Nothing else can be asked for. */
export function pageFiles(folder: URL): ReadonlyMap<string, PageFile> {
  const root = fileURLToPath(folder)
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => statSync(join(root, name)).isFile())
  return new Map(names.map(name => [`/${name}`, { type: TYPES[extname(name)] ?? 'application/octet-stream', bytes: readFileSync(join(root, name)) }] as const))
}
