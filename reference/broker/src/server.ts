/** Starts and stops a broker. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js'
import { CloseCode, Notice_Kind } from '@remote-assist/codec'
import type { Accept, Listener } from '@remote-assist/transport'
import { attachService, SERVER_OPTIONS } from '@remote-assist/transport-grpc'
import { ATTACH_PATH, listen } from '@remote-assist/transport-websocket'
import { sharedKey } from './admission.js'
import { Doors } from './attach.js'
import { memoryBus } from './bus.js'
import { type Clock, systemClock } from './clock.js'
import type { Context } from './context.js'
import { type Addresses, Control } from './control.js'
import { sessionService } from './control-grpc.js'
import { addressOf, httpHandler } from './http.js'
import { standardLog } from './log.js'
import { MemoryGate, processMemory } from './memory-gate.js'
import { Metrics } from './metrics.js'
import { BrokerError, type BrokerOptions, settingsOf, type TlsOptions } from './options.js'
import { pagesFrom } from './pages.js'
import { memoryRegistry } from './registry.js'
import { Rooms } from './rooms.js'
import { Throttle } from './throttle.js'

/** A broker that runs. */
export interface RunningBroker {
  /** Base URL, e.g. `http://127.0.0.1:8080`: control API and pages are below it. */
  readonly url: string
  /** Where to attach by WebSocket. */
  readonly websocketUrl: string
  /** Where to attach and call by gRPC, e.g. `grpc://127.0.0.1:8081`; `undefined` = not offered. */
  readonly grpcUrl: string | undefined
  /** Takes connections of another transport as well, e.g. of a memory network's listener. */
  readonly accept: Accept
  /**
   * Stops: takes nobody new, tells the participants (RA-RLY-245), waits up to `drainMs` (default 0) for them to leave, closes the other connections with
   * SHUTTING_DOWN, and resolves when everything is closed.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>
}

/**
 * Starts a broker.
 * @throws BrokerError `E_PORT_IN_USE`, `E_LISTEN`, `E_NOT_SAFE`, `E_OPTION`; each says what to do.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<RunningBroker> {
  const settings = settingsOf(options)
  const { clock = systemClock, log = standardLog(), registry = memoryRegistry(), bus = memoryBus(), host = '127.0.0.1', tls } = options
  const metrics = new Metrics()
  metrics.liveSessions = () => registry.live()
  const context: Context = {
    settings,
    clock,
    log,
    metrics,
    registry,
    bus,
    rooms: new Rooms({ registry, bus, clock, log, metrics }),
    throttle: new Throttle(options.joinsPerMinute ?? 10, clock),
    gate: new MemoryGate(options.memory ?? processMemory(), options.memoryFraction ?? 0.7, clock),
    authenticator: sharedKey(options.apiKey),
  }
  const doors = new Doors(context)

  const server: Server | SecureServer = tls === undefined ? createServer() : createSecureServer({ ...tls, minVersion: 'TLSv1.3' })
  await bindHttp(server, host, options.port ?? 0)
  const url = urlOf(server, tls !== undefined)
  const base = (options.publicUrl ?? url).replace(/\/+$/, '')
  const own = new Set([url, base, ...(options.origins ?? [])].map(origin => new URL(origin).origin))
  const allowsOrigin = (origin: string) => own.has(origin)
  const websocket = await listen(doors.accept, { server, origins: allowsOrigin, remoteAddress: request => addressOf(request, settings.behindProxy) })

  const grpc = options.grpcPort === undefined ? undefined : { server: new GrpcServer(SERVER_OPTIONS), attach: attachService(doors.accept) }
  const grpcUrl = await bindGrpc(grpc?.server, host, options.grpcPort ?? 0, tls).catch((error: unknown) => {
    server.close()
    throw error
  })
  const websocketUrl = `${base.replace(/^http/, 'ws')}${ATTACH_PATH}`
  const addresses: Addresses = { websocketUrl, grpcTarget: options.publicGrpcUrl ?? grpcUrl ?? '', joinUrl: `${base}/join`, viewUrl: `${base}/view` }
  const control = new Control(context, addresses)
  if (grpc !== undefined) {
    grpc.server.addService(grpc.attach.definition, { ...grpc.attach.handlers })
    const sessions = sessionService(control, log)
    grpc.server.addService(sessions.definition, { ...sessions.handlers })
  }
  const pages = options.pages === undefined ? undefined : pagesFrom(options.pages)
  server.on('request', httpHandler(context, { control, pages, allowsOrigin, ready: () => !doors.closing && !context.gate.full }))
  log.info({ url, grpc: grpcUrl, node: settings.node }, 'broker listening')

  let closed: Promise<void> | undefined
  const stop = async (drainMs: number) => {
    doors.closing = true
    await drain(doors, drainMs, clock)
    for (const door of doors.open) door.shutDown()
    await Promise.all([websocket.close(CloseCode.SHUTTING_DOWN), grpc?.attach.close(CloseCode.SHUTTING_DOWN), closeHttp(server)])
    if (grpc !== undefined) await new Promise<void>(resolve => grpc.server.tryShutdown(() => resolve()))
    context.rooms.close()
    log.info({}, 'broker stopped')
  }
  return {
    url,
    websocketUrl: websocketOf(websocket),
    grpcUrl,
    accept: doors.accept,
    close: ({ drainMs = 0 } = {}) => {
      closed ??= stop(drainMs)
      return closed
    },
  }
}

const websocketOf = (listener: Listener): string => listener.address

/** Tells everybody, and waits until they have left or the time is over. */
async function drain(doors: Doors, drainMs: number, clock: Clock): Promise<void> {
  const notice = { kind: Notice_Kind.SHUTTING_DOWN, participant: 0, amount: BigInt(drainMs), detail: '' }
  for (const { attachment } of doors.open) attachment?.tell({ $case: 'notice', value: notice })
  if (drainMs === 0 || doors.open.size === 0) return
  await new Promise<void>(resolve => {
    const cancel = clock.schedule(clock.now() + drainMs, resolve)
    doors.onEmpty = () => {
      cancel()
      resolve()
    }
  })
}

async function bindHttp(server: Server | SecureServer, host: string, port: number): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen(host, port, cause)
  })
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): BrokerError {
  if (cause.code === 'EADDRINUSE')
    return new BrokerError('E_PORT_IN_USE', `Port ${port} on ${host} is in use.`, 'Stop what uses it, or choose another port.', { cause })
  if (cause.code === 'EACCES') return new BrokerError('E_LISTEN', `Port ${port} is not for ordinary users.`, 'Choose a port above 1023.', { cause })
  if (cause.code === 'EADDRNOTAVAIL')
    return new BrokerError('E_LISTEN', `This machine does not have the address ${host}.`, 'Give one that it has with --host.', { cause })
  return new BrokerError('E_LISTEN', `Cannot listen on ${host}, port ${port}: ${cause.message}`, undefined, { cause })
}

/** Listens, and returns the URL; `undefined` without a server. */
async function bindGrpc(server: GrpcServer | undefined, host: string, port: number, tls: TlsOptions | undefined): Promise<string | undefined> {
  if (server === undefined) return undefined
  const authority = host.includes(':') ? `[${host}]` : host
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }])
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${authority}:${port}`, credentials, (cause, result) => {
      if (cause === null) resolve(result)
      else reject(cannotListen(host, port, Object.assign(cause, { code: /EADDRINUSE/.test(cause.message) ? 'EADDRINUSE' : undefined })))
    })
  })
  return `${tls === undefined ? 'grpc' : 'grpcs'}://${authority}:${bound}`
}

function urlOf(server: Server | SecureServer, secure: boolean): string {
  const { address, family, port } = server.address() as AddressInfo
  return `${secure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function closeHttp(server: Server | SecureServer): Promise<void> {
  server.close()
  server.closeIdleConnections()
  await once(server, 'close')
}
