/** A broker that is honest until one frame, and does one thing to that. */
import type { Channel } from '@remote-assist/codec'
import { settle } from '../support/clock.js'
import type { Hop, Relay } from '../support/relay.js'
import { ATTACKS, type Attack, type Kit } from './attacks.js'
import { type Evidence, evidenceIn } from './evidence.js'
import { type Cast, tell } from './story.js'

/** A frame's place in the story: the nth, from 0, of its way and channel. */
export interface Spot {
  readonly source: number
  readonly target: number
  readonly channel: Channel
  readonly nth: number
}

/** The numbers of those who take part, in the order in which they come. */
const AGENT = 1
const CUSTOMER = 2
const SECOND = 3
const VIEWER = 4

const wayOf = ({ source, target }: Pick<Spot, 'source' | 'target'>): string => `${source}>${target}`
/** A spot as a key. */
export const keyOf = (spot: Spot): string => `${wayOf(spot)} ${spot.channel} ${spot.nth}`

/** The participant who is not the customer. */
const joinerOf = ({ source, target }: Pick<Spot, 'source' | 'target'>): number => (source === CUSTOMER ? target : source)

/** Watches what passes, and knows at each frame where it is and what came before. */
export class Watch {
  readonly #counts = new Map<string, number>()
  readonly #payloads = new Map<string, Uint8Array>()
  readonly #sequences = new Map<string, number>()
  readonly #ways = new Map<string, Channel[]>()
  readonly #joiners = new Set<number>()

  /** The place of a frame that passes; call once for each. */
  place(hop: Hop): Spot {
    const way = `${wayOf(hop)} ${hop.channel}`
    const nth = this.#counts.get(way) ?? 0
    this.#counts.set(way, nth + 1)
    return { source: hop.source, target: hop.target, channel: hop.channel, nth }
  }

  /** What is there for an attack on this frame. */
  kit(hop: Hop): Omit<Kit, 'elsewhere' | 'behind' | 'deliver'> {
    const way = wayOf(hop)
    const beside = this.#ways.get(way)?.findLast(channel => channel !== hop.channel)
    return {
      beside: beside === undefined ? undefined : this.#payloads.get(`${way} ${beside}`),
      before: this.#payloads.get(`${way} ${hop.channel}`),
      other: [...this.#joiners].find(joiner => joiner !== joinerOf(hop)),
      fresh: (source, target) => (this.#sequences.get(wayOf({ source, target })) ?? 0) + 1,
    }
  }

  /** The frame has passed. */
  passed(hop: Hop): void {
    const way = wayOf(hop)
    this.#payloads.set(`${way} ${hop.channel}`, hop.payload.slice())
    this.#sequences.set(way, hop.sequence)
    this.#ways.set(way, [...(this.#ways.get(way) ?? []), hop.channel])
    this.#joiners.add(joinerOf(hop))
  }
}

/** What came of an attack. */
export interface Outcome {
  readonly cast: Cast
  /** It took place: the frame came, and something could be done to it. */
  readonly done: boolean
  /** What was noticed, in order. */
  readonly evidence: readonly Evidence[]
  /** How long it took until something was noticed, in ms. */
  readonly ms: number
  /** Whom the attack was against. */
  readonly victims: ReadonlySet<number>
}

/** Tells the story while the broker does that to that frame, until somebody notices or nobody ever will. `elsewhere`: what another session has there. */
export async function attack(spot: Spot, name: string, elsewhere: Uint8Array): Promise<Outcome> {
  const watch = new Watch()
  const victims = new Set([joinerOf(spot)])
  let held: Uint8Array | undefined
  let startedAt: number | undefined
  let looked = 0
  let evidence: readonly Evidence[] = []

  const corrupt = (relay: Relay): void => {
    relay.meddle = hop => {
      const here = keyOf(watch.place(hop)) === keyOf(spot)
      const known = watch.kit(hop)
      watch.passed(hop)
      if (!here) {
        const late = held !== undefined && wayOf(hop) === wayOf(spot) ? [held] : []
        if (late.length > 0) held = undefined
        return [hop.bytes, ...late]
      }
      const sent = (ATTACKS[name] as Attack)(hop, {
        ...known,
        elsewhere,
        behind: bytes => {
          held = bytes
        },
        deliver: (to, bytes) => {
          victims.add(to === CUSTOMER ? (known.other ?? joinerOf(spot)) : to)
          relay.forge(to, bytes)
        },
      })
      if (sent !== undefined) startedAt = relay.clock.now()
      return sent ?? [hop.bytes]
    }
  }
  const cast = await tell(corrupt, ({ relay }) => {
    if (startedAt === undefined) return false
    evidence = [...evidence, ...evidenceIn(relay.seen.slice(looked))]
    looked = relay.seen.length
    return evidence.length > 0
  })
  const ms = cast.clock.now() - (startedAt ?? 0)
  await settle()
  return { cast, done: startedAt !== undefined, evidence, ms, victims }
}

/** Those for whom the session does not go on although nothing was done to them: they do not hear what the customer says. */
export async function harmed({ cast, victims }: Outcome): Promise<readonly string[]> {
  const { session, viewer, second, customer } = cast
  const others = [
    { name: 'session', number: AGENT, chat: session?.once('chat') },
    { name: 'second', number: SECOND, chat: second?.once('chat') },
    { name: 'viewer', number: VIEWER, chat: viewer?.once('chat') },
  ].filter(({ number, chat }) => chat !== undefined && !victims.has(number))
  const heard = new Set<string>()
  for (const { name, chat } of others) void chat?.then(() => heard.add(name))
  if (others.length > 0) customer?.say('Anybody there?')
  await settle()
  return others.flatMap(({ name }) => (heard.has(name) ? [] : [name]))
}

/** What passes when the broker is honest, in order, with the place of each frame. */
export async function tape(): Promise<readonly { readonly spot: Spot; readonly hop: Hop }[]> {
  const watch = new Watch()
  const passed: { readonly spot: Spot; readonly hop: Hop }[] = []
  const cast = await tell(
    relay => {
      relay.meddle = hop => {
        passed.push({ spot: watch.place(hop), hop: { ...hop, payload: hop.payload.slice() } })
        return [hop.bytes]
      }
    },
    ({ session, viewer, second, clock }) => session !== undefined && viewer !== undefined && second !== undefined && clock.now() > 5_500,
  )
  const noticed = evidenceIn(cast.relay.seen)
  if (noticed.length > 0 || cast.escaped.length > 0) throw new Error(`The honest story was disturbed: ${JSON.stringify(noticed)} ${cast.escaped}`)
  await cast.agent.close()
  return passed
}

/** The ways to attack a frame at its place of the tape: all that can be done there. */
export function* plan(passed: Awaited<ReturnType<typeof tape>>, elsewhere: ReadonlyMap<string, Uint8Array>) {
  const watch = new Watch()
  const last = new Map(passed.map(({ spot }) => [`${wayOf(spot)} ${spot.channel}`, spot.nth]))
  for (const { spot, hop } of passed) {
    watch.place(hop)
    const kit: Kit = { ...watch.kit(hop), elsewhere: elsewhere.get(keyOf(spot)) ?? new Uint8Array(), behind: () => undefined, deliver: () => undefined }
    watch.passed(hop)
    const isLast = last.get(`${wayOf(spot)} ${spot.channel}`) === spot.nth
    const names = Object.entries(ATTACKS).filter(([name, does]) => does(hop, kit) !== undefined && !(name === 'delayed' && isLast))
    yield { spot, names: names.map(([name]) => name), elsewhere: kit.elsewhere }
  }
}
