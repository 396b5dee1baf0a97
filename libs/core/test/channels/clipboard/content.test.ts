import { type ClipboardFormat, CloseCode, Direction, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ANSWER_TIMEOUT_MS,
  agentClipboard,
  customerClipboard,
  MAX_CONTENT_BYTES,
  MAX_TEXT_BYTES,
  refuseClipboard,
} from '../../../src/channels/clipboard/clipboard.js'
import type { ClipboardEvent } from '../../../src/channels/clipboard/table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { at, Drive, walk, walkThrough } from '../support.js'
import {
  agentEnd,
  changed,
  customerEnd,
  data,
  type End,
  FROM_CUSTOMER,
  hearing,
  isOn,
  offer,
  permit,
  request,
  serve,
  sharing,
  sync,
  TEXT,
  TO_CUSTOMER,
  unavailable,
} from './scenes.js'

describe('offers', () => {
  it('RA-CLP-005 RA-CLP-006 nothing is offered while off, and nothing from before', () => {
    const end = customerEnd().step(changed())
    expect(end.sent).toEqual([])
    expect(end.step(sync(FROM_CUSTOMER, true)).sentCase('offer')).toEqual([])
    expect(end.step(changed()).sentCase('offer')).toEqual([{ offerId: 1, formats: [TEXT] }])
  })

  it('RA-CLP-015 RA-CLP-016 what came through the session is never offered, and voids what was', () => {
    const end = sharing()
    expect(end.step(changed([TEXT], true)).sent).toEqual([])
    end.now = at(1_000)
    end.step(changed())
    expect(end.step(changed([TEXT], true)).sentCase('withdrawn')).toEqual([{ offerId: 1 }])
  })

  it('RA-CLP-018 an emptied clipboard is withdrawn', () => {
    expect(sharing().step(changed()).step(changed([])).sentCase('withdrawn')).toEqual([{ offerId: 1 }])
  })

  it('RA-CLP-017 never more than 5 offers in any second, and the newest content is offered at last', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }), gaps => {
        const end = sharing()
        const offers: { at: number; mime: string | undefined }[] = []
        const note = ({ now, sent }: End) => {
          for (const kind of sent) if (kind.$case === 'offer') offers.push({ at: now, mime: kind.value.formats[0]?.mime })
        }
        gaps.forEach((gap, i) => {
          end.wait(gap, note)
          note(end.step(changed([{ mime: `text/${i}`, bytes: 1n }])))
        })
        end.wait(10_000, note)
        for (const { at: from } of offers) expect(offers.filter(it => it.at >= from && it.at <= from + 1_000).length).toBeLessThanOrEqual(5)
        expect(offers.at(-1)?.mime).toBe(`text/${gaps.length - 1}`)
      }),
    )
  })

  it('a pause voids offers; they are made again under a new id when it is over', () => {
    const end = sharing().step(changed())
    expect(end.step(permit({ flowing: false })).sent).toEqual([])
    expect(end.step(request(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.PAUSED }])
    end.now = at(1_000)
    expect(end.step(permit()).sentCase('offer')).toEqual([{ offerId: 2, formats: [TEXT] }])
  })

  it('content copied during a pause is not offered', () => {
    const end = sharing()
      .step(permit({ flowing: false }))
      .step(changed())
      .wait(1_000)
    expect(end.step(permit()).sent).toEqual([])
  })

  it('RA-CLP-007 an offer is ignored while the direction is off', () => {
    expect(agentEnd().step(offer(1)).notices).toEqual([])
    expect(hearing().step(offer(1)).notices).toEqual([{ kind: 'clipboard.offered', offerId: 1, formats: [TEXT] }])
    expect(hearing().step(offer(2)).step(offer(1)).notices).toEqual([])
  })

  it('a withdrawn offer is void', () => {
    const end = hearing().step(offer(1))
    expect(end.step({ type: 'remote.withdrawn', value: { offerId: 9 } }).notices).toEqual([])
    expect(end.step({ type: 'remote.withdrawn', value: { offerId: 1 } }).notices).toEqual([{ kind: 'clipboard.withdrawn', offerId: 1 }])
    expect(() => end.step({ type: 'local.request', mime: TEXT.mime })).toThrow(/nothing of the kind/)
  })
})

