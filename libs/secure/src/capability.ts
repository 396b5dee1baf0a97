/** What the customer lets a participant do, for a quarter of an hour, in a form that proves it to others: an elevated helper, the audit. */
import { concat, lv, sameBytes } from './bytes.js'
import { SecureError } from './errors.js'
import { Fields } from './fields.js'
import type { SessionKey } from './session-key.js'
import { checkSignature, SIGNATURE_BYTES, SIGNING_KEY_BYTES, sign } from './signature.js'

/** The longest life of a capability, in ms. */
export const CAPABILITY_LIFE_MS = 900_000
/** Length of a session's id, in bytes. */
export const SESSION_ID_BYTES = 16

/** Who may do what, from when to when. Numbers of roles and permissions are those of the schema. */
export interface Capability {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  /** The participant's number, 1–65,535. */
  readonly participant: number
  /** The Ed25519 key that it proved in the handshake, 32 bytes. */
  readonly publicKey: Uint8Array
  /** 1–255. */
  readonly role: number
  /** 1–255, ascending and distinct, at most 32. */
  readonly permissions: readonly number[]
  /** Ms since 1970; valid from then on. */
  readonly notBefore: number
  /** Ms since 1970; no longer valid then. At most 15 minutes after `notBefore`. */
  readonly expires: number
  /** The media epoch in which it was issued, 0–4,294,967,295: an older one was issued before somebody joined, left or lost a grant. */
  readonly epoch: number
  /** Counts the capabilities that the customer signs in a session, 1–4,294,967,295. */
  readonly serial: number
}

/** What a verifier knows already. */
export interface CapabilityContext {
  /** The session that it is in, 16 bytes. */
  readonly session: Uint8Array
  /** The customer's session key, 32 bytes. */
  readonly customerKey: Uint8Array
  /** Ms since 1970. */
  readonly now: number
}

const LABEL = 'RA1-capability'
const UINT32 = 0xffff_ffff
const MAX_PERMISSIONS = 32
/** More bytes are not looked at. */
const MAX_BYTES = 1024

/**
 * The canonical form: lv(label, session, participant, public key, role, lv(permissions), not before, expires, epoch, serial) (RA-SEC-231).
 * @throws SecureError E_FORMAT if a value is out of its range.
 */
export function capabilityForm(capability: Capability): Uint8Array {
  const { session, participant, publicKey, role, permissions, notBefore, expires, epoch, serial } = capability
  const form = lv(LABEL, session, participant, publicKey, role, lv(...permissions), notBefore, expires, epoch, serial)
  readForm(form)
  return form
}

/** The form, and the customer's signature of it behind (RA-SEC-232). Throws `SecureError` E_FORMAT if a value is out of its range. */
export function signCapability(capability: Capability, customer: SessionKey): Uint8Array {
  const form = capabilityForm(capability)
  return concat(form, sign(customer, form))
}

/**
 * What was signed, if it holds here and now (RA-SEC-233).
 * @throws SecureError E_SIGNATURE if the customer did not sign these bytes, or for another session; E_FORMAT if it signed what is no capability; E_EXPIRED before
 * its time or after.
 */
export function verifyCapability(signed: Uint8Array, { session, customerKey, now }: CapabilityContext): Capability {
  const end = signed.length - SIGNATURE_BYTES
  if (end < 0 || signed.length > MAX_BYTES) throw new SecureError('E_SIGNATURE', `Bytes that are no signed capability: ${signed.length} of them.`)
  const form = new Uint8Array(signed.subarray(0, end))
  checkSignature(customerKey, form, signed.subarray(end))
  const capability = readForm(form)
  if (!sameBytes(capability.session, session)) throw new SecureError('E_SIGNATURE', 'The capability was signed for another session.')
  if (!(now >= capability.notBefore && now < capability.expires)) throw new SecureError('E_EXPIRED', 'The capability is not valid at this time.')
  return capability
}

/** Whether the next one is due: at two thirds of its life. */
export const capabilityDue = ({ notBefore, expires }: Capability, now: number): boolean => now - notBefore >= ((expires - notBefore) * 2) / 3

function readForm(form: Uint8Array): Capability {
  const fields = new Fields(form)
  fields.label(LABEL)
  const session = fields.bytes(SESSION_ID_BYTES)
  const participant = fields.number(1, 0xffff)
  const publicKey = fields.bytes(SIGNING_KEY_BYTES)
  const role = fields.number(1, 0xff)
  const permissions = readPermissions(new Fields(fields.bytes()))
  const notBefore = fields.number(0, Number.MAX_SAFE_INTEGER)
  const expires = fields.number(notBefore + 1, Math.min(notBefore + CAPABILITY_LIFE_MS, Number.MAX_SAFE_INTEGER))
  const epoch = fields.number(0, UINT32)
  const serial = fields.number(1, UINT32)
  fields.end()
  return { session, participant, publicKey, role, permissions, notBefore, expires, epoch, serial }
}

function readPermissions(fields: Fields): readonly number[] {
  const permissions: number[] = []
  while (!fields.done) permissions.push(fields.number((permissions.at(-1) ?? 0) + 1, 0xff))
  if (permissions.length > MAX_PERMISSIONS) throw new SecureError('E_FORMAT', `A capability has at most ${MAX_PERMISSIONS} permissions.`)
  return permissions
}
