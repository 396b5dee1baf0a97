/** One case being played: who is there, what is known by name, and how far everything was looked at. */
import { setTimeout as pause } from 'node:timers/promises'
import { EventOverdue, type TesteeEvent } from '../adapter/index.js'
import type { BrokerPlayer, Inbox, Player } from '../play/player.js'
import type { Cast } from './cast.js'
import { Desktop } from './desktop.js'
import type { Plain } from './load.js'
import { CaseError, misfit, type Names, show } from './pattern.js'

/** A step did not come out as it says: the testee's fault, as far as the suite can tell. */
export class Disappointment extends Error {
  override readonly name = 'Disappointment'
  constructor(
    message: string,
    /** The testee does not even answer a barrier. */
    readonly hangs = false,
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
      throw new Disappointment(`the testee told of no ${show(pattern)} within ${withinMs} ms; it told of ${came.join(', ') || 'nothing'}`)
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

  /** What the testee does not answer it does not get round to. */
  async hangs(at: string): Promise<boolean> {
    const players = this.#cast.stage.broker === undefined ? [] : [...this.#cast.stage.players.values()].filter(({ name }) => at === 'broker' || name === at)
    const [player] = players
    if (player === undefined) return false
    return await Promise.race([player.barrier().then(() => false), pause(2_000, true)]).catch(() => false)
  }
}
