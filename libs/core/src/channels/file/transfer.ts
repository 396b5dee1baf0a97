/** What the two sides of a transfer have in common. */
import { CancelReason, type Channel, FileRefusal } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { LocalProtocolError } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { FileEffect, FileNotice, Flow, Outcome } from './events.js'
import { hashingMs, LEAF_BYTES, STALL_MS } from './events.js'

/** What the session means for one transfer. `allowed`: its direction is granted. */
export interface TransferPermit {
  readonly type: 'permit'
  readonly allowed: boolean
  readonly flow: Flow
}

/** Who stopped the bytes. */
export interface Holds {
  readonly byUs: boolean
  readonly byPeer: boolean
  readonly paused: boolean
}

export const isHeld = ({ byUs, byPeer, paused }: Holds): boolean => byUs || byPeer || paused

/** A transfer that is over; its owner forgets it. */
export interface Ended {
  readonly phase: 'ended'
  readonly transferId: number
  readonly outcome: Outcome
}

/** An entry under way: `offset` of `bytes` have passed, and `leaf` leaves are done. */
export interface Cursor {
  readonly entry: number
  readonly bytes: bigint
  readonly offset: bigint
  readonly leaf: number
}

/** A place to go on at after a return. */
export interface Place {
  readonly entry: number
  readonly offset: bigint
}

/** When a transfer that moves has stalled. Until the first bytes after a return, the sender may be computing the root over those before (RA-FIL-039). */
export const stalledAt = (resumeAt: Place | undefined, now: Instant): Instant => after(now, STALL_MS + hashingMs(resumeAt?.offset ?? 0n))

/** How many leaves an entry of so many bytes has. */
export const leavesOf = (bytes: bigint): number => Number((bytes + LEAF_BYTES - 1n) / LEAF_BYTES)

/** Where the leaf at work ends. */
export function leafEnd({ leaf, bytes }: Cursor): bigint {
  const end = BigInt(leaf + 1) * LEAF_BYTES
  return end < bytes ? end : bytes
}

/** The bytes of the leaf at work have all passed. */
export const atLeafEnd = (cursor: Cursor): boolean => cursor.leaf < leavesOf(cursor.bytes) && cursor.offset === leafEnd(cursor)

/** All bytes and leaves of the entry have passed. */
export const isComplete = ({ offset, bytes, leaf }: Cursor): boolean => offset === bytes && leaf === leavesOf(bytes)

export const send = (kind: Kind<Channel.FILE>): FileEffect => ({ type: 'send', kind })
export const notify = (notice: FileNotice): FileEffect => ({ type: 'notify', notice })

interface Named {
  readonly transferId: number
}

interface Finish {
  readonly state: Ended
  readonly effects: readonly FileEffect[]
}

export function finish({ transferId }: Named, outcome: Outcome, ...before: readonly FileEffect[]): Finish {
  return { state: { phase: 'ended', transferId, outcome }, effects: [...before, notify({ kind: 'file.ended', transferId, outcome })] }
}

/** Cancels, and says so to the other end. */
export function cancel(s: Named, reason: CancelReason, ...before: readonly FileEffect[]): Finish {
  return finish(s, { result: 'cancelled', reason, byPeer: false }, ...before, send({ $case: 'cancel', value: { transferId: s.transferId, reason } }))
}

/** How a transfer ends of which every taken entry is settled. */
export const completed = (taken: number, failedEntries: number, refusal: FileRefusal = FileRefusal.UNSPECIFIED): Outcome =>
  taken === 0 ? { result: 'declined', refusal } : { result: 'done', failedEntries }

/** What the session means for a transfer that cannot go on: the peer is gone, or the grant is. Undefined = it can. */
export function overBy(s: Named, { flow, allowed }: TransferPermit): Finish | undefined {
  if (flow === 'closed') return finish(s, { result: 'lost' })
  return allowed || flow === 'suspended' ? undefined : cancel(s, CancelReason.REVOKED)
}

export const wrong = (s: { readonly phase: string }, event: string, detail: string): LocalProtocolError =>
  new LocalProtocolError('file', s.phase, event, detail)

export const holdsChanged = ({ transferId }: Named, holds: Holds): FileEffect => notify({ kind: 'file.held', transferId, ...holds })
export const holdMessage = ({ transferId }: Named): FileEffect => send({ $case: 'hold', value: { transferId } })
export const continueMessage = ({ transferId }: Named): FileEffect => send({ $case: 'continue', value: { transferId } })
export const suspended = ({ transferId }: Named): FileEffect => notify({ kind: 'file.suspended', transferId })
