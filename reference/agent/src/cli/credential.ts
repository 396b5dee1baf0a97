/** Who an agent is, signed by its organisation for one session: a compact JWS in a file, as docs/spec/handshake.md describes it. */
import { readFile } from 'node:fs/promises'
import { CredentialError } from './errors.js'

/** The longest that goes over the wire. */
const MAX_BYTES = 4_096
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Reads a credential for this session. Throws `CredentialError` for what no customer would believe: another session's, one that has expired, or what is none
 * at all (RA-SEC-051). Whether the signature is right is for the customer to say: it has the keys. `nowMs`: since 1970-01-01 UTC.
 */
export async function readCredential(file: string, sessionId: string, nowMs: number): Promise<string> {
  const credential = await textOf(file)
  const [header, claims] = credential.split('.').map(objectOf)
  if (!COMPACT.test(credential) || credential.length > MAX_BYTES || header === undefined || claims === undefined) throw none(file)
  if (header.alg !== 'EdDSA' || header.typ !== 'ra-organisation+jwt' || typeof claims.org !== 'string' || typeof claims.exp !== 'number') throw none(file)
  if (claims.session !== sessionId) throw new CredentialError(`The credential is not for the session ${sessionId}.`, 'Have your organisation sign one for it.')
  if (claims.exp * 1_000 <= nowMs) throw new CredentialError('The credential has expired.', 'Have your organisation sign a new one.')
  return credential
}

const none = (file: string): CredentialError =>
  new CredentialError(`${file} is no credential.`, 'It is a compact JWS: docs/spec/handshake.md says of what, under “Who vouches for an agent”.')

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new CredentialError(`The credential cannot be read: ${(error as Error).message}`)
  }
}

/** The JSON object in a part of a JWS; undefined if there is none. */
function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
