/** Serves the static pages: files below one directory, and nothing else. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { BrokerError } from './broker-error.js'

/** What every answer says: nothing of it runs, is framed, or is told to other sites. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** What a page may use: the broker's own files, pictures that it makes itself, and connections to the broker. No inline script or style. */
const pagePolicy = (websocketOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${websocketOrigin}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

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

/**
 * Answers with the file that `path` names: itself, its `.html`, or its `index.html`. Returns `false` if there is none.
 * @param websocketUrl Where the page connects to, beside the origin that it comes from.
 */
export type Pages = (path: string, head: boolean, response: ServerResponse, websocketUrl: string) => Promise<boolean>

/**
 * Pages from a directory. Hidden files, links that lead outside and types that are not listed do not exist.
 * @throws BrokerError `E_OPTION` if there is no such directory.
 */
export async function pagesFrom(directory: string): Promise<Pages> {
  const root = await realpath(directory).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new BrokerError('E_OPTION', `There is no directory ${directory}.`, 'Give --pages a directory with the pages, or leave it out.')
  }
  return async (path, head, response, websocketUrl) => {
    const file = await find(root, path)
    if (file === undefined) return false
    const type = TYPES[extname(file.name)]
    if (type === undefined) return false
    const tag = `"${file.bytes.toString(36)}-${Math.trunc(file.modifiedMs).toString(36)}"`
    const headers = { ...SAFE_HEADERS, 'content-security-policy': pagePolicy(new URL(websocketUrl).origin), 'cache-control': 'no-cache', etag: tag }
    if (response.req.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end()
      return true
    }
    response.writeHead(200, { ...headers, 'content-type': type, 'content-length': file.bytes })
    if (head) response.end()
    // A pipeline closes the file as well when the client goes away first.
    else pipeline(createReadStream(file.name), response, () => undefined)
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
