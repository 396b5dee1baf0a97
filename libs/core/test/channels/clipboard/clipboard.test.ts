import { type Channel, type ClipboardFormat, CloseCode, Direction, RefusalReason } from '@remote-assist/codec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ANSWER_TIMEOUT_MS,
  agentClipboard,
  customerClipboard,
  MAX_CONTENT_BYTES,
  MAX_TEXT_BYTES,
  MAX_UNANSWERED,
  refuseClipboard,
} from '../../../src/channels/clipboard/clipboard.js'
import type { ClipboardEvent, ClipboardNotice, ClipboardPermit, ClipboardState } from '../../../src/channels/clipboard/table.js'
import { LocalProtocolError } from '../../../src/machine.js'
import type { Kind } from '../../../src/message.js'
import { at, Drive, remote, walk, walkThrough } from '../support.js'

type End = Drive<ClipboardState, ClipboardEvent, Kind<Channel.CLIPBOARD>, ClipboardNotice>

const { TO_CUSTOMER, FROM_CUSTOMER } = Direction
const TEXT: ClipboardFormat = { mime: 'text/plain', bytes: 0n }
const permit = (change: Partial<ClipboardPermit> = {}): ClipboardEvent => ({
  type: 'permit',
  toCustomer: true,
  fromCustomer: true,
  flowing: true,
  reset: false,
  ...change,
})
const agentEnd = (): End => new Drive(agentClipboard).step(permit())
const customerEnd = (): End => new Drive(customerClipboard).step(permit())
const sync = (direction: Direction, on: boolean): ClipboardEvent => ({ type: 'remote.sync', value: { direction, on } })
const changed = (formats: readonly ClipboardFormat[] = [TEXT], fromPeer = false): ClipboardEvent => ({ type: 'local.changed', formats, fromPeer })
const request = (offerId: number, mime = TEXT.mime): ClipboardEvent => ({ type: 'remote.request', value: { offerId, mime } })
const data = (offerId: number, offset: number, bytes: number, last = false, mime = TEXT.mime): ClipboardEvent => ({
  type: 'remote.data',
  value: { offerId, mime, offset: BigInt(offset), data: new Uint8Array(bytes), last },
})
const serve = (offerId: number, offset: number, bytes: number, last = false, mime = TEXT.mime): ClipboardEvent => ({
  type: 'local.data',
  offerId,
  mime,
  offset,
  data: new Uint8Array(bytes),
  last,
})
const offer = (offerId: number, formats: ClipboardFormat[] = [TEXT]): ClipboardEvent => ({ type: 'remote.offer', value: { offerId, formats } })
/** A customer whose own clipboard goes to the agent. */
const sharing = (): End => customerEnd().step(sync(FROM_CUSTOMER, true))
/** An agent that receives the customer's clipboard. */
const hearing = (): End => agentEnd().step({ type: 'local.sync', direction: FROM_CUSTOMER, on: true }).step(sync(FROM_CUSTOMER, true))
const isOn = (end: End, way: 'toCustomer' | 'fromCustomer'): boolean => end.state.switches[way].on && end.state.switches[way].wanted

