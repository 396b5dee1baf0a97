import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LaggingLines } from '../../src/adapter/index.js'

const LAG_MS = 20

/** Where lines end that go the longer way: `take` has the far end of each. */
async function place(take: (far: Socket) => void) {
  const server = createServer({ allowHalfOpen: true }, take)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/path?query`
  return { target, [Symbol.dispose]: () => void server.close() }
}

/** Resolves when a line is over: whether it broke. */
const brokenAtItsEnd = (line: Socket): Promise<boolean> =>
  new Promise(resolve =>
    line
      .on('error', () => undefined)
      .on('close', resolve)
      .resume(),
  )

const portOf = (url: string): number => Number(new URL(url).port)

test('a line that takes longer passes everything on, in its order, both ways, and the end of each way by itself', async () => {
  using echo = await place(far => far.pipe(far))
  const lines = new LaggingLines(LAG_MS)
  const url = await lines.detour(echo.target)
  expect(new URL(url)).toMatchObject({ protocol: 'ws:', pathname: '/path', search: '?query' })
  expect(url).not.toBe(echo.target)
  expect(await lines.detour(echo.target)).toBe(url)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200_000, size: 'max' }), { maxLength: 12 }), async parts => {
      const near = connect({ port: portOf(url), allowHalfOpen: true })
      const started = performance.now()
      for (const part of parts) near.write(part)
      near.end()
      expect((await buffer(near)).equals(Buffer.concat(parts))).toBe(true)
      // A timer may be early by less than a millisecond.
      expect(performance.now() - started).toBeGreaterThan(2 * LAG_MS - 2)
    }),
    { numRuns: 10 },
  )
})

test.each([
  ['breaks', (far: Socket) => void far.resetAndDestroy(), true],
  ['is closed', (far: Socket) => void far.end(), false],
])('a line that %s does so at its other end', async (_how, over, broken) => {
  using other = await place(over)
  const near = connect({ port: portOf(await new LaggingLines(LAG_MS).detour(other.target)) })
  expect(await brokenAtItsEnd(near)).toBe(broken)
})

test('a line to where nobody listens breaks', async () => {
  const gone = await place(() => undefined)
  gone[Symbol.dispose]()
  const near = connect({ port: portOf(await new LaggingLines(1).detour(gone.target)) })
  expect(await brokenAtItsEnd(near)).toBe(true)
})
