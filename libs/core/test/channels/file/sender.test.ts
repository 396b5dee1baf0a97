import { CancelReason, EntryAction, FileRefusal, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DECISION_SLACK_MS, type FileEvent, LEAF_BYTES, MAX_RETRIES, RESUME_TIMEOUT_MS, STALL_MS } from '../../../src/channels/file/events.js'
import { type End, PERMIT, permit } from './pair.js'
import {
  agentEnd,
  cancelsWith,
  DIGEST,
  deciding,
  decision,
  ENTRIES,
  ended,
  entry,
  exact,
  flowing,
  hears,
  listing,
  offerEvent,
  phaseOf,
  SENDING,
  says,
  send,
  sendingHeld,
  sendResuming,
  sendSuspended,
  TOTAL,
} from './scenes.js'

describe('the sender', () => {
  it('RA-FIL-001 RA-FIL-002 lists exactly what the offer states', () => {
    exact(listing(), says('local.page', { entries: [entry(1, 3n)], last: false }))
    exact(listing(), says('local.page', { entries: ENTRIES.slice(0, 2), last: true }))
    exact(listing(), says('local.page', { entries: [...ENTRIES, entry(3, 0n)], last: false }))
    exact(listing(), says('local.page', { entries: Array.from({ length: 1_001 }, (_, i) => entry(i, 0n)), last: false }))
    const pages = listing().step(says('local.page', { entries: ENTRIES.slice(0, 2), last: false }))
    expect(pages.sentCase('manifestPage')).toMatchObject([{ page: 0, last: false }])
    expect(pages.step(says('local.page', { entries: ENTRIES.slice(2), last: true })).sentCase('manifestPage')).toMatchObject([{ page: 1, last: true }])
  })

  it('RA-FIL-011 RA-FIL-031 sends no byte before the decision, and none beyond the credit', () => {
    const begin = says('local.entry', { entry: 0, bytes: 3n })
    exact(deciding(), begin)
    const end = deciding().step(hears('decision', decision())).step(begin)
    exact(end, send(1))
    expect(end.step(hears('credit', { bytes: 2n })).noticed('file.credit')).toEqual([{ kind: 'file.credit', transferId: 1, bytes: 2n }])
    exact(end, send(3))
    expect(end.step(send(2)).sentCase('chunk')).toMatchObject([{ entry: 0, offset: 0n }])
    exact(end, send(1))
  })

  it('RA-FIL-052 sends nothing beyond what the session may move', () => {
    const begun = (elsewhereBytes: bigint): End =>
      flowing()
        .step(permit({ maxSessionBytes: 5n, elsewhereBytes }))
        .step(says('local.entry', { entry: 0, bytes: 3n }))
    const fits = begun(2n).step(send(3))
    expect([fits.sentCase('chunk').length, fits.state.movedBytes]).toEqual([1, 3n])
    const over = begun(3n).step(send(3))
    expect([over.sentCase('chunk').length, cancelsWith(over), over.state.movedBytes]).toEqual([0, [CancelReason.OVERRUN], 0n])
    const full = begun(6n).step(send(1))
    expect(cancelsWith(full)).toEqual([CancelReason.OVERRUN])
  })

  it('RA-FIL-032 RA-FIL-041 sends chunks, leaves and entries in order', () => {
    const end = flowing()
    exact(end, send(1))
    exact(end, says('local.leaf', { sha256: DIGEST }))
    exact(end, says('local.entryDone', { root: DIGEST }))
    end.step(says('local.entry', { entry: 0, bytes: 3n }))
    exact(end, says('local.entry', { entry: 1, bytes: 0n }))
    exact(end, send(0))
    exact(end, send(4))
    end.step(send(3))
    exact(end, says('local.entryDone', { root: DIGEST }))
    expect(end.step(says('local.leaf', { sha256: DIGEST })).sentCase('leafDone')).toMatchObject([{ entry: 0, index: 0 }])
    expect(end.step(says('local.entryDone', { root: DIGEST })).sentCase('entryDone')).toMatchObject([{ entry: 0 }])
    exact(end, says('local.entry', { entry: 0, bytes: 3n }))
    exact(end, says('local.entry', { entry: 3, bytes: 3n }))
    expect(
      end
        .step(says('local.entry', { entry: 1, bytes: 0n }))
        .step(says('local.entryDone', { root: DIGEST }))
        .sentCase('entryDone'),
    ).toHaveLength(1)
  })

  it('RA-FIL-051 sends no chunk that reaches beyond the end of the leaf in which it begins', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 3n * LEAF_BYTES }), fc.integer({ min: 32_768, max: 262_144 }), (bytes, most) => {
        const end = agentEnd()
          .step(offerEvent({ entries: 1, bytes }))
          .step(says('local.page', { entries: [entry(0, bytes)], last: true }))
          .step(hears('decision', decision()))
          .step(hears('credit', { bytes: 2n * bytes }))
          .step(says('local.entry', { entry: 0, bytes }))
        for (let offset = 0n; offset < bytes; ) {
          const leafEnd = (offset / LEAF_BYTES + 1n) * LEAF_BYTES
          const left = Number((leafEnd < bytes ? leafEnd : bytes) - offset)
          if (left < most) exact(end, send(left + 1))
          end.step(send(Math.min(left, most)))
          for (const chunk of end.sentCase('chunk')) {
            expect(chunk.offset).toBe(offset)
            offset += BigInt(chunk.data.length)
            expect(offset <= leafEnd).toBe(true)
          }
          if (offset < leafEnd && offset < bytes) continue
          exact(end, send(1))
          end.step(says('local.leaf', { sha256: DIGEST }))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('RA-FIL-037 sends nothing while either side holds it, or the session is paused', () => {
    for (const [stop, go] of [
      [hears('hold'), hears('continue')],
      [says('local.hold'), says('local.continue')],
      [permit({ flow: 'held' }), permit()],
    ] as const) {
      const end = flowing()
        .step(says('local.entry', { entry: 0, bytes: 3n }))
        .step(stop)
      expect(end.noticed('file.credit')).toMatchObject([{ bytes: 0n }])
      exact(end, send(1))
      expect(end.step(go).noticed('file.credit')).toMatchObject([{ bytes: 10_000_000n }])
      expect(end.step(send(1)).sent).toHaveLength(1)
      end.step(go)
      expect(end.sent).toEqual([])
    }
    const both = flowing().step(says('local.hold')).step(hears('hold')).step(says('local.hold')).step(hears('hold'))
    expect(phaseOf(both.step(hears('continue')))).toBe('held')
    expect(phaseOf(both.step(says('local.continue')))).toBe('flowing')
    expect(both.sentCase('continue')).toHaveLength(1)
  })

  it('RA-FIL-036 a credit that decreases cancels the transfer', () => {
    expect(cancelsWith(flowing(100n).step(hears('credit', { bytes: 99n })))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(sendingHeld().step(hears('credit', { bytes: 99n })))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(sendingHeld().step(hears('credit', { bytes: 20_000_000n })))).toEqual([])
  })

  it('RA-FIL-045 sends a corrupt entry once more, even in the middle of it', () => {
    const corrupt = (number: number, retry: boolean) => hears('entryCorrupt', { entry: number, retry, leaf: 0, refusal: 0 })
    const begin = says('local.entry', { entry: 0, bytes: 3n })
    const end = flowing().step(begin).step(send(2)).step(corrupt(0, true))
    expect(end.noticed('file.corrupt')).toMatchObject([{ entry: 0, retry: true }])
    expect(end.step(begin).step(send(3)).sentCase('chunk')).toMatchObject([{ offset: 0n }])
    expect(cancelsWith(flowing().step(corrupt(0, true)).step(corrupt(0, true)))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(flowing().step(corrupt(3, true)))).toEqual([CancelReason.PROTOCOL])
    expect(flowing().step(corrupt(0, false)).noticed('file.corrupt')).toMatchObject([{ retry: false }])
    const many = agentEnd()
      .step(offerEvent({ entries: MAX_RETRIES + 2 }))
      .step(says('local.page', { entries: [entry(0, TOTAL), ...Array.from({ length: MAX_RETRIES + 1 }, (_, i) => entry(i + 1, 0n))], last: true }))
      .step(hears('decision', decision()))
    for (let i = 0; i < MAX_RETRIES; i++) expect(cancelsWith(many.step(corrupt(i, true)))).toEqual([])
    expect(cancelsWith(many.step(corrupt(MAX_RETRIES, true)))).toEqual([CancelReason.PROTOCOL])
  })

  it('is done when every taken entry is settled', () => {
    const verified = (...ranges: [number, number][]) => hears('entryVerified', { ranges: ranges.map(([first, last]) => ({ first, last })) })
    const end = flowing().step(verified([0, 1]))
    expect(end.noticed('file.verified')).toEqual([{ kind: 'file.verified', transferId: 1, first: 0, last: 1 }])
    expect(ended(end.step(hears('entryCorrupt', { entry: 2, retry: false, leaf: 0, refusal: FileRefusal.SPACE })))).toEqual([
      { result: 'done', failedEntries: 1 },
    ])
    expect(end.state.sending).toEqual([])
    expect(cancelsWith(flowing().step(verified([2, 1])))).toEqual([CancelReason.PROTOCOL])
    expect(
      cancelsWith(
        flowing()
          .step(verified([0, 1]))
          .step(verified([0, 1])),
      ),
    ).toEqual([CancelReason.PROTOCOL])
    expect(
      flowing()
        .step(hears('progress', { entry: 1, receivedBytes: 5n, verifiedBytes: 3n }))
        .noticed('file.progress'),
    ).toMatchObject([{ receivedBytes: 5n }])
  })

  it('hears the decision in parts, or that nothing is taken', () => {
    const skip = { entry: 0, action: EntryAction.SKIP, name: '', refusal: 0 }
    const end = deciding().step(hears('decision', decision({ exceptions: [skip], more: true })))
    expect(phaseOf(end)).toBe('deciding')
    expect(end.step(hears('decision', decision())).state.sending).toMatchObject([{ phase: 'flowing', at: { taken: 2 } }])
    const none = deciding().step(hears('decision', decision({ defaultAction: EntryAction.REFUSE, refusal: FileRefusal.DENIED })))
    expect(ended(none)).toEqual([{ result: 'declined', refusal: FileRefusal.DENIED }])
    expect(cancelsWith(deciding().step(hears('decision', decision({ defaultAction: EntryAction.RENAME }))))).toEqual([CancelReason.PROTOCOL])
    expect(phaseOf(deciding().step(says('local.hold')).step(hears('decision', decision())))).toBe('held')
  })

  it('every message that does not fit its phase cancels it, or is ignored', () => {
    const wrong = [
      hears('decision', decision()),
      hears('credit', { bytes: 1n }),
      hears('entryVerified', { ranges: [] }),
      hears('entryCorrupt', {}),
      hears('resumeFrom', { entry: 0, verifiedBytes: 0n }),
    ]
    for (const event of wrong) expect(cancelsWith(listing().step(event))).toEqual([CancelReason.PROTOCOL])
    for (const event of wrong.slice(1)) expect(cancelsWith(deciding().step(event))).toEqual([CancelReason.PROTOCOL])
    for (const end of [flowing, sendingHeld, sendResuming]) expect(cancelsWith(end().step(wrong[0] as FileEvent))).toEqual([CancelReason.PROTOCOL])
    for (const event of [...wrong, hears('progress'), hears('refused', { requestId: 0, reason: 1 }), hears('hold'), hears('continue')]) {
      const end = sendSuspended().step(event)
      expect([end.sent, phaseOf(end)]).toEqual([[], 'suspended'])
    }
    for (const phase of ['listing', 'deciding'] as const) {
      expect(SENDING[phase]().step(hears('progress')).notices).toEqual([])
      const refused = SENDING[phase]().step(hears('refused', { requestId: 0, reason: RefusalReason.LIMIT }))
      expect(ended(refused)).toEqual([{ result: 'refused', reason: RefusalReason.LIMIT }])
    }
    for (const phase of ['flowing', 'held', 'resuming'] as const)
      expect(phaseOf(SENDING[phase]().step(hears('refused', { requestId: 0, reason: 1 })))).toBe(phase)
    for (const phase of ['held', 'resuming'] as const) expect(SENDING[phase]().step(hears('progress')).noticed('file.progress')).toHaveLength(1)
  })

  it('RA-FIL-064 RA-FIL-065 goes on after a return where the receiver says, if the roots agree', () => {
    const place = (change = {}) => hears('resumeFrom', { entry: 2, verifiedBytes: LEAF_BYTES, prefixRoot: DIGEST, ...change })
    const prefix = (root: Uint8Array | undefined, settled = 2) => says('local.prefix', { root, settled })
    exact(sendResuming(), says('local.entry', { entry: 2, bytes: LEAF_BYTES + 1n }))
    exact(sendResuming(), prefix(DIGEST))
    expect(sendResuming().step(place()).noticed('file.prefix-wanted')).toMatchObject([{ entry: 2, verifiedBytes: LEAF_BYTES }])
    const offsets = [DIGEST, new Uint8Array(32).fill(1), new Uint8Array(31), undefined].map(
      root => sendResuming().step(place()).step(prefix(root)).noticed('file.resumed')[0]?.offset,
    )
    expect(offsets).toEqual([LEAF_BYTES, 0n, 0n, 0n])
    const end = sendResuming()
      .step(place())
      .step(hears('credit', { bytes: 5n }))
      .step(prefix(DIGEST))
    expect(end.noticed('file.credit')).toMatchObject([{ bytes: 5n }])
    exact(end, says('local.entry', { entry: 1, bytes: 0n }))
    exact(end, says('local.entry', { entry: 2, bytes: 1n }))
    expect(
      end
        .step(says('local.entry', { entry: 2, bytes: LEAF_BYTES + 1n }))
        .step(send(1))
        .sentCase('chunk'),
    ).toMatchObject([{ offset: LEAF_BYTES }])
    expect(ended(sendResuming().step(place()).step(prefix(undefined, 3)))).toEqual([{ result: 'done', failedEntries: 0 }])
    const counted = flowing()
      .step(hears('entryVerified', { ranges: [{ first: 0, last: 1 }] }))
      .step(permit({ flow: 'suspended' }))
      .step(permit())
    counted
      .step(place())
      .step(prefix(DIGEST))
      .step(hears('entryVerified', { ranges: [{ first: 2, last: 2 }] }))
    expect(ended(counted)).toEqual([{ result: 'done', failedEntries: 0 }])
    for (const bad of [place({ entry: 4 }), place({ verifiedBytes: 5n })]) expect(cancelsWith(sendResuming().step(bad))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(sendResuming().step(place()).step(place()))).toEqual([CancelReason.PROTOCOL])
    expect(cancelsWith(flowing().step(place()))).toEqual([CancelReason.PROTOCOL])
  })

  it('RA-FIL-067 the receiver may resume right behind the decision', () => {
    for (const end of [deciding(), deciding().step(says('local.hold'))]) {
      end.step(hears('decision', decision())).step(hears('resumeFrom', { entry: 2, verifiedBytes: LEAF_BYTES, prefixRoot: DIGEST }))
      expect(end.noticed('file.prefix-wanted')).toHaveLength(1)
    }
  })

  it('while it resumes it keeps what the receiver says, and waits for it to say where', () => {
    const resuming = sendResuming()
      .step(hears('credit', { bytes: 9n }))
      .step(hears('entryVerified', { ranges: [{ first: 0, last: 0 }] }))
    expect(resuming.notices).toEqual([])
    resuming.step(hears('resumeFrom', { entry: 1, verifiedBytes: 0n, prefixRoot: new Uint8Array(0) }))
    resuming
      .step(hears('credit', { bytes: 9n }))
      .step(hears('entryVerified', { ranges: [{ first: 1, last: 1 }] }))
      .step(hears('entryCorrupt', { entry: 1 }))
    expect(resuming.state.sending).toMatchObject([{ at: { credit: 9n, settled: 1 } }])
    expect(resuming.step(hears('entryVerified', { ranges: [{ first: 9, last: 9 }] })).state.sending).toMatchObject([{ at: { settled: 1 } }])
    expect(cancelsWith(resuming.step(hears('credit', { bytes: 8n })))).toEqual([CancelReason.PROTOCOL])
  })

  it('RA-FIL-064 gives its driver 30 s for the root, and 1 s more for each 8 MiB', () => {
    for (const [verifiedBytes, seconds] of [
      [0n, 30],
      [800n * LEAF_BYTES, 130],
      [(1n << 63n) - LEAF_BYTES, 2 ** 40],
    ] as const) {
      const end = sendResuming().step(hears('resumeFrom', { entry: 2, verifiedBytes, prefixRoot: DIGEST }))
      const reasons: unknown[] = []
      end.wait(seconds * 1_000 - 1, it => reasons.push(...cancelsWith(it)))
      expect(reasons).toEqual([])
      end.wait(1_000, it => reasons.push(...cancelsWith(it)))
      expect(reasons).toEqual(seconds < 1_000 ? [CancelReason.TIMEOUT] : [])
    }
  })

  it('RA-FIL-039 gives up on a receiver, and on its own driver, in time', () => {
    const limits: [() => End, number, CancelReason][] = [
      [listing, STALL_MS, CancelReason.SOURCE],
      [deciding, PERMIT.consentTimeoutMs + DECISION_SLACK_MS, CancelReason.TIMEOUT],
      [flowing, STALL_MS, CancelReason.TIMEOUT],
      [sendResuming, RESUME_TIMEOUT_MS, CancelReason.TIMEOUT],
    ]
    for (const [start, ms, reason] of limits) {
      const end = start()
      expect(end.wait(ms - 1).step({ type: 'tick' }).sent).toEqual([])
      let reasons: unknown
      end.wait(1, it => {
        reasons = cancelsWith(it)
      })
      expect([reasons, end.state.sending]).toEqual([[reason], []])
    }
    for (const start of [sendingHeld, sendSuspended]) expect(start().wait(10 * STALL_MS).state.sending).toHaveLength(1)
  })
})
