/** Steps about lines: what a binding carries beside frames, how lines are asked for, and how they end. */
import type { Endpoint } from '../../play/endpoint.js'
import { bareCall } from '../../play/lines/bare-call.js'
import { askUpgrade, protocolCode, stall } from '../../play/lines/websocket.js'
import type { BrokerPlayer, Fields } from '../../play/player.js'
import { accusing, TESTEE } from '../conduct.js'
import type { Plain } from '../load.js'
import { CaseError, misfit } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import { filled } from '../values.js'
import { soon } from './expect.js'
import { leftOpen } from './settled.js'
import { codesOf, type Play } from './step.js'

/** A player's line to a broker under test. */
function endpointOf(p: Performance, name: string): Endpoint {
  const endpoint = p.cast.endpoint?.(name)
  if (endpoint === undefined) throw new CaseError(`${name} has a line of its own only where the broker is under test`)
  return endpoint
}

/** Whoever is at the other end of a line of the testee's: the suite's broker, or a player at a broker under test. */
const sideOf = (p: Performance, name: string): Endpoint | BrokerPlayer => (name === 'broker' ? p.broker() : endpointOf(p, name))

/** A message that holds no frame. */
export const stray: Play = (p, value) => {
  sideOf(p, String(value)).stray()
  return undefined
}

/** A frame in fragments of the binding, or with fields beside it. */
export const fragments: Play = (p, value) => {
  const {
    as = 'broker',
    beside = new Uint8Array(0),
    count = 2,
    frame,
  } = filled(value, p.names) as { as?: string; beside?: Uint8Array; count?: number; frame?: Uint8Array }
  if (frame !== undefined) sideOf(p, as).fragments(frame, count, beside)
  return undefined
}

/** A close with a code of the protocol, or (`raw`) of the binding. */
export const closeLine: Play = (p, value) => {
  const { as = 'broker', code, raw = 0, reason = '' } = filled(value, p.names) as { as?: string; code?: unknown; raw?: number; reason?: string }
  const side = sideOf(p, as)
  const number = raw > 0 ? protocolCode(raw) : (codesOf(code)[0] ?? 0)
  // It is answered in kind.
  p.mayEnd.add(accusing(as === 'broker' ? TESTEE : as, number) ?? '')
  if (raw > 0) side.closeRaw(raw)
  else side.close(number, reason)
  return undefined
}

/** Who leaves what comes on its line, or takes it again. */
export const reads: Play = (p, value) => {
  for (const [name, on] of Object.entries(value as Plain)) {
    endpointOf(p, name).reads(on === true)
    if (on === true) p.deaf.delete(name)
    else p.deaf.add(name)
  }
  return undefined
}

export const halfClose: Play = (p, value) => {
  endpointOf(p, String(value)).halfClose()
  return undefined
}

export const holdAnswer: Play = (p, value) => {
  sideOf(p, String(value)).holdAnswer()
  return undefined
}

const urlsOf = (p: Performance) => p.cast.stage.attach

/** Asks for an upgrade, and looks at the answer. Headers of null are not sent. */
export const upgrade: Play = async (p, value) => {
  const { path, headers = {}, answer = {} } = filled(value, p.names) as { path?: string; headers?: Plain; answer?: Plain }
  const asked = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text === null ? undefined : String(text)]))
  const came = await askUpgrade(urlsOf(p).websocketUrl, { headers: asked, ...(path === undefined ? {} : { path }) })
  const wrong = misfit(answer, came, p.names)
  if (wrong !== undefined) throw new Disappointment('different', `of the answer to the request, ${wrong}`)
  return []
}

/** Makes a bare call of gRPC, and looks at what comes before it says anything. */
export const call: Play = async (p, value, step) => {
  const { path = '', answer = {} } = value as { path?: string; answer?: Plain }
  const came = await bareCall(urlsOf(p).grpcUrl, path, step.withinMs).catch((error: unknown) => {
    throw new Disappointment('absent', `the call was not answered: ${String(error)}`)
  })
  const wrong = misfit(answer, came, p.names)
  if (wrong !== undefined) throw new Disappointment('different', `of the answer to the call, ${wrong}`)
  return []
}

/** Somebody who comes now does not get in: there is no line for it, or the line ends before a Welcome. */
export const turnedAway: Play = async (p, value, step) => {
  const { as = '', ...hello } = filled(value, p.names) as Plain & { as?: string }
  const { connect, hello: say } = p.cast
  if (connect === undefined || say === undefined) throw new CaseError('players connect by themselves only where the broker is under test')
  try {
    await connect(as)
  } catch {
    return []
  }
  const { inbox, attached } = p.player(as)
  if (attached) say(as, hello)
  const closing = await soon(p, as, inbox.closing({ from: p.began, withinMs: step.withinMs }), `close of ${as}`, () => leftOpen(p))
  const welcome = inbox.all.find(({ name }) => name === 'welcome')
  if (welcome !== undefined) throw new Disappointment('forbidden', `${as} was let in`, [welcome.index])
  return [closing.index]
}

/** Strangers open lines and say nothing, one more than so many: the broker does not keep them all. */
export const crowd: Play = async (p, value, step) => {
  const { connect } = p.cast
  if (connect === undefined) throw new CaseError('strangers come only where the broker is under test')
  const most = Number(value)
  const names = Array.from({ length: most + 1 }, (_, place) => `stranger${place}`)
  for (const name of names) {
    try {
      await connect(name)
    } catch {
      return []
    }
  }
  const endings = names.map(async name => (await p.player(name).inbox.closing({ from: p.began, withinMs: step.withinMs })).index)
  try {
    return [await Promise.any(endings)]
  } catch {
    throw new Disappointment('absent', `${most + 1} lines on which nobody said Hello are open at one time`)
  }
}

/** Somebody opens a line, says this and nothing more: the line ends. */
export const stalls: Play = async (p, value, step) => {
  const { binding = 'websocket', says = '' } = value as { binding?: string; says?: string }
  const { grpcUrl, websocketUrl } = urlsOf(p)
  await stall(binding === 'grpc' ? grpcUrl : websocketUrl, says, step.withinMs).catch((error: Error) => {
    throw new Disappointment('absent', error.message)
  })
  return []
}

/** What a binding told of an end, as a pattern wants it. */
export function requireRaw(pattern: unknown, raw: Fields | undefined, p: Performance, where: string): void {
  const wrong = pattern === undefined ? undefined : misfit(pattern, raw ?? {}, p.names)
  if (wrong !== undefined) throw new Disappointment('different', `of the end of ${where}'s line, ${wrong}`)
}
