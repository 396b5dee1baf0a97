import { CancelReason, Direction, EntryAction, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FINISHED_MS, type FileEvent, LEAF_BYTES, MAX_ASKS, MAX_TRANSFERS } from '../../../src/channels/file/events.js'
import { agentFile, customerFile } from '../../../src/channels/file/file.js'
import { Drive, walk, walkThrough } from '../support.js'
import { type End, type FileKind, permit } from './pair.js'
import {
  agentEnd,
  asked,
  CONTENT,
  cancelsWith,
  customerEnd,
  DIGEST,
  deciding,
  decision,
  ended,
  entry,
  heardListing,
  hears,
  listing,
  phaseOf,
  RECEIVING,
  receiveResuming,
  receiving,
  remoteOf,
  SENDING,
  says,
  send,
  sendResuming,
} from './scenes.js'

describe('any transfer', () => {
  const starts = [...Object.entries(SENDING), ...Object.entries(RECEIVING)]

  it('RA-FIL-061 either end cancels it in any phase', () => {
    for (const [phase, start] of starts) {
      expect(ended(start().step(hears('cancel', { reason: CancelReason.USER })))).toEqual([{ result: 'cancelled', reason: CancelReason.USER, byPeer: true }])
      const here = start().step(says('local.cancel', { reason: CancelReason.SOURCE }))
      expect(ended(here)).toEqual([{ result: 'cancelled', reason: CancelReason.SOURCE, byPeer: false }])
      expect(cancelsWith(here)).toEqual(phase === 'suspended' ? [] : [CancelReason.SOURCE])
    }
  })

  it('RA-FIL-062 is cancelled with REVOKED when its grant is lost, and lost when the peer is gone', () => {
    for (const [, start] of starts) {
      expect(cancelsWith(start().step(permit({ toCustomer: false })))).toEqual([CancelReason.REVOKED])
      expect(cancelsWith(start().step(permit({ fromCustomer: false })))).toEqual([])
      const gone = start().step(permit({ flow: 'closed' }))
      expect([ended(gone), gone.sent]).toEqual([[{ result: 'lost' }], []])
    }
  })

  it('survives a dropped line once it is decided, and only then', () => {
    for (const [phase, start] of starts) {
      const end = start()
        .step(permit({ flow: 'suspended' }))
        .step(permit({ flow: 'suspended' }))
      const undecided = phase === 'listing' || phase === 'deciding'
      expect(phaseOf(end)).toBe(undecided ? undefined : 'suspended')
      if (!undecided)
        expect(
          phaseOf(
            end
              .step(permit())
              .step(permit({ flow: 'held' }))
              .step(permit({ flow: 'held' })),
          ),
        ).toBe('resuming')
    }
  })

  it('is held and continued in any phase before it moves', () => {
    for (const start of [listing, deciding, sendResuming, heardListing, asked, receiveResuming]) {
      const end = start().step(says('local.hold'))
      expect(end.sentCase('hold')).toHaveLength(1)
      expect(end.step(hears('hold')).noticed('file.held')).toMatchObject([{ byUs: true, byPeer: true, paused: false }])
      expect(end.step(hears('continue')).step(says('local.continue')).sentCase('continue')).toHaveLength(1)
      expect(end.step(permit({ flow: 'held' })).noticed('file.held')).toMatchObject([{ byUs: false, byPeer: false, paused: true }])
      expect(end.step(permit({ flow: 'held' })).notices).toEqual([])
    }
  })

  it('what concerns a transfer that is over is ignored, but for a resumption', () => {
    const events = [
      hears('chunk', { data: new Uint8Array(1) }),
      hears('credit', { bytes: 1n }),
      hears('cancel', { reason: 1 }),
      hears('hold'),
      says('local.hold'),
      send(1),
      says('local.decide', decision()),
    ]
    for (const event of events) for (const end of [agentEnd(), customerEnd()]) expect(end.step(event).sent).toEqual([])
    expect(agentEnd().step(send(1)).state.movedBytes).toBe(0n)
    expect(cancelsWith(agentEnd().step(hears('resumeFrom', { entry: 0, verifiedBytes: 0n })))).toEqual([CancelReason.PROTOCOL])
  })

  it('a sender that missed the end because the line dropped hears it after the return', () => {
    const verified = (number: number) => says('local.verified', { entry: number, bytes: 0n })
    const done = (): End =>
      receiving()
        .step(verified(0))
        .step(verified(1))
        .step(verified(2))
        .step(permit({ flow: 'suspended' }))
    const back = done().step(permit())
    expect(back.sentCase('resumeFrom')).toMatchObject([{ transferId: 1, entry: 3, verifiedBytes: 0n }])
    expect(ended(sendResuming().step(remoteOf(back.onlySent)))).toEqual([{ result: 'done', failedEntries: 0 }])
    expect(done().wait(FINISHED_MS).step(permit()).sent).toEqual([])
  })
})

