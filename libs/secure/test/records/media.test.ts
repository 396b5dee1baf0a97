import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MediaKey, MediaOpener, MediaSealer, PACE, type RecordHeader } from '../../src/index.js'
import { nodeAead } from '../../src/node/index.js'
import { seeded, toHex } from '../support/bytes.js'
import { failure } from '../support/failure.js'
import { AEADS, heldAead } from './scenes.js'

const MINUTES = 60_000
const key = (epoch: number): MediaKey => ({ epoch, key: seeded(epoch + 100, 32), salt: seeded(epoch + 200, 12) })
const header = (sequence: number, targets: readonly number[] = [1, 3]): RecordHeader => ({ channel: 5, source: 2, targets, sequence })

function scene(epoch = 1) {
  const sealer = new MediaSealer(nodeAead)
  const opener = new MediaOpener(nodeAead)
  sealer.switchTo(key(epoch))
  opener.switchTo(key(epoch))
  return { sealer, opener }
}

describe.each(AEADS)('media, sealed by %s', (_name, aead) => {
  test('opens for everyone with the key of its epoch, up to 32 targets, gaps and all (RA-SEC-222, RA-SEC-224)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 32 }),
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.boolean()), { maxLength: 12 }),
        async (targets, records) => {
          const sealer = new MediaSealer(aead)
          const openers = AEADS.map(([, other]) => new MediaOpener(other))
          for (const end of [sealer, ...openers]) end.switchTo(key(7))
          for (const [n, [plaintext, ...goesTo]] of records.entries()) {
            const at = header(n + 1, targets)
            const record = await sealer.seal(at, plaintext, 0)
            expect(record.length).toBe(plaintext.length + 28)
            for (const [i, opener] of openers.entries()) if (goesTo[i]) expect(toHex(await opener.open(at, record))).toBe(toHex(plaintext))
          }
        },
      ),
      { numRuns: 30 },
    ))

  test('puts the head of a frame before a record, which is the same with it and without', async () => {
    const [behind, alone] = [new MediaSealer(aead), new MediaSealer(aead)]
    for (const sealer of [behind, alone]) sealer.switchTo(key(7))
    const frame = await behind.seal(header(1), seeded(1, 100), 0, seeded(2, 9))
    expect(toHex(frame)).toBe(toHex(seeded(2, 9)) + toHex(await alone.seal(header(1), seeded(1, 100), 0)))
  })
})

describe('a media record is refused, and every one after it', () => {
  test('that was repeated or moved: counters only rise (RA-SEC-224)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 1, maxLength: 10 }), async arrivals => {
        const { sealer, opener } = scene()
        const records = await Promise.all([0, 1, 2, 3, 4, 5].map(n => sealer.seal(header(n + 1), seeded(n, 9), 0)))
        let last = -1
        let broken = false
        for (const n of arrivals) {
          if (n <= last) broken = true
          expect(await failure(() => opener.open(header(n + 1), records[n] as Uint8Array))).toBe(broken ? 'E_ORDER' : undefined)
          last = Math.max(n, last)
        }
      }),
    ))

  test('with any bit flipped, or cut off', async () => {
    const record = await scene().sealer.seal(header(1), seeded(1, 9), 0)
    for (let bit = 0; bit < record.length * 8; bit++) {
      const altered = Uint8Array.from(record)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      expect([bit, await failure(() => scene().opener.open(header(1), altered))]).toEqual([bit, expect.stringMatching(/^E_(GENERATION|ORDER|TAMPERED)$/)])
    }
    for (let length = 0; length < record.length; length++)
      expect([length, await failure(() => scene().opener.open(header(1), record.subarray(0, length)))]).toEqual([length, 'E_TAMPERED'])
  })

  test.each([{ targets: [1] }, { targets: [1, 3, 4] }, { targets: [3, 1] }, { source: 4 }, { sequence: 2 }, { channel: 4 }])(
    'under a header that differs in %o (RA-SEC-203)',
    async change => {
      const { sealer, opener } = scene()
      const record = await sealer.seal(header(1), seeded(1, 9), 0)
      expect(await failure(() => opener.open({ ...header(1), ...change }, record))).toBe('E_TAMPERED')
    },
  )

  test('without a target, or with more than 32', async () => {
    for (const targets of [[], Array.from({ length: 33 }, (_, i) => i + 1)]) {
      const { sealer, opener } = scene()
      expect(await failure(() => sealer.seal(header(1, targets), seeded(1, 9), 0))).toBe('E_FORMAT')
      expect(await failure(() => opener.open(header(1, targets), seeded(1, 40)))).toBe('E_FORMAT')
    }
  })

  test('any bytes: a SecureError, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async bytes => {
        expect(await failure(() => scene().opener.open(header(1), bytes))).toMatch(/^E_(TAMPERED|ORDER|GENERATION)$/)
        expect(await failure(() => new MediaOpener(nodeAead).open(header(1), bytes))).toMatch(/^E_(TAMPERED|GENERATION)$/)
      }),
    ))
})

