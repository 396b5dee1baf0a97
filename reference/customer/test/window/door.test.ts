import { once } from 'node:events'
import { request } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { type Act, initialCompanion } from '@remote-assist/ui'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Door, type DoorOptions } from '../../src/window/door.js'

const PAGE = new Map([['/index.html', { type: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>') }]])

let door: Door
let acts: Act[]
let gone: Promise<void>

async function open(options: Partial<DoorOptions> = {}): Promise<void> {
  acts = []
  let went = () => {}
  gone = new Promise(resolve => {
    went = resolve
  })
  door = await Door.open({
    page: PAGE,
    act: act => acts.push(act),
    upload: async (name, content) => {
      if (name === '') throw new RangeError('It has no name.')
      return (await buffer(content)).length
    },
    opened: () => undefined,
    gone: went,
    ...options,
  })
}

beforeEach(() => open())
afterEach(() => door.close())

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string
}

/** Asks as the page does, but for what is given. */
function ask(path: string, { method = 'POST', headers = {}, body }: Asked = {}) {
  const { origin } = new URL(door.url)
  const all = Object.entries({ origin, ...headers }).filter((header): header is [string, string] => header[1] !== undefined)
  const asked = request(`${origin}${path}`, { method, headers: Object.fromEntries(all) })
  asked.end(body)
  return once(asked, 'response').then(([response]) => response)
}

const secret = (): string => new URL(door.url).hash.slice(1)
const bearing = (token: string): Asked => ({ headers: { authorization: `Bearer ${token}` } })
const enter = async (): Promise<string> => text(await ask('/enter', bearing(secret())))

describe('the way to the window', () => {
  test('the page gets in by the secret of its address, sees what is shown, and is heard', async () => {
    const token = await enter()
    door.show(initialCompanion)
    const stream = await ask('/state', bearing(token))
    expect(stream.statusCode).toBe(200)
    const [line] = await once(stream, 'data')
    expect(JSON.parse(String(line))).toEqual(JSON.parse(JSON.stringify(initialCompanion)))
    expect((await ask('/act', { headers: { ...bearing(token).headers, 'content-length': '13' }, body: '{"do":"stop"}' })).statusCode).toBe(204)
    expect(acts).toEqual([{ do: 'stop' }])
    expect(await text(await ask('/upload?name=a.txt', { ...bearing(token), body: 'abc' }))).toBe('3')
    expect((await ask('/upload', { ...bearing(token), body: 'abc' })).statusCode).toBe(422)
    stream.destroy()
    await gone
  })

  test('the secret counts once, and there is one window', async () => {
    const first = secret()
    const token = await enter()
    expect((await ask('/enter', bearing(first))).statusCode).toBe(403)
    expect((await ask('/enter', bearing(''))).statusCode).toBe(403)
    const stream = await ask('/state', bearing(token))
    expect((await ask('/state', bearing(token))).statusCode).toBe(409)
    stream.destroy()
  })

  test('a wrong secret opens nothing, and uses nothing up', async () => {
    for (const wrong of ['', 'x', secret().slice(1), `${secret().slice(0, -1)}!`]) expect((await ask('/enter', bearing(wrong))).statusCode).toBe(403)
    expect(await enter()).toMatch(/^[\w-]{43}$/)
  })

  test.each(['/state', '/act', '/upload?name=a', '/enter', '/elsewhere'])('%s is nothing for who has no token', async path => {
    expect((await ask(path)).statusCode).toBe(403)
    await enter()
    expect((await ask(path, bearing('undefined'))).statusCode).toBe(403)
    expect(acts).toEqual([])
  })

  test('a page of another origin, or under another name, gets nothing', async () => {
    const token = await enter()
    for (const origin of ['http://localhost', 'https://evil.example', 'null', undefined]) {
      expect((await ask('/act', { headers: { ...bearing(token).headers, origin }, body: '{"do":"stop"}' })).statusCode).toBe(403)
    }
    const { port } = new URL(door.url)
    for (const host of [`localhost:${port}`, `evil.example:${port}`, '127.0.0.1']) {
      expect((await ask('/', { method: 'GET', headers: { host } })).statusCode).toBe(421)
    }
    expect(acts).toEqual([])
  })

  test('its files are the page’s own, with a policy that lets nothing else in', async () => {
    const page = await ask('/', { method: 'GET' })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    expect(await text(page)).toBe('<!doctype html>')
    for (const path of ['/../door.js', '/%2e%2e/door.js', '/assets', '/state']) expect((await ask(path, { method: 'GET' })).statusCode).toBe(404)
    expect((await ask('/', { method: 'PUT' })).statusCode).toBe(405)
  })

  test('what is no act, or too long for one, is not one', async () => {
    const { headers } = bearing(await enter())
    const said = (body: string) =>
      ask('/act', { headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body }).then(({ statusCode }) => statusCode)
    expect(await said('{"do":"everything"}')).toBe(400)
    expect(await said('{')).toBe(400)
    expect(await said(JSON.stringify({ do: 'say', text: 'x'.repeat(70_000) }))).toBe(413)
    expect((await ask('/act', { headers: { ...headers, 'transfer-encoding': 'chunked' }, body: '{"do":"stop"}' })).statusCode).toBe(413)
    expect(acts).toEqual([])
  })

  test('another user of this computer does not get in', async () => {
    door.close()
    await open({ user: (process.getuid?.() ?? 0) + 1 })
    await expect(ask('/', { method: 'GET' })).rejects.toThrow(/socket hang up|ECONNRESET/)
  })

  test('listens on loopback alone', () => {
    expect(new URL(door.url).hostname).toBe('127.0.0.1')
  })
})
