/** Who may do what at the broker: callers of the control API, agents' tokens, locators. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { RoomRecord } from '@remote-assist/core'
import { hashOf } from './rooms.js'

/** Somebody who may use the control API. */
export interface Caller {
  /** For logs. */
  readonly subject: string
}

/** Decides who may use the control API and read the metrics. */
export interface Authenticator {
  /** Whether anybody may, without credentials. */
  readonly open: boolean
  /** The caller whose bearer token this is (`undefined` = none was given); `undefined` if it is not accepted. */
  authenticate(bearer: string | undefined): Caller | undefined
}

const sameText = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)))

/** Callers know one shared key; without a key everybody is a caller, which is for loopback alone. */
export const sharedKey = (key: string | undefined): Authenticator => ({
  open: key === undefined,
  authenticate: bearer =>
    key === undefined || (bearer !== undefined && sameText(bearer, key)) ? { subject: key === undefined ? 'anyone' : 'key' } : undefined,
})

/** The token in an `Authorization` header. */
export const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]

const SESSION_BYTES = 16
const SECRET_BYTES = 32

/** A new session's id, in hex. */
export const newSessionId = (): string => randomBytes(SESSION_BYTES).toString('hex')

/** A new agent token: the session's id and 32 random bytes, so that it is found without an index. Only its hash is kept. */
export const newAgentToken = (sessionId: string): string => Buffer.concat([Buffer.from(sessionId, 'hex'), randomBytes(SECRET_BYTES)]).toString('base64url')

/** A new resume token, 32 bytes: the session's id and 16 random bytes. */
export const newResumeToken = (sessionId: string): Buffer => Buffer.concat([Buffer.from(sessionId, 'hex'), randomBytes(SESSION_BYTES)])

/** The session that a resume token belongs to, in hex. */
export const sessionOfResumeToken = (token: Uint8Array): string => Buffer.from(token).toString('hex', 0, SESSION_BYTES)

/** The session that an agent token belongs to, in hex; `undefined` if it cannot be one. */
export function sessionOfAgentToken(token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url')
  return bytes.length === SESSION_BYTES + SECRET_BYTES ? bytes.toString('hex', 0, SESSION_BYTES) : undefined
}

/** Whether the token is that session's, and the session not over. */
export const isAgentTokenOf = (record: RoomRecord, token: string): boolean =>
  record.phase !== 'closed' && timingSafeEqual(Buffer.from(record.agentTokenHash, 'hex'), Buffer.from(hashOf(token), 'hex'))

const MIN_DIGITS = 4
const MAX_DIGITS = 9

/** A locator of as many digits as it takes for `liveSessions` to fill at most 1 % of their space (RA-RLY-211). */
export function newLocator(liveSessions: number): string {
  let digits = MIN_DIGITS
  while (digits < MAX_DIGITS && (liveSessions + 1) * 100 > 10 ** digits) digits++
  return String(randomInt(10 ** digits)).padStart(digits, '0')
}
