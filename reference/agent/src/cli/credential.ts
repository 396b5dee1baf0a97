/** Who an agent is, signed by its organisation for one session and one key: a compact JWS that a command prints, as docs/spec/handshake.md describes it. */
import { exec } from 'node:child_process'
import type { CredentialSubject } from '@remote-assist/peer'
import { CredentialError } from './errors.js'

/** The longest that goes over the wire. */
const MAX_BYTES = 4_096
/** More than any command prints that prints a credential. */
const MAX_PRINTED_BYTES = 65_536
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const HINT = 'It is a compact JWS: docs/spec/handshake.md says of what, under “Who vouches for an agent”.'

/**
 * What a command prints that reads from its standard input, as JSON, of whom the credential is to speak. Throws `CredentialError` if the command fails or takes longer
 * than `limitMs`, and as `checkedCredential` does. `nowMs`: since 1970-01-01 UTC.
 */
export async function askCredential(command: string, subject: CredentialSubject, limitMs: number, nowMs: () => number): Promise<string> {
  const printed = await new Promise<string>((resolve, reject) => {
    const child = exec(command, { timeout: limitMs, maxBuffer: MAX_PRINTED_BYTES }, (error, out, err) => {
      if (error === null) return resolve(out.trim())
      const why = error.killed === true ? `it took longer than ${limitMs / 1_000} s` : (err.trim().split('\n').at(-1) ?? '') || `exit code ${error.code}`
      reject(new CredentialError(`The command of --credential failed: ${why}`))
    })
    // A command that knows already need not read.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(`${JSON.stringify(subject)}\n`)
  })
  return checkedCredential(printed, subject, nowMs())
}

/**
 * The credential, if customers could believe it. Throws `CredentialError` for what none would: of another session or key, one that has expired, or what is none at
 * all (RA-SEC-051). Whether the signature is right is for the customer to say: it has the keys. `nowMs`: since 1970-01-01 UTC.
 */
export function checkedCredential(credential: string, { sessionId, key }: CredentialSubject, nowMs: number): string {
  const [header, claims] = credential.split('.').map(objectOf)
  if (!COMPACT.test(credential) || credential.length > MAX_BYTES || header === undefined || claims === undefined) throw none()
  if (header.alg !== 'EdDSA' || header.typ !== 'ra-organisation+jwt' || typeof claims.org !== 'string' || typeof claims.exp !== 'number') throw none()
  if (claims.session !== sessionId)
    throw new CredentialError(`The credential is not for the session ${sessionId}.`, 'It is for the “sessionId” that the command reads.')
  const { jwk } = Object(claims.cnf) as { readonly jwk?: unknown }
  if (Object(jwk).x !== key.x)
    throw new CredentialError('The credential is not for this agent’s key.', 'Its claim “cnf” has the “key” that the command reads, as “jwk”.')
  if (claims.exp * 1_000 <= nowMs) throw new CredentialError('The credential has expired.', 'Have your organisation sign a new one.')
  return credential
}

const none = (): CredentialError => new CredentialError('What the command of --credential printed is no credential.', HINT)

/** The JSON object in a part of a JWS; undefined if there is none. */
function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}
