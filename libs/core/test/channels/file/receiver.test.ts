import { CancelReason, Direction, EntryAction, FileRefusal } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileEvent, LEAF_BYTES, MAX_EXPECTED, MAX_RETRIES, RESUME_TIMEOUT_MS, STALL_MS } from '../../../src/channels/file/events.js'
import { CREDIT_INTERVAL_MS } from '../../../src/channels/file/receiver.js'
import { at } from '../support.js'
import { type End, PERMIT, permit } from './pair.js'
import {
  asked,
  CONTENT,
  cancelsWith,
  chunk,
  customerEnd,
  DIGEST,
  decision,
  ENTRIES,
  ended,
  entry,
  exact,
  expected,
  heardListing,
  heardOffer,
  hears,
  phaseOf,
  receiveResuming,
  receiveSuspended,
  receiving,
  receivingHeld,
  SIZES,
  says,
  TOTAL,
} from './scenes.js'

describe('the receiver', () => {
  it('RA-FIL-005 cancels a manifest that is not what the offer stated', () => {
    expect(cancelsWith(heardListing().step(hears('manifestPage', { page: 1, last: true, entries: ENTRIES })))).toEqual([CancelReason.PROTOCOL])
    const pages = heardListing().step(hears('manifestPage', { page: 0, last: false, entries: ENTRIES.slice(0, 1) }))
    expect(pages.noticed('file.page')).toMatchObject([{ last: false, tooLarge: [] }])
    expect(pages.step(hears('manifestPage', { page: 1, last: true, entries: ENTRIES.slice(1) })).noticed('file.decide')).toHaveLength(1)
  })

  it('RA-FIL-015 what the session has moved counts against its limit', () => {
    const end = customerEnd({ maxSessionBytes: TOTAL - 1n })
      .step(heardOffer())
      .step(hears('manifestPage', { page: 0, last: true, entries: ENTRIES }))
    expect(end.noticed('file.page')).toMatchObject([{ tooLarge: [2] }])
    const none = receiving()
      .step(chunk(0, 0n, 3))
      .step(permit({ maxSessionBytes: 2n }))
      .step(heardOffer({ transferId: 3 }))
    expect(none.step(hears('manifestPage', { transferId: 3, page: 0, last: true, entries: ENTRIES })).noticed('file.page')).toMatchObject([
      { tooLarge: [0, 2] },
    ])
  })

  it('RA-FIL-015 RA-FIL-034 what the session has moved elsewhere counts as well', () => {
    const elsewhere = permit({ maxSessionBytes: TOTAL, elsewhereBytes: TOTAL - 2n })
    expect(
      customerEnd()
        .step(elsewhere)
        .step(heardOffer())
        .step(hears('manifestPage', { page: 0, last: true, entries: ENTRIES }))
        .noticed('file.page'),
    ).toMatchObject([{ tooLarge: [0, 2] }])
    expect(
      cancelsWith(
        receiving()
          .step(elsewhere)
          .step(chunk(0, 0n, 2)),
      ),
    ).toEqual([])
    expect(
      cancelsWith(
        receiving()
          .step(elsewhere)
          .step(chunk(0, 0n, 3)),
      ),
    ).toEqual([CancelReason.OVERRUN])
  })

  it('RA-FIL-034 counts what arrives, whatever was announced', () => {
    const end = receiving()
      .step(permit({ maxSessionBytes: 4n }))
      .step(chunk(0, 0n, 3))
      .step(hears('leafDone', { entry: 0, index: 0, sha256: DIGEST }))
    end.step(hears('entryDone', { entry: 0, root: DIGEST })).step(hears('entryDone', { entry: 1, root: DIGEST }))
    expect(cancelsWith(end.step(chunk(2, 0n, 2)))).toEqual([CancelReason.OVERRUN])
    expect(end.state.movedBytes).toBe(5n)
  })

  it('RA-FIL-012 decides once, in parts or not', () => {
    const skip = (number: number) => ({ entry: number, action: EntryAction.SKIP, name: '', refusal: 0 })
    const end = asked().step(says('local.decide', decision({ exceptions: [skip(1)], more: true })))
    expect(phaseOf(end)).toBe('deciding')
    exact(end, says('local.decide', decision({ exceptions: [skip(1)] })))
    exact(asked(), says('local.decide', decision({ exceptions: Array.from({ length: 1_001 }, (_, i) => skip(i)) })))
    expect(end.step(says('local.decide', decision())).sentCase('decision')).toHaveLength(1)
    exact(end, says('local.decide', decision()))
    const none = asked().step(says('local.decide', decision({ defaultAction: EntryAction.SKIP })))
    expect(ended(none)).toEqual([{ result: 'declined', refusal: 0 }])
  })

  it('RA-FIL-019 silence denies', () => {
    const seen: unknown[] = []
    asked().wait(PERMIT.consentTimeoutMs, it => seen.push(...it.sentCase('decision'), ...ended(it)))
    expect(seen).toMatchObject([
      { defaultAction: EntryAction.REFUSE, refusal: FileRefusal.DENIED, more: false },
      { result: 'declined', refusal: FileRefusal.DENIED },
    ])
    const half: unknown[] = []
    asked()
      .step(says('local.decide', decision({ more: true })))
      .wait(PERMIT.consentTimeoutMs, it => half.push(...cancelsWith(it)))
    expect(half).toEqual([CancelReason.TIMEOUT])
  })

  it('RA-FIL-033 cancels at the first byte beyond the announced size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 100 }), (before, over) => {
        const end = receiving()
        if (before > 0) end.step(chunk(0, 0n, before))
        end.step(chunk(0, BigInt(before), 3 - before + over))
        expect(cancelsWith(end)).toEqual([CancelReason.OVERRUN])
        expect(end.noticed('file.chunk')).toEqual([])
      }),
    )
  })

  it('RA-FIL-033 takes an entry to its last byte, and no chunk that goes one byte further', () => {
    expect(
      receiving()
        .step(chunk(0, 0n, 3))
        .noticed('file.chunk'),
    ).toHaveLength(1)
    for (const [before, bytes] of [
      [0, 4],
      [2, 2],
      [3, 1],
    ] as const) {
      const end = receiving()
      if (before > 0) end.step(chunk(0, 0n, before))
      end.step(chunk(0, BigInt(before), bytes))
      expect([cancelsWith(end), end.noticed('file.chunk')]).toEqual([[CancelReason.OVERRUN], []])
    }
  })

  it('RA-FIL-035 cancels on bytes beyond its credit, of what it did not take, or out of order', () => {
    const bad: FileEvent[] = [
      chunk(1, 0n, 1),
      chunk(2, 0n, 1),
      chunk(0, 1n, 1),
      chunk(9, 0n, 1),
      hears('leafDone', { entry: 0, index: 0 }),
      hears('entryDone', { entry: 0 }),
      hears('entryDone', { entry: 2 }),
    ]
    for (const event of bad)
      expect(
        cancelsWith(receiving().step(event)),
        JSON.stringify(event, (_, v) => `${v}`),
      ).toEqual([expect.any(Number)])
    expect(
      cancelsWith(
        asked()
          .step(says('local.decide', decision()))
          .step(chunk(0, 0n, 1)),
      ),
    ).toEqual([CancelReason.PROTOCOL])
    const begun = (): End => receiving().step(chunk(0, 0n, 2))
    for (const event of [
      chunk(0, 0n, 1),
      chunk(0, 1n, 1),
      chunk(1, 0n, 1),
      hears('leafDone', { entry: 0, index: 0 }),
      hears('entryDone', { entry: 0 }),
      hears('manifestPage', { entries: [] }),
    ])
      expect(cancelsWith(begun().step(event))).toEqual([CancelReason.PROTOCOL])
    const whole = begun().step(chunk(0, 2n, 1))
    expect(cancelsWith(whole.step(hears('leafDone', { entry: 0, index: 1 })))).toEqual([CancelReason.PROTOCOL])
  })

  it('RA-FIL-035 takes no byte more than its credit', () => {
    const end = customerEnd()
      .step(heardOffer({ entries: 1, bytes: LEAF_BYTES }))
      .step(hears('manifestPage', { page: 0, last: true, entries: [entry(0, LEAF_BYTES)] }))
      .step(says('local.decide', decision()))
      .step(says('local.expect', { entries: [{ entry: 0, bytes: LEAF_BYTES }] }))
    const allowed = Number(end.sentCase('credit')[0]?.bytes)
    expect(cancelsWith(end.step(chunk(0, 0n, allowed)))).toEqual([])
    const more = Number(end.sentCase('credit')[0]?.bytes) - allowed
    expect(more).toBeGreaterThan(0)
    expect(cancelsWith(end.step(chunk(0, BigInt(allowed), more + 1)))).toEqual([CancelReason.PROTOCOL])
  })

  it('RA-FIL-036 RA-FIL-040 allows more every few milliseconds, or at once where that is a quarter of the window, and never lets a sender wait that sent all it may', () => {
    const chunks = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 8 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }) }), {
      minLength: 20,
      maxLength: 80,
    })
    fc.assert(
      fc.property(chunks, sends => {
        const size = 1_000n * LEAF_BYTES
        const end = customerEnd({ maxFileBytes: size })
          .step(heardOffer({ entries: 1, bytes: size }))
          .step(hears('manifestPage', { page: 0, last: true, entries: [entry(0, size)] }))
          .step(says('local.decide', decision()))
          .step(says('local.expect', { entries: [{ entry: 0, bytes: size }] }))
        let [credit, at, offset] = [end.sentCase('credit')[0]?.bytes ?? 0n, end.now as number, 0n]
        for (const { ms, share } of sends) {
          end.wait(ms)
          const toLeaf = LEAF_BYTES - (offset % LEAF_BYTES)
          const open = Math.min(Number(credit - offset), Number(toLeaf))
          const bytes = BigInt(Math.max(1, Math.floor(open * share)))
          end.step(chunk(0, offset, Number(bytes)))
          offset += bytes
          const [more] = end.sentCase('credit')
          if (more !== undefined) {
            const window = more.bytes - offset
            expect(more.bytes > credit).toBe(true)
            expect(end.now - at >= CREDIT_INTERVAL_MS || more.bytes - credit >= window / 4n).toBe(true)
            credit = more.bytes
            at = end.now
          }
          expect(credit > offset).toBe(true)
          if (offset % LEAF_BYTES === 0n) end.step(hears('leafDone', { entry: 0, index: Number(offset / LEAF_BYTES) - 1, sha256: new Uint8Array(32) }))
        }
      }),
    )
  })

  it('RA-FIL-041 a chunk ends with its leaf', () => {
    const end = customerEnd()
      .step(heardOffer({ entries: 1, bytes: 4n * LEAF_BYTES }))
      .step(hears('manifestPage', { page: 0, last: true, entries: [entry(0, 4n * LEAF_BYTES)] }))
      .step(says('local.decide', decision()))
      .step(says('local.expect', { entries: [{ entry: 0, bytes: 4n * LEAF_BYTES }] }))
    for (let offset = 0; offset < 1_032_192; offset += 12_288) expect(cancelsWith(end.step(chunk(0, BigInt(offset), 12_288)))).toEqual([])
    expect(cancelsWith(end.step(chunk(0, 1_032_192n, 16_385)))).toEqual([CancelReason.PROTOCOL])
  })

  it('no byte is taken before the decision', () => {
    for (const start of [heardListing, asked])
      for (const event of [chunk(0, 0n, 1), hears('leafDone'), hears('entryDone')]) expect(cancelsWith(start().step(event))).toEqual([CancelReason.PROTOCOL])
    for (const event of [chunk(0, 0n, 1), hears('leafDone'), hears('entryDone'), hears('manifestPage', { entries: [] })]) {
      expect(cancelsWith(receiveResuming().step(event))).toEqual([CancelReason.PROTOCOL])
      expect(phaseOf(receiveSuspended().step(event))).toBe('suspended')
    }
    expect(cancelsWith(asked().step(hears('manifestPage', { entries: [] })))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(receivingHeld().step(hears('manifestPage', { entries: [] })))).toEqual([CancelReason.PROTOCOL])
  })

  it('expects only what fits', () => {
    const taken = (): End => asked().step(says('local.decide', decision()))
    const expects = (...entries: [number, bigint][]) => says('local.expect', { entries: entries.map(([number, bytes]) => ({ entry: number, bytes })) })
    exact(taken(), expects([3, 1n]))
    exact(taken(), expects([1, 1n], [1, 1n]))
    exact(taken(), expects([0, (1n << 30n) + 1n]))
    exact(taken(), expects(...Array.from({ length: MAX_EXPECTED + 1 }, (_, i): [number, bigint] => [i, 0n])))
    exact(receiving(), expects([2, 1n]))
    expect(taken().step(expects()).sent).toEqual([])
  })

  it('RA-FIL-044 asks once more for a corrupt entry, and gives it up the second time', () => {
    const corrupt = (number: number, refusal = FileRefusal.UNSPECIFIED) => says('local.corrupt', { entry: number, bytes: SIZES[number], leaf: 0, refusal })
    const bring = (end: End): End =>
      end
        .step(chunk(0, 0n, 3))
        .step(hears('leafDone', { entry: 0, index: 0, sha256: DIGEST }))
        .step(hears('entryDone', { entry: 0, root: DIGEST }))
    const end = bring(receiving())
    expect(end.step(corrupt(0)).sentCase('entryCorrupt')).toMatchObject([{ entry: 0, retry: true }])
    exact(end, corrupt(0))
    expect(bring(end).step(corrupt(0)).sentCase('entryCorrupt')).toMatchObject([{ entry: 0, retry: false }])
    expect(receiving().step(corrupt(0, FileRefusal.SPACE)).sentCase('entryCorrupt')).toMatchObject([{ retry: false, refusal: FileRefusal.SPACE }])
    const none = [0, 1, 2].reduce((it, number) => it.step(corrupt(number, FileRefusal.SPACE)), receiving())
    expect([none.sentCase('entryVerified'), ended(none)]).toEqual([[], [{ result: 'done', failedEntries: 3 }]])
    const middle = receiving()
      .step(chunk(0, 0n, 2))
      .step(corrupt(0))
    expect(bring(middle).noticed('file.complete')).toHaveLength(1)
    expect(middle.step(says('local.verified', { entry: 0, bytes: 3n })).state.receiving).toMatchObject([{ at: { retries: [] } }])
    // An empty file has nothing but its end to send again.
    const empty = bring(receiving())
      .step(hears('entryDone', { entry: 1, root: DIGEST }))
      .step(corrupt(1))
    expect(empty.step(hears('entryDone', { entry: 1, root: DIGEST })).noticed('file.complete')).toHaveLength(1)
    const many = customerEnd()
      .step(heardOffer({ entries: 200, bytes: 0n }))
      .step(hears('manifestPage', { page: 0, last: true, entries: Array.from({ length: 200 }, (_, i) => entry(i, 0n)) }))
      .step(says('local.decide', decision()))
    const drop = (number: number) => says('local.corrupt', { entry: number, bytes: 0n, leaf: 0, refusal: 0 })
    for (let i = 0; i < MAX_RETRIES; i++) many.step(drop(i))
    expect(cancelsWith(many.step(drop(MAX_RETRIES)))).toEqual([CancelReason.PROTOCOL])
  })

  it('RA-FIL-048 tells of verified entries together, soon, and before the end', () => {
    const verified = (number: number) => says('local.verified', { entry: number, bytes: 0n })
    for (const start of [receiving, receivingHeld]) {
      const end = start().step(verified(0)).step(verified(1))
      expect(end.sent).toEqual([])
      expect(end.step({ type: 'tick' }).sent).toEqual([])
      const told: unknown[] = []
      end.wait(50, it => told.push(...it.sentCase('entryVerified')))
      expect(told).toEqual([{ transferId: 1, ranges: [{ first: 0, last: 1 }] }])
      end.step(verified(2))
      expect([end.sentCase('entryVerified'), ended(end)]).toMatchObject([[{ ranges: [{ first: 2, last: 2 }] }], [{ result: 'done', failedEntries: 0 }]])
    }
    const many = customerEnd({ maxEntries: 3_000 }).step(heardOffer({ entries: 3_000, bytes: 0n }))
    for (let page = 0; page < 3; page++)
      many.step(hears('manifestPage', { page, last: page === 2, entries: Array.from({ length: 1_000 }, (_, i) => entry(page * 1_000 + i, 0n)) }))
    many.step(says('local.decide', decision()))
    for (let i = 0; i < 999; i++) expect(many.step(verified(2 * i)).sent).toEqual([])
    expect(many.step(verified(1_998)).sentCase('entryVerified')[0]?.ranges).toHaveLength(1_000)
  })

  it('RA-FIL-063 says after a return where to go on, and takes bytes from there or from the start', () => {
    expect(receiveResuming().noticed('file.resume-wanted')).toHaveLength(1)
    const resume = (change = {}) => says('local.resume', { entry: 2, verifiedBytes: LEAF_BYTES, prefixRoot: DIGEST, settled: 2, ...change })
    for (const bad of [resume({ entry: 3 }), resume({ verifiedBytes: 1n }), resume({ settled: 3 })]) exact(receiveResuming(), bad)
    const back = (): End =>
      receiveResuming()
        .step(resume())
        .step(says('local.expect', { entries: [{ entry: 2, bytes: LEAF_BYTES + 1n }] }))
    expect(receiveResuming().step(resume()).sentCase('resumeFrom')).toMatchObject([{ entry: 2, verifiedBytes: LEAF_BYTES }])
    expect(back().sentCase('credit')).toHaveLength(1)
    expect(
      back()
        .step(chunk(2, LEAF_BYTES, 1))
        .noticed('file.chunk'),
    ).toHaveLength(1)
    expect(
      back()
        .step(chunk(2, 0n, 1))
        .noticed('file.chunk'),
    ).toHaveLength(1)
    expect(cancelsWith(back().step(chunk(2, 2n, 1)))).toEqual([CancelReason.PROTOCOL])
    const whole = receiveResuming()
      .step(resume())
      .step(says('local.expect', { entries: [{ entry: 2, bytes: LEAF_BYTES }] }))
    expect(whole.step(hears('entryDone', { entry: 2, root: DIGEST })).noticed('file.complete')).toHaveLength(1)
    const beyond = receiveResuming()
      .step(resume())
      .step(says('local.expect', { entries: [{ entry: 2, bytes: 1n }] }))
    expect(cancelsWith(beyond.step(chunk(2, LEAF_BYTES, 1)))).toEqual([CancelReason.PROTOCOL])
    for (const event of [says('local.verified', { entry: 0, bytes: 3n }), says('local.corrupt', { entry: 0, bytes: 3n, leaf: 0, refusal: 0 })])
      for (const start of [receiveSuspended, receiveResuming]) expect(start().step(event).sent).toEqual([])
    expect(
      phaseOf(
        receiveSuspended()
          .step(permit({ flow: 'held' }))
          .step(resume()),
      ),
    ).toBe('held')
  })

  it('RA-FIL-067 may resume right behind the decision, but not once bytes are allowed', () => {
    const resume = says('local.resume', { entry: 2, verifiedBytes: LEAF_BYTES, prefixRoot: DIGEST, settled: 2 })
    for (const start of [asked(), asked().step(says('local.hold'))]) {
      const end = start.step(says('local.decide', decision())).step(resume)
      expect(end.sentCase('resumeFrom')).toHaveLength(1)
    }
    exact(receiving(), resume)
  })

  it('gives up on a sender in time', () => {
    const limits: [() => End, number][] = [
      [heardListing, STALL_MS],
      [receiving, STALL_MS],
      [receiveResuming, RESUME_TIMEOUT_MS],
    ]
    for (const [start, ms] of limits) {
      const end = start()
      expect(end.wait(ms - 1).step({ type: 'tick' }).sent).toEqual([])
      const reasons: unknown[] = []
      end.wait(1, it => reasons.push(...cancelsWith(it)))
      expect([reasons, end.state.receiving]).toEqual([[CancelReason.TIMEOUT], []])
    }
    expect(asked().step({ type: 'tick' }).sent).toEqual([])
    for (const start of [receivingHeld, receiveSuspended]) expect(start().wait(10 * STALL_MS).state.receiving).toHaveLength(1)
  })

  it('RA-FIL-039 gives the sender of a large file the time to compute the root, before the first bytes after a return', () => {
    const verifiedBytes = 800n * LEAF_BYTES
    const expecting = () =>
      customerEnd({ maxFileBytes: 2_000n * LEAF_BYTES })
        .step(hears('offer', { direction: Direction.TO_CUSTOMER, entries: 2, bytes: 1_600n * LEAF_BYTES, requestId: 0, contentId: CONTENT }))
        .step(hears('manifestPage', { page: 0, last: true, entries: [entry(0, 0n), entry(1, 1_600n * LEAF_BYTES)] }))
        .step(says('local.decide', decision()))
        .step(says('local.resume', { entry: 1, verifiedBytes, prefixRoot: DIGEST, settled: 0 }))
        .step(says('local.expect', { entries: [{ entry: 1, bytes: 1_600n * LEAF_BYTES }] }))
    for (const [first, seconds] of [
      [undefined, 160],
      [says('local.verified', { entry: 0, bytes: 0n }), 160],
      [chunk(1, verifiedBytes, 3), 60],
      [chunk(1, 0n, 3), 60],
    ] as const) {
      const end = expecting()
      if (first !== undefined) end.step(first)
      const reasons: unknown[] = []
      end.wait(seconds * 1_000 - 1, it => reasons.push(...cancelsWith(it)))
      expect(reasons).toEqual([])
      end.wait(1, it => reasons.push(...cancelsWith(it)))
      expect(reasons).toEqual([CancelReason.TIMEOUT])
    }
  })

  it('waits while the session is paused, goes on after it, and hears a pause once', () => {
    const end = receiving()
    expect([end.step(permit()).notices, phaseOf(end)]).toEqual([[], 'receiving'])
    expect(end.step(permit({ flow: 'held' })).noticed('file.held')).toMatchObject([{ transferId: 1, byUs: false, byPeer: false, paused: true }])
    expect(phaseOf(end)).toBe('held')
    expect([end.step(permit({ flow: 'held' })).notices, end.wait(2 * STALL_MS).sent, phaseOf(end)]).toEqual([[], [], 'held'])
    expect(end.step(permit()).noticed('file.held')).toMatchObject([{ paused: false }])
    expect(phaseOf(end)).toBe('receiving')
    expect(end.step(chunk(0, 0n, 3)).noticed('file.chunk')).toHaveLength(1)
  })

  it('credit waits while it is held, and progress is told four times a second', () => {
    const end = asked().step(hears('hold')).step(says('local.decide', decision())).step(says('local.expect', expected))
    expect(end.sent).toEqual([])
    expect(phaseOf(end)).toBe('held')
    expect(end.step(hears('continue')).sentCase('credit')).toHaveLength(1)
    expect(phaseOf(end.step(hears('hold')).step(says('local.hold')).step(hears('hold')).step(hears('continue')))).toBe('held')
    end.step(says('local.continue'))
    expect(end.step(chunk(0, 0n, 1)).sentCase('progress')).toEqual([{ transferId: 1, entry: 0, receivedBytes: 1n, verifiedBytes: 0n }])
    expect(end.step(chunk(0, 1n, 1)).sentCase('progress')).toEqual([])
    end.now = at(250)
    expect(end.step(chunk(0, 2n, 1)).sentCase('progress')).toHaveLength(1)
    expect([end.step(hears('continue')).sent, end.step(says('local.continue')).sent]).toEqual([[], []])
    expect(
      receivingHeld()
        .step(chunk(0, 0n, 1))
        .noticed('file.chunk'),
    ).toHaveLength(1)
  })
})
