import { hex } from '../crypto/bytes.js'
import type { Fields } from './player.js'

/** The control API of the broker that the suite plays, as far as an agent under test has to do with it: it asks for a new code. */

/** What was asked, by HTTP. */
export interface Asked {
  readonly method: string
  readonly path: string
  /** The bearer token; empty = none. */
  readonly token: string
}

/** The answer: its status and its body, JSON. */
export interface Answer {
  readonly status: number
  readonly body: Fields
}

/** Answers; undefined: it is about another session, or nothing that there is. */
export type Control = (asked: Asked) => Answer | undefined

/** The control API of one session, below the broker's base URL or at its origin: `renew` makes a new code and tells the session as it stands then. */
export const controlOf =
  (sessionId: Uint8Array, agentToken: string, renew: () => Fields): Control =>
  ({ method, path, token }) => {
    if (method !== 'POST' || !path.endsWith(`/v1/sessions/${hex(sessionId)}/code`)) return undefined
    if (token !== agentToken) return { status: 401, body: { message: 'The token is not valid.' } }
    return { status: 200, body: { session: renew() } }
  }
