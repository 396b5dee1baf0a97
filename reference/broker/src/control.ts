/** The control API, whatever carries it: makes, shows and ends sessions. */
import {
  CloseCode,
  type CreateSessionRequest,
  type CreateSessionResponse,
  type EndSessionRequest,
  type EndSessionResponse,
  type GetSessionRequest,
  type GetSessionResponse,
  type ListSessionsRequest,
  type ListSessionsResponse,
  type RenewCodeRequest,
  type RenewCodeResponse,
  type ResolveLocatorRequest,
  type ResolveLocatorResponse,
  type Session,
  SessionState,
} from '@remote-assist/codec'
import { narrowPolicy, policyToWire, type RoomPolicy, type RoomRecord } from '@remote-assist/core'
import { isAgentTokenOf, newAgentToken, newLocator, newSessionId } from './admission.js'
import { type Caller, mayUse } from './authenticator.js'
import type { Context } from './context.js'
import { ControlError } from './control-error.js'
import { hashOf } from './rooms.js'

/** Where clients find the broker. */
export interface Addresses {
  readonly websocketUrl: string
  /** Empty = not offered. */
  readonly grpcTarget: string
  readonly joinUrl: string
  readonly viewUrl: string
}

/** Who calls: a bearer token, if there was one, and an address for limits. */
export interface Call {
  readonly bearer: string | undefined
  readonly remoteAddress: string
}

/** How often a locator is drawn before giving up: with 1 % in use, ten in a row are taken once in 10²⁰. */
const DRAWS = 10
const DEFAULT_PAGE = 50

const STATE_OF = { open: SessionState.OPEN, occupied: SessionState.OCCUPIED, closed: SessionState.CLOSED } as const

/** `SessionService`. Every method throws `ControlError` where it declines. */
export class Control {
  constructor(
    readonly context: Context,
    readonly addresses: () => Addresses,
  ) {}

