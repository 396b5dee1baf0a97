import { CloseCode } from '@remote-assist/codec'
import { createMemoryNetwork, type Transport } from '@remote-assist/transport'
import { describe, expect, test } from 'vitest'
import { Line, retryDelayMs } from '../../src/driver/line.js'
import { ManualClock, settle } from '../support/clock.js'

const random = { bytes: (count: number) => new Uint8Array(count), fraction: () => 1 - Number.EPSILON }

async function line() {
  const clock = new ManualClock()
  const network = createMemoryNetwork()
  const events: string[] = []
  const attempts: number[] = []
  const transport: Transport = {
    open: (...args) => {
      attempts.push(clock.now())
      return network.connect().open(...args)
    },
  }
  const it = new Line(transport, clock, random, {
    opened: () => events.push('opened'),
    frame: () => events.push('frame'),
    drained: () => events.push('drained'),
    lost: code => events.push(code === undefined ? 'lost' : `lost ${CloseCode[code]}`),
  })
  return { clock, network, events, attempts, line: it }
}

describe('the line', () => {
  test('is tried at once, then after half a second, one, two …, never more than eight', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 20].map(attempt => retryDelayMs(attempt, 1))).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
    expect([0, 1, 2].map(attempt => retryDelayMs(attempt, 0))).toEqual([0, 250, 500])
  })

  test('tells when it cannot be opened, and is tried later each time', async () => {
    const { clock, events, attempts, line: it } = await line()
    for (let i = 0; i < 3; i++) {
      it.open()
      await clock.advance(3_000)
    }
    expect(events).toEqual(['lost', 'lost', 'lost'])
    expect(attempts.map((at, i) => Math.round(at - 1_000 - 3_000 * i))).toEqual([0, 500, 1_000])
  })

  test('says with which code it ended, where coming back is in vain', async () => {
    const { clock, network, events, line: it } = await line()
    const codes = [CloseCode.REMOVED, CloseCode.SHUTTING_DOWN]
    await network.listen(connection => {
      queueMicrotask(() => connection.close(codes.shift() as number))
      return { frame: () => undefined, closed: () => undefined }
    })
    it.open()
    await settle()
    it.open()
    await clock.advance(600)
    expect(events).toEqual(['opened', 'lost REMOVED', 'opened', 'lost'])
  })

  test('waits as long as it was told to (RA-RLY-114)', async () => {
    const { clock, network, events, line: it } = await line()
    await network.listen(() => ({ frame: () => undefined, closed: () => undefined }))
    it.holdUntil((clock.now() + 5_000) as never)
    it.open()
    await clock.advance(4_900)
    expect(events).toEqual([])
    await clock.advance(200)
    expect(events).toEqual(['opened'])
  })

  test('that was given up tells nothing more', async () => {
    const { network, events, line: it } = await line()
    await network.listen(() => ({ frame: () => undefined, closed: () => undefined }))
    it.open()
    it.abort()
    await settle()
    it.open()
    await settle()
    it.close(CloseCode.LEFT)
    await settle()
    expect(events).toEqual([])
  })
})
