import { Channel, CloseCode, decodeFrame, decodeMessages, type FrameView, type RecordChannel } from '@remote-assist/codec'
import type { Send } from '@remote-assist/core'
import { RECORD_OVERHEAD_BYTES } from '@remote-assist/secure'
import { type Connection, HIGH_WATER_BYTES } from '@remote-assist/transport'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_SEALING_BYTES, MAX_SEALS, MAX_UNSENT_BYTES, Outbox } from '../../src/driver/outbox.js'
import type { Security } from '../../src/security/security.js'
import { settle } from '../support/clock.js'

/** A line that notes what it takes, as full as the test says. */
class Line {
  readonly frames: FrameView[] = []
  bufferedBytes = 0
  send(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    this.frames.push(frame.channel === Channel.RELAY ? frame : { ...frame, payload: frame.payload.subarray(0, -RECORD_OVERHEAD_BYTES) })
  }
}

/** Seals by adding as many zeros as a record is longer than its plaintext, in an order of the test's choosing. */
class LateSecurity {
  readonly open: (() => void)[] = []
  /** Bytes of plaintext that are being sealed now, and the most that there were. */
  bytes = 0
  mostBytes = 0
  readonly headers: { readonly sequence: number; readonly targets: readonly number[] }[] = []
  late = true
  seal(header: { readonly sequence: number; readonly targets: readonly number[] }, plaintext: Uint8Array, head: Uint8Array): Uint8Array | Promise<Uint8Array> {
    this.headers.push(header)
    const frame = new Uint8Array(Buffer.concat([head, plaintext, new Uint8Array(RECORD_OVERHEAD_BYTES)]))
    if (!this.late) return frame
    this.bytes += plaintext.length
    this.mostBytes = Math.max(this.mostBytes, this.bytes)
    return new Promise(resolve =>
      this.open.push(() => {
        this.bytes -= plaintext.length
        resolve(frame)
      }),
    )
  }
}

function outbox(late: boolean) {
  const line = new Line()
  const security = new LateSecurity()
  security.late = late
  const broken: unknown[] = []
  const box = new Outbox(
    { source: () => 3, connection: () => line as unknown as Connection, broken: error => broken.push(error), sealed: () => {} },
    security as unknown as Security,
  )
  // The Hello: the first frame has no source yet.
  box.push({ type: 'send', to: [], channel: Channel.RELAY, kind: { $case: 'ping', value: { id: 0n } } })
  box.pump()
  return { line, security, box, broken }
}

const chat = (id: number, to = 1): Send => ({
  type: 'send',
  to: [to],
  channel: Channel.CHAT,
  kind: { $case: 'chat', value: { id, from: 0, text: 'x', atMs: 0n } },
})
const picture = (frameId: number, to: readonly number[] = [1], bytes = 10): Send => ({
  type: 'send',
  to,
  channel: Channel.MEDIA,
  kind: {
    $case: 'framePart',
    value: {
      screenId: 1,
      layoutEpoch: 1,
      frameId,
      baseFrameId: 0,
      part: 0,
      last: true,
      capturedAtUs: 0n,
      lastInput: undefined,
      width: 9,
      height: 9,
      rects: [{ x: 0, y: 0, width: 1, height: 1, codec: 2, data: new Uint8Array(bytes), copyFromX: 0, copyFromY: 0 }],
    },
  },
})
const text = (value: string): Send => ({
  type: 'send',
  to: [1],
  channel: Channel.INPUT,
  kind: { $case: 'textInput', value: { seq: 1, leaseEpoch: 1, text: value } },
})
const fileBytes = (size: number): Send => ({
  type: 'send',
  to: [1],
  channel: Channel.FILE,
  kind: { $case: 'chunk', value: { transferId: 1, entry: 1, offset: 0n, sentAtUs: 0n, data: new Uint8Array(size) } },
})
const credit = (bytes: number): Send => ({
  type: 'send',
  to: [1],
  channel: Channel.FILE,
  kind: { $case: 'credit', value: { transferId: 1, bytes: BigInt(bytes) } },
})
const alive: Send = { type: 'send', to: [1], channel: Channel.SESSION, kind: { $case: 'alive', value: { received: [], sentAtUs: 1n, echoUs: 0n, heldUs: 0n } } }
const release: Send = { type: 'send', to: [1], channel: Channel.SESSION, kind: { $case: 'releaseControl', value: {} } }

