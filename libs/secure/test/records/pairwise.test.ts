import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_RECORD_PLAINTEXT_BYTES, RECORD_OVERHEAD_BYTES, RecordOpener, RecordSealer } from '../../src/index.js'
import { nodeAead } from '../../src/node/index.js'
import { seeded, toHex } from '../support/bytes.js'
import { failure } from '../support/failure.js'
import { AEADS, header, headers, heldAead, pair, SECRET } from './scenes.js'

describe.each(AEADS)('a pairwise channel, sealed by %s', (_name, aead) => {
  test('opens what was sealed, in order, whoever opens it (RA-SEC-201, RA-SEC-202, RA-SEC-206)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(headers, fc.uint8Array({ maxLength: 300 })), { maxLength: 8 }), async records => {
        const sealer = new RecordSealer(aead, SECRET)
        const openers = AEADS.map(([, other]) => new RecordOpener(other, SECRET))
        for (const [at, plaintext] of records) {
          const record = await sealer.seal(at, plaintext, 0)
          expect(record.length).toBe(plaintext.length + RECORD_OVERHEAD_BYTES)
          for (const opener of openers) expect(toHex(await opener.open(at, record))).toBe(toHex(plaintext))
        }
      }),
      { numRuns: 30 },
    ))

  test('puts the head of a frame before a record, which is the same with it and without', () =>
    fc.assert(
      fc.asyncProperty(headers, fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 40 }), async (at, plaintext, head) => {
        const [behind, alone] = [pair(aead), pair(aead)]
        const frame = await behind.sealer.seal(at, plaintext, 0, head)
        const record = await alone.sealer.seal(at, plaintext, 0)
        expect(toHex(frame)).toBe(toHex(head) + toHex(record))
      }),
      { numRuns: 30 },
    ))
})

/** Three records and their headers. */
async function three() {
  const { sealer, opener } = pair()
  const records = []
  for (const n of [1, 2, 3]) records.push(await sealer.seal(header(n), seeded(n, 20), 0))
  return { sealer, opener, records: records as [Uint8Array, Uint8Array, Uint8Array] }
}

describe('a record that is not the next one is refused, and so is every one after it', () => {
  test('repeated, dropped or moved: E_ORDER (RA-SEC-206, RA-SEC-221)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }), async arrivals => {
        const { opener, records } = await three()
        let awaited = 0
        let broken = false
        for (const arrival of arrivals) {
          const code = await failure(() => opener.open(header(arrival + 1), records[arrival] as Uint8Array))
          if (arrival !== awaited) broken = true
          expect(code).toBe(broken ? 'E_ORDER' : undefined)
          expect(opener.broken).toBe(broken)
          awaited++
        }
      }),
    ))

  test('each record twice, sealed anew by nobody: E_ORDER (RA-SEC-206)', async () => {
    for (const count of [1, 2, 3]) {
      const { opener, records } = await three()
      for (let n = 0; n < count; n++) await opener.open(header(n + 1), records[n] as Uint8Array)
      expect(await failure(() => opener.open(header(count + 9), records[count - 1] as Uint8Array))).toBe('E_ORDER')
    }
  })

  test('every single bit flipped, and every length cut (RA-SEC-201, RA-SEC-204)', async () => {
    const { records } = await three()
    const [record] = records
    for (let bit = 0; bit < record.length * 8; bit++) {
      const altered = Uint8Array.from(record)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      const { opener } = pair()
      // A counter that is not the next one, a generation that is neither this nor the next, or a tag that is wrong; 24 is the lowest bit of the generation.
      const code = bit < 32 ? (bit === 24 ? 'E_TAMPERED' : 'E_GENERATION') : bit < 96 ? 'E_ORDER' : 'E_TAMPERED'
      expect([bit, await failure(() => opener.open(header(1), altered))]).toEqual([bit, code])
      expect([bit, await failure(() => opener.open(header(1), record))]).toEqual([bit, code])
    }
    for (let length = 0; length < record.length; length++)
      expect([length, await failure(() => pair().opener.open(header(1), record.subarray(0, length)))]).toEqual([length, 'E_TAMPERED'])
  })

  test('under another header: channel, source, target or sequence (RA-SEC-203)', () =>
    fc.assert(
      fc.asyncProperty(headers, headers, async (sealedAt, openedAt) => {
        const { sealer, opener } = pair()
        const record = await sealer.seal(sealedAt, seeded(1, 9), 0)
        const same = JSON.stringify(sealedAt) === JSON.stringify(openedAt)
        expect(await failure(() => opener.open(openedAt, record))).toBe(same ? undefined : 'E_TAMPERED')
      }),
    ))

  test.each([{ channel: 7 }, { source: 2 }, { targets: [3] }, { sequence: 2 }])('under a header that differs in %o alone (RA-SEC-203)', async change => {
    const { sealer, opener } = pair()
    const record = await sealer.seal(header(1), seeded(1, 9), 0)
    expect(await failure(() => opener.open(header(1, change), record))).toBe('E_TAMPERED')
  })

  test('of another direction, channel or session, which have secrets of their own: E_TAMPERED (RA-SEC-210)', async () => {
    const { opener } = pair()
    const stranger = new RecordSealer(nodeAead, seeded(2, 32))
    expect(await failure(async () => opener.open(header(1), await stranger.seal(header(1), seeded(1, 9), 0)))).toBe('E_TAMPERED')
  })

  test('any bytes: a SecureError, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), headers, async (bytes, at) => {
        expect(await failure(() => pair().opener.open(at, bytes))).toMatch(/^E_(TAMPERED|ORDER|GENERATION)$/)
      }),
    ))
})

