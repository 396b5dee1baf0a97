/** What the broker hands out to be shown again: session ids, tokens, locators. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { RoomRecord } from '@remote-assist/core'
import { hashOf } from './rooms.js'

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
