/** The way between the program and its window: a server that nobody but this user's own window gets into. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Act, actOf, type CompanionState } from '@remote-assist/ui'
import type { PageFile } from './page-files.js'
import { peerUser } from './peer-user.js'

/** What a door does with who comes in. */
export interface DoorOptions {
  /** What the window loads, by path. */
  readonly page: ReadonlyMap<string, PageFile>
  /** The person did something. */
  act(act: Act): void
  /** A file is lent, as it comes; resolves to its number. Rejects if it is not taken. */
  upload(name: string, content: AsyncIterable<Uint8Array>): Promise<number>
  /** The window shows the first state. */
  opened(): void
  /** The window is closed, or its browser has ended. */
  gone(): void
  /** Who is let in: their user id. Default: the owner of this process. */
  readonly user?: number | undefined
}

const LOOPBACK = '127.0.0.1'
const MAX_ACT_BYTES = 65_536
const SECRET_BYTES = 32

/** The page may load its own files and talk to the door; nothing inline, nobody else, no frame around it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
  'cache-control': 'no-store',
} as const

/**
 * Listens on loopback alone, at a port of the system's choice. The secret in its address counts once; what comes in by it gets a token that only its page
 * knows. Every request is of this user, by the right name and, but for the page's own files, from the page's own origin.
 */
export class Door {
  readonly #options: DoorOptions
  readonly #server: Server
  readonly #host: string
  #secret: string | undefined = randomBytes(SECRET_BYTES).toString('base64url')
  #token: string | undefined
  #stream: ServerResponse | undefined
  #newest: string | undefined

  private constructor(options: DoorOptions, server: Server) {
    this.#options = options
    this.#server = server
    this.#host = `${LOOPBACK}:${(server.address() as AddressInfo).port}`
    server.on('connection', socket => this.#check(socket))
    server.on('request', (request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  /** Opens the door. */
  static async open(options: DoorOptions): Promise<Door> {
    const server = createServer()
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
    return new Door(options, server)
  }

  /** Where the window begins; of no use to a second one. */
  get url(): string {
    return `http://${this.#host}/#${this.#secret ?? ''}`
  }

  /** What is to be seen from now on. */
  show(state: CompanionState): void {
    this.#newest = `${JSON.stringify(state)}\n`
    this.#stream?.write(this.#newest)
  }

  /** Nobody comes in any more, and who is in goes. */
  close(): void {
    this.#stream?.end()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Another user of this computer may reach a port on loopback: the system says whose the other end is. */
  #check(socket: Socket): void {
    const { user = process.getuid?.() } = this.#options
    const theirs = peerUser(socket)
    if (theirs !== undefined && theirs !== user) socket.destroy()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const { method, headers } = request
    // A name that leads to this address is not enough: a page of somebody else's could have it.
    if (headers.host !== this.#host) return refuse(response, 421)
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${this.#host}`)
    if (method === 'GET') return this.#give(pathname, response)
    if (method !== 'POST') return refuse(response, 405)
    if (headers.origin !== `http://${this.#host}`) return refuse(response, 403)
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    if (pathname === '/enter') return this.#enter(bearer, response)
    if (!same(bearer, this.#token)) return refuse(response, 403)
    switch (pathname) {
      case '/state':
        return this.#follow(response)
      case '/act':
        return this.#act(request, response)
      case '/upload':
        return this.#upload(searchParams.get('name') ?? '', request, response)
      default:
        return refuse(response, 404)
    }
  }

  #give(path: string, response: ServerResponse): void {
    const file = this.#options.page.get(path === '/' ? '/index.html' : path)
    if (file === undefined) return refuse(response, 404)
    response.setHeader('content-type', file.type)
    response.end(file.bytes)
  }

  #enter(secret: string, response: ServerResponse): void {
    if (!same(secret, this.#secret)) return refuse(response, 403)
    this.#secret = undefined
    this.#token = randomBytes(SECRET_BYTES).toString('base64url')
    response.setHeader('content-type', 'text/plain')
    response.end(this.#token)
  }

  #follow(response: ServerResponse): void {
    if (this.#stream !== undefined) return refuse(response, 409)
    this.#stream = response
    response.setHeader('content-type', 'application/x-ndjson')
    response.flushHeaders()
    response.on('close', () => this.#options.gone())
    if (this.#newest !== undefined) response.write(this.#newest)
    this.#options.opened()
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) > MAX_ACT_BYTES) return refuse(response, 413)
    const act = actOf(parsed(await buffer(request)))
    if (act === undefined) return refuse(response, 400)
    this.#options.act(act)
    response.statusCode = 204
    response.end()
  }

  async #upload(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const id = await this.#options.upload(name, request)
      response.setHeader('content-type', 'text/plain')
      response.end(String(id))
    } catch {
      refuse(response, 422)
    }
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function same(given: string, wanted: string | undefined): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted ?? '')]
  return wanted !== undefined && a.length === b.length && timingSafeEqual(a, b)
}
