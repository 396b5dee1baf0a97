/** A broker on free ports of this machine. */
import { fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf'
import { type BrokerOptions, type RunningBroker, silentLog, startBroker } from '@remote-assist/broker'
import { decodeMessage, Policy } from '@remote-assist/codec'
import type { RoomPolicy } from '@remote-assist/core'
import type { StartRole } from '../contract.js'
import { PolicySchema } from '../gen/remoteassist/v1/common_pb.js'
import { CreateSessionRequestSchema, CreateSessionResponseSchema, RenewCodeResponseSchema } from '../gen/remoteassist/v1/control_pb.js'
import { type Issuer, issuer } from './issuer.js'
import { Refused, type Role, type Stage } from './role.js'

/** How long a broker that shuts down waits for its participants to leave, in milliseconds. */
const DRAIN_MS = 1_000

/** The policy, where it says something: a field that is 0, empty or false says nothing. */
function policyOf({ broker }: StartRole): Partial<RoomPolicy> {
  if (broker?.policy === undefined) return {}
  const { maxFileBytes, maxSessionBytes, ...rest } = decodeMessage(Policy, toBinary(PolicySchema, broker.policy))
  const said = { ...rest, maxFileBytes: Number(maxFileBytes), maxSessionBytes: Number(maxSessionBytes) }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value))))
}

function optionsOf({ start, time }: Stage, tenants: Issuer | undefined): BrokerOptions {
  const { graceMs, heartbeatMs, joinsPerMinute } = start.broker ?? {}
  return {
    grpcPort: 0,
    ...(time === undefined ? {} : { clock: time.broker }),
    log: silentLog(),
    // The memory of the machine that tests is none of the broker's business.
    memory: { used: () => 0, limitBytes: 1 },
    policy: policyOf(start),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    ...(joinsPerMinute === undefined ? {} : { joinsPerMinute }),
    ...(tenants === undefined ? {} : { issuer: tenants.options }),
  }
}

/** The control API of a broker, as a program of the operator calls it. */
class Control {
  /** The agent tokens of the sessions that were made here: each renews and ends its own. */
  readonly #tokens = new Map<string, string>()

  constructor(
    readonly broker: RunningBroker,
    readonly tenants: Issuer | undefined,
  ) {}

  /** Makes a session on behalf of a tenant. */
  async create(request: JsonValue, tenant: string) {
    const created = fromJson(CreateSessionResponseSchema, await this.#call('POST', '/v1/sessions', await this.tenants?.tokenOf(tenant), request))
    this.#tokens.set(created.session?.sessionId ?? '', created.agentToken)
    return created
  }

  async renew(sessionId: string) {
    const { session } = fromJson(RenewCodeResponseSchema, await this.#call('POST', `/v1/sessions/${sessionId}/code`, this.#tokens.get(sessionId)))
    return session
  }

  async end(sessionId: string): Promise<void> {
    await this.#call('DELETE', `/v1/sessions/${sessionId}`, this.#tokens.get(sessionId))
  }

  async #call(method: string, path: string, token: string | undefined, body?: JsonValue): Promise<JsonValue> {
    const answer = await fetch(`${this.broker.url}${path}`, {
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = await answer.text()
    if (!answer.ok) throw new Refused(`${answer.status} ${said}`)
    return JSON.parse(said)
  }
}

/** Plays a broker. Resolves once it listens. */
export async function playBroker(stage: Stage): Promise<Role> {
  const tenants =
    (stage.start.broker?.tenants ?? []).length > 0 ? await issuer(() => stage.time?.broker.now() ?? Date.now(), stage.start.broker?.issuerKey ?? '') : undefined
  const broker = await startBroker(optionsOf(stage, tenants))
  const control = new Control(broker, tenants)
  return {
    ready: {
      websocketUrl: broker.websocketUrl,
      grpcUrl: broker.grpcUrl ?? '',
      controlUrl: broker.url,
      ...(tenants === undefined ? {} : { issuer: tenants.options.issuer, audience: tenants.options.audience, tenantClaim: tenants.options.tenantClaim }),
    },
    actions: {
      createSession: async ({ request, tenant }) => ({
        created: await control.create(request === undefined ? { displayName: 'Agent' } : toJson(CreateSessionRequestSchema, request), tenant),
      }),
      renewSessionCode: async ({ sessionId }) => {
        const session = await control.renew(sessionId)
        return { created: { ...(session === undefined ? {} : { session }) } }
      },
      endSession: ({ sessionId }) => control.end(sessionId),
      drain: () => void broker.close({ drainMs: DRAIN_MS }),
    },
    look: () => ({}),
    end: () => broker.close(),
  }
}