describe('serving', () => {
  it('RA-CLP-008 RA-CLP-009 RA-CLP-011 what is asked for is sent piece by piece', () => {
    const end = sharing().step(changed()).step(request(1))
    expect(end.notices).toEqual([{ kind: 'clipboard.wanted', offerId: 1, mime: TEXT.mime }])
    expect(end.step(serve(1, 0, 10)).sentCase('data')).toMatchObject([{ offerId: 1, offset: 0n, last: false }])
    expect(() => end.step(serve(1, 11, 10))).toThrow(/begins at 10/)
    expect(end.step(serve(1, 10, 5, true)).sentCase('data')).toMatchObject([{ offset: 10n, last: true }])
    expect(end.step(serve(1, 15, 5, true)).sent).toEqual([])
  })

  it('RA-CLP-010 a request for what is not the newest offer is refused', () => {
    const end = sharing().step(changed())
    end.now = at(500)
    end.step(changed())
    const refusals = [request(1), request(2, 'image/png'), request(0)].map(event => end.step(event).sentCase('refused')[0]?.reason)
    expect(refusals).toEqual([RefusalReason.NOT_FOUND, RefusalReason.NOT_FOUND, RefusalReason.NOT_FOUND])
  })

  it.each([
    ['text/plain', MAX_TEXT_BYTES],
    ['text/html', MAX_TEXT_BYTES],
    ['image/png', MAX_CONTENT_BYTES],
  ])('RA-CLP-013 RA-CLP-025 no more is sent of %s than it may have', (mime, most) => {
    const end = sharing()
      .step(changed([{ mime, bytes: 0n }]))
      .step(request(1, mime))
    expect(() => end.step(serve(1, 0, most + 1, true, mime))).toThrow(LocalProtocolError)
    expect(end.step(serve(1, 0, most, true, mime)).sent).toHaveLength(1)
  })

  it('a request is refused while the direction is off, or another is being served', () => {
    expect(customerEnd().step(request(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.NO_GRANT }])
    expect(sharing().step(changed()).step(request(1)).step(request(1)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.LIMIT }])
  })

  it('a request ends when the content is gone, unavailable, or too slow', () => {
    const serving = () => sharing().step(changed()).step(request(1))
    const gone = serving().step(changed())
    expect(gone.sentCase('refused')).toMatchObject([{ offerId: 1, reason: RefusalReason.NOT_FOUND }])
    expect(gone.noticed('clipboard.unwanted')).toHaveLength(1)
    const refusing = serving().step(unavailable(RefusalReason.LIMIT))
    expect(refusing.sentCase('refused')).toMatchObject([{ offerId: 1, reason: RefusalReason.LIMIT }])
    expect(refusing.step(unavailable(RefusalReason.NOT_FOUND)).sent).toEqual([])
    const sent: unknown[] = []
    serving().wait(ANSWER_TIMEOUT_MS, end => sent.push(...end.sent))
    expect(sent).toEqual([{ $case: 'refused', value: { offerId: 1, mime: TEXT.mime, direction: 0, reason: RefusalReason.NOT_FOUND } }])
    const off = serving().step(sync(FROM_CUSTOMER, false))
    expect(off.sentCase('refused')).toMatchObject([{ offerId: 1, reason: RefusalReason.NO_GRANT }])
    const lost = serving().step(permit({ flowing: false, reset: true }))
    expect(lost.sent).toEqual([])
    expect(lost.noticed('clipboard.unwanted')).toHaveLength(1)
  })
})