describe('a record has exactly one target', () => {
  test.each([{ targets: [] }, { targets: [2, 3] }, { targets: [0] }, { targets: [65_536] }, { channel: 0 }, { channel: 256 }, { source: -1 }, { sequence: 0 }])(
    '%o is no header of one (RA-SEC-207)',
    async change => {
      const { sealer, opener } = pair()
      expect(await failure(() => sealer.seal(header(1, change), seeded(1, 9), 0))).toBe('E_FORMAT')
      expect(sealer.counter).toBe(0)
      const record = await sealer.seal(header(1), seeded(1, 9), 0)
      expect(await failure(() => opener.open(header(1, change), record))).toBe('E_FORMAT')
      expect(await failure(() => opener.open(header(1), record))).toBe('E_FORMAT')
    },
  )
})

describe('sizes', () => {
  test('the largest record fits the largest frame, its header at its longest', () => {
    // Tag and value of channel (2), source (1 + 3), 32 targets packed (1 + 1 + 96), sequence (1 + 8), and tag and length of the payload (1 + 3).
    const longestHeader = 2 + 4 + 98 + 9 + 4
    expect(MAX_RECORD_PLAINTEXT_BYTES).toBe(263_168)
    expect(RECORD_OVERHEAD_BYTES).toBe(28)
    expect(longestHeader + RECORD_OVERHEAD_BYTES + MAX_RECORD_PLAINTEXT_BYTES).toBeLessThanOrEqual(266_240)
  })

  test('a plaintext of 263,168 bytes is sealed and opened, one byte more is not (RA-SEC-208)', async () => {
    const { sealer, opener } = pair()
    const largest = new Uint8Array(MAX_RECORD_PLAINTEXT_BYTES)
    expect((await opener.open(header(1), await sealer.seal(header(1), largest, 0))).length).toBe(MAX_RECORD_PLAINTEXT_BYTES)
    expect(await failure(() => sealer.seal(header(2), new Uint8Array(MAX_RECORD_PLAINTEXT_BYTES + 1), 0))).toBe('E_FORMAT')
    expect(await failure(() => opener.open(header(2), new Uint8Array(MAX_RECORD_PLAINTEXT_BYTES + RECORD_OVERHEAD_BYTES + 1)))).toBe('E_TAMPERED')
  })

  test.each([0, 31, 33])('a traffic secret of %i bytes is none (RA-SEC-210)', async length => {
    expect(await failure(() => new RecordSealer(nodeAead, new Uint8Array(length)))).toBe('E_FORMAT')
    expect(await failure(() => new RecordOpener(nodeAead, new Uint8Array(length)))).toBe('E_FORMAT')
  })
})

