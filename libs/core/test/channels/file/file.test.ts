import { CancelReason, Direction, type Entry, EntryAction, EntryKind, type FileDecision_Exception, FileRefusal, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DECISION_SLACK_MS,
  FINISHED_MS,
  type FileEvent,
  LEAF_BYTES,
  MAX_ASKS,
  MAX_EXPECTED,
  MAX_RETRIES,
  MAX_TRANSFERS,
  RESUME_TIMEOUT_MS,
  STALL_MS,
} from '../../../src/channels/file/events.js'
import { agentFile, customerFile, refuseFile } from '../../../src/channels/file/file.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { at, Drive, walk, walkThrough } from '../support.js'
import { type End, type FileKind, PERMIT, permit } from './pair.js'

const CONTENT = new Uint8Array(16)
const DIGEST = new Uint8Array(32)
const entry = (number: number, bytes: bigint): Entry => ({ entry: number, path: [`${number}`], kind: EntryKind.FILE, bytes, modifiedMs: 0n, mode: 0 })
const agentEnd = (change = {}): End => new Drive(agentFile).step(permit(change))
const customerEnd = (change = {}): End => new Drive(customerFile).step(permit(change))
const remoteOf = (kind: FileKind): FileEvent => ({ type: `remote.${kind.$case}`, value: kind.value }) as FileEvent
/** A remote message about transfer 1. */
const hears = <C extends FileKind['$case']>(name: C, value: Partial<Extract<FileKind, { $case: C }>['value']> = {}): FileEvent =>
  remoteOf({ $case: name, value: { transferId: 1, ...value } } as unknown as FileKind)
/** What the driver says about transfer 1. */
const says = <T extends FileEvent['type']>(type: T, fields: object = {}): FileEvent => ({ type, transferId: 1, ...fields }) as unknown as FileEvent
const ended = (end: End) => end.noticed('file.ended').map(it => it.outcome)
const cancelsWith = (end: End) => end.sentCase('cancel').map(it => it.reason)

// The agent sends transfer 1 to the customer, which has these sizes.
const SIZES = [3n, 0n, LEAF_BYTES + 1n]
const TOTAL = SIZES.reduce((a, b) => a + b)
const ENTRIES = SIZES.map((bytes, i) => entry(i, bytes))
const offerEvent = (change = {}): FileEvent => says('local.offer', { entries: 3, bytes: TOTAL, requestId: 0, contentId: CONTENT, ...change })
const heardOffer = (change = {}): FileEvent =>
  hears('offer', { direction: Direction.TO_CUSTOMER, entries: 3, bytes: TOTAL, requestId: 0, contentId: CONTENT, ...change })
const decision = (change = {}) => ({
  defaultAction: EntryAction.ACCEPT,
  refusal: FileRefusal.UNSPECIFIED,
  exceptions: [] as FileDecision_Exception[],
  more: false,
  ...change,
})
const expected = { entries: SIZES.map((bytes, i) => ({ entry: i, bytes })) }

const listing = (): End => agentEnd().step(offerEvent())
const deciding = (): End => listing().step(says('local.page', { entries: ENTRIES, last: true }))
const flowing = (credit = 10_000_000n): End =>
  deciding()
    .step(hears('decision', decision()))
    .step(hears('credit', { bytes: credit }))
const sendingHeld = (): End => flowing().step(hears('hold'))
const sendSuspended = (): End => flowing().step(permit({ flow: 'suspended' }))
const sendResuming = (): End => sendSuspended().step(permit())
const SENDING = { listing, deciding, flowing, held: sendingHeld, suspended: sendSuspended, resuming: sendResuming }

const heardListing = (): End => customerEnd().step(heardOffer())
const asked = (): End => heardListing().step(hears('manifestPage', { page: 0, last: true, entries: ENTRIES }))
const receiving = (): End => asked().step(says('local.decide', decision())).step(says('local.expect', expected))
const receivingHeld = (): End => receiving().step(says('local.hold'))
const receiveSuspended = (): End => receiving().step(permit({ flow: 'suspended' }))
const receiveResuming = (): End => receiveSuspended().step(permit())
const RECEIVING = { listing: heardListing, deciding: asked, receiving, held: receivingHeld, suspended: receiveSuspended, resuming: receiveResuming }

const phaseOf = (end: End) => [...end.state.sending, ...end.state.receiving][0]?.phase
const chunk = (entryNumber: number, offset: bigint, bytes: number): FileEvent =>
  hears('chunk', { entry: entryNumber, offset, sentAtUs: 0n, data: new Uint8Array(bytes) })
