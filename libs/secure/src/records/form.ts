/** The bytes around a ciphertext: what stands before it, what it is bound to, and its nonce. */
import { NONCE_BYTES } from '../aead.js'
import { concat } from '../bytes.js'
import { SecureError } from '../errors.js'
import { LEAD_BYTES, MAX_RECORD_PLAINTEXT_BYTES, RECORD_OVERHEAD_BYTES } from './limits.js'

/** The header of the frame that carries a record; a record opens under the same header alone. */
export interface RecordHeader {
  /** The channel's number, 1–255. */
  readonly channel: number
  /** The sender's participant number, 0–65,535. */
  readonly source: number
  /** The receivers' numbers, 1–65,535, at most 32; exactly one on a pairwise channel. */
  readonly targets: readonly number[]
  /** 1–9,007,199,254,740,991. */
  readonly sequence: number
}

/** What stands in clear before a ciphertext: under which key it was sealed, and as the how-manieth record. */
export interface Lead {
  /** The generation of a pairwise key, or the epoch of a media key, 0–4,294,967,295. */
  readonly generation: number
  /** From 1. Beyond 9,007,199,254,740,991 it is not read exactly, and is as wrong as any other wrong one. */
  readonly counter: number
}

const MAX_TARGETS = 32
const MAX_PARTICIPANT = 0xffff
const WORD = 0x1_0000_0000
/** Bytes before the targets: "RA1", channel, source, sequence, count. */
const FIXED_BYTES = 3 + 1 + 2 + 8 + 1

/** Throws `SecureError` E_FORMAT unless the header is one that a frame can have, with at least one target. */
export function checkHeader({ channel, source, targets, sequence }: RecordHeader): void {
  const valid =
    within(channel, 1, 0xff) &&
    within(source, 0, MAX_PARTICIPANT) &&
    within(sequence, 1, Number.MAX_SAFE_INTEGER) &&
    within(targets.length, 1, MAX_TARGETS) &&
    targets.every(target => within(target, 1, MAX_PARTICIPANT))
  if (!valid) throw new SecureError('E_FORMAT', 'A record needs the header of a frame that has a target.')
}

/** Throws `SecureError` E_FORMAT unless the header names exactly one target. */
export function checkPairwise(header: RecordHeader): void {
  checkHeader(header)
  if (header.targets.length !== 1) throw new SecureError('E_FORMAT', 'A record of a pairwise channel has exactly one target.')
}

/** Throws `SecureError` E_FORMAT if a plaintext is larger than a record may carry. */
export function checkPlaintext(plaintext: Uint8Array): void {
  if (plaintext.length > MAX_RECORD_PLAINTEXT_BYTES)
    throw new SecureError('E_FORMAT', `A record carries at most ${MAX_RECORD_PLAINTEXT_BYTES} bytes, not ${plaintext.length}.`)
}

/** Splits a record. Throws `SecureError` E_TAMPERED if it is too short or too long to be one. */
export function readRecord(record: Uint8Array): { readonly lead: Lead; readonly sealed: Uint8Array } {
  if (record.length < RECORD_OVERHEAD_BYTES || record.length > MAX_RECORD_PLAINTEXT_BYTES + RECORD_OVERHEAD_BYTES)
    throw new SecureError('E_TAMPERED', `Bytes that are no record: ${record.length} of them.`)
  const view = new DataView(record.buffer, record.byteOffset, LEAD_BYTES)
  return { lead: { generation: view.getUint32(0), counter: view.getUint32(4) * WORD + view.getUint32(8) }, sealed: record.subarray(LEAD_BYTES) }
}

/** "RA1" ‖ channel (1) ‖ source (2) ‖ sequence (8) ‖ count of targets (1) ‖ targets (2 each) ‖ generation (4) ‖ counter (8), big-endian (RA-SEC-203). */
export function associatedData({ channel, source, targets, sequence }: RecordHeader, lead: Lead): Uint8Array {
  const bytes = new Uint8Array(FIXED_BYTES + 2 * targets.length + LEAD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0x5241)
  view.setUint8(2, 0x31)
  view.setUint8(3, channel)
  view.setUint16(4, source)
  putSafe(view, 6, sequence)
  view.setUint8(14, targets.length)
  targets.forEach((target, i) => {
    view.setUint16(FIXED_BYTES + 2 * i, target)
  })
  view.setUint32(bytes.length - LEAD_BYTES, lead.generation)
  putSafe(view, bytes.length - 8, lead.counter)
  return bytes
}

/** `head` ‖ generation (4 bytes) ‖ counter (8 bytes): the end of the associated data is the beginning of the record. */
export function leadOf(aad: Uint8Array, head: Uint8Array | undefined): Uint8Array {
  const lead = aad.subarray(aad.length - LEAD_BYTES)
  return head === undefined ? lead : concat(head, lead)
}

/** The salt, with the counter XORed into its last eight bytes (RA-SEC-202). */
export function nonceOf(salt: Uint8Array, counter: number): Uint8Array {
  const nonce = new Uint8Array(salt)
  const view = new DataView(nonce.buffer)
  view.setUint32(NONCE_BYTES - 8, view.getUint32(NONCE_BYTES - 8) ^ Math.floor(counter / WORD))
  view.setUint32(NONCE_BYTES - 4, view.getUint32(NONCE_BYTES - 4) ^ (counter % WORD))
  return nonce
}

/** Whether a number is an epoch: 0–4,294,967,295. */
export const isEpoch = (value: number): boolean => within(value, 0, WORD - 1)

const within = (value: number, min: number, max: number): boolean => Number.isSafeInteger(value) && value >= min && value <= max

function putSafe(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / WORD))
  view.setUint32(offset + 4, value % WORD)
}
