/** Who may use the control API, and on whose behalf. */
import { timingSafeEqual } from 'node:crypto'
import { agentTokens, type IssuerOptions } from './agent-tokens.js'
import type { Clock } from './clock.js'
import type { Log } from './log.js'
import { hashOf } from './rooms.js'

/** Somebody who may use the control API. */
export interface Caller {
  /** The tenant whose sessions it makes and sees; `undefined` = the operator, who sees all. */
  readonly tenant: string | undefined
}

/** Decides who a bearer token stands for. */
export interface Authenticator {
  /** The caller whose bearer token this is (`undefined` = none was given); `undefined` if it is not accepted. A one-use token is used up. */
  authenticate(bearer: string | undefined): Promise<Caller | undefined>
}

const OPERATOR: Caller = { tenant: undefined }

const sameText = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)))

/** What an authenticator is made of. */
export interface AuthenticatorOptions {
  /** The operator's key. */
  readonly apiKey?: string | undefined
  /** Who signs the tokens of agents. */
  readonly issuer?: IssuerOptions | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Callers are the operator, who knows the API key, and agents, who bring tokens of the issuer. Without either everybody is the operator: for loopback alone. */
export function authenticatorOf({ apiKey, issuer, clock, log }: AuthenticatorOptions): Authenticator {
  const tokens = issuer === undefined ? undefined : agentTokens(issuer, clock, log)
  return {
    async authenticate(bearer) {
      if (apiKey === undefined && tokens === undefined) return OPERATOR
      if (bearer === undefined) return undefined
      if (apiKey !== undefined && sameText(bearer, apiKey)) return OPERATOR
      return await tokens?.verify(bearer)
    },
  }
}

/** Whether that caller may know of what belongs to that tenant. */
export const mayUse = ({ tenant }: Caller, owner: string): boolean => tenant === undefined || tenant === owner

/** The token in an `Authorization` header. */
export const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
