/** What a broker can be told, and what holds if it is not. */
import { hostname } from 'node:os'
import { encodeMessage, Policy } from '@remote-assist/codec'
import { DEFAULT_POLICY, policyToWire, type RoomPolicy } from '@remote-assist/core'
import type { IssuerOptions } from './agent-tokens.js'
import { BrokerError } from './broker-error.js'
import type { Bus } from './bus.js'
import type { Clock } from './clock.js'
import type { Log } from './log.js'
import { isLoopback } from './loopback.js'
import type { MemoryUse } from './memory-gate.js'
import type { Registry } from './registry.js'

/** Certificate chain and key, in PEM. */
export interface TlsOptions {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** How long a line may take, in milliseconds, before it is a participant's. */
export interface LineTimeouts {
  /** For its first request to be there, TLS included, beginning with the line. */
  readonly openingMs: number
  /** For a TLS handshake. */
  readonly handshakeMs: number
  /** For the headers of a request, beginning with the line. */
  readonly headersMs: number
  /** For a whole request. */
  readonly requestMs: number
  /** For nothing to happen. */
  readonly idleMs: number
}

const LINE_TIMEOUTS: LineTimeouts = { openingMs: 15_000, handshakeMs: 10_000, headersMs: 10_000, requestMs: 30_000, idleMs: 30_000 }

/** How to run a broker. Everything is optional. */
export interface BrokerOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Port for HTTP and WebSocket; 0, the default, takes a free one. */
  readonly port?: number
  /** Port for gRPC; 0 takes a free one. Default: gRPC is not offered. */
  readonly grpcPort?: number
  /** Certificate for both ports. Without it a broker listens on loopback alone, unless `behindProxy`. */
  readonly tls?: TlsOptions
  /** A proxy in front ends TLS: plain HTTP is fine, and the last address in `X-Forwarded-For` is the client's, over HTTP, WebSocket and gRPC (its metadata). Default false. */
  readonly behindProxy?: boolean
  /** Base URL as clients see it, e.g. `https://assist.example`. Default: where it listens. */
  readonly publicUrl?: string
  /** gRPC address as clients see it, e.g. `grpcs://assist.example:8444`. Default: where it listens. */
  readonly publicGrpcUrl?: string
  /** Web origins whose pages may connect, beside the broker's own. */
  readonly origins?: readonly string[]
  /** Directory with the static pages. Default: no pages. */
  readonly pages?: string
  /** Who signs the tokens that agents show. Without it (and without `apiKey`) everybody may make sessions, which is allowed on loopback alone. */
  readonly issuer?: IssuerOptions
  /** The operator's key: its holder sees the sessions of all tenants, and the metrics. */
  readonly apiKey?: string
  /** The tenant's policy, where it differs from the default. */
  readonly policy?: Partial<RoomPolicy>
  /** How long a dropped participant may stay away, in ms, 0–300,000. Default 30,000. */
  readonly graceMs?: number
  /** A silent participant is pinged after so long, in ms, 1,000–60,000. Default 15,000. */
  readonly heartbeatMs?: number
  /** Joins by code or invitation a minute from one IPv4 address or IPv6 /64; 0 = no limit. Default 10. */
  readonly joinsPerMinute?: number
  /** Lines and connections from one IPv4 address or IPv6 /64 that are no participant's (yet), 0–500; 0 = no limit, where something in front of it has one (RA-BND-019). Default 128. */
  readonly strangersPerAddress?: number
  /** How long a line may take before it is a participant's. Default: 15 s for the first request, 10 s for a handshake, 10 s for headers, 30 s for a request, 30 s for nothing. */
  readonly timeouts?: Partial<LineTimeouts>
  /** Most sessions at one time. Default 10,000. */
  readonly maxSessions?: number
  /** Newcomers are refused while more than this part of the memory is used, 0–1. Default 0.7. */
  readonly memoryFraction?: number
  /** How much memory is used and how much there is. Default: this process and its container or machine. */
  readonly memory?: MemoryUse
  /** Name of this broker among several. Default: the host's. */
  readonly node?: string
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: standard output. */
  readonly log?: Log
  /** Default: in memory. */
  readonly registry?: Registry
  /** Default: in memory. */
  readonly bus?: Bus
}

/** What a running broker goes by. */
export interface Settings {
  readonly policy: RoomPolicy
  readonly graceMs: number
  readonly heartbeatMs: number
  readonly maxSessions: number
  readonly strangersPerAddress: number
  readonly timeouts: LineTimeouts
  readonly behindProxy: boolean
  /** Agents show tokens of an issuer. */
  readonly hasIssuer: boolean
  readonly node: string
}

/** Checks the options and fills in what is not given. Throws `BrokerError`. */
export function settingsOf(options: BrokerOptions): Settings {
  const { host = '127.0.0.1', behindProxy = false } = options
  requireSafe(options, host, behindProxy)
  if (/^(0\.0\.0\.0|::)$/.test(host) && options.publicUrl === undefined) {
    throw new BrokerError('E_OPTION', `${host} is no address that clients could connect to.`, 'Say which one is: --public-url https://assist.example')
  }
  return {
    policy: policyOf(options.policy),
    graceMs: inRange('graceMs', options.graceMs ?? 30_000, 0, 300_000),
    heartbeatMs: inRange('heartbeatMs', options.heartbeatMs ?? 15_000, 1_000, 60_000),
    maxSessions: inRange('maxSessions', options.maxSessions ?? 10_000, 1, 5_000_000),
    strangersPerAddress: inRange('strangersPerAddress', options.strangersPerAddress ?? 128, 0, 500),
    timeouts: { ...LINE_TIMEOUTS, ...options.timeouts },
    behindProxy,
    hasIssuer: options.issuer !== undefined,
    node: options.node ?? hostname(),
  }
}

/** Beyond loopback there is TLS, and agents show who they are. */
function requireSafe({ tls, issuer, publicUrl }: BrokerOptions, host: string, behindProxy: boolean): void {
  if (!isLoopback(host) && tls === undefined && !behindProxy) {
    throw new BrokerError(
      'E_NOT_SAFE',
      `${host} is not a loopback address, and there is no certificate.`,
      'Give --tls-cert and --tls-key, or --behind-proxy if a proxy ends TLS.',
    )
  }
  const isExposed = !isLoopback(host) || behindProxy || (publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname))
  if (isExposed && issuer === undefined) {
    throw new BrokerError(
      'E_NOT_SAFE',
      'The broker would be reached from other machines, and anybody could make sessions.',
      'Say who signs the tokens of agents: --jwt-issuer, --jwt-audience and --jwt-keys.',
    )
  }
}

function policyOf(given: Partial<RoomPolicy> = {}): RoomPolicy {
  const policy = { ...DEFAULT_POLICY, ...given }
  try {
    encodeMessage(Policy, policyToWire(policy))
    return policy
  } catch (cause) {
    throw new BrokerError('E_OPTION', `The policy is not one: ${cause instanceof Error ? cause.message : String(cause)}.`, undefined, { cause })
  }
}

function inRange(name: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value
  throw new BrokerError('E_OPTION', `${name} is a whole number from ${lowest} to ${highest}, not ${value}.`)
}
