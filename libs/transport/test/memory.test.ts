import type { CloseInfo, Connection } from '@remote-assist/transport'
import { CLOSE_TIMEOUT_MS, createMemoryNetwork } from '@remote-assist/transport'
import { transportCompliance } from '@remote-assist/transport/compliance'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Simulated time: runs tasks in order of their time; among equals, `pick` chooses. */
class Clock {
  now = 0
  readonly #tasks: { at: number; run: () => void }[] = []
  constructor(readonly pick: (count: number) => number = () => 0) {}

  readonly schedule = (delayMs: number, run: () => void): void => {
    this.#tasks.push({ at: this.now + delayMs, run })
  }

  /** Runs what is due until nothing is left, or until `untilMs`. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const at = Math.min(...this.#tasks.map(task => task.at))
      if (at > untilMs || this.#tasks.length === 0) break
      this.now = at
      const due = this.#tasks.filter(task => task.at === at)
      const task = due[this.pick(due.length)]
      if (task === undefined) throw new Error('pick chose nothing')
      this.#tasks.splice(this.#tasks.indexOf(task), 1)
      task.run()
    }
    this.now = Math.max(this.now, Number.isFinite(untilMs) ? untilMs : 0)
  }
}

interface Pair {
  readonly log: string[]
  readonly opening: Connection
  readonly listening: Connection
  readonly ends: CloseInfo[]
}

/** Opens one connection in simulated time; both sides log what they are told, with the time. */
async function openPair(clock: Clock, options: Parameters<typeof createMemoryNetwork>[0] = {}): Promise<Pair & { readonly cut: () => void }> {
  const network = createMemoryNetwork({ ...options, schedule: clock.schedule })
  const log: string[] = []
  const ends: CloseInfo[] = []
  const note = (side: string) => ({
    frame: (bytes: Uint8Array) => void log.push(`${clock.now} ${side} ${bytes.join()}`),
    drain: () => void log.push(`${clock.now} ${side} drain`),
    closed: (info: CloseInfo) => {
      ends.push(info)
      log.push(`${clock.now} ${side} closed ${info.code} ${info.clean}`)
    },
  })
  let listening: Connection | undefined
  await network.listen(connection => {
    listening = connection
    return note('listening')
  })
  const attempt = network.connect().open(() => note('opening'))
  clock.run()
  const opening = await attempt
  if (listening === undefined) throw new Error('not accepted')
  return { log, ends, opening, listening, cut: network.cut }
}

describe('the memory transport', () => {
  test('does the same in every run under the same scheduler', async () => {
    const once = async () => {
      const clock = new Clock()
      const { log, opening, listening } = await openPair(clock, { delayMs: 20, bytesPerSecond: 1000 })
      for (let n = 0; n < 10; n++) {
        opening.send(new Uint8Array([n]))
        listening.send(new Uint8Array(n))
      }
      listening.close(102)
      clock.run()
      return log
    }
    expect(await once()).toEqual(await once())
  })

  test('RA-BND-004 keeps order under any scheduler, any delays, any rate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 40 }),
        fc.array(fc.nat({ max: 1000 }), { minLength: 1 }),
        fc.array(fc.nat({ max: 30 }), { minLength: 1 }),
        fc.constantFrom(Number.POSITIVE_INFINITY, 1000),
        async (frames, picks, delays, bytesPerSecond) => {
          let picked = 0
          let delayed = 0
          const clock = new Clock(count => (picks[picked++ % picks.length] ?? 0) % count)
          const { log, opening } = await openPair(clock, { bytesPerSecond, delayMs: () => delays[delayed++ % delays.length] ?? 0 })
          for (const frame of frames) opening.send(frame)
          opening.close(100)
          clock.run()
          const seen = log.filter(line => line.includes('listening')).map(line => line.replace(/^\S+ /, ''))
          expect(seen).toEqual([...frames.map(frame => `listening ${frame.join()}`), 'listening closed 100 true'])
        },
      ),
    )
  })

  test('delivers after the delay, at the rate', async () => {
    const clock = new Clock()
    const { log, opening } = await openPair(clock, { delayMs: 40, bytesPerSecond: 1000 })
    const start = clock.now
    opening.send(new Uint8Array(2).fill(7))
    opening.send(new Uint8Array(3).fill(8))
    clock.run(start + 1000)
    expect(log).toEqual([`${start + 40} listening 7,7`, `${start + 42} listening 8,8,8`])
  })

  test('RA-BND-011 a cut line loses what is under way and tells both sides', async () => {
    const clock = new Clock()
    const { log, opening, cut, ends } = await openPair(clock, { delayMs: 40 })
    opening.send(new Uint8Array([1]))
    clock.run(clock.now + 50)
    opening.send(new Uint8Array([2]))
    clock.run(clock.now + 10)
    cut()
    clock.run()
    expect(log.map(line => line.replace(/^\S+ /, ''))).toEqual(['listening 1', 'listening closed undefined false', 'opening closed undefined false'])
    expect(ends.map(({ error }) => error?.code)).toEqual(['E_LINE', 'E_LINE'])
  })

  test('RA-BND-011 breaks where it is told to', async () => {
    const clock = new Clock()
    let left = 3
    const { log, opening } = await openPair(clock, { breaks: () => left-- === 0 })
    for (let n = 1; n <= 9; n++) opening.send(new Uint8Array([n]))
    clock.run()
    expect(log.filter(line => line.includes('listening')).map(line => line.replace(/^\S+ listening /, ''))).toEqual(['1', '2', '3', 'closed undefined false'])
  })

  test('RA-BND-010 a close that is not answered in time ends uncleanly, with its code', async () => {
    const clock = new Clock()
    const { ends, opening, listening } = await openPair(clock)
    listening.pause()
    opening.send(new Uint8Array([1]))
    clock.run()
    const start = clock.now
    opening.close(103)
    clock.run(start + CLOSE_TIMEOUT_MS - 1)
    expect(ends).toEqual([])
    clock.run(start + CLOSE_TIMEOUT_MS)
    expect(ends).toMatchObject([{ code: 103, clean: false, error: { code: 'E_LINE' } }])
  })

  test('each side has bytes of its own', async () => {
    const clock = new Clock()
    const { opening, log } = await openPair(clock)
    const frame = new Uint8Array([1, 2, 3])
    opening.send(frame)
    frame.fill(9)
    clock.run()
    expect(log[0]).toMatch(/1,2,3$/)
  })

  test('refuses a second listener at the same address', async () => {
    const network = createMemoryNetwork()
    const accept = () => ({ frame: () => undefined, closed: () => undefined })
    const first = await network.listen(accept)
    await expect(network.listen(accept)).rejects.toMatchObject({ code: 'E_CONNECT' })
    await first.close()
    await expect(network.listen(accept)).resolves.toBeDefined()
  })

  for (const [name, options] of [
    ['with a delay', { delayMs: 1 }],
    ['with a small window', { windowBytes: 1 }],
  ] as const) {
    const network = createMemoryNetwork(options)
    let places = 0
    const subject = {
      listen: (accept: Parameters<typeof network.listen>[0]) => network.listen(accept, { address: `memory://network/${++places}` }),
      connect: network.connect,
      nowhere: 'memory://network/nowhere',
    }
    for (const { title, requirements, run } of transportCompliance(`memory ${name}`, subject)) {
      if (requirements.includes('RA-BND-006')) test(title, run)
    }
  }
})