  async createSession(request: CreateSessionRequest, call: Call): Promise<CreateSessionResponse> {
    const { tenant = '' } = await this.#authenticate(call)
    const { registry, settings, gate, rooms, log } = this.context
    const policy = this.#policy(request)
    if (gate.full) throw new ControlError('E_OVERLOADED', 'The server is busy.', 'Try again shortly.', 5_000)
    const { displayName, contactId, contactKind } = request
    const details = { tenant, displayName, contactId, contactKind, metadata: Object.fromEntries(request.metadata) }
    for (let draw = 0; draw < DRAWS; draw++) {
      const live = await registry.live()
      if (live >= settings.maxSessions) throw new ControlError('E_OVERLOADED', 'The server has as many sessions as it may.', 'Try again shortly.', 5_000)
      const sessionId = newSessionId()
      const agentToken = newAgentToken(sessionId)
      const given = { sessionId, agentTokenHash: hashOf(agentToken), locator: newLocator(live), details, policy, graceMs: settings.graceMs }
      const record = await rooms.create(given)
      if (record === undefined) continue
      log.info({ session: sessionId, tenant }, 'session created')
      return { session: this.#show(record), agentToken, ...this.addresses() }
    }
    throw new ControlError('E_OVERLOADED', 'No free code was found.', 'Try again shortly.', 1_000)
  }

  async getSession({ sessionId }: GetSessionRequest, call: Call): Promise<GetSessionResponse> {
    return { session: this.#show(await this.#find(sessionId, call)) }
  }

  async listSessions({ pageSize, pageToken }: ListSessionsRequest, call: Call): Promise<ListSessionsResponse> {
    const { tenant } = await this.#authenticate(call)
    const page = await this.context.registry.list(pageSize || DEFAULT_PAGE, pageToken === '' ? undefined : pageToken, tenant)
    return { sessions: page.records.map(record => this.#show(record)), nextPageToken: page.next ?? '' }
  }

  async endSession({ sessionId }: EndSessionRequest, call: Call): Promise<EndSessionResponse> {
    await this.#find(sessionId, call)
    const record = await this.context.rooms.apply(sessionId, { type: 'session.end', code: CloseCode.SESSION_ENDED })
    return { session: this.#show(record ?? notFound()) }
  }

  async renewCode({ sessionId }: RenewCodeRequest, call: Call): Promise<RenewCodeResponse> {
    const before = await this.#find(sessionId, call)
    if (before.phase === 'closed') throw new ControlError('E_NOT_NOW', 'The session has ended.', 'Make a new one.')
    for (let draw = 0; draw < DRAWS; draw++) {
      const locator = newLocator(await this.context.registry.live())
      if ((await this.context.registry.findByLocator(locator)) !== undefined) continue
      const record = (await this.context.rooms.apply(sessionId, { type: 'code.renewed', locator })) ?? notFound()
      if (record.code?.locator === locator) return { session: this.#show(record) }
    }
    throw new ControlError('E_OVERLOADED', 'No free code was found.', 'Try again shortly.', 1_000)
  }

  async resolveLocator({ locator }: ResolveLocatorRequest, { remoteAddress }: Call): Promise<ResolveLocatorResponse> {
    const { registry, rooms, throttle } = this.context
    const waitMs = throttle.attempt(remoteAddress)
    if (waitMs > 0) throw new ControlError('E_THROTTLED', 'Too many attempts.', `Wait ${Math.ceil(waitMs / 1_000)} s.`, waitMs)
    const sessionId = await registry.findByLocator(locator)
    const record = sessionId === undefined ? undefined : await rooms.read(sessionId)
    if (record?.code?.locator !== locator)
      throw new ControlError('E_NOT_FOUND', 'There is no session with this code.', 'Check the digits, or ask the agent for a new code.')
    return { displayName: record.details.displayName, websocketUrl: this.addresses().websocketUrl }
  }

  /** Lets callers of the API through. */
  async #authenticate({ bearer }: Call): Promise<Caller> {
    return (await this.context.authenticator.authenticate(bearer)) ?? unauthenticated()
  }

  /** The session as it stands now, for its own agent or a caller of its tenant; to others it does not exist (RA-RLY-195). */
  async #find(sessionId: string, call: Call): Promise<RoomRecord> {
    const record = await this.context.rooms.read(sessionId)
    if (record !== undefined && call.bearer !== undefined && isAgentTokenOf(record, call.bearer)) return record
    const caller = await this.#authenticate(call)
    return record !== undefined && mayUse(caller, record.details.tenant) ? record : notFound()
  }

  #policy({ policy }: CreateSessionRequest): RoomPolicy {
    const tenant = this.context.settings.policy
    if (policy === undefined) return tenant
    const narrowed = narrowPolicy(tenant, policy)
    if ('policy' in narrowed) return narrowed.policy
    throw new ControlError(
      'E_POLICY',
      `policy.${narrowed.widens} goes beyond what the administrator allows.`,
      'A session may narrow the policy, never widen it.',
    )
  }

  #show(record: RoomRecord): Session {
    const { details, code } = record
    const uncounted = this.context.rooms.local(record.sessionId)?.uncountedBytes ?? 0
    return {
      sessionId: record.sessionId,
      locator: code?.locator ?? '',
      codeExpiresAtMs: BigInt(code?.expiresAt ?? 0),
      createdAtMs: BigInt(record.createdAt),
      policy: policyToWire(record.policy),
      state: STATE_OF[record.phase],
      closeCode: record.phase === 'closed' ? record.closeCode : CloseCode.UNSPECIFIED,
      participants: record.participants.filter(p => p.state !== 'candidate').length,
      displayName: details.displayName,
      contactId: details.contactId,
      contactKind: details.contactKind,
      metadata: new Map(Object.entries(details.metadata)),
      relayedBytes: BigInt(record.usage.relayedBytes + uncounted),
    }
  }
}

function unauthenticated(): never {
  throw new ControlError(
    'E_UNAUTHENTICATED',
    'The credentials are missing, wrong or used before.',
    'Send a fresh token of the issuer, the API key, or the agent token of the session, as "Authorization: Bearer …".',
  )
}

function notFound(): never {
  throw new ControlError('E_NOT_FOUND', 'There is no such session.', 'A closed session can be asked for during ten minutes.')
}