describe('any walk', () => {
  const id = fc.constantFrom(1, 2, 3, 4)
  const small = fc.nat(4)
  const bytes = fc.nat(6).map(n => new Uint8Array(n))
  const flow = fc.constantFrom('flowing', 'flowing', 'flowing', 'held', 'suspended', 'closed') as fc.Arbitrary<'flowing'>
  const about = (fields: object) => fc.record({ transferId: id, ...fields })
  const message = <C extends FileKind['$case']>(name: C, fields: object): fc.Arbitrary<FileEvent> =>
    about(fields).map(value => remoteOf({ $case: name, value } as unknown as FileKind))
  const word = (type: FileEvent['type'], fields: object = {}): fc.Arbitrary<FileEvent> => about(fields).map(rest => ({ type, ...rest }) as unknown as FileEvent)
  const entries = fc.constantFrom([entry(0, 3n)], [entry(0, 3n), entry(1, 0n)])
  const part = {
    defaultAction: fc.constantFrom(EntryAction.ACCEPT, EntryAction.SKIP),
    refusal: fc.constant(0),
    exceptions: fc.constant([]),
    more: fc.constant(false),
  }
  const offer = {
    direction: fc.constantFrom(Direction.TO_CUSTOMER, Direction.FROM_CUSTOMER),
    entries: fc.constantFrom(1, 2),
    bytes: fc.constant(3n),
    requestId: small,
    contentId: fc.constant(CONTENT),
  }
  const place = { entry: small, verifiedBytes: fc.constantFrom(0n, LEAF_BYTES), prefixRoot: fc.constant(DIGEST) }
  const events: fc.Arbitrary<FileEvent> = fc.oneof(
    fc.record({ toCustomer: fc.boolean(), flow }).map(permit),
    { weight: 3, arbitrary: fc.constant(permit()) },
    { weight: 4, arbitrary: fc.oneof(message('offer', offer), word('local.offer', offer)) },
    {
      weight: 4,
      arbitrary: fc.oneof(
        message('manifestPage', { page: fc.constant(0), last: fc.constant(true), entries }),
        word('local.page', { entries, last: fc.constant(true) }),
      ),
    },
    { weight: 4, arbitrary: fc.oneof(message('decision', part), word('local.decide', part)) },
    { weight: 2, arbitrary: message('credit', { bytes: fc.bigInt(0n, 9n) }) },
    { weight: 2, arbitrary: word('local.expect', { entries: fc.constantFrom([{ entry: 0, bytes: 3n }], [{ entry: 1, bytes: 0n }]) }) },
    message('chunk', { entry: small, offset: fc.bigInt(0n, 4n), sentAtUs: fc.bigInt(0n, 1000n), data: bytes }),
    message('leafDone', { entry: small, index: fc.nat(1), sha256: fc.constant(DIGEST) }),
    message('entryDone', { entry: small, root: fc.constant(DIGEST) }),
    message('entryVerified', { ranges: fc.constantFrom([{ first: 0, last: 0 }], [{ first: 0, last: 1 }]) }),
    message('entryCorrupt', { entry: small, retry: fc.boolean(), leaf: fc.constant(0), refusal: fc.constant(0) }),
    message('cancel', { reason: fc.constant(CancelReason.USER) }),
    message('hold', {}),
    message('continue', {}),
    message('progress', { entry: small, receivedBytes: fc.constant(0n), verifiedBytes: fc.constant(0n) }),
    message('resumeFrom', place),
    message('refused', { requestId: small, reason: fc.constant(RefusalReason.DENIED) }),
    fc.record({ requestId: small, prompt: fc.constant('') }).map(value => remoteOf({ $case: 'ask', value })),
    word('local.entry', { entry: small, bytes: fc.constantFrom(0n, 3n) }),
    word('local.chunk', { data: bytes, sentAtUs: fc.constant(0n) }),
    word('local.leaf', { sha256: fc.constant(DIGEST) }),
    word('local.entryDone', { root: fc.constant(DIGEST) }),
    word('local.prefix', { root: fc.constant(DIGEST), settled: fc.nat(2) }),
    word('local.verified', { entry: small, bytes: fc.constant(3n) }),
    word('local.corrupt', { entry: small, bytes: fc.constant(3n), leaf: fc.constant(0), refusal: fc.constant(0) }),
    word('local.resume', { ...place, settled: fc.nat(2) }),
    word('local.hold'),
    word('local.continue'),
    word('local.cancel', { reason: fc.constant(CancelReason.USER) }),
    fc.record({ type: fc.constant('local.ask' as const), requestId: small, prompt: fc.constant('') }),
    fc.record({ type: fc.constant('local.decline' as const), requestId: small, reason: fc.constant(RefusalReason.DENIED) }),
    fc.constant<FileEvent>({ type: 'tick' }),
  )

  it('throws nothing on remote input, keeps every bound, sends nothing unasked, and ends in time', () => {
    fc.assert(
      fc.property(fc.constantFrom(agentFile, customerFile), walk(events, 120), (machine, steps) => {
        const end: End = new Drive(machine).step(permit())
        const open = new Set<number>()
        walkThrough(end, steps, ({ state, sent, notices, violations }) => {
          expect(violations).toEqual([])
          expect(state.sending.length).toBeLessThanOrEqual(MAX_TRANSFERS)
          expect(state.receiving.length).toBeLessThanOrEqual(MAX_TRANSFERS)
          expect(state.asks.length).toBeLessThanOrEqual(MAX_ASKS)
          for (const transfer of state.sending) {
            expect(transfer.phase).not.toBe('ended')
            if ('at' in transfer) expect(transfer.at.sent <= transfer.at.credit).toBe(true)
          }
          for (const kind of sent) {
            if (kind.$case === 'offer') open.add(kind.value.transferId)
            if (kind.$case === 'chunk') expect(state.sending.find(it => it.transferId === kind.value.transferId)?.phase).toBe('flowing')
          }
          for (const it of notices) {
            if (it.kind === 'file.offered') open.add(it.transferId)
            if (it.kind === 'file.ended') expect(open.delete(it.transferId), 'a transfer ends once').toBe(true)
            if (it.kind === 'file.chunk') expect(it.offset + BigInt(it.data.length) <= 3n, 'never beyond declared').toBe(true)
          }
          expect(open.size).toBe(state.sending.length + state.receiving.length)
        })
        end.wait(600_000)
        for (const transfer of [...end.state.sending, ...end.state.receiving]) expect(['held', 'suspended']).toContain(transfer.phase)
        end.step(permit({ flow: 'closed' }))
        expect([end.state.sending, end.state.receiving, end.state.asks, end.machine.nextDeadline(end.state)]).toEqual([[], [], [], undefined])
      }),
      { numRuns: 400 },
    )
  })
})