const kindsOf = (frames: readonly FrameView[]): readonly string[] =>
  frames.flatMap(({ channel, payload }) =>
    channel === Channel.RELAY ? ['relay'] : decodeMessages(channel as RecordChannel, payload).map(message => message.kind?.$case ?? ''),
  )

describe('what is to be sent', () => {
  test('goes by lane: input, session, everything else, pictures, files; Alive last (RA-RLY-002)', () => {
    const { line, box } = outbox(false)
    for (const send of [alive, credit(1), picture(1), chat(1), release, text('a')]) box.push(send)
    box.pump()
    expect(kindsOf(line.frames)).toEqual(['relay', 'textInput', 'releaseControl', 'chat', 'framePart', 'alive', 'credit'])
    expect(line.frames.map(({ source }) => source)).toEqual([0, 3, 3, 3, 3, 3, 3])
  })

  test('ends what is forwarded behind the words that say why (RA-RLY-032)', () => {
    const { line, box } = outbox(false)
    const denied: Send = { type: 'send', to: [1], channel: Channel.SESSION, kind: { $case: 'decision', value: { requestId: 1, granted: [], reason: 10 } } }
    const evict: Send = { type: 'send', to: [], channel: Channel.RELAY, kind: { $case: 'evict', value: { participant: 1, code: CloseCode.CONSENT_DENIED } } }
    const bye: Send = { type: 'send', to: [], channel: Channel.RELAY, kind: { $case: 'bye', value: { code: CloseCode.LEFT, endSession: false } } }
    for (const send of [denied, evict, bye]) box.push(send)
    box.pump()
    expect(line.frames.slice(1).map(({ channel }) => channel)).toEqual([Channel.SESSION, Channel.RELAY, Channel.RELAY])
  })

  test('leaves in the order of its numbers, however long each takes to seal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), async picks => {
        const { line, security, box } = outbox(true)
        for (let i = 0; i < picks.length; i++) box.push(chat(i, (i % 5) + 1))
        box.pump()
        for (const pick of picks) {
          expect(security.open.length).toBeLessThanOrEqual(MAX_SEALS)
          const [finish] = security.open.splice(pick % Math.max(1, security.open.length), 1)
          finish?.()
          await settle()
        }
        expect(line.frames).toHaveLength(picks.length + 1)
        expect(line.frames.map(({ sequence }) => sequence)).toEqual(line.frames.map((_, i) => i + 1))
      }),
      { numRuns: 20 },
    )
  })

  test('is sealed 512 KiB at a time, however large each of it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 262_000 }), { minLength: 4, maxLength: 12 }), async sizes => {
        const { line, security, box } = outbox(true)
        sizes.forEach((size, i) => {
          box.push(picture(i + 1, [1], size))
          box.push(fileBytes(1 + (size % 65_536)))
        })
        box.pump()
        while (security.open.length > 0) {
          security.open.shift()?.()
          await settle()
        }
        expect(kindsOf(line.frames).filter(kind => kind === 'framePart')).toHaveLength(sizes.length)
        expect(security.mostBytes).toBeLessThanOrEqual(MAX_SEALING_BYTES)
      }),
      { numRuns: 20 },
    )
  })

  test('of small messages is joined to one record; a picture has its own', () => {
    const { line, box } = outbox(false)
    for (let i = 0; i < 100; i++) box.push(chat(i))
    for (let i = 1; i <= 3; i++) box.push(picture(i))
    box.push(chat(200, 2))
    box.pump()
    const frames = line.frames.slice(1)
    expect(frames.map(({ channel, targets }) => [channel, targets[0]])).toEqual([
      [Channel.CHAT, 1],
      [Channel.CHAT, 2],
      [Channel.MEDIA, 1],
      [Channel.MEDIA, 1],
      [Channel.MEDIA, 1],
    ])
    expect(kindsOf(frames).filter(kind => kind === 'chat')).toHaveLength(101)
  })

  test('waits while the line is full, but input does not', () => {
    const { line, box } = outbox(false)
    line.bufferedBytes = HIGH_WATER_BYTES
    for (const send of [picture(1), credit(1), chat(1), text('a')]) box.push(send)
    box.pump()
    expect(kindsOf(line.frames)).toEqual(['relay', 'textInput', 'chat'])
    expect(box.waitingBytes).toBeGreaterThan(0)
    line.bufferedBytes = 0
    box.pump()
    expect(kindsOf(line.frames)).toEqual(['relay', 'textInput', 'chat', 'framePart', 'credit'])
    expect(box.waitingBytes).toBe(0)
  })

  test('of pictures is dropped, for all or for some', () => {
    const { line, box } = outbox(false)
    line.bufferedBytes = HIGH_WATER_BYTES
    box.push(picture(1, [1, 2]))
    box.push(picture(2, [2]))
    box.dropMedia([2])
    line.bufferedBytes = 0
    box.pump()
    expect(line.frames.slice(1).map(({ targets }) => targets)).toEqual([[1]])
    line.bufferedBytes = HIGH_WATER_BYTES
    box.push(picture(3))
    box.dropMedia()
    line.bufferedBytes = 0
    box.pump()
    expect(line.frames).toHaveLength(2)
  })

  test('leaves before the end; pictures and files do not', async () => {
    const { line, security, box } = outbox(true)
    for (const send of [picture(1), credit(1), release]) box.push(send)
    let finished = false
    box.finish(() => {
      finished = true
    })
    expect(finished).toBe(false)
    for (const open of security.open) open()
    await settle()
    expect(finished).toBe(true)
    expect(kindsOf(line.frames)).toEqual(['relay', 'releaseControl'])
  })

  test('of pictures does not leave once nobody is to see them, sealed or not; everything else that was sealed does, in order', async () => {
    const drops: readonly { readonly drop: (box: Outbox) => void; readonly othersSee: boolean }[] = [
      { drop: box => box.dropMedia(), othersSee: false },
      { drop: box => box.dropMedia([1]), othersSee: true },
      { drop: box => box.forget(1), othersSee: true },
    ]
    for (const { drop, othersSee } of drops) {
      const { line, security, box, broken } = outbox(true)
      for (const send of [chat(1, 2), picture(1, [1]), picture(2, [1, 2]), picture(3, [2])]) box.push(send)
      box.pump()
      expect(security.open).toHaveLength(4)
      // The first is still being sealed: what is sealed behind it waits for it.
      for (const open of security.open.splice(1)) open()
      await settle()
      drop(box)
      box.push(chat(2, 2))
      box.pump()
      for (const open of security.open) open()
      await settle()
      const rest = line.frames.slice(1).map(({ channel, sequence }) => [channel, sequence])
      expect(rest).toEqual([[Channel.CHAT, 2], ...(othersSee ? [[Channel.MEDIA, 5]] : []), [Channel.CHAT, 6]])
      expect(broken).toEqual([])
    }
  })

  test('is void with the line, also what is being sealed', async () => {
    const { line, security, box, broken } = outbox(true)
    box.push(chat(1))
    box.pump()
    box.reset()
    for (const open of security.open) open()
    await settle()
    expect(line.frames).toHaveLength(1)
    expect(broken).toEqual([])
    box.push({ type: 'send', to: [], channel: Channel.RELAY, kind: { $case: 'ping', value: { id: 0n } } })
    box.pump()
    expect(line.frames[1]).toMatchObject({ source: 0, sequence: 1 })
  })

  test('that cannot be sealed breaks the line', async () => {
    const { security, box, broken } = outbox(true)
    security.seal = () => Promise.reject(new Error(CloseCode[CloseCode.BAD_RECORD]))
    box.push(chat(1))
    box.pump()
    await settle()
    expect(broken).toHaveLength(1)
  })
})

test('a line whose other side asks and does not read is given up before much waits on it', () => {
  const { line, box, broken } = outbox(false)
  const answer = (id: number): Send => ({ type: 'send', to: [], channel: Channel.RELAY, kind: { $case: 'pong', value: { id: BigInt(id) } } })
  line.bufferedBytes = MAX_UNSENT_BYTES
  box.push(answer(1))
  box.pump()
  expect([line.frames.length, broken.length]).toEqual([2, 0])
  line.bufferedBytes++
  box.push(answer(2))
  box.pump()
  expect([line.frames.length, broken]).toEqual([2, [expect.objectContaining({ code: 'E_LINE' })]])
})