describe('order does not depend on when a seal or an opening ends', () => {
  const permutations = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 })

  test('counters are taken as seals begin (RA-SEC-205)', () =>
    fc.assert(
      fc.asyncProperty(permutations, async order => {
        const { aead, release } = heldAead(nodeAead)
        const sealer = new RecordSealer(aead, SECRET)
        const sealed = order.map((_, n) => Promise.resolve(sealer.seal(header(n + 1), Uint8Array.of(n), 0)))
        await release(order)
        const { opener } = pair()
        for (const [n, record] of (await Promise.all(sealed)).entries()) expect(await opener.open(header(n + 1), record)).toEqual(Uint8Array.of(n))
      }),
      { numRuns: 40 },
    ))

  test('what is opened comes out in the order in which it was begun, and nothing after a failure (RA-SEC-221)', () =>
    fc.assert(
      fc.asyncProperty(permutations, fc.integer({ min: 0, max: 8 }), async (order, wrong) => {
        const { sealer } = pair()
        const { aead, release } = heldAead(nodeAead)
        const opener = new RecordOpener(aead, SECRET)
        const came: (number | string)[] = []
        const opening = order.map(async (_, n) => {
          const record = await sealer.seal(header(n + 1), Uint8Array.of(n), 0)
          if (n === wrong) record[20] = (record[20] as number) ^ 1
          return record
        })
        const opened = (await Promise.all(opening)).map((record, n) =>
          Promise.resolve(opener.open(header(n + 1), record)).then(
            bytes => came.push(bytes[0] as number),
            error => came.push(error.code),
          ),
        )
        await release(order)
        await Promise.all(opened)
        expect(came).toEqual(order.map((_, n) => (n < wrong ? n : 'E_TAMPERED')))
        expect(opener.broken).toBe(wrong < 8)
      }),
      { numRuns: 40 },
    ))

  test('a record out of order does not undo the ones that came before it (RA-SEC-221)', async () => {
    const { records } = await three()
    const { aead, release } = heldAead(nodeAead)
    const opener = new RecordOpener(aead, SECRET)
    const first = opener.open(header(1), records[0])
    const third = failure(() => opener.open(header(3), records[2]))
    await release([0])
    expect(toHex(await first)).toBe(toHex(seeded(1, 20)))
    expect(await third).toBe('E_ORDER')
    expect(await failure(() => opener.open(header(2), records[1]))).toBe('E_ORDER')
  })
})

test('destroyed, neither end does anything (RA-SEC-212)', async () => {
  const { sealer, opener } = pair()
  const record = await sealer.seal(header(1), seeded(1, 9), 0)
  sealer.destroy()
  opener.destroy()
  expect(await failure(() => sealer.seal(header(2), seeded(1, 9), 0))).toBe('E_SPENT')
  expect(await failure(() => opener.open(header(1), record))).toBe('E_SPENT')
})

test('destroyed while a record is being opened, the receiver gives it out no more (RA-SEC-212)', async () => {
  const record = await pair().sealer.seal(header(1), seeded(1, 9), 0)
  const { aead, release } = heldAead(nodeAead)
  const opener = new RecordOpener(aead, SECRET)
  const opening = failure(() => opener.open(header(1), record))
  opener.destroy()
  await release([0])
  expect(await opening).toBe('E_SPENT')
})

test('whatever a cipher throws, the receiver says that a record was tampered with', async () => {
  const broken = () => {
    throw new TypeError('no such thing')
  }
  const record = await pair().sealer.seal(header(1), seeded(1, 9), 0)
  const opener = new RecordOpener(() => ({ seal: broken, open: broken }), SECRET)
  expect(await failure(() => opener.open(header(1), record))).toBe('E_TAMPERED')
})
