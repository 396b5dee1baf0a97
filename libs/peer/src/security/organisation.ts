/** Who vouches for an agent: a credential that its organisation signed for one session, checked against keys that the customer trusts. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

/** Whom a customer believes. */
export interface Trust {
  /** Public Ed25519 keys of organisations, as a JWK set (RFC 7517). */
  readonly keys: JSONWebKeySet
}

/** An organisation that vouches for an agent. */
export interface Organisation {
  /** 1–128 bytes. */
  readonly name: string
  /** The agent's name or number there, 0–128 bytes. */
  readonly subject: string
}

/** `typ` of a credential (RA-SEC-051). */
const TYPE = 'ra-organisation+jwt'
const MAX_NAME_BYTES = 128

/**
 * The organisation that signed this credential for this session (RA-SEC-050 to RA-SEC-053); undefined if nobody did whom the customer trusts, if it has
 * expired, or if it is of another session. `nowMs`: since 1970-01-01 UTC.
 */
export async function organisationOf(credential: string, sessionId: Uint8Array, trust: Trust | undefined, nowMs: number): Promise<Organisation | undefined> {
  if (credential === '' || trust === undefined) return undefined
  try {
    const { payload } = await jwtVerify(credential, createLocalJWKSet(trust.keys), {
      algorithms: ['EdDSA'],
      typ: TYPE,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'org', 'session'],
    })
    const { org, session, sub = '' } = payload
    return session === hex(sessionId) && isName(org) && org !== '' && isName(sub) ? { name: org, subject: sub } : undefined
  } catch {
    // Whatever is wrong with it: nobody vouches for this agent, and the customer is told just that.
    return undefined
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && new TextEncoder().encode(value).length <= MAX_NAME_BYTES

const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
