/** A broker that is honest until one frame, and does one thing to that. */
import { Channel, CloseCode, decodeHandshake, PasswordClass } from '@remote-assist/codec'
import { settle } from '../support/clock.js'
import type { Hop, Relay } from '../support/relay.js'
import { ATTACKS, type Attack, type Kit } from './attacks.js'
import { type Evidence, evidenceIn } from './evidence.js'
import { type Cast, CUSTOMER, type Story, tell } from './story.js'

/** A frame's place in the story: the nth, from 0, of its way and channel. */
export interface Spot {
  readonly source: number
  readonly target: number
  readonly channel: Channel
  readonly nth: number
}

/** The numbers of those who take part, in the order in which they come. */
const AGENT = 1
const SECOND = 3
const VIEWER = 4

const wayOf = ({ source, target }: Pick<Spot, 'source' | 'target'>): string => `${source}>${target}`
const lineOf = (spot: Spot): string => `${wayOf(spot)} ${spot.channel}`
/** A spot as a key. */
export const keyOf = (spot: Spot): string => `${lineOf(spot)} ${spot.nth}`

/** The participant who is not the customer. */
const joinerOf = ({ source, target }: Pick<Spot, 'source' | 'target'>): number => (source === CUSTOMER ? target : source)

const messageOf = ({ channel, payload }: Hop) => (channel === Channel.HANDSHAKE ? decodeHandshake(payload).kind : undefined)

/** Watches what passes, and knows at each frame where it is and what came before. */
export class Watch {
  readonly #counts = new Map<string, number>()
  readonly #payloads = new Map<string, Uint8Array>()
  readonly #sequences = new Map<string, number>()
  readonly #ways = new Map<string, Channel[]>()
  readonly #joiners = new Set<number>()

  /** The place of a frame that passes; call once for each. */
  place(hop: Hop): Spot {
    // One of the two is on a new line: numbers begin anew.
    if (messageOf(hop)?.$case === 'start') for (const way of [hop, { source: hop.target, target: hop.source }]) this.#sequences.delete(wayOf(way))
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
      first: !this.#sequences.has(way),
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
export async function attack(story: Story, spot: Spot, name: string, elsewhere: Uint8Array): Promise<Outcome> {
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
      if (sent !== undefined) {
        startedAt = relay.clock.now()
        looked = relay.seen.length
      }
      return sent ?? [hop.bytes]
    }
  }
  const cast = await tell(story, corrupt, ({ relay }) => {
    if (startedAt === undefined) return false
    evidence = [...evidence, ...evidenceIn(relay.seen.slice(looked))]
    looked = relay.seen.length
    return evidence.length > 0
  })
  const ms = cast.clock.now() - (startedAt ?? 0)
  await settle()
  return { cast, done: startedAt !== undefined, evidence, ms, victims }
}

/** A customer that the lead waited for in vain: nobody has anything left to stay for (RA-SES-024). */
const isGivenUp = ({ what, whom, code }: Evidence): boolean => what === 'evicted' && whom === CUSTOMER && code === CloseCode.TIMEOUT

/** Those for whom the session does not go on although nothing was done to them: they do not hear what the customer says. */
export async function harmed({ cast, victims, evidence }: Outcome): Promise<readonly string[]> {
  if (evidence.some(isGivenUp)) return []
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

/** So long after a story has come to rest everybody has shown to be alive, in ms. */
const ALIVE_MS = 4_500

/** A frame of an honest session, at its place. */
export interface Passed {
  readonly spot: Spot
  readonly hop: Hop
  /** A record of which channel it is; of a handshake, which message of one by which kind of secret. */
  readonly what: string
  /** It belongs to what is told, and not to what went before. */
  readonly told: boolean
}

/** Names what passes; of handshakes, only the first message tells by what they go. */
class Names {
  readonly #classes = new Map<number, string>()

  of(hop: Hop): string {
    if (hop.channel !== Channel.HANDSHAKE) return Channel[hop.channel]
    const kind = messageOf(hop)
    if (kind?.$case === 'start') this.#classes.set(joinerOf(hop), PasswordClass[kind.value.passwordClass])
    return `${this.#classes.get(joinerOf(hop))} ${kind?.$case} from ${hop.source === CUSTOMER ? 'the customer' : 'the joiner'}`
  }
}

/** What passes when the broker is honest, in order. */
export async function tape(story: Story): Promise<readonly Passed[]> {
  const watch = new Watch()
  const names = new Names()
  const passed: Passed[] = []
  const cast = await tell(
    story,
    (relay, cast) => {
      relay.meddle = hop => {
        passed.push({ spot: watch.place(hop), hop: { ...hop, payload: hop.payload.slice() }, what: names.of(hop), told: cast.begun })
        return [hop.bytes]
      }
    },
    ({ toldAt, clock }) => toldAt !== undefined && clock.now() >= toldAt + ALIVE_MS,
  )
  const noticed = evidenceIn(cast.relay.seen).filter(({ what }) => what !== 'returned')
  if (noticed.length > 0 || cast.escaped.length > 0) throw new Error(`The honest story was disturbed: ${JSON.stringify(noticed)} ${cast.escaped}`)
  if (!story.happened(cast)) throw new Error(`Not everything happened that belongs to ${story.name}.`)
  await cast.agent.close()
  return passed
}

/** The ways to attack each frame that is told, at its place of the tape: all that can be done there. `turn`: the how manieth of its way and channel that is told. */
export function* plan(passed: readonly Passed[], elsewhere: ReadonlyMap<string, Uint8Array>) {
  const watch = new Watch()
  const last = new Map(passed.map(({ spot }) => [wayOf(spot), keyOf(spot)]))
  const turns = new Map<string, number>()
  for (const { spot, hop, what, told } of passed) {
    watch.place(hop)
    const kit: Kit = { ...watch.kit(hop), elsewhere: elsewhere.get(keyOf(spot)) ?? new Uint8Array(), behind: () => undefined, deliver: () => undefined }
    watch.passed(hop)
    if (!told) continue
    const turn = turns.get(lineOf(spot)) ?? 0
    turns.set(lineOf(spot), turn + 1)
    const isLast = last.get(wayOf(spot)) === keyOf(spot)
    const names = Object.entries(ATTACKS).filter(([name, does]) => does(hop, kit) !== undefined && !(name === 'delayed' && isLast))
    yield { spot, what, turn, names: names.map(([name]) => name), elsewhere: kit.elsewhere }
  }
}