describe('fetching', () => {
  const fetching = (format: ClipboardFormat = TEXT): End =>
    hearing()
      .step(offer(1, [format]))
      .step({ type: 'local.request', mime: format.mime })

  it('pieces arrive in order, and the last ends it', () => {
    const end = fetching()
    expect(end.onlySent).toEqual({ $case: 'request', value: { offerId: 1, mime: TEXT.mime } })
    expect(() => end.step({ type: 'local.request', mime: TEXT.mime })).toThrow(/already/)
    expect(end.step(data(1, 0, 3)).noticed('clipboard.piece')).toMatchObject([{ offset: 0, last: false }])
    expect(end.step(data(1, 3, 3, true)).noticed('clipboard.piece')).toMatchObject([{ offset: 3, last: true }])
    expect(end.state.fetching).toBeUndefined()
    expect(end.step(data(1, 6, 1)).notices).toEqual([])
  })

  it('RA-CLP-011 a gap ends the connection', () => {
    expect(fetching().step(data(1, 1, 3)).violations).toEqual([{ type: 'violation', phase: 'flowing', event: 'remote.data', code: CloseCode.INVALID_FIELD }])
  })

  it('the customer fetches what the agent offers', () => {
    const end = customerEnd().step(sync(TO_CUSTOMER, true)).step(offer(1))
    expect(end.noticed('clipboard.offered')).toMatchObject([{ offerId: 1 }])
    expect(end.step({ type: 'local.request', mime: TEXT.mime }).sentCase('request')).toEqual([{ offerId: 1, mime: TEXT.mime }])
    expect(end.step(data(1, 0, 3, true)).noticed('clipboard.piece')).toMatchObject([{ offset: 0, last: true }])
  })

  it('RA-CLP-014 text, other content, and content of a stated size each have a limit, to the byte', () => {
    const limits: [ClipboardFormat, number][] = [
      [TEXT, MAX_TEXT_BYTES],
      [{ mime: 'image/png', bytes: 0n }, MAX_CONTENT_BYTES],
      [{ mime: 'image/png', bytes: 5n }, 5],
      [{ mime: 'text/plain', bytes: BigInt(MAX_TEXT_BYTES) + 1n }, MAX_TEXT_BYTES],
    ]
    for (const [format, most] of limits) {
      const end = fetching(format)
      expect(end.step(data(1, 0, most, false, format.mime)).noticed('clipboard.piece')).toHaveLength(1)
      expect(end.step(data(1, most, 1, true, format.mime)).notices).toEqual([
        { kind: 'clipboard.failed', offerId: 1, mime: format.mime, reason: RefusalReason.LIMIT },
        { kind: 'clipboard.withdrawn', offerId: 1 },
      ])
    }
  })

  it('RA-CLP-014 content beyond the limit, or the size that was stated, is discarded', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<[string, number]>(['text/plain', MAX_TEXT_BYTES], ['text/html', MAX_TEXT_BYTES], ['image/png', MAX_CONTENT_BYTES]),
        fc.option(fc.integer({ min: 1, max: 2_000_000 }), { nil: 0 }),
        fc.integer({ min: 1, max: 3 }),
        ([mime, most], stated, over) => {
          const limit = stated === 0 ? most : Math.min(stated, most)
          const end = fetching({ mime, bytes: BigInt(stated) })
          expect(end.step(data(1, 0, limit, false, mime)).noticed('clipboard.piece')).toHaveLength(1)
          expect(end.step(data(1, limit, over, true, mime)).noticed('clipboard.failed')).toMatchObject([{ reason: RefusalReason.LIMIT }])
          expect(end.noticed('clipboard.piece')).toEqual([])
        },
      ),
      { numRuns: 20 },
    )
  })

  it('it fails when refused, withdrawn, replaced and withdrawn, switched off, paused, or silent', () => {
    const reasonOf = (end: End) => end.noticed('clipboard.failed').map(it => it.reason)
    const refusal = { offerId: 1, mime: TEXT.mime, direction: Direction.UNSPECIFIED, reason: RefusalReason.LIMIT }
    expect(reasonOf(fetching().step({ type: 'remote.refused', value: refusal }))).toEqual([RefusalReason.LIMIT])
    expect(reasonOf(fetching().step({ type: 'remote.refused', value: { ...refusal, offerId: 2 } }))).toEqual([])
    expect(reasonOf(fetching().step({ type: 'remote.withdrawn', value: { offerId: 1 } }))).toEqual([RefusalReason.NOT_FOUND])
    expect(
      reasonOf(
        fetching()
          .step(offer(2))
          .step({ type: 'remote.withdrawn', value: { offerId: 1 } }),
      ),
    ).toEqual([RefusalReason.NOT_FOUND])
    expect(reasonOf(fetching().step(sync(FROM_CUSTOMER, false)))).toEqual([RefusalReason.NO_GRANT])
    expect(reasonOf(fetching().step(permit({ flowing: false })))).toEqual([RefusalReason.PAUSED])
    const silent: RefusalReason[] = []
    fetching().wait(ANSWER_TIMEOUT_MS, end => silent.push(...reasonOf(end)))
    expect(silent).toEqual([RefusalReason.TIMEOUT])
  })

  it('RA-CLP-019 offers from before a drop of the line are void', () => {
    const end = hearing()
      .step(offer(1))
      .step(permit({ flowing: false, reset: true }))
      .step(permit())
    expect(() => end.step({ type: 'local.request', mime: TEXT.mime })).toThrow(LocalProtocolError)
    const owner = sharing()
      .step(changed())
      .step(permit({ flowing: false, reset: true }))
      .step(permit())
    expect(owner.step(request(1)).sentCase('refused')).toHaveLength(1)
  })
})

