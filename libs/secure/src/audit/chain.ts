/** The chain of entries: each hash covers everything before it. The customer appends, the others follow; all sign. */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat, lv, sameBytes } from '../bytes.js'
import { SESSION_ID_BYTES } from '../capability.js'
import { SecureError } from '../errors.js'
import type { SessionKey } from '../session-key.js'
import { checkSignature, SIGNING_KEY_BYTES, sign } from '../signature.js'
import { readAuditEntry } from './entry.js'

/** After so many entries, or so many ms from the oldest that it has not signed, an end signs. */
export const AUDIT_PACE = { entries: 256, ms: 30_000 } as const
/** The hashes of so many entries are kept to compare signatures with that come late. */
const KEPT_HASHES = 1_024

const ENTRY_PREFIX = Uint8Array.of(0x00)
const HEADER_PREFIX = Uint8Array.of(0x01)

/** What a chain begins with: whose it is. */
export interface AuditHeader {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  /** The customer's number. */
  readonly participant: number
  /** The customer's session key, 32 bytes. */
  readonly key: Uint8Array
}

/** An entry as `AuditEntry` carries it. */
export interface AuditMessage {
  readonly index: number
  readonly entry: Uint8Array
}

/** A signature as `AuditSign` carries it: over the entries from 0 to `index`. */
export interface AuditSignature {
  readonly index: number
  /** The hash of the last entry covered, 32 bytes. */
  readonly head: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** How a chain stands at one end. Plain data: it is replaced, never changed. */
export interface AuditChain {
  readonly header: AuditHeader
  /** How many entries there are. */
  readonly entries: number
  /** The hash of the last entry; of the header before the first. */
  readonly head: Uint8Array
  /** The hashes of the newest entries. */
  readonly recent: readonly Uint8Array[]
  /** How many entries this end has signed. */
  readonly signed: number
  /** When the oldest entry was appended that this end has not signed. */
  readonly unsignedSince: number | undefined
}

/** The hash that stands before the first entry: SHA-256(0x01 ‖ lv("RA1-audit", session, participant, key)) (RA-SEC-253). */
export const headerHash = ({ session, participant, key }: AuditHeader): Uint8Array => sha256(concat(HEADER_PREFIX, lv('RA1-audit', session, participant, key)))

/** eᵢ = SHA-256(0x00 ‖ eᵢ₋₁ ‖ lv(index, entry)) (RA-SEC-254). */
export const entryHash = (previous: Uint8Array, { index, entry }: AuditMessage): Uint8Array => sha256(concat(ENTRY_PREFIX, previous, lv(index, entry)))

/** Throws `SecureError` E_SIGNATURE unless that key signed this head in this session: lv("RA1-audit-sign", session, index, head) (RA-SEC-255). */
export function checkHead(session: Uint8Array, { index, head, signature }: AuditSignature, publicKey: Uint8Array): void {
  checkSignature(publicKey, signForm(session, index, head), signature)
}

/** An empty chain. Throws `SecureError` E_FORMAT if the header's parts have other sizes. */
export function beginAudit(header: AuditHeader): AuditChain {
  if (header.session.length !== SESSION_ID_BYTES || header.key.length !== SIGNING_KEY_BYTES || !isParticipant(header.participant))
    throw new SecureError('E_FORMAT', 'An audit log begins with a session’s id, the customer’s number and its key.')
  return { header, entries: 0, head: headerHash(header), recent: [], signed: 0, unsignedSince: undefined }
}

/** Whether a number is a participant's: 1–65,535. */
export const isParticipant = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 0xffff

/**
 * The chain with one entry more, and that entry as it is sent to the others. At the customer's end alone.
 * @param now any clock that does not jump, in ms
 * @throws SecureError E_FORMAT if the bytes are no entry.
 */
export function appendAudit(chain: AuditChain, entry: Uint8Array, now: number): { readonly chain: AuditChain; readonly message: AuditMessage } {
  const message = { index: chain.entries, entry }
  return { chain: followAudit(chain, message, now), message }
}

/**
 * The chain with the entry that the customer sent.
 * @param now any clock that does not jump, in ms
 * @throws SecureError E_ORDER if it is not the next one, E_FORMAT if the bytes are no entry.
 */
export function followAudit(chain: AuditChain, message: AuditMessage, now: number): AuditChain {
  if (message.index !== chain.entries) throw new SecureError('E_ORDER', `Audit entry ${message.index} came where entry ${chain.entries} was awaited.`)
  readAuditEntry(message.entry)
  const head = entryHash(chain.head, message)
  return {
    ...chain,
    entries: chain.entries + 1,
    head,
    recent: [...chain.recent, head].slice(-KEPT_HASHES),
    unsignedSince: chain.unsignedSince ?? now,
  }
}

/**
 * Whether the chain has this entry already: what a customer does not know to have arrived, it sends again (RA-SEC-262).
 * @throws SecureError E_ORDER if another entry stands at its place, or one so old that its hash is not kept.
 */
export function hasAuditEntry({ header, entries, recent }: AuditChain, message: AuditMessage): boolean {
  if (message.index >= entries) return false
  const at = message.index - (entries - recent.length)
  const [before, own] = [message.index === 0 ? headerHash(header) : recent[at - 1], recent[at]]
  if (before !== undefined && own !== undefined && sameBytes(entryHash(before, message), own)) return true
  throw new SecureError('E_ORDER', `Audit entry ${message.index} came again, and is another one, or came too late.`)
}

/** Whether this end is to sign: 256 entries, or 30 s after the oldest that it has not signed (RA-SEC-256). At the end of a session it signs in any case. */
export const auditDue = ({ entries, signed, unsignedSince }: AuditChain, now: number): boolean =>
  entries - signed >= AUDIT_PACE.entries || (unsignedSince !== undefined && now - unsignedSince >= AUDIT_PACE.ms)

/** This end's signature over all entries. Throws `SecureError` E_FORMAT if there are none. */
export function signAudit(chain: AuditChain, key: SessionKey): { readonly chain: AuditChain; readonly sign: AuditSignature } {
  const { entries, head, header } = chain
  if (entries === 0) throw new SecureError('E_FORMAT', 'There is no audit entry to sign.')
  const index = entries - 1
  const signature = sign(key, signForm(header.session, index, head))
  return { chain: { ...chain, signed: entries, unsignedSince: undefined }, sign: { index, head, signature } }
}

/**
 * Accepts the other end's signature if it is over the same entries (RA-SEC-257). `covered`: so many entries it has signed before; a signature over no more of them is not
 * verified, since a verification takes a millisecond, and is worth something once.
 * @throws SecureError E_ORDER if the other end has other entries, or its signature comes more than 1,024 entries late or before its entry; E_SIGNATURE if that key did not
 * sign it.
 */
export function checkAuditSignature({ header, entries, recent }: AuditChain, sign: AuditSignature, publicKey: Uint8Array, covered = 0): void {
  const own = recent[sign.index - (entries - recent.length)]
  if (own === undefined || !sameBytes(own, sign.head))
    throw new SecureError('E_ORDER', `The other end signed another audit log, up to entry ${sign.index}, or signed too late.`)
  if (sign.index >= covered) checkHead(header.session, sign, publicKey)
}

const signForm = (session: Uint8Array, index: number, head: Uint8Array): Uint8Array => lv('RA1-audit-sign', session, index, head)
