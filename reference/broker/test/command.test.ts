import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'

const MAIN = new URL('../dist/main.js', import.meta.url).pathname
const running: ChildProcess[] = []
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += String(chunk)
  })
  const lines = createInterface({ input: child.stdout })
  const closed = once(child, 'close')
  return {
    child,
    /** The next line of the log with that message. */
    async said(message: string): Promise<Readonly<Record<string, string>>> {
      for await (const line of lines) {
        const said: Readonly<Record<string, string>> = JSON.parse(line)
        if (said.msg === message) return said
      }
      throw new Error(`never said "${message}": ${errors}`)
    },
    async ended(): Promise<readonly [number | null, string]> {
      const [code] = await closed
      return [code, errors]
    },
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)('runs until %s, then stops in order', async signal => {
  const broker = run('--listen', '0', '--grpc-listen', '0')
  const { url, grpc } = await broker.said('broker listening')
  expect(grpc).toMatch(/^grpc:/)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  broker.child.kill(signal)
  expect(await broker.ended()).toEqual([0, ''])
})

test.each(['--listen', '--grpc-listen'])('a port in use is told in a sentence, with what to do: %s', async option => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const [code, errors] = await run('--listen', '0', option, String(port)).ended()
  expect([code, errors]).toEqual([1, `E_PORT_IN_USE: Port ${port} on 127.0.0.1 is in use.\nStop what uses it, or choose another port.\n`])
  other.close()
})

test.each([
  [['--listen', 'x'], /--listen.*whole number from 0 to 65535/],
  [['--public-url', 'ftp://x'], /https:\/\//],
  [['--tls-cert', 'a.pem'], /E_OPTION: A certificate and its key belong together/],
  [['--tls-cert', 'none.pem', '--tls-key', 'none.pem'], /E_OPTION: none.pem cannot be read/],
  [['--jwt-issuer', 'x'], /E_OPTION: An issuer, its audience and its keys belong together/],
  [['--jwt-issuer', 'x', '--jwt-audience', 'y', '--jwt-keys', 'http://192.0.2.1/keys'], /E_OPTION: Keys that come over the network come over https/],
  [['--jwt-issuer', 'x', '--jwt-audience', 'y', '--jwt-keys', MAIN], /E_OPTION: .*main.js is not JSON/],
  [['--behind-proxy'], /E_NOT_SAFE.*anybody could make sessions.*\n.*--jwt-issuer/],
  [['--pages', 'none'], /E_OPTION: There is no directory none/],
  [['--host', '0.0.0.0'], /E_NOT_SAFE.*\n.*--tls-cert/],
  [['--nonsense'], /unknown option/],
])('%j is declined', async (args, expected) => {
  const [code, errors] = await run(...args).ended()
  expect(code).toBe(1)
  expect(errors).toMatch(expected)
})