const send = (bytes: number): FileEvent => says('local.chunk', { data: new Uint8Array(bytes), sentAtUs: 0n })
const exact = (end: End, event: FileEvent): void => {
  expect(() => end.step(event), event.type).toThrow(LocalProtocolError)
}

describe('offers and asks', () => {
  it('RA-FIL-004 RA-FIL-006 RA-FIL-007 RA-FIL-008 an offer that cannot be is refused with the reason', () => {
    const reasonFor = (end: End, event = heardOffer()) =>
      end
        .step(event)
        .sentCase('refused')
        .map(it => it.reason)[0]
    expect(reasonFor(customerEnd())).toBeUndefined()
    expect(reasonFor(customerEnd(), heardOffer({ transferId: 2 }))).toBe(RefusalReason.INVALID)
    expect(reasonFor(customerEnd(), heardOffer({ direction: Direction.FROM_CUSTOMER }))).toBe(RefusalReason.INVALID)
    expect(reasonFor(heardListing())).toBe(RefusalReason.INVALID)
    expect(reasonFor(customerEnd({ toCustomer: false }))).toBe(RefusalReason.NO_GRANT)
    expect(reasonFor(customerEnd({ maxFileBytes: 0n }))).toBe(RefusalReason.POLICY)
    expect(reasonFor(customerEnd({ maxEntries: 2 }))).toBe(RefusalReason.LIMIT)
    expect(reasonFor(customerEnd({ flow: 'held' }))).toBe(RefusalReason.PAUSED)
    expect(reasonFor(customerEnd({ flow: 'suspended' }))).toBe(RefusalReason.NOT_ACTIVE)
    const full = customerEnd()
    for (let i = 0; i < MAX_TRANSFERS; i++) expect(reasonFor(full, heardOffer({ transferId: 2 * i + 1 }))).toBeUndefined()
    expect(reasonFor(full, heardOffer({ transferId: 99 }))).toBe(RefusalReason.LIMIT)
  })

  it('the app cannot offer what would be refused', () => {
    exact(agentEnd({ toCustomer: false }), offerEvent())
    exact(agentEnd(), offerEvent({ transferId: 2 }))
    exact(listing(), offerEvent())
    exact(agentEnd(), offerEvent({ entries: 0 }))
    exact(agentEnd({ maxEntries: 2 }), offerEvent())
    exact(agentEnd(), offerEvent({ requestId: 5 }))
    exact(agentEnd({ flow: 'held' }), offerEvent())
    const full = agentEnd()
    for (let i = 0; i < MAX_TRANSFERS; i++) full.step(offerEvent({ transferId: 2 * i + 1 }))
    exact(full, offerEvent({ transferId: 99 }))
  })

  it('RA-FIL-009 an ask is answered by an offer, a refusal, or time', () => {
    const ask: FileEvent = { type: 'local.ask', requestId: 7, prompt: 'logs, please' }
    const agent = agentEnd().step(ask)
    expect(agent.sentCase('ask')).toEqual([{ requestId: 7, prompt: 'logs, please' }])
    const customer = (): End => customerEnd().step(remoteOf({ $case: 'ask', value: { requestId: 7, prompt: '' } }))
    expect(customer().noticed('file.asked')).toMatchObject([{ requestId: 7, by: PERMIT.consentTimeoutMs }])
    const offered = customer().step(offerEvent({ transferId: 2, requestId: 7 }))
    expect(offered.sentCase('offer')).toMatchObject([{ requestId: 7, direction: Direction.FROM_CUSTOMER }])
    expect(offered.noticed('file.ask-ended')).toMatchObject([{ reason: RefusalReason.UNSPECIFIED }])
    expect(agent.step(remoteOf(offered.onlySent)).noticed('file.ask-ended')).toMatchObject([{ requestId: 7, reason: RefusalReason.UNSPECIFIED }])
    const declined = customer().step({ type: 'local.decline', requestId: 7, reason: RefusalReason.DENIED })
    expect(declined.sentCase('refused')).toEqual([{ transferId: 0, requestId: 7, reason: RefusalReason.DENIED }])
    expect(declined.step({ type: 'local.decline', requestId: 7, reason: RefusalReason.DENIED }).sent).toEqual([])
    expect(
      agentEnd()
        .step(ask)
        .step(remoteOf({ $case: 'refused', value: { transferId: 0, requestId: 7, reason: RefusalReason.DENIED } })).notices,
    ).toEqual([{ kind: 'file.ask-ended', requestId: 7, reason: RefusalReason.DENIED }])
    const seen: unknown[] = []
    customer().wait(PERMIT.consentTimeoutMs, it => seen.push(it.now, ...it.sent, ...it.notices))
    agentEnd()
      .step(ask)
      .wait(PERMIT.consentTimeoutMs + DECISION_SLACK_MS, it => seen.push(it.now, ...it.sent, ...it.notices))
    const over = { kind: 'file.ask-ended', requestId: 7, reason: RefusalReason.TIMEOUT }
    expect(seen).toEqual([60_000, { $case: 'refused', value: { transferId: 0, requestId: 7, reason: RefusalReason.TIMEOUT } }, over, 70_000, over])
  })

  it('an ask ends with the grant or the line, and asks are bounded', () => {
    const ask = (requestId: number): FileEvent => ({ type: 'local.ask', requestId, prompt: '' })
    const heard = (requestId: number): FileEvent => remoteOf({ $case: 'ask', value: { requestId, prompt: '' } })
    const lost = customerEnd()
      .step(heard(1))
      .step(permit({ fromCustomer: false }))
    expect(lost.sentCase('refused')).toMatchObject([{ requestId: 1, reason: RefusalReason.NO_GRANT }])
    const gone = customerEnd()
      .step(heard(1))
      .step(permit({ flow: 'suspended' }))
    expect([gone.sent, gone.noticed('file.ask-ended')]).toMatchObject([[], [{ reason: RefusalReason.NOT_ACTIVE }]])
    expect(
      agentEnd()
        .step(ask(1))
        .step(permit({ fromCustomer: false })).sent,
    ).toEqual([])
    const agent = agentEnd()
    const customer = customerEnd()
    for (let id = 1; id <= MAX_ASKS; id++) {
      agent.step(ask(id))
      customer.step(heard(id))
    }
    exact(agent, ask(99))
    expect(customer.step(heard(99)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.LIMIT }])
    expect(customer.step(heard(1)).sent).toEqual([])
    exact(agentEnd().step(ask(1)), ask(1))
    exact(agentEnd(), ask(0))
    exact(agentEnd({ fromCustomer: false }), ask(1))
    exact(customerEnd(), ask(1))
    exact(agentEnd(), { type: 'local.decline', requestId: 1, reason: RefusalReason.DENIED })
    expect(agentEnd().step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NOT_ACTIVE }])
    expect(customerEnd({ flow: 'held' }).step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NOT_ACTIVE }])
    expect(customerEnd({ fromCustomer: false }).step(heard(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NO_GRANT }])
    const refusal = (requestId: number): FileEvent => remoteOf({ $case: 'refused', value: { transferId: 0, requestId, reason: RefusalReason.DENIED } })
    expect([agentEnd().step(refusal(1)).notices, customerEnd().step(heard(1)).step(refusal(1)).notices]).toEqual([[], []])
  })

  it('what the matrix did not let pass is refused in the words of the channel', () => {
    const offer = { transferId: 3, direction: 1, entries: 1, bytes: 0n, requestId: 4, contentId: CONTENT }
    expect(refuseFile({ $case: 'offer', value: offer }, RefusalReason.NO_GRANT)).toEqual({
      $case: 'refused',
      value: { transferId: 3, requestId: 0, reason: RefusalReason.NO_GRANT },
    })
    expect(refuseFile({ $case: 'ask', value: { requestId: 4, prompt: '' } }, RefusalReason.PAUSED)).toEqual({
      $case: 'refused',
      value: { transferId: 0, requestId: 4, reason: RefusalReason.PAUSED },
    })
    expect(refuseFile({ $case: 'hold', value: { transferId: 3 } }, RefusalReason.PAUSED)).toBeUndefined()
  })
})

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

  it('RA-FIL-041 a chunk ends with its leaf', () => {
    const end = customerEnd()
      .step(heardOffer({ entries: 1, bytes: 4n * LEAF_BYTES }))
      .step(hears('manifestPage', { page: 0, last: true, entries: [entry(0, 4n * LEAF_BYTES)] }))
      .step(says('local.decide', decision()))
      .step(says('local.expect', { entries: [{ entry: 0, bytes: 4n * LEAF_BYTES }] }))
    for (let offset = 0; offset < 1_032_192; offset += 49_152) expect(cancelsWith(end.step(chunk(0, BigInt(offset), 49_152)))).toEqual([])
    expect(cancelsWith(end.step(chunk(0, 1_032_192n, 20_000)))).toEqual([CancelReason.PROTOCOL])
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