describe('the switches', () => {
  it('RA-CLP-001 both directions are off at first, and after a return', () => {
    const end = sharing()
    expect(isOn(end, 'fromCustomer')).toBe(true)
    end.step(permit({ flowing: false, reset: true })).step(permit())
    expect([isOn(end, 'toCustomer'), isOn(end, 'fromCustomer')]).toEqual([false, false])
    expect(end.sent).toEqual([])
  })

  it('RA-CLP-002 the customer answers each switch with how the direction now is', () => {
    const end = customerEnd()
    for (const on of [true, true, false, true, false, false]) {
      expect(end.step(sync(TO_CUSTOMER, on)).sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on }])
      expect(isOn(end, 'toCustomer')).toBe(on)
    }
  })

  it('RA-CLP-003 the customer refuses to switch on without the grant', () => {
    const end = customerEnd().step(permit({ toCustomer: false }))
    expect(end.step(sync(TO_CUSTOMER, true)).onlySent).toEqual({
      $case: 'refused',
      value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT },
    })
    expect(end.step(sync(TO_CUSTOMER, false)).sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: false }])
    expect(end.step(sync(9 as Direction, true)).sentCase('refused')).toMatchObject([{ reason: RefusalReason.UNSUPPORTED }])
  })

  it('RA-CLP-004 the customer switches off, and says so, when the permission is lost', () => {
    const end = sharing().step(permit({ fromCustomer: false }))
    expect(end.sentCase('sync')).toEqual([{ direction: FROM_CUSTOMER, on: false }])
    expect(end.noticed('clipboard.switched')).toEqual([{ kind: 'clipboard.switched', direction: FROM_CUSTOMER, on: false, reason: RefusalReason.NO_GRANT }])
  })

  it('an agent asks, and hears yes, no, or nothing', () => {
    const asking = () => agentEnd().step({ type: 'local.sync', direction: TO_CUSTOMER, on: true })
    expect(asking().sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: true }])
    expect(isOn(asking(), 'toCustomer')).toBe(false)
    expect(asking().step(sync(TO_CUSTOMER, true)).noticed('clipboard.switched')).toMatchObject([{ on: true }])
    const no = asking().step({ type: 'remote.refused', value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT } })
    expect(no.noticed('clipboard.switched')).toMatchObject([{ on: false, reason: RefusalReason.NO_GRANT }])
    const seen: unknown[] = []
    const silence = asking().wait(ANSWER_TIMEOUT_MS, ({ notices, sent }) => seen.push(...notices, ...sent))
    expect(seen).toEqual([
      { kind: 'clipboard.switched', direction: TO_CUSTOMER, on: false, reason: RefusalReason.TIMEOUT },
      { $case: 'sync', value: { direction: TO_CUSTOMER, on: false } },
    ])
    expect(silence.machine.nextDeadline(silence.state)).toBeUndefined()
  })

  it('the customer may switch off, and never on', () => {
    const end = sharing()
    expect(end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: false }).sentCase('sync')).toEqual([{ direction: FROM_CUSTOMER, on: false }])
    expect(end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: false }).sent).toEqual([])
    expect(() => end.step({ type: 'local.sync', direction: FROM_CUSTOMER, on: true })).toThrow(LocalProtocolError)
    expect(() => end.step({ type: 'local.sync', direction: 0 as Direction, on: true })).toThrow(/no such direction/)
    end.step({ type: 'remote.refused', value: { offerId: 0, mime: '', direction: FROM_CUSTOMER, reason: RefusalReason.POLICY } })
    expect(end.notices).toEqual([])
  })

  it('an agent cannot switch on what is not granted, while nothing flows, or without end', () => {
    const on = { type: 'local.sync', direction: TO_CUSTOMER, on: true } as const
    expect(() =>
      agentEnd()
        .step(permit({ toCustomer: false }))
        .step(on),
    ).toThrow(LocalProtocolError)
    expect(() =>
      agentEnd()
        .step(permit({ flowing: false }))
        .step(on),
    ).toThrow(LocalProtocolError)
    const end = agentEnd()
    for (let i = 0; i < MAX_UNANSWERED / 2; i++) end.step(on).step({ ...on, on: false })
    expect(end.step({ ...on, on: false }).sent).toEqual([])
    expect(() => end.step(on)).toThrow(/has not answered/)
  })

  it('an agent switches off what it does not want on', () => {
    const end = agentEnd().step(sync(TO_CUSTOMER, true))
    expect(end.sentCase('sync')).toEqual([{ direction: TO_CUSTOMER, on: false }])
    expect(isOn(end, 'toCustomer')).toBe(false)
    expect(end.step(sync(9 as Direction, true)).sent).toEqual([])
  })

  it('an agent that switched several times goes by the last answer, and hears no reason of an earlier one', () => {
    const ask = (on: boolean): ClipboardEvent => ({ type: 'local.sync', direction: TO_CUSTOMER, on })
    const no: ClipboardEvent = { type: 'remote.refused', value: { offerId: 0, mime: '', direction: TO_CUSTOMER, reason: RefusalReason.NO_GRANT } }
    const end = agentEnd().step(ask(true)).step(ask(false)).step(ask(true))
    expect([end.step(no).notices, end.sent]).toEqual([[], []])
    expect([end.step(sync(TO_CUSTOMER, false)).notices, end.sent]).toEqual([[], []])
    expect(end.state.switches.toCustomer.answerBy).toBe(ANSWER_TIMEOUT_MS)
    expect(end.step(sync(TO_CUSTOMER, true)).noticed('clipboard.switched')).toMatchObject([{ on: true }])
    expect(isOn(end, 'toCustomer')).toBe(true)
    expect(end.state.switches.toCustomer.answerBy).toBeUndefined()
  })

  it('an agent asks once for what it wants already', () => {
    const end = agentEnd()
    const ask = (on: boolean): End => end.step({ type: 'local.sync', direction: TO_CUSTOMER, on })
    expect([ask(true).sent.length, ask(true).sent.length]).toEqual([1, 0])
    end.step(sync(TO_CUSTOMER, true))
    expect(ask(true).sent).toEqual([])
    expect([ask(false).sent.length, ask(false).sent.length]).toEqual([1, 0])
    expect(end.state.switches.toCustomer.unanswered).toBe(1)
  })

  it('both ends agree in the end, whoever switches whatever when', () => {
    const agentMoves = ['agent on', 'agent off', 'to customer', 'to agent'] as const
    const moves = fc.oneof(
      fc.array(fc.constantFrom(...agentMoves), { maxLength: 40 }),
      fc.array(fc.constantFrom(...agentMoves, 'customer off' as const), { maxLength: 40 }),
    ) as fc.Arbitrary<string[]>
    fc.assert(
      fc.property(moves, steps => {
        const [agent, customer] = [agentEnd(), customerEnd()]
        const toCustomer: Kind<Channel.CLIPBOARD>[] = []
        const toAgent: Kind<Channel.CLIPBOARD>[] = []
        const deliver = (queue: Kind<Channel.CLIPBOARD>[], end: End, back: Kind<Channel.CLIPBOARD>[]) => {
          const kind = queue.shift()
          if (kind !== undefined) back.push(...end.step(remote(kind)).sent)
        }
        for (const move of steps) {
          if (move === 'to customer') deliver(toCustomer, customer, toAgent)
          else if (move === 'to agent') deliver(toAgent, agent, toCustomer)
          else {
            const [end, queue] = move.startsWith('agent') ? [agent, toCustomer] : [customer, toAgent]
            end.attempt({ type: 'local.sync', direction: TO_CUSTOMER, on: move.endsWith('on') })
            queue.push(...end.sent)
          }
        }
        while (toCustomer.length + toAgent.length > 0) {
          deliver(toCustomer, customer, toAgent)
          deliver(toAgent, agent, toCustomer)
        }
        expect(isOn(agent, 'toCustomer')).toBe(isOn(customer, 'toCustomer'))
        expect(agent.state.switches.toCustomer.answerBy).toBeUndefined()
        if (!steps.includes('customer off')) {
          const asked = steps.filter(move => move.startsWith('agent'))
          expect(isOn(agent, 'toCustomer')).toBe(asked.at(-1) === 'agent on')
        }
      }),
    )
  })
})

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

  it('RA-CLP-013 no more is sent than text may have', () => {
    const end = sharing().step(changed()).step(request(1))
    expect(() => end.step(serve(1, 0, MAX_TEXT_BYTES + 1))).toThrow(LocalProtocolError)
    expect(end.step(serve(1, 0, MAX_TEXT_BYTES, true)).sent).toHaveLength(1)
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
    const unavailable = serving().step({ type: 'local.unavailable', offerId: 1, mime: TEXT.mime })
    expect(unavailable.sentCase('refused')).toMatchObject([{ offerId: 1, reason: RefusalReason.NOT_FOUND }])
    expect(unavailable.step({ type: 'local.unavailable', offerId: 1, mime: TEXT.mime }).sent).toEqual([])
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
    expect(end.step({ type: 'local.unavailable', offerId: 1, mime: TEXT.mime }).sent).toEqual([])
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
      fc.tuple(id, mime).map(([offerId, of]): ClipboardEvent => ({ type: 'local.unavailable', offerId, mime: of })),
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