describe('epochs', () => {
  test('a key has to be there before its first use (RA-SEC-223)', async () => {
    const { sealer, opener } = scene(1)
    sealer.switchTo(key(2))
    const record = await sealer.seal(header(1), seeded(1, 9), 0)
    expect(await failure(() => opener.open(header(1), record))).toBe('E_GENERATION')
    const late = new MediaSealer(nodeAead)
    expect(await failure(() => late.seal(header(1), seeded(1, 9), 0))).toBe('E_GENERATION')
  })

  test('the receiver switches at once: what was sealed before opens no more (RA-SEC-225)', async () => {
    const { sealer, opener } = scene(1)
    const before = await sealer.seal(header(1), seeded(1, 9), 0)
    opener.switchTo(key(2))
    expect(opener.epoch).toBe(2)
    expect(await failure(() => opener.open(header(1), before))).toBe('E_GENERATION')
  })

  test('the sender switches at once, and counts anew (RA-SEC-224, RA-SEC-228)', async () => {
    const { sealer, opener } = scene(1)
    await opener.open(header(1), await sealer.seal(header(1), seeded(1, 9), 0))
    for (const end of [sealer, opener]) end.switchTo(key(9))
    const record = await sealer.seal(header(2), seeded(2, 9), 0)
    expect(toHex(record.subarray(0, 12))).toBe('000000090000000000000001')
    expect(toHex(await opener.open(header(2), record))).toBe(toHex(seeded(2, 9)))
  })

  test('never go back, and never stay (RA-SEC-226)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 1, maxLength: 10 }), async epochs => {
        const sealer = new MediaSealer(nodeAead)
        const opener = new MediaOpener(nodeAead)
        let last = -1
        let broken = false
        for (const epoch of epochs) {
          const wrong = epoch <= last
          broken ||= wrong
          expect(await failure(() => sealer.switchTo(key(epoch)))).toBe(wrong ? 'E_GENERATION' : undefined)
          expect(await failure(() => opener.switchTo(key(epoch)))).toBe(broken ? 'E_GENERATION' : undefined)
          last = Math.max(epoch, last)
          expect(sealer.epoch).toBe(last)
        }
        expect(opener.broken).toBe(broken)
      }),
    ))

  test.each([{ epoch: -1 }, { epoch: 4_294_967_296 }, { epoch: 1.5 }, { key: new Uint8Array(31) }, { salt: new Uint8Array(13) }])(
    'a key with %o is none (RA-SEC-222)',
    async change => {
      expect(await failure(() => new MediaOpener(nodeAead).switchTo({ ...key(1), ...change }))).toBe('E_FORMAT')
      expect(await failure(() => new MediaSealer(nodeAead).switchTo({ ...key(1), ...change }))).toBe('E_FORMAT')
    },
  )

  test('a new one is due ten minutes after the first record, or with the 2²²nd; 2²³ are the end (RA-SEC-227)', async () => {
    const { sealer } = scene()
    expect(sealer.due(1e12)).toBe(false)
    await sealer.seal(header(1), seeded(1, 9), 5_000)
    expect([sealer.due(5_000), sealer.due(5_000 + 10 * MINUTES - 1), sealer.due(5_000 + 10 * MINUTES)]).toEqual([false, false, true])

    expect(PACE.records).toBe(2 ** 22)
    const quick = new MediaSealer(nodeAead, { records: 10, ms: 1 })
    quick.switchTo(key(1))
    for (let n = 1; n <= 20; n++) {
      expect(quick.due(0)).toBe(n > 10)
      quick.seal(header(n), new Uint8Array(0), 0)
    }
    expect(await failure(() => quick.seal(header(21), new Uint8Array(0), 0))).toBe('E_SPENT')
    quick.switchTo(key(2))
    expect(quick.due(0)).toBe(false)
    expect(await failure(() => quick.seal(header(21), new Uint8Array(0), 0))).toBeUndefined()
    expect(await failure(() => new MediaSealer(nodeAead, { ...PACE, records: 2 ** 22 + 1 }))).toBe('E_FORMAT')

    const { opener } = scene()
    expect(await failure(() => opener.open(header(1), Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0x80, 0, 1, ...seeded(1, 17))))).toBe('E_ORDER')
  })

  test('destroyed, the sender seals nothing until the next; the receiver opens nothing any more (RA-SEC-212)', async () => {
    const { sealer, opener } = scene(1)
    const record = await sealer.seal(header(1), seeded(1, 9), 0)
    sealer.destroy()
    expect(await failure(() => sealer.seal(header(2), seeded(1, 9), 0))).toBe('E_SPENT')
    sealer.switchTo(key(2))
    expect(await failure(() => sealer.seal(header(2), seeded(1, 9), 0))).toBeUndefined()
    opener.destroy()
    expect(await failure(() => opener.open(header(1), record))).toBe('E_SPENT')
    expect(await failure(() => opener.switchTo(key(2)))).toBe('E_SPENT')
    const [unused, unheard] = [new MediaSealer(nodeAead), new MediaOpener(nodeAead)]
    for (const end of [unused, unheard]) end.destroy()
    expect([unused.due(1e12), unused.epoch, unheard.epoch]).toEqual([false, undefined, undefined])
    expect(await failure(() => unheard.switchTo(key(1)))).toBe('E_SPENT')
  })
})

test('records that are being opened come out in the order in which they were begun', async () => {
  const { sealer } = scene()
  const { aead, release } = heldAead(nodeAead)
  const opener = new MediaOpener(aead)
  opener.switchTo(key(1))
  const came: number[] = []
  const opened = [1, 2, 3, 4].map(async n => sealer.seal(header(n), Uint8Array.of(n), 0))
  const opening = (await Promise.all(opened)).map((record, i) =>
    Promise.resolve(opener.open(header(i + 1), record)).then(bytes => came.push(bytes[0] as number)),
  )
  await release([3, 1, 2, 0])
  await Promise.all(opening)
  expect(came).toEqual([1, 2, 3, 4])
})
