/** Capabilities as the customer signs them (docs/spec/record.md), verified with what Node has: Ed25519, RFC 8032. */
import { createPublicKey, verify } from 'node:crypto'

/** The numbers of the schema that the helper has to know. */
export const ROLE_AGENT = 1
export const PERMISSION = { ELEVATE: 7, RUN_COMMAND: 8, SECURE_KEYS: 9 } as const

/** By what the helper knows who may have its powers. Told once, when it starts, and never again. */
export interface Authority {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  /** The customer's session key, Ed25519, 32 bytes: it signs the capabilities. */
  readonly customerKey: Uint8Array
}

/** What was signed: who may do what, from when to when. */
export interface Capability {
  readonly participant: number
  /** The agent's own session key, 32 bytes. */
  readonly publicKey: Buffer
  readonly role: number
  readonly permissions: readonly number[]
  /** Ms since 1970, as is `expires`. */
  readonly notBefore: number
  readonly expires: number
  readonly epoch: number
  readonly serial: number
}

/**
 * Why a capability does not hold. `E_SIGNATURE`: not signed by this customer, or for another session · `E_FORMAT`: what was signed is none · `E_EXPIRED`: before its
 * time, or after · `E_ROLE`: not an agent's · `E_STRANGER`: another agent's · `E_STALE`: not newer than the one before · `E_NO_GRANT`: without ELEVATE.
 */
export type CapabilityFault = 'E_SIGNATURE' | 'E_FORMAT' | 'E_EXPIRED' | 'E_ROLE' | 'E_STRANGER' | 'E_STALE' | 'E_NO_GRANT'

/** A capability does not hold. The message is a sentence for a person. */
export class BadCapability extends Error {
  override readonly name = 'BadCapability'
  constructor(
    readonly code: CapabilityFault,
    message: string,
  ) {
    super(message)
  }
}

const LABEL = 'RA1-capability'
const SESSION_ID_BYTES = 16
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
const MAX_BYTES = 1_024
const MAX_LIFE_MS = 900_000
const MAX_PERMISSIONS = 32
const MAX_UINT32 = 0xffff_ffff

/** What was signed, if it holds in this session at this time, ms since 1970 (RA-SEC-233). Throws `BadCapability` `E_SIGNATURE`, `E_FORMAT` or `E_EXPIRED`. */
export function readCapability(signed: Uint8Array, { session, customerKey }: Authority, now: number): Capability {
  const end = signed.length - SIGNATURE_BYTES
  const form = Buffer.from(signed.subarray(0, Math.max(0, end)))
  if (end < 0 || signed.length > MAX_BYTES || !isSigned(form, signed.subarray(end), customerKey))
    throw new BadCapability('E_SIGNATURE', 'The customer of this session signed no such capability.')
  const { of, ...capability } = readForm(form)
  if (!of.equals(session)) throw new BadCapability('E_SIGNATURE', 'The capability was signed for another session.')
  if (now < capability.notBefore || now >= capability.expires) throw new BadCapability('E_EXPIRED', 'The capability is not valid at this time.')
  return capability
}

function isSigned(form: Buffer, signature: Uint8Array, key: Uint8Array): boolean {
  if (key.length !== KEY_BYTES) return false
  const x = Buffer.from(key).toString('base64url')
  return verify(null, form, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
}

/** lv(label, session, participant, public key, role, lv(permissions), not before, expires, epoch, serial) (RA-SEC-231). */
function readForm(form: Buffer): Capability & { readonly of: Buffer } {
  const [label, of, participant, publicKey, role, permissions, notBefore, expires, epoch, serial, ...more] = fieldsOf(form)
  if (label?.toString('latin1') !== LABEL || of?.length !== SESSION_ID_BYTES || publicKey?.length !== KEY_BYTES || more.length > 0) throw malformed()
  const from = numberOf(notBefore, 0, Number.MAX_SAFE_INTEGER)
  return {
    of,
    participant: numberOf(participant, 1, 0xffff),
    publicKey,
    role: numberOf(role, 1, 0xff),
    permissions: permissionsOf(permissions),
    notBefore: from,
    expires: numberOf(expires, from + 1, Math.min(from + MAX_LIFE_MS, Number.MAX_SAFE_INTEGER)),
    epoch: numberOf(epoch, 0, MAX_UINT32),
    serial: numberOf(serial, 1, MAX_UINT32),
  }
}

/** Ascending and distinct. */
function permissionsOf(list: Buffer | undefined): readonly number[] {
  const permissions: number[] = []
  for (const field of fieldsOf(list)) permissions.push(numberOf(field, (permissions.at(-1) ?? 0) + 1, 0xff))
  if (permissions.length > MAX_PERMISSIONS) throw malformed()
  return permissions
}

/** The fields that `lv` wrote. */
function fieldsOf(bytes: Buffer | undefined): readonly Buffer[] {
  if (bytes === undefined) throw malformed()
  const fields: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + (at + 4 > bytes.length ? Number.POSITIVE_INFINITY : bytes.readUInt32BE(at))
    if (end > bytes.length) throw malformed()
    fields.push(bytes.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** A number in its one decimal form, within bounds. */
function numberOf(field: Buffer | undefined, least: number, most: number): number {
  const digits = field?.toString('latin1') ?? ''
  const value = Number(digits)
  if (!/^(0|[1-9][0-9]{0,15})$/.test(digits) || value < least || value > most) throw malformed()
  return value
}

const malformed = (): BadCapability => new BadCapability('E_FORMAT', 'What the customer signed is no capability.')
