/** Starts and stops a broker. */
import type { IncomingMessage } from 'node:http'
import { CloseCode, Notice_Kind } from '@remote-assist/codec'
import type { Accept } from '@remote-assist/transport'
import { attachService } from '@remote-assist/transport-grpc'
import { ATTACH_PATH, listen } from '@remote-assist/transport-websocket'
import { Doors } from './attach.js'
import { authenticatorOf } from './authenticator.js'
import { memoryBus } from './bus.js'
import { addressOf, grpcAddressOf } from './client-address.js'
import { type Clock, systemClock } from './clock.js'
import type { Context } from './context.js'
import { Control } from './control.js'
import { sessionService } from './control-grpc.js'
import { httpHandler } from './http.js'
import { bindGrpc, bindHttp, closeGrpc, closeHttp, grpcServer, httpServer, loopbackNames } from './listening.js'
import { standardLog } from './log.js'
import { MemoryGate, processMemory } from './memory-gate.js'
import { Metrics } from './metrics.js'
import { Openings } from './openings.js'
import { type BrokerOptions, settingsOf } from './options.js'
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
  const context = contextOf(options)
  const { clock, log, settings } = context
  const { host = '127.0.0.1', tls } = options
  const { timeouts, behindProxy } = settings
  const pages = options.pages === undefined ? undefined : await pagesFrom(options.pages)
  const doors = new Doors(context)
  // Behind a proxy all lines are the proxy's.
  const onLine = behindProxy ? () => undefined : doors.acceptLine
  const openings = new Openings(timeouts.openingMs)
  const http = { host, port: options.port ?? 0, tls, timeouts, openings, onLine }

  // Where the broker is found is known once its ports are bound; everything that answers is in place before.
  const found = { url: '', base: '', websocketUrl: '', grpcUrl: undefined as string | undefined, origins: new Set<string>() }
  const control = new Control(context, () => ({
    websocketUrl: found.websocketUrl,
    grpcTarget: options.publicGrpcUrl ?? found.grpcUrl ?? '',
    joinUrl: `${found.base}/join`,
    viewUrl: `${found.base}/view`,
  }))
  const allowsOrigin = (origin: string) => found.origins.has(origin)
  const ready = () => !doors.closing && !context.gate.full
  const server = httpServer(http, httpHandler(context, { control, pages, allowsOrigin, ready, websocketUrl: () => found.websocketUrl }))
  const remoteAddress = (request: IncomingMessage): string => {
    // An upgrade is a request too; who listens for them itself would take those for other paths from nobody.
    openings.asked(request.socket)
    return addressOf(request, behindProxy)
  }
  const websocket = await listen(doors.accept, { server, origins: allowsOrigin, remoteAddress })
  const attach = attachService(doors.accept, call => grpcAddressOf(call, behindProxy))
  const grpc = grpcServer(clock, timeouts, openings)
  grpc.addService(attach.definition, { ...attach.handlers })
  const sessions = sessionService(control, log, behindProxy)
  grpc.addService(sessions.definition, { ...sessions.handlers })

  found.url = await bindHttp(server, http)
  found.base = (options.publicUrl ?? found.url).replace(/\/+$/, '')
  found.websocketUrl = `${found.base.replace(/^http/, 'ws')}${ATTACH_PATH}`
  for (const own of [found.url, ...loopbackNames(found.url), found.base, ...(options.origins ?? [])]) found.origins.add(new URL(own).origin)
  const grpcPort =
    options.grpcPort === undefined
      ? undefined
      : await bindGrpc(grpc, { ...http, port: options.grpcPort }).catch(async (error: unknown) => {
          await closeHttp(server)
          throw error
        })
  found.grpcUrl = grpcPort?.url
  if (options.issuer === undefined && options.apiKey === undefined)
    log.warn({}, 'no issuer is configured: everybody on this machine may make and see sessions; this is for development')
  log.info({ url: found.url, grpc: found.grpcUrl, node: settings.node }, 'broker listening')

  const stop = async (drainMs: number) => {
    doors.closing = true
    await drain(doors, drainMs, clock)
    for (const door of doors.open) door.shutDown()
    await Promise.all([websocket.close(CloseCode.SHUTTING_DOWN), attach.close(CloseCode.SHUTTING_DOWN)])
    await Promise.all([closeHttp(server), closeGrpc(grpc, grpcPort, clock)])
    context.rooms.close()
    log.info({}, 'broker stopped')
  }
  let stopped: Promise<void> | undefined
  return {
    url: found.url,
    websocketUrl: websocket.address,
    grpcUrl: found.grpcUrl,
    accept: doors.accept,
    close: ({ drainMs = 0 } = {}) => {
      stopped ??= stop(drainMs)
      return stopped
    },
  }
}

/** What the parts share: as given, or the defaults. */
function contextOf(options: BrokerOptions): Context {
  const settings = settingsOf(options)
  const { clock = systemClock, log = standardLog(), registry = memoryRegistry(), bus = memoryBus() } = options
  const metrics = new Metrics(() => registry.live())
  return {
    settings,
    clock,
    log,
    metrics,
    registry,
    bus,
    rooms: new Rooms({ registry, bus, clock, log, metrics, node: settings.node }),
    throttle: new Throttle(options.joinsPerMinute ?? 10, clock),
    gate: new MemoryGate(options.memory ?? processMemory(), options.memoryFraction ?? 0.7, clock),
    authenticator: authenticatorOf({ apiKey: options.apiKey, issuer: options.issuer, clock, log }),
  }
}

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
