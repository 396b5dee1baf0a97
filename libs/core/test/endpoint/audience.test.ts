import { Channel, Permission } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { Call, CUSTOMER, LEAD } from '../support/pair.js'
import { frame, joined, VIEW, watching } from '../support/scenes.js'

const VIEWER = 3

/** The epochs that a participant was told of, in order. */
const epochs = (call: Call, number: number): readonly number[] =>
  call.said(Channel.SESSION, CUSTOMER, number).flatMap(kind => (kind.$case === 'mediaKey' ? [kind.value.epoch] : []))

/** What a change makes each of the two be told. */
function told(call: Call, change: () => void): { readonly lead: readonly number[]; readonly viewer: readonly number[] } {
  const before = { lead: epochs(call, LEAD).length, viewer: epochs(call, VIEWER).length }
  change()
  return { lead: epochs(call, LEAD).slice(before.lead), viewer: epochs(call, VIEWER).slice(before.viewer) }
}

describe('the key of the picture', () => {
  it('RA-SES-151 goes to whoever may see, before its first picture', () => {
    const call = watching()
    call.at(CUSTOMER, frame(1))
    const order = call.words.filter(({ from, message }) => from === CUSTOMER && ['mediaKey', 'framePart'].includes(message.kind.$case))
    expect(order.map(({ message }) => message.kind.$case)).toEqual(['mediaKey', 'framePart'])
    expect(epochs(call, LEAD)).toEqual([1])
  })

  it('RA-SES-151 is a new one for all when one joins, is removed, loses the permission or gets it back', () => {
    const call = joined()
    const revoke = { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.VIEW_SCREEN } } as const
    const grant = { type: 'local.peer', peer: LEAD, event: { type: 'local.grant', permission: Permission.VIEW_SCREEN, expiresInMs: 0 } } as const
    expect({ lead: epochs(call, LEAD), viewer: epochs(call, VIEWER) }).toEqual({ lead: [1, 2], viewer: [2] })
    expect(told(call, () => call.at(CUSTOMER, revoke))).toEqual({ lead: [], viewer: [3] })
    expect(told(call, () => call.at(CUSTOMER, grant))).toEqual({ lead: [4], viewer: [4] })
    expect(told(call, () => call.at(CUSTOMER, { type: 'local.peer', peer: VIEWER, event: { type: 'local.remove', code: 305 } }))).toEqual({
      lead: [5],
      viewer: [],
    })
  })

  it('RA-SES-151 is a new one for all when a line drops, and when it returns', () => {
    const call = joined()
    expect(told(call, () => call.drop(VIEWER))).toEqual({ lead: [3], viewer: [] })
    expect(told(call, () => call.back(VIEWER))).toEqual({ lead: [4], viewer: [4] })
    expect(told(call, () => call.drop(CUSTOMER))).toEqual({ lead: [], viewer: [] })
    const { lead, viewer } = told(call, () => call.back(CUSTOMER))
    expect(lead.at(-1)).toBe(viewer.at(-1))
  })

  it('stays when nothing changes about who may see', () => {
    const call = joined()
    const pause = () => {
      call.at(CUSTOMER, { type: 'local.pause' })
      call.at(CUSTOMER, { type: 'local.unpause' })
      call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.CHAT } })
      call.pass(5_000)
    }
    expect(told(call, pause)).toEqual({ lead: [], viewer: [] })
  })

  it('is a new one when the old one has served its time', () => {
    const call = joined()
    expect(told(call, () => call.at(CUSTOMER, { type: 'media.spent' }))).toEqual({ lead: [3], viewer: [3] })
  })

  it('RA-SEC-212 is over when the last one may not see any more, goes, or drops; and new for whoever comes after', () => {
    const revoke = { type: 'local.peer', peer: LEAD, event: { type: 'local.revoke', permission: Permission.VIEW_SCREEN } } as const
    const grant = { type: 'local.peer', peer: LEAD, event: { type: 'local.grant', permission: Permission.VIEW_SCREEN, expiresInMs: 0 } } as const
    const remove = { type: 'local.peer', peer: LEAD, event: { type: 'local.remove', code: 305 } } as const
    const call = watching()
    const over = () => call.customer.heard('media.over').map(({ epoch }) => epoch)
    call.at(CUSTOMER, revoke)
    expect(over()).toEqual([2])
    call.at(CUSTOMER, grant)
    expect(epochs(call, LEAD)).toEqual([1, 3])
    call.drop(LEAD)
    expect(over()).toEqual([2, 4])
    call.back(LEAD)
    expect(epochs(call, LEAD)).toEqual([1, 3, 5])
    call.at(CUSTOMER, remove)
    expect(over()).toEqual([2, 4, 6])
  })

  it('does not go to an agent who may not see', () => {
    const call = Call.begun([Permission.CHAT])
    expect(epochs(call, LEAD)).toEqual([])
    call.at(CUSTOMER, { type: 'local.peer', peer: LEAD, event: { type: 'local.grant', permission: VIEW[0] ?? 0, expiresInMs: 0 } })
    expect(epochs(call, LEAD)).toEqual([1])
  })
})
