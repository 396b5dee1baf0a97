/** Who vouches for an agent: a credential that its organisation signed for one session and one key, checked against keys that the customer trusts. */
import { base64url, createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { AssistError } from '../errors.js'

/** Whom a customer believes. */
export interface Trust {
  /** Public Ed25519 keys of organisations, as a JWK set (RFC 7517). */
  readonly keys: JSONWebKeySet
}

/** An Ed25519 public key as a JWK (RFC 8037). */
export interface SessionJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  /** 32 bytes in base64url, without padding. */
  readonly x: string
}

/** Of whom a credential is to speak: of who has this key, in this session. */
export interface CredentialSubject {
  /** The claim `session`: 32 hex digits. */
  readonly sessionId: string
  /** The claim `cnf.jwk` (RFC 7800): the agent's key for this session, which the handshake proves that it has. */
  readonly key: SessionJwk
}

/** An organisation that vouches for an agent. */
export interface Organisation {
  /** 1–128 bytes. */
  readonly name: string
  /** The agent's name or number there, 0–128 bytes. */
  readonly subject: string
}

/** Of whom a credential is to speak. `sessionId`: 32 hex digits; `publicKey`: the agent's session key, 32 bytes. */
export const credentialSubject = (sessionId: string, publicKey: Uint8Array): CredentialSubject => ({
  sessionId,
  key: { kty: 'OKP', crv: 'Ed25519', x: base64url.encode(publicKey) },
})

/** `typ` of a credential (RA-SEC-051). */
const TYPE = 'ra-organisation+jwt'
const MAX_NAME_BYTES = 128
const MAX_CREDENTIAL_BYTES = 4_096
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** What an agent was given for a credential, if it can be shown: nothing, or a compact JWS of at most 4,096 bytes. Throws `AssistError` E_INVALID for anything else. */
export function checkedCredential(credential: string): string {
  if (credential === '' || (credential.length <= MAX_CREDENTIAL_BYTES && COMPACT.test(credential))) return credential
  throw new AssistError('E_INVALID', 'What is to vouch for this agent is no credential.', { hint: 'It is a compact JWS of at most 4,096 bytes.' })
}

/**
 * The organisation that signed this credential for this session and key (RA-SEC-050 to RA-SEC-053); undefined if nobody did whom the customer trusts, if it has
 * expired, or if it speaks of somebody else. `nowMs`: since 1970-01-01 UTC.
 */
export async function organisationOf(
  credential: string,
  { sessionId, key }: CredentialSubject,
  trust: Trust | undefined,
  nowMs: number,
): Promise<Organisation | undefined> {
  if (credential === '' || trust === undefined) return undefined
  try {
    const { payload } = await jwtVerify(credential, createLocalJWKSet(trust.keys), {
      algorithms: ['EdDSA'],
      typ: TYPE,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'org', 'session', 'cnf'],
    })
    const { org, session, sub = '', cnf } = payload
    if (session !== sessionId || !isKey((cnf as { readonly jwk?: unknown }).jwk, key)) return undefined
    return isName(org) && org !== '' && isName(sub) ? { name: org, subject: sub } : undefined
  } catch {
    // Whatever is wrong with it: nobody vouches for this agent, and the customer is told just that.
    return undefined
  }
}

/** Whether a JWK is that key, whatever else it says. */
const isKey = (value: unknown, { kty, crv, x }: SessionJwk): boolean => {
  const jwk = value as Partial<SessionJwk> | null | undefined
  return jwk?.kty === kty && jwk.crv === crv && jwk.x === x
}

const isName = (value: unknown): value is string => typeof value === 'string' && new TextEncoder().encode(value).length <= MAX_NAME_BYTES
