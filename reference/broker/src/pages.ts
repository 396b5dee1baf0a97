/** Serves the static pages: files below one directory, and nothing else. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'

/** No script or style but the broker's own files, no frames, no forms, and nothing is told to other sites. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
}

/** Answers with the file that `path` names: itself, its `.html`, or its `index.html`. Returns `false` if there is none. */
export type Pages = (path: string, head: boolean, response: ServerResponse) => Promise<boolean>

/** Pages from a directory. Hidden files, links that lead outside and types that are not listed do not exist. */
export function pagesFrom(directory: string): Pages {
  const root = realpath(directory)
  return async (path, head, response) => {
    const file = await find(await root, path)
    if (file === undefined) return false
    const type = TYPES[extname(file.name)]
    if (type === undefined) return false
    const tag = `"${file.bytes.toString(36)}-${Math.trunc(file.modifiedMs).toString(36)}"`
    const headers = { ...PAGE_HEADERS, 'cache-control': 'no-cache', etag: tag }
    if (response.req.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end()
      return true
    }
    response.writeHead(200, { ...headers, 'content-type': type, 'content-length': file.bytes })
    if (head) response.end()
    else
      createReadStream(file.name)
        .on('error', () => response.destroy())
        .pipe(response)
    return true
  }
}

async function find(root: string, path: string) {
  const parts = path.split('/').filter(part => part !== '')
  if (parts.some(part => part.startsWith('.') || part.includes('\\') || part.includes('\0'))) return undefined
  const base = join(root, ...parts)
  const candidates = parts.length === 0 ? [join(base, 'index.html')] : [base, `${base}.html`, join(base, 'index.html')]
  for (const candidate of candidates) {
    const name = await realpath(candidate).catch(() => undefined)
    if (name === undefined || !name.startsWith(root + sep)) continue
    const facts = await stat(name)
    if (facts.isFile()) return { name, bytes: facts.size, modifiedMs: facts.mtimeMs }
  }
  return undefined
}
