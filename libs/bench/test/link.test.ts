import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { Link, type LinkSide } from '../src/link/link.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function linkOf(...[shape]: Parameters<typeof Link.open>): Promise<Link> {
  const link = await Link.open(shape)
  ends.push(() => link.close())
  return link
}

/** A program of a few lines on one side; its lines are what it says. */
function run(side: LinkSide, script: string, ...args: readonly string[]) {
  const [program, ...rest] = side.command(process.execPath, '--input-type=module', '--eval', script, ...args)
  const child: ChildProcess = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  ends.push(() => child.kill())
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })[Symbol.asyncIterator]()
  return { line: async () => (await lines.next()).value as string, exit: once(child, 'exit') }
}

const ECHO = `import { createServer } from 'node:net'
createServer(socket => socket.pipe(socket)).listen(7000, '0.0.0.0', () => console.log('ready'))`
const ASK = `import { connect } from 'node:net'
const socket = connect(7000, process.argv[1], () => {
  const start = performance.now()
  const bytes = Number(process.argv[2])
  let back = 0
  socket.on('data', data => {
    back += data.length
    if (back < bytes) return
    console.log(performance.now() - start)
    process.exit()
  })
  socket.write(Buffer.alloc(bytes))
})`

/** Milliseconds until so many bytes came back over TCP. */
async function backAndForth({ near, far }: Link, bytes: number): Promise<number> {
  const echo = run(far, ECHO)
  await echo.line()
  return Number(await run(near, ASK, far.address, String(bytes)).line())
}

/** Which of the numbered datagrams arrive: few enough to wait in the receiver's socket. A connection opened after them comes later than any of them can. */
async function arriving({ near, far }: Link, count: number): Promise<readonly number[]> {
  const receiver = run(
    far,
    `import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
const numbers = []
const socket = createSocket('udp4', message => numbers.push(message.readUInt32BE(0)))
socket.bind(7001, '0.0.0.0', () => createServer(tcp => { tcp.destroy(); setImmediate(() => { console.log(JSON.stringify(numbers)); process.exit() }) }).listen(7001, '0.0.0.0', () => console.log('ready')))`,
  )
  await receiver.line()
  run(
    near,
    `import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
const socket = createSocket('udp4')
for (let i = 0; i < Number(process.argv[2]); i++) {
  const message = Buffer.alloc(100)
  message.writeUInt32BE(i)
  await new Promise(sent => socket.send(message, 7001, process.argv[1], sent))
}
connect(7001, process.argv[1]).on('error', () => {})`,
    far.address,
    String(count),
  )
  return JSON.parse(await receiver.line())
}

const obstacle = obstacleToLinks()

/** Why there are no links here; undefined if there are. */
function obstacleToLinks(): string | undefined {
  if (spawnSync('test', ['-w', '/dev/net/tun']).status !== 0) return 'there is no /dev/net/tun to write to'
  return spawnSync('unshare', ['--net', 'true']).status === 0 ? undefined : 'network namespaces are not to be had'
}

if (obstacle !== undefined)
  test(`NOT RUN: links, as ${obstacle}`, () => {
    if (process.env.CI === 'true') throw new Error(`NOT RUN: ${obstacle}`)
    console.warn(`NOT RUN: ${obstacle}`)
  })

describe.runIf(obstacle === undefined)('a link', () => {
  test('nothing is faster than the delay there and back', async () => {
    expect(await backAndForth(await linkOf({ delayMs: 30 }), 1)).toBeGreaterThanOrEqual(60)
  })

  test('nothing is faster than the rate', async () => {
    const bytes = 200_000
    const rate = 8_000_000
    expect(await backAndForth(await linkOf({ rate }), bytes)).toBeGreaterThanOrEqual(((bytes * 8) / rate) * 1_000 * 0.95)
  })

  test('the seed says what is lost, and about as much as was asked for', async () => {
    const count = 120
    const lostBy = async (seed: number) => {
      const link = await Link.open({ loss: 0.25, seed })
      const there = new Set(await arriving(link, count))
      await link.close()
      return Array.from({ length: count }, (_none, index) => index).filter(index => !there.has(index))
    }
    const first = await lostBy(1)
    expect(await lostBy(1)).toEqual(first)
    expect(await lostBy(2)).not.toEqual(first)
    expect(first.length).toBeGreaterThan(count / 8)
    expect(first.length).toBeLessThan(count / 2)
  })

  test('what does not fit the queue is dropped', async () => {
    const link = await Link.open({ rate: 100_000, queueBytes: 5_000 })
    await arriving(link, 200).then(there => expect(there.length).toBeLessThan(200))
    const { toFar } = await link.close()
    expect(toFar.overflowed).toBeGreaterThan(0)
    expect(toFar.lost).toBe(0)
  })

  test('each side has the congestion control that it was given, and nothing is left of the link', async () => {
    const link = await Link.open({ congestion: ['bbr', 'cubic'] })
    const read = (side: LinkSide) => {
      const [program, ...args] = side.command('cat', '/proc/sys/net/ipv4/tcp_congestion_control')
      return execFileSync(program, args, { encoding: 'utf8' }).trim()
    }
    expect([read(link.near), read(link.far)]).toEqual(['bbr', 'cubic'])
    const [, namespace] = link.near.command('')
    await link.close()
    expect(() => execFileSync('test', ['-e', namespace?.replace('--net=', '') ?? ''])).toThrow()
  })
})
