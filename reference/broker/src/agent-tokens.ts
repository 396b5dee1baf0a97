/** Tokens by which agents show who they are and whose: signed by the operator's issuer, short-lived, good once (RA-RLY-191 to RA-RLY-194). */
import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { BrokerError } from './broker-error.js'
import type { Clock } from './clock.js'
import type { Log } from './log.js'
import { isLoopback } from './loopback.js'

/** Whose tokens are taken, and what has to be in them. */
export interface IssuerOptions {
  /** The `iss` of its tokens. */
  readonly issuer: string
  /** The `aud` that names this broker. */
  readonly audience: string
  /** Its public keys, Ed25519: a JSON Web Key Set, or the https URL of one. */
  readonly keys: JSONWebKeySet | URL
  /** The claim that names the tenant. Default `tenant`. */
  readonly tenantClaim?: string
}

/** The one algorithm; what a token's header wishes for is not asked. */
const ALGORITHMS = ['EdDSA']
/** A token lives at most this long, in seconds (RA-RLY-193). */
const MAX_LIFE_S = 300
/** Clocks may differ by so much, in seconds. */
const CLOCK_TOLERANCE_S = 5
/** Longest token looked at, in bytes: what fits into a `Hello`. */
const MAX_TOKEN_BYTES = 4_096
/** Longest subject, tenant and token id, in characters. */
const MAX_NAME_LENGTH = 128
/** So many used ids are remembered at one time; beyond that no token is taken. */
const MAX_USED_IDS = 100_000

/** Takes tokens. */
export interface AgentTokens {
  /** The tenant on whose behalf the bearer acts; `undefined` if the token is not accepted. An accepted token is used up. */
  verify(token: string): Promise<{ readonly tenant: string } | undefined>
}

/**
 * Takes the tokens of one issuer.
 * @throws BrokerError `E_OPTION` if the keys are none.
 */
export function agentTokens({ issuer, audience, keys, tenantClaim = 'tenant' }: IssuerOptions, clock: Clock, log: Log): AgentTokens {
  const keySet = keys instanceof URL ? remoteKeys(keys) : localKeys(keys)
  const used = new UsedIds(MAX_USED_IDS)
  return {
    async verify(token) {
      if (token.length > MAX_TOKEN_BYTES) return undefined
      const now = clock.now()
      try {
        const { payload } = await jwtVerify(token, keySet, {
          algorithms: ALGORITHMS,
          issuer,
          audience,
          clockTolerance: CLOCK_TOLERANCE_S,
          maxTokenAge: MAX_LIFE_S,
          currentDate: new Date(now),
          requiredClaims: ['exp', 'iat', 'sub', 'jti', tenantClaim],
        })
        const told = read(payload, tenantClaim)
        if (typeof told === 'string') return refuse(log, told)
        const goodUntilMs = (told.expiresAt + CLOCK_TOLERANCE_S) * 1_000
        return used.use(told.id, goodUntilMs, now) ? { tenant: told.tenant } : refuse(log, 'used before, or too many')
      } catch (error) {
        if (error instanceof errors.JOSEError) return refuse(log, error.code)
        throw error
      }
    },
  }
}

function refuse(log: Log, reason: string): undefined {
  log.warn({ reason }, 'a token of an agent was refused')
}

/** What the claims say, or what is wrong with them. */
function read(payload: JWTPayload, tenantClaim: string): { readonly id: string; readonly tenant: string; readonly expiresAt: number } | string {
  const { exp = 0, iat = 0, jti, sub, [tenantClaim]: tenant } = payload
  if (exp - iat > MAX_LIFE_S) return 'lives too long'
  if (!isName(jti) || !isName(sub) || !isName(tenant)) return 'a claim is not a name'
  return { id: jti, tenant, expiresAt: exp }
}

const isName = (claim: unknown): claim is string => typeof claim === 'string' && claim.length > 0 && claim.length <= MAX_NAME_LENGTH

/** Ids of tokens that were used, each remembered until its token has expired. Bounded: when it is full, nothing more is taken, for a forgotten id could be used again. */
export class UsedIds {
  readonly #goodUntilMs = new Map<string, number>()
  #sweepAtMs = 0

  constructor(readonly capacity: number) {}

  /** Marks an id as used; `false` if it was used before, or there is no room to remember it. */
  use(id: string, goodUntilMs: number, nowMs: number): boolean {
    if (nowMs >= this.#sweepAtMs || this.#goodUntilMs.size >= this.capacity) this.#sweep(nowMs)
    if (this.#goodUntilMs.has(id) || this.#goodUntilMs.size >= this.capacity) return false
    this.#goodUntilMs.set(id, goodUntilMs)
    return true
  }

  /** How many are remembered. */
  get size(): number {
    return this.#goodUntilMs.size
  }

  #sweep(nowMs: number): void {
    for (const [id, goodUntilMs] of this.#goodUntilMs) if (goodUntilMs <= nowMs) this.#goodUntilMs.delete(id)
    this.#sweepAtMs = nowMs + 1_000
  }
}

function localKeys(keys: JSONWebKeySet): ReturnType<typeof createLocalJWKSet> {
  const hint = 'Give a JSON Web Key Set with public Ed25519 keys: {"keys":[{"kty":"OKP","crv":"Ed25519","kid":"…","x":"…"}]}'
  if (!Array.isArray(keys?.keys) || keys.keys.length === 0) throw new BrokerError('E_OPTION', 'There are no keys to check the tokens of agents with.', hint)
  for (const key of keys.keys) {
    if (key.kty !== 'OKP' || key.crv !== 'Ed25519')
      throw new BrokerError('E_OPTION', 'Tokens of agents are signed with Ed25519; another kind of key was given.', hint)
    if (key.d !== undefined) throw new BrokerError('E_OPTION', 'A private key was given where the public one belongs.', hint)
  }
  return createLocalJWKSet(keys)
}

function remoteKeys(url: URL): ReturnType<typeof createRemoteJWKSet> {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new BrokerError('E_OPTION', 'Keys that come over the network come over https.', 'Give an https URL, or a file.')
  }
  return createRemoteJWKSet(url, { timeoutDuration: 5_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 })
}
