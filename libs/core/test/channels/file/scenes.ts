/** The scenes of the file tests: an end in each phase, and what is said to it about transfer 1. */
import { Direction, type Entry, EntryAction, EntryKind, type FileDecision_Exception, FileRefusal } from '@remote-assist/codec'
import { expect } from 'vitest'
import { type FileEvent, LEAF_BYTES } from '../../../src/channels/file/events.js'
import { agentFile, customerFile } from '../../../src/channels/file/file.js'
import { LocalProtocolError } from '../../../src/machine.js'
import { Drive } from '../support.js'
import { type End, type FileKind, permit } from './pair.js'

export const CONTENT = new Uint8Array(16)
export const DIGEST = new Uint8Array(32)
export const entry = (number: number, bytes: bigint): Entry => ({ entry: number, path: [`${number}`], kind: EntryKind.FILE, bytes, modifiedMs: 0n, mode: 0 })
export const agentEnd = (change = {}): End => new Drive(agentFile).step(permit(change))
export const customerEnd = (change = {}): End => new Drive(customerFile).step(permit(change))
export const remoteOf = (kind: FileKind): FileEvent => ({ type: `remote.${kind.$case}`, value: kind.value }) as FileEvent
/** A remote message about transfer 1. */
export const hears = <C extends FileKind['$case']>(name: C, value: Partial<Extract<FileKind, { $case: C }>['value']> = {}): FileEvent =>
  remoteOf({ $case: name, value: { transferId: 1, ...value } } as unknown as FileKind)
/** What the driver says about transfer 1. */
export const says = <T extends FileEvent['type']>(type: T, fields: object = {}): FileEvent => ({ type, transferId: 1, ...fields }) as unknown as FileEvent
export const ended = (end: End) => end.noticed('file.ended').map(it => it.outcome)
export const cancelsWith = (end: End) => end.sentCase('cancel').map(it => it.reason)

// The agent sends transfer 1 to the customer, which has these sizes.
export const SIZES = [3n, 0n, LEAF_BYTES + 1n]
export const TOTAL = SIZES.reduce((a, b) => a + b)
export const ENTRIES = SIZES.map((bytes, i) => entry(i, bytes))
export const offerEvent = (change = {}): FileEvent => says('local.offer', { entries: 3, bytes: TOTAL, requestId: 0, contentId: CONTENT, ...change })
export const heardOffer = (change = {}): FileEvent =>
  hears('offer', { direction: Direction.TO_CUSTOMER, entries: 3, bytes: TOTAL, requestId: 0, contentId: CONTENT, ...change })
export const decision = (change = {}) => ({
  defaultAction: EntryAction.ACCEPT,
  refusal: FileRefusal.UNSPECIFIED,
  exceptions: [] as FileDecision_Exception[],
  more: false,
  ...change,
})
export const expected = { entries: SIZES.map((bytes, i) => ({ entry: i, bytes })) }

export const listing = (): End => agentEnd().step(offerEvent())
export const deciding = (): End => listing().step(says('local.page', { entries: ENTRIES, last: true }))
export const flowing = (credit = 10_000_000n): End =>
  deciding()
    .step(hears('decision', decision()))
    .step(hears('credit', { bytes: credit }))
export const sendingHeld = (): End => flowing().step(hears('hold'))
export const sendSuspended = (): End => flowing().step(permit({ flow: 'suspended' }))
export const sendResuming = (): End => sendSuspended().step(permit())
export const SENDING = { listing, deciding, flowing, held: sendingHeld, suspended: sendSuspended, resuming: sendResuming }

export const heardListing = (): End => customerEnd().step(heardOffer())
export const asked = (): End => heardListing().step(hears('manifestPage', { page: 0, last: true, entries: ENTRIES }))
export const receiving = (): End => asked().step(says('local.decide', decision())).step(says('local.expect', expected))
export const receivingHeld = (): End => receiving().step(says('local.hold'))
export const receiveSuspended = (): End => receiving().step(permit({ flow: 'suspended' }))
export const receiveResuming = (): End => receiveSuspended().step(permit())
export const RECEIVING = { listing: heardListing, deciding: asked, receiving, held: receivingHeld, suspended: receiveSuspended, resuming: receiveResuming }

export const phaseOf = (end: End) => [...end.state.sending, ...end.state.receiving][0]?.phase
export const chunk = (entryNumber: number, offset: bigint, bytes: number): FileEvent =>
  hears('chunk', { entry: entryNumber, offset, sentAtUs: 0n, data: new Uint8Array(bytes) })
export const send = (bytes: number): FileEvent => says('local.chunk', { data: new Uint8Array(bytes), sentAtUs: 0n })
export const exact = (end: End, event: FileEvent): void => {
  expect(() => end.step(event), event.type).toThrow(LocalProtocolError)
}
