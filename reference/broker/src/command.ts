/** The command `remote-assist-broker`. */
import { readFileSync } from 'node:fs'
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { Command, InvalidArgumentError } from 'commander'
import type { JSONWebKeySet } from 'jose'
import type { IssuerOptions } from './agent-tokens.js'
import { BrokerError } from './broker-error.js'
import { standardLog } from './log.js'
import type { BrokerOptions } from './options.js'
import { type RunningBroker, startBroker } from './server.js'

const whole =
  (lowest: number, highest: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value
    throw new InvalidArgumentError(`It is a whole number from ${lowest} to ${highest}.`)
  }

const port = whole(0, 65_535)

function webUrl(text: string): string {
  if (/^https?:/i.test(text) && URL.canParse(text)) return text
  throw new InvalidArgumentError('It is a URL that begins with https:// or http://.')
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, webUrl(text)]

interface Given {
  readonly listen: number
  readonly host: string
  readonly grpcListen?: number
  readonly pages?: string
  readonly publicUrl?: string
  readonly publicGrpcUrl?: string
  readonly origin: readonly string[]
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly behindProxy?: true
  readonly jwtIssuer?: string
  readonly jwtAudience?: string
  readonly jwtKeys?: string
  readonly jwtTenantClaim: string
  readonly apiKey?: string
  readonly maxFileBytes?: number
  readonly maxSessionMs?: number
  readonly idleMs?: number
  readonly maxParticipants?: number
  readonly graceMs: number
  readonly heartbeatMs: number
  readonly joinsPerMinute: number
  readonly strangersPerAddress: number
  readonly maxSessions: number
  readonly drainMs: number
  readonly logLevel: string
}

/** The version in the package's own description. */
const version = (): string => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** The command with its options, not yet run. */
export const brokerCommand = (): Command =>
  new Command('remote-assist-broker')
    .description('Runs a broker: agents and customers meet there. It relays what they say and cannot read it.')
    .version(version(), '--version', 'prints the version')
    .option('--listen <port>', 'port for HTTP and WebSocket; 0 takes a free one', port, 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--grpc-listen <port>', 'port for gRPC; 0 takes a free one (default: not offered)', port)
    .option('--pages <directory>', 'static pages to serve: console, join, view')
    .option('--public-url <url>', 'base URL as clients see it (default: where it listens)', webUrl)
    .option('--public-grpc-url <url>', 'gRPC address as clients see it (default: where it listens)')
    .option('--origin <origin>', 'a web origin whose pages may connect; may be repeated', collect, [])
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'private key, PEM')
    .option('--behind-proxy', 'a proxy in front ends TLS and sets X-Forwarded-For')
    .option('--jwt-issuer <issuer>', 'who signs the tokens of agents: their "iss"')
    .option('--jwt-audience <audience>', 'what names this broker in them: their "aud"')
    .option('--jwt-keys <file-or-url>', "the issuer's public keys, Ed25519: a JSON Web Key Set, in a file or at an https URL")
    .option('--jwt-tenant-claim <name>', 'the claim that names the tenant', 'tenant')
    .option('--api-key <key>', "the operator's key: all sessions, and the metrics (better: REMOTE_ASSIST_API_KEY)")
    .option('--max-file-bytes <n>', 'largest file in a transfer (default: 1 GiB)', whole(0, Number.MAX_SAFE_INTEGER))
    .option('--max-session-ms <n>', 'longest session; 0 = endless (default: 8 h)', whole(0, 4_294_967_295))
    .option('--idle-ms <n>', 'a session ends after so long without anything; 0 = never (default: 30 min)', whole(0, 4_294_967_295))
    .option('--max-participants <n>', 'most participants in a session (default: 32)', whole(2, 32))
    .option('--grace-ms <n>', 'how long a dropped participant may stay away', whole(0, 300_000), 30_000)
    .option('--heartbeat-ms <n>', 'a silent participant is pinged after so long', whole(1_000, 60_000), 15_000)
    .option('--joins-per-minute <n>', 'joins by code or invitation from one address; 0 = no limit', whole(0, 1_000_000), 10)
    .option('--strangers-per-address <n>', "lines from one address that are no participant's; 0 = no limit", whole(0, 1_000_000), 128)
    .option('--max-sessions <n>', 'most sessions at one time', whole(1, 5_000_000), 10_000)
    .option('--drain-ms <n>', 'how long to wait for participants to leave when stopped', whole(0, 3_600_000), 10_000)
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')

/**
 * Runs the command until SIGINT or SIGTERM; resolves to the exit code. A second signal stops without waiting.
 * @param args Behind the command's name.
 */
export async function runBroker(args: readonly string[]): Promise<number> {
  const given = brokerCommand().parse(args, { from: 'user' }).opts<Given>()
  // What goes wrong is told below; the library's own lines would come on top.
  setLogVerbosity(logVerbosity.NONE)
  try {
    const broker = await startBroker(optionsOf(given))
    await stopped(broker, given.drainMs)
    return 0
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    process.stderr.write(`${error.code}: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`)
    return 1
  }
}

async function stopped(broker: RunningBroker, drainMs: number): Promise<void> {
  let signals = 0
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      signals++
      if (signals > 1) process.exit(1)
      broker.close({ drainMs }).then(resolve, reject)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

function optionsOf(given: Given): BrokerOptions {
  const {
    listen,
    grpcListen,
    origin,
    tlsCert,
    tlsKey,
    maxFileBytes,
    maxSessionMs,
    idleMs,
    maxParticipants,
    apiKey = process.env.REMOTE_ASSIST_API_KEY,
    logLevel,
  } = given
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new BrokerError('E_OPTION', 'A certificate and its key belong together.', 'Give both --tls-cert and --tls-key.')
  const policy = defined({ maxFileBytes, maxSessionDurationMs: maxSessionMs, idleTimeoutMs: idleMs, maxParticipants })
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : { cert: read(tlsCert), key: read(tlsKey) }
  const { host, pages, publicUrl, publicGrpcUrl, behindProxy, graceMs, heartbeatMs, joinsPerMinute, strangersPerAddress, maxSessions } = given
  const optional = defined({ grpcPort: grpcListen, pages, publicUrl, publicGrpcUrl, behindProxy, tls, apiKey, issuer: issuerOf(given) })
  return {
    host,
    port: listen,
    origins: origin,
    policy,
    graceMs,
    heartbeatMs,
    joinsPerMinute,
    strangersPerAddress,
    maxSessions,
    log: standardLog(logLevel),
    ...optional,
  }
}

function issuerOf({ jwtIssuer: issuer, jwtAudience: audience, jwtKeys, jwtTenantClaim: tenantClaim }: Given): IssuerOptions | undefined {
  const given = [issuer, audience, jwtKeys].filter(value => value !== undefined).length
  if (given === 0) return undefined
  if (issuer === undefined || audience === undefined || jwtKeys === undefined)
    throw new BrokerError('E_OPTION', 'An issuer, its audience and its keys belong together.', 'Give all of --jwt-issuer, --jwt-audience and --jwt-keys.')
  return { issuer, audience, keys: /^https?:/i.test(jwtKeys) ? new URL(jwtKeys) : keySet(jwtKeys), tenantClaim }
}

function keySet(file: string): JSONWebKeySet {
  try {
    return JSON.parse(read(file).toString('utf8'))
  } catch (cause) {
    if (cause instanceof BrokerError) throw cause
    throw new BrokerError('E_OPTION', `${file} is not JSON.`, undefined, { cause })
  }
}

/** The fields that are defined. */
const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new BrokerError('E_OPTION', `${file} cannot be read.`, undefined, { cause })
  }
}
