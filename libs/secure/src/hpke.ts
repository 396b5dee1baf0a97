/** Credentials that only the privileged helper of the customer's machine can read: HPKE (RFC 9180), base mode, to a key that opens once. */
import { lv } from './bytes.js'
import { SESSION_ID_BYTES } from './capability.js'
import { SecureError } from './errors.js'
import { sealTo } from './hpke-sender.js'
import type { SessionKey } from './session-key.js'
import { checkSignature, sign } from './signature.js'

/** Length of a credential key, of its seed, and of the encapsulation before a ciphertext, in bytes. */
export const CREDENTIAL_KEY_BYTES = 32
/** The most that credentials may have, in bytes: encapsulation and tag fit the field of the message with them. */
export const MAX_CREDENTIAL_BYTES = 4_048

/** The request that credentials are for: they open for no other. */
export interface CredentialRequest {
  /** The session's id, 16 bytes. */
  readonly session: Uint8Array
  /** The id of the request for elevation, 0–4,294,967,295. */
  readonly requestId: number
}

/** A key as `CredentialKey` carries it: the helper's, signed by the customer. */
export interface SignedCredentialKey {
  /** X25519, 32 bytes. */
  readonly key: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** The customer's signature that this key is its helper's, for this request (RA-SEC-242). Throws `SecureError` E_FORMAT for other sizes. */
export function signCredentialKey(request: CredentialRequest, key: Uint8Array, customer: SessionKey): SignedCredentialKey {
  return { key, signature: sign(customer, keyForm(request, key)) }
}

/** Throws `SecureError` E_SIGNATURE if the customer did not sign this key for this request (RA-SEC-242), E_FORMAT for other sizes. */
export function checkCredentialKey(request: CredentialRequest, { key, signature }: SignedCredentialKey, customerKey: Uint8Array): void {
  checkSignature(customerKey, keyForm(request, key), signature)
}

/**
 * Encapsulation ‖ ciphertext ‖ tag: what `Credentials` carries, 48 bytes longer than the credentials (RA-SEC-241, RA-SEC-243).
 * @param credentials 1–4,048 bytes; the caller wipes them
 * @throws SecureError (rejects with it) E_SIGNATURE if the customer did not sign this key for this request, E_FORMAT for other sizes, E_POINT for a key that is no
 * point to agree with.
 */
export async function sealCredentials(
  request: CredentialRequest,
  signed: SignedCredentialKey,
  customerKey: Uint8Array,
  credentials: Uint8Array,
): Promise<Uint8Array> {
  checkCredentialKey(request, signed, customerKey)
  if (credentials.length < 1 || credentials.length > MAX_CREDENTIAL_BYTES)
    throw new SecureError('E_FORMAT', `Credentials have 1 to ${MAX_CREDENTIAL_BYTES} bytes, not ${credentials.length}.`)
  try {
    return await sealTo(signed.key, infoOf(request), credentials)
  } catch {
    throw new SecureError('E_POINT', 'The helper’s key is not one to seal to.')
  }
}

/** lv("RA1-credentials", session, request id): what the key schedule is bound to. */
export const infoOf = ({ session, requestId }: CredentialRequest): Uint8Array<ArrayBuffer> => {
  if (session.length !== SESSION_ID_BYTES || !Number.isInteger(requestId) || requestId < 0 || requestId > 0xffff_ffff)
    throw new SecureError('E_FORMAT', 'Credentials are for a request, of a session with an id of 16 bytes.')
  return lv('RA1-credentials', session, requestId)
}

/** lv("RA1-credential-key", session, request id, key): what the customer signs. */
function keyForm(request: CredentialRequest, key: Uint8Array): Uint8Array {
  infoOf(request)
  if (key.length !== CREDENTIAL_KEY_BYTES) throw new SecureError('E_FORMAT', `A credential key has ${CREDENTIAL_KEY_BYTES} bytes, not ${key.length}.`)
  return lv('RA1-credential-key', request.session, request.requestId, key)
}
