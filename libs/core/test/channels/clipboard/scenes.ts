/** The scenes of the clipboard tests: an end with a direction on, and what is said to it. */
import { type Channel, type ClipboardFormat, Direction, type RefusalReason } from '@remote-assist/codec'
import { agentClipboard, customerClipboard } from '../../../src/channels/clipboard/clipboard.js'
import type { ClipboardEvent, ClipboardNotice, ClipboardPermit, ClipboardState } from '../../../src/channels/clipboard/table.js'
import type { Kind } from '../../../src/message.js'
import { Drive } from '../support.js'

export type End = Drive<ClipboardState, ClipboardEvent, Kind<Channel.CLIPBOARD>, ClipboardNotice>

export const { TO_CUSTOMER, FROM_CUSTOMER } = Direction
export const TEXT: ClipboardFormat = { mime: 'text/plain', bytes: 0n }
export const permit = (change: Partial<ClipboardPermit> = {}): ClipboardEvent => ({
  type: 'permit',
  toCustomer: true,
  fromCustomer: true,
  flowing: true,
  reset: false,
  ...change,
})
export const agentEnd = (): End => new Drive(agentClipboard).step(permit())
export const customerEnd = (): End => new Drive(customerClipboard).step(permit())
export const sync = (direction: Direction, on: boolean): ClipboardEvent => ({ type: 'remote.sync', value: { direction, on } })
export const changed = (formats: readonly ClipboardFormat[] = [TEXT], fromPeer = false): ClipboardEvent => ({ type: 'local.changed', formats, fromPeer })
export const request = (offerId: number, mime = TEXT.mime): ClipboardEvent => ({ type: 'remote.request', value: { offerId, mime } })
export const data = (offerId: number, offset: number, bytes: number, last = false, mime = TEXT.mime): ClipboardEvent => ({
  type: 'remote.data',
  value: { offerId, mime, offset: BigInt(offset), data: new Uint8Array(bytes), last },
})
export const serve = (offerId: number, offset: number, bytes: number, last = false, mime = TEXT.mime): ClipboardEvent => ({
  type: 'local.data',
  offerId,
  mime,
  offset,
  data: new Uint8Array(bytes),
  last,
})
export const offer = (offerId: number, formats: ClipboardFormat[] = [TEXT]): ClipboardEvent => ({ type: 'remote.offer', value: { offerId, formats } })
export const unavailable = (reason: RefusalReason): ClipboardEvent => ({ type: 'local.unavailable', offerId: 1, mime: TEXT.mime, reason })
/** A customer whose own clipboard goes to the agent. */
export const sharing = (): End => customerEnd().step(sync(FROM_CUSTOMER, true))
/** An agent that receives the customer's clipboard. */
export const hearing = (): End => agentEnd().step({ type: 'local.sync', direction: FROM_CUSTOMER, on: true }).step(sync(FROM_CUSTOMER, true))
export const isOn = (end: End, way: 'toCustomer' | 'fromCustomer'): boolean => end.state.switches[way].on && end.state.switches[way].wanted