describe('in every phase', () => {
  it('messages that cross a pause are ignored or answered', () => {
    const end = hearing().step(permit({ flowing: false }))
    expect(end.step(offer(1)).notices).toEqual([])
    expect(end.step(data(1, 0, 1)).notices).toEqual([])
    expect(end.step(serve(1, 0, 1)).sent).toEqual([])
    expect(end.step(unavailable(RefusalReason.NOT_FOUND)).sent).toEqual([])
  })

  it('a refused request is answered, anything else is dropped', () => {
    expect(refuseClipboard({ $case: 'request', value: { offerId: 3, mime: 'a/b' } }, RefusalReason.PAUSED)).toEqual({
      $case: 'refused',
      value: { offerId: 3, mime: 'a/b', direction: Direction.UNSPECIFIED, reason: RefusalReason.PAUSED },
    })
    expect(refuseClipboard({ $case: 'withdrawn', value: { offerId: 3 } }, RefusalReason.PAUSED)).toBeUndefined()
  })

  it('no walk throws on remote input, and every request ends', () => {
    const direction = fc.constantFrom(TO_CUSTOMER, FROM_CUSTOMER)
    const id = fc.nat(4)
    const mime = fc.constantFrom('text/plain', 'image/png')
    const formats = fc.array(fc.record({ mime, bytes: fc.bigInt(0n, 30n) }), { maxLength: 2 })
    const events: fc.Arbitrary<ClipboardEvent> = fc.oneof(
      fc
        .record({ toCustomer: fc.boolean(), fromCustomer: fc.boolean(), flowing: fc.boolean(), reset: fc.boolean() })
        .map(it => permit({ ...it, flowing: it.flowing && !it.reset })),
      fc.tuple(direction, fc.boolean()).map(([to, on]) => sync(to, on)),
      fc.tuple(direction, fc.boolean()).map(([to, on]): ClipboardEvent => ({ type: 'local.sync', direction: to, on })),
      fc.tuple(id, formats).map(([offerId, of]) => offer(offerId, of)),
      fc.tuple(id, mime).map(([offerId, of]) => request(offerId, of)),
      fc.tuple(id, fc.nat(40), fc.boolean(), mime).map(([offerId, bytes, last, of]) => data(offerId, 0, bytes, last, of)),
      fc.tuple(id, fc.nat(40), fc.boolean(), mime).map(([offerId, bytes, last, of]) => serve(offerId, 0, bytes, last, of)),
      id.map((offerId): ClipboardEvent => ({ type: 'remote.withdrawn', value: { offerId } })),
      fc
        .tuple(id, mime, direction)
        .map(([offerId, of, to]): ClipboardEvent => ({ type: 'remote.refused', value: { offerId, mime: of, direction: to, reason: RefusalReason.POLICY } })),
      fc.tuple(formats, fc.boolean()).map(([of, fromPeer]) => changed(of, fromPeer)),
      mime.map((of): ClipboardEvent => ({ type: 'local.request', mime: of })),
      fc.tuple(id, mime).map(([offerId, of]): ClipboardEvent => ({ type: 'local.unavailable', offerId, mime: of, reason: RefusalReason.NOT_FOUND })),
      fc.constant<ClipboardEvent>({ type: 'tick' }),
    )
    fc.assert(
      fc.property(fc.constantFrom(agentClipboard, customerClipboard), walk(events, 80), (machine, steps) => {
        const end: End = new Drive(machine).step(permit())
        const own = machine === agentClipboard ? 'toCustomer' : 'fromCustomer'
        let open = 0
        walkThrough(end, steps, ({ state, sent, notices }) => {
          const carries = isOn(end, own) && state.permit[own] && state.phase === 'flowing'
          for (const kind of sent) if (kind.$case === 'offer' || kind.$case === 'data') expect(carries).toBe(true)
          for (const kind of sent) if (kind.$case === 'request') open += 1
          for (const it of notices) if (it.kind === 'clipboard.failed' || (it.kind === 'clipboard.piece' && it.last)) open -= 1
          expect(open).toBe(state.fetching === undefined ? 0 : 1)
          expect(state.fetching === undefined || state.phase === 'flowing').toBe(true)
          expect(state.serving === undefined || carries).toBe(true)
        })
        end.wait(60_000)
        expect([end.state.fetching, end.state.serving, end.machine.nextDeadline(end.state)]).toEqual([undefined, undefined, undefined])
      }),
    )
  })
})
