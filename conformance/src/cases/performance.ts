/** One case being played: who is there, what is known by name, and how far everything was looked at. */
import { EventOverdue, type TesteeEvent } from '../adapter/index.js'
import type { Failing } from '../model.js'
import { whenOverdue } from '../patience.js'
import type { BrokerPlayer, Inbox, Player } from '../play/player.js'
import { enumOf, enumValue } from '../wire/schema.js'
import type { Cast } from './cast.js'
import { Desktop } from './desktop.js'
import type { Plain } from './load.js'
import { CaseError, misfit, type Names, show } from './pattern.js'

/** Ends by which nobody says anything: a line that broke (0), and INTERNAL. */
const BREAKDOWNS: ReadonlySet<number> = new Set([0, enumValue(enumOf('CloseCode'), 'INTERNAL')])
/** Time for the answer to a barrier behind what did not come. */
const ANSWERS_WITHIN_MS = 2_000

/** A step did not come out as it says: the testee's fault, as far as the suite can tell. */
export class Disappointment extends Error {
  override readonly name = 'Disappointment'
  constructor(
    readonly failing: Failing,
    message: string,
    readonly evidence: readonly number[] = [],
  ) {
    super(message)
  }
}

/** Plays the steps of one case, one after the other. */
export class Performance {
  /** Players that do not read their lines at present: nothing can be asked of them. */
  readonly deaf = new Set<string>()
  /** The desktop of a customer under test, as far as this case painted it. */
  readonly desktop = new Desktop()
  /** Places of the wire's events that steps looked at, and found to be as they say. */
  readonly accounted = new Set<number>()
  /** Ends by which the testee may say that somebody broke the protocol, and need not: `agent, 404`. */
  readonly mayEnd = new Set<string>()
  /** The case ends lines by itself. */
  endsLines = false
  /** How far the testee's clock went forward in this case, ms. */
  clockMs = 0
  readonly #cast: Cast
  readonly #kept = new Map<string, unknown>()
  /** How far each kind of message was looked at: `player/CHANNEL/name` → the place behind. */
  readonly #looked = new Map<string, number>()
  readonly #began: number
  #eventsFrom: number
  #mark: number
  #connections: number

  constructor(cast: Cast) {
    this.#cast = cast
    this.#began = cast.fromTheStart === true ? 0 : cast.stage.events.length
    this.#mark = this.#began
    this.#connections = Math.max(1, cast.stage.broker?.connections ?? 0)
    this.#eventsFrom = cast.fromTheStart === true ? 0 : (cast.testee.events.all.at(-1)?.index ?? -1) + 1
    const newest = (fact: string): number => Math.max(0, ...[...cast.stage.players.values()].map(({ facts }) => Number(facts[fact] ?? 0)))
    this.#kept.set('lease', newest('leaseEpoch')).set('layout', newest('layoutEpoch'))
    for (const [name, value] of cast.given) this.#kept.set(name, value)
  }

  get cast(): Cast {
    return this.#cast
  }

  get began(): number {
    return this.#began
  }

  get mark(): number {
    return this.#mark
  }

  /** Names of values: players' numbers, and what was kept. */
  get names(): Names {
    const { players, broker } = this.#cast.stage
    const numbers = [...players.values()].flatMap(({ name, number, facts }): readonly (readonly [string, unknown])[] => [
      [name, number],
      ...Object.entries(facts).map(([fact, value]) => [`${name}.${fact}`, value] as const),
    ])
    const testee = [...players.values()].find(({ counterpart }) => counterpart !== 0)?.counterpart
    return new Map<string, unknown>([...numbers, ...(broker === undefined || testee === undefined ? [] : ([['testee', testee]] as const)), ...this.#kept])
  }

  keep(name: string, value: unknown): void {
    this.#kept.set(name, value)
  }

  setMark(): void {
    this.#mark = this.#cast.stage.events.length
  }

  player(name: string): Player {
    const player = this.#cast.stage.players.get(name)
    if (player === undefined) throw new CaseError(`nobody is called ${name}; there are ${[...this.#cast.stage.players.keys()].join(', ')}`)
    return player
  }

  broker(): BrokerPlayer {
    const { broker } = this.#cast.stage
    if (broker === undefined) throw new CaseError('the broker is under test: the suite plays none')
    return broker
  }

  inbox(name: string): Inbox {
    return name === 'broker' ? this.broker().inbox : this.player(name).inbox
  }

  /** The place behind the last message of that kind that a step looked at. */
  from(key: string): number {
    return this.#looked.get(key) ?? this.#began
  }

  lookedAt(key: string, arrival: { readonly index: number }): void {
    this.#looked.set(key, arrival.index + 1)
  }

  /** The next event that fits, and those before it are over. */
  async event(pattern: Plain, withinMs: number): Promise<Plain> {
    const { events } = this.#cast.testee
    const plain = ({ name, fields }: TesteeEvent): Plain => ({ [name]: fields })
    try {
      const event = await events.next(event => event.name in pattern && misfit(pattern, plain(event), this.names) === undefined, {
        from: this.#eventsFrom,
        withinMs,
      })
      this.#eventsFrom = event.index + 1
      return plain(event)
    } catch (error) {
      if (!(error instanceof EventOverdue)) throw error
      const came = error.seen.map(event => show(plain(event)))
      throw new Disappointment(
        await this.absence('broker'),
        `the testee told of no ${show(pattern)} within ${withinMs} ms; it told of ${came.join(', ') || 'nothing'}`,
      )
    }
  }

  /** Waits for the testee's connection after the one that was there last. */
  async returns(withinMs: number): Promise<void> {
    const broker = this.broker()
    for (;;) {
      const connection = await broker.connected({ withinMs })
      if (connection <= this.#connections) continue
      this.#connections = connection
      return
    }
  }

  /** Why nothing came there: the testee answers nothing any more, its line is over, or it just did not send it. */
  async absence(at: string): Promise<Failing> {
    const { broker, events, players } = this.#cast.stage
    const player = players.get(at)
    const hasLine = broker === undefined ? player?.attached : broker.hasLine
    // Whom it has not let in a broker need not answer, and who was not let in need not answer the broker.
    const asks = broker === undefined ? (player?.number === 0 ? undefined : player) : broker.attached ? broker : undefined
    // Who said goodbye has left, though its line may lie there for a while, and answers no more.
    const hasLeft = events.some(event => event.kind === 'arrival' && event.arrival.name === 'bye' && event.arrival.to === 'broker')
    if (hasLeft) return 'ended'
    if (hasLine !== false) {
      const asked = events.length
      // What comes instead of an answer, as it may where every frame has a fault, comes from somebody who is awake.
      const isSilent = asks !== undefined && (await leavesOpen(asks.barrier())) && !events.some(({ kind }, index) => index >= asked && kind === 'arrival')
      return isSilent ? 'hang' : 'absent'
    }
    const to = broker === undefined ? at : 'broker'
    const end = events.findLast(event => event.kind === 'closing' && event.closing.index >= this.#began && event.closing.to === to)
    if (end?.kind !== 'closing' || this.accounted.has(end.closing.index)) return 'absent'
    if (!BREAKDOWNS.has(end.closing.code)) return 'ended'
    return this.endsLines ? 'absent' : 'died'
  }
}

/** A barrier is not answered. */
const leavesOpen = async (barrier: Promise<void>): Promise<boolean> =>
  await new Promise(resolve => {
    const callOff = whenOverdue(ANSWERS_WITHIN_MS, () => resolve(true))
    const over = (): void => {
      callOff()
      resolve(false)
    }
    barrier.then(over, over)
  })
