import type { Connection } from '@remote-assist/transport'
import { FRAME_OVERHEAD_BYTES, HIGH_WATER_BYTES } from '@remote-assist/transport'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CUT_OFF_BYTES, CUT_OFF_MS, LAGGING_BYTES, Outbox } from '../src/outbox.js'
import { SimClock } from './sim-clock.js'

/** A connection whose buffer empties when the test says so. */
class Line implements Connection {
  readonly remoteAddress = 'line'
  readonly sent: Uint8Array[] = []
  bufferedBytes = 0
  send(frame: Uint8Array): void {
    this.sent.push(frame)
    this.bufferedBytes += frame.byteLength
  }
  pause(): void {}
  resume(): void {}
  close(): void {}
  abort(): void {}
}

function outbox() {
  const line = new Line()
  const clock = new SimClock()
  const said: string[] = []
  const box = new Outbox(line, clock, {
    lagging: (source, bytes) => said.push(`lagging ${source} ${bytes > LAGGING_BYTES}`),
    caughtUp: source => said.push(`caught up ${source}`),
    overrun: () => said.push('overrun'),
  })
  return { line, clock, said, box }
}

const STEP = fc.oneof(
  fc.record({
    kind: fc.constant('push' as const),
    bytes: fc.integer({ min: 1, max: 266_240 }),
    source: fc.integer({ min: 0, max: 3 }),
    droppable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('read' as const), fraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('drop' as const), source: fc.integer({ min: 1, max: 3 }) }),
)

describe('an outbox', () => {
  test('keeps order, loses nothing but what was dropped, and never holds more than its bounds (RA-RLY-162, RA-RLY-165, RA-RLY-167)', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 120 }), steps => {
        const { line, said, box } = outbox()
        let expected: { readonly frame: Uint8Array; readonly source: number; readonly droppable: boolean }[] = []
        for (const step of steps) {
          if (step.kind === 'push') {
            const item = { frame: new Uint8Array(step.bytes), source: step.source, droppable: step.droppable }
            expected.push(item)
            box.push(item.frame, item.source, item.droppable)
          } else if (step.kind === 'read') {
            line.bufferedBytes = Math.floor(line.bufferedBytes * step.fraction)
            box.drain()
          } else {
            const sent = new Set(line.sent)
            expected = expected.filter(({ frame, source, droppable }) => sent.has(frame) || !(droppable && source === step.source))
            box.drop(step.source)
          }
          if (said.includes('overrun')) return
          expect(box.waitingBytes).toBeLessThan(CUT_OFF_BYTES)
          expect(line.sent.every((frame, i) => frame === expected[i]?.frame)).toBe(true)
        }
        while (box.waitingBytes > 0) {
          line.bufferedBytes = 0
          box.drain()
        }
        expect(line.sent.length).toBe(expected.length)
      }),
      { numRuns: 200 },
    )
  })

  test('hands on at once while the connection’s buffer is small', () => {
    const { line, box } = outbox()
    box.push(new Uint8Array(10), 1, true)
    expect(line.sent.length).toBe(1)
    line.bufferedBytes = HIGH_WATER_BYTES + 1
    box.push(new Uint8Array(10), 1, true)
    expect(line.sent.length).toBe(1)
  })

  test('tells each source of the lag once, and that it is over (RA-RLY-164)', () => {
    const { line, said, box } = outbox()
    for (let i = 0; i < 8; i++) box.push(new Uint8Array(200_000), 1 + (i % 2), false)
    box.push(new Uint8Array(1), 0, false)
    expect(said).toEqual(['lagging 2 true', 'lagging 1 true'])
    while (box.waitingBytes > 0) {
      line.bufferedBytes = 0
      box.drain()
    }
    expect(said.slice(2)).toEqual(['caught up 2', 'caught up 1'])
  })

  test('cuts off who lags for 10 s without a break, not who caught up meanwhile (RA-RLY-166)', async () => {
    const { line, clock, said, box } = outbox()
    const fill = () => {
      while (box.waitingBytes <= LAGGING_BYTES) box.push(new Uint8Array(200_000), 1, false)
    }
    fill()
    await clock.advance(CUT_OFF_MS - 1)
    line.bufferedBytes = 0
    box.push(new Uint8Array(1), 1, false)
    box.drain()
    fill()
    await clock.advance(CUT_OFF_MS - 1)
    expect(said).not.toContain('overrun')
    await clock.advance(1)
    expect(said).toContain('overrun')
    box.push(new Uint8Array(1), 1, false)
    expect(box.waitingBytes).toBe(line.bufferedBytes)
  })

  test('whose connection emptied without a word is not cut off', async () => {
    const { line, clock, said, box } = outbox()
    line.bufferedBytes = LAGGING_BYTES
    box.push(new Uint8Array(1), 1, false)
    line.bufferedBytes = 0
    await clock.advance(CUT_OFF_MS)
    expect(said).toEqual(['lagging 1 true', 'caught up 1'])
  })
})

describe('frames that are views of what a line read at a time', () => {
  const CHUNK_BYTES = 65_536
  const viewOf = (bytes: number) => new Uint8Array(new ArrayBuffer(CHUNK_BYTES), CHUNK_BYTES - bytes).fill(7)

  test('wait without the rest of it: at most four times the bytes that are counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: CHUNK_BYTES }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 2 * HIGH_WATER_BYTES }),
        (sizes, ahead) => {
          const { line, box } = outbox()
          line.bufferedBytes = ahead
          const frames = sizes.map(viewOf)
          for (const frame of frames) box.push(frame, 1, false)
          while (box.waitingBytes > 0) {
            line.bufferedBytes = 0
            box.drain()
          }
          const isRight = (sent: Uint8Array, frame: Uint8Array | undefined) =>
            frame !== undefined && Buffer.compare(sent, frame) === 0 && sent.buffer.byteLength <= 4 * sent.byteLength
          expect(line.sent.length).toBe(frames.length)
          expect(line.sent.every((sent, i) => isRight(sent, frames[i]))).toBe(true)
          expect(line.sent.some((sent, i) => sent.byteLength * 4 >= CHUNK_BYTES && sent !== frames[i])).toBe(false)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('are sent as they are where nothing waits', () => {
    const { line, box } = outbox()
    const frame = viewOf(1)
    box.push(frame, 1, false)
    expect(line.sent[0]).toBe(frame)
  })
})

test('a queue of tiny frames is cut off for the memory that it holds, not for the bytes that it sends (RA-RLY-165)', () => {
  const { line, said, box } = outbox()
  line.bufferedBytes = HIGH_WATER_BYTES + 1
  let pushed = 0
  while (!said.includes('overrun')) {
    box.push(new Uint8Array(12), 1, false)
    pushed++
  }
  expect(pushed * (12 + FRAME_OVERHEAD_BYTES)).toBeLessThan(CUT_OFF_BYTES)
})

test('a drop reaches all that waits but the little that the connection has already (RA-RLY-167)', () => {
  const { line, box } = outbox()
  const frame = 64 * 1_024
  for (let sent = 0; sent < CUT_OFF_BYTES - frame; sent += frame) box.push(new Uint8Array(frame), 1, true)
  box.drop(1)
  expect(box.waitingBytes).toBe(line.bufferedBytes)
  expect(line.bufferedBytes).toBeLessThanOrEqual(HIGH_WATER_BYTES + frame)
  expect(HIGH_WATER_BYTES).toBeLessThanOrEqual(LAGGING_BYTES / 4)
})
