/** The kinds of steps: what each does, and how it does not come out. */
import { setTimeout as pause } from 'node:timers/promises'
import { EventOverdue, type TesteeEvent } from '../adapter/index.js'
import { type Arrival, type BrokerPlayer, type ChannelName, type Inbox, Overdue, type Player } from '../play/player.js'
import { enumOf, enumValue } from '../wire/schema.js'
import type { Cast } from './cast.js'
import type { Plain, Step } from './load.js'
import { CaseError, misfit, type Names, show } from './pattern.js'
import { filled } from './values.js'

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

/** Channels as cases write them. */
const CHANNELS: ReadonlyMap<string, ChannelName> = new Map(
  (['RELAY', 'HANDSHAKE', 'SESSION', 'SCREEN', 'MEDIA', 'INPUT', 'CLIPBOARD', 'FILE', 'ELEVATION', 'CHAT', 'ANNOTATION'] as const).map(name => [
    name.toLowerCase(),
    name,
  ]),
)

const POLL_MS = 15

/** Plays the steps of one case, one after the other. */
export class Performance {
  readonly #cast: Cast
  readonly #kept = new Map<string, unknown>()
  /** How far each kind of message was looked at: `player/CHANNEL/name` → the place behind. */
  readonly #looked = new Map<string, number>()
  readonly #began: number
  #eventsFrom = 0
  #mark: number
  #connections = 1

  constructor(cast: Cast) {
    this.#cast = cast
    this.#began = cast.stage.events.length
    this.#mark = this.#began
    for (const [name, value] of cast.given) this.#kept.set(name, value)
  }

  /** Plays a step and returns the places in the wire's events that prove it. Rejects with `Disappointment` if it does not come out. */
  async play(step: Step): Promise<readonly number[]> {
    const play = STEPS[step.kind]
    if (play === undefined) throw new CaseError(`there is no step ${step.kind}`)
    return (await play(this, step.value, step)) ?? []
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

  lookedAt(key: string, arrival: Arrival): void {
    this.#looked.set(key, arrival.index + 1)
  }

  /** The next event that fits, and those before it are over. */
  async event(pattern: Plain, withinMs: number): Promise<Plain> {
    const { events } = this.#cast.testee
    const plain = ({ name, fields }: TesteeEvent): Plain => ({ [name]: fields })
    try {
      const event = await events.next(event => misfit(pattern, plain(event), this.names) === undefined, { from: this.#eventsFrom, withinMs })
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

type Play = (p: Performance, value: unknown, step: Step) => Promise<readonly number[] | undefined> | readonly number[] | undefined

/** The close codes that a case names, as numbers. */
export function codesOf(value: unknown): readonly number[] {
  const list = Array.isArray(value) ? value : [value]
  return list.map(code => (typeof code === 'number' ? code : enumValue(enumOf('CloseCode'), String(code))))
}

/** The channel and the message, or pattern, of a step that names one. */
function channelOf(value: Plain): readonly [ChannelName, unknown] | undefined {
  for (const [key, name] of CHANNELS) if (value[key] !== undefined) return [name, value[key]]
  return undefined
}

const send: Play = (p, value) => {
  const { as = 'broker', to, raw, channel, spoil, frame } = value as Plain & { as?: string; to?: readonly string[]; channel?: ChannelName }
  const { names } = p
  const player = as === 'broker' ? p.broker() : p.player(as)
  if (frame !== undefined) {
    player.sendBytes(filled(frame, names) as Uint8Array)
    return undefined
  }
  const said = channelOf(value as Plain)
  const name = said?.[0] ?? channel
  if (name === undefined) throw new CaseError('a step sends nothing')
  const spoiled = filled(spoil, names) as Plain | undefined
  const header = targetsOf(to, names, spoiled)
  const content = raw !== undefined ? { raw: filled(raw, names) as Uint8Array } : { messages: listOf(filled(said?.[1], names)) }
  player.send({
    channel: name,
    ...content,
    ...(spoiled === undefined && header === undefined ? {} : { spoil: { ...spoiled, ...(header === undefined ? {} : { header }) } }),
  })
  return undefined
}

function targetsOf(to: readonly string[] | undefined, names: Names, spoil: Plain | undefined): Plain | undefined {
  const header = spoil?.header as Plain | undefined
  if (to === undefined) return header
  const targets = to.map(name => Number(filled(`$${name}`, names))).sort((a, b) => a - b)
  return { targets, ...header }
}

const listOf = (value: unknown): readonly Plain[] => (Array.isArray(value) ? (value as readonly Plain[]) : [value as Plain])

/** What an expectation looks for: the channel, the member, and its pattern. */
interface Wanted {
  readonly at: string
  readonly channel: ChannelName | 'ANY'
  readonly member: string
  readonly pattern: unknown
  readonly where: unknown
}

function wantedOf(value: Plain & { at?: string; channel?: string; where?: unknown }): Wanted {
  const { at = 'broker', channel, where } = value
  const said = channelOf(value)
  if (said === undefined) return { at, channel: (channel ?? 'ANY') as ChannelName | 'ANY', member: '', pattern: {}, where }
  const [entry, ...more] = Object.entries((said[1] ?? {}) as Plain)
  if (entry === undefined || more.length > 0) throw new CaseError(`a step expects exactly one message, not ${show(said[1])}`)
  return { at, channel: said[0], member: entry[0], pattern: entry[1] ?? {}, where }
}

const fits =
  ({ channel, member, where }: Wanted, names: Names) =>
  (arrival: Arrival): boolean =>
    (channel === 'ANY' ? arrival.channel !== 'RELAY' : arrival.channel === channel) &&
    (member === '' || arrival.name === member) &&
    (where === undefined || misfit(where, arrival.fields, names) === undefined)

const expect: Play = async (p, value, step) => {
  const wanted = wantedOf(value as Plain)
  const key = `${wanted.at}/${wanted.channel}/${wanted.member}`
  const inbox = p.inbox(wanted.at)
  const arrival = await soon(
    p,
    wanted.at,
    inbox.next(fits(wanted, p.names), { from: p.from(key), withinMs: step.withinMs }),
    `${wanted.channel}.${wanted.member || '*'}`,
  )
  p.lookedAt(key, arrival)
  if (arrival.fault !== undefined && wanted.member !== '') throw new Disappointment(`what came cannot be read: ${arrival.fault}`, false, [arrival.index])
  const wrong = misfit(wanted.pattern, arrival.fields, p.names)
  if (wrong !== undefined) throw new Disappointment(`${arrival.name} came at ${wanted.at}, but ${wrong}`, false, [arrival.index])
  for (const [name, path] of Object.entries(((value as Plain).keep ?? {}) as Plain)) p.keep(name, at(arrival, String(path)))
  return [arrival.index]
}

/** The value at a path like `grants.0.permission`; of the frame itself: `@sequence`, `@source`, `@frame`. */
function at(arrival: Arrival, path: string): unknown {
  if (path.startsWith('@')) return (arrival as unknown as Plain)[path.slice(1)]
  return path === '' ? arrival.fields : valueAt(arrival.fields, path)
}

async function soon<T extends { readonly index: number }>(p: Performance, where: string, coming: Promise<T>, what: string): Promise<T> {
  try {
    return await coming
  } catch (error) {
    if (!(error instanceof Overdue)) throw error
    const came = error.seen.map(({ channel, name, fault }) => (fault === undefined ? `${channel}.${name}` : `${channel} that cannot be read (${fault})`))
    throw new Disappointment(
      `no ${what} came at ${where}: ${error.message}; what came: ${summary(came)}`,
      await p.hangs(where),
      error.seen.map(({ index }) => index),
    )
  }
}

/** Names in order, repeats counted: `Alive ×3, Roster`. */
function summary(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ') || 'nothing'
}

const never: Play = async (p, value) => {
  const wanted = wantedOf(value as Plain)
  await settled(p, wanted.at)
  const found = p
    .inbox(wanted.at)
    .all.find(arrival => arrival.index >= p.mark && fits(wanted, p.names)(arrival) && misfit(wanted.pattern, arrival.fields, p.names) === undefined)
  if (found !== undefined) throw new Disappointment(`${found.channel}.${found.name} came at ${wanted.at}: ${show(found.fields)}`, false, [found.index])
  return []
}

/** What was sent has been taken, and what it caused has come: barriers of everybody who could hear. */
async function settled(p: Performance, where: string): Promise<void> {
  const { players, broker } = p.cast.stage
  if (broker !== undefined) {
    const [first] = where === 'broker' ? players.values() : [p.player(where)]
    if (first === undefined) return
    try {
      await first.barrier()
      await p.cast.testee.snapshot()
      await first.barrier()
    } catch (error) {
      if (!(error instanceof Overdue)) throw error
      throw new Disappointment(`the testee does not answer: ${error.message}`, true)
    }
    return
  }
  await p.player(where).barrier()
}

/** Keeps values under names: `{name: path}`. */
function keepAll(p: Performance, keep: unknown, from: Plain): void {
  for (const [name, path] of Object.entries((keep ?? {}) as Plain)) p.keep(name, valueAt(from, String(path)))
}

const valueAt = (from: unknown, path: string): unknown => path.split('.').reduce<unknown>((value, key) => (value as Plain | undefined)?.[key], from)

const doStep: Play = async (p, value) => {
  const { $result: pattern = { ok: true }, $keep: keep, ...action } = value as Plain
  const result = (await p.cast.testee.do(filled(action, p.names) as Plain)) as unknown as Plain
  const wrong = misfit(pattern, result, p.names)
  if (wrong !== undefined) throw new Disappointment(`the testee was to do ${show(action)}: ${wrong}${result.text ? ` (${show(result.text)})` : ''}`)
  keepAll(p, keep, result)
  return []
}

const event: Play = async (p, value, step) => {
  const { $keep: keep, ...pattern } = value as Plain
  const came = await p.event(pattern, step.withinMs)
  keepAll(p, keep, came)
  return []
}

const snapshot: Play = async (p, value, step) => {
  const until = Date.now() + step.withinMs
  for (;;) {
    const wrong = misfit(value, await p.cast.testee.snapshot(), p.names)
    if (wrong === undefined) return []
    if (Date.now() >= until) throw new Disappointment(`the testee does not stand so within ${step.withinMs} ms: ${wrong}`)
    await pause(POLL_MS)
  }
}

const closes: Play = async (p, value, step) => {
  const { at: where = 'testee', code } = value as { at?: string; code?: unknown }
  const inbox = where === 'testee' ? p.broker().inbox : p.player(where).inbox
  const closing = await soon(p, where === 'testee' ? 'broker' : where, inbox.closing({ from: p.began, withinMs: step.withinMs }), `close of ${where}`)
  if (code !== undefined && !codesOf(code).includes(closing.code)) {
    throw new Disappointment(`the line of ${where} was closed with ${closing.code} (${show(closing.reason)}), not ${show(code)}`, false, [closing.index])
  }
  return [closing.index]
}

/** How a testee ends a peer: the customer has it turned out, another one leaves. */
const ends: Play = async (p, value, step) => {
  const { peer = '', code } = value as { peer?: string; code?: unknown }
  const { number } = p.player(peer)
  const fitting = (arrival: Arrival): boolean => (arrival.name === 'evict' && arrival.fields.participant === number) || arrival.name === 'bye'
  const said = await soon(p, 'broker', p.broker().inbox.next(fitting, { from: p.began, withinMs: step.withinMs }), `Evict of ${peer} or Bye`)
  const wanted = codesOf(code)
  const name = String(said.fields.code ?? '')
  if (!wanted.some(one => one === said.fields.code || enumOf('CloseCode').valuesById[one]?.endsWith(name.replace(/^CLOSE_CODE_/, '')))) {
    throw new Disappointment(`the testee ended the peer ${peer} with ${name}, not ${show(code)}`, false, [said.index])
  }
  return [said.index]
}

/** A record with one message of a kind that nobody knows: field 1,023. */
const UNKNOWN_MESSAGE = Uint8Array.of(3, 0xf8, 0x3f, 0x00)

/** The testee still answers the peer, and said nothing of an end. */
const alive: Play = async (p, value) => {
  const player = p.player(String(value))
  const before = p.cast.stage.events.length
  player.send({ channel: 'SESSION', raw: UNKNOWN_MESSAGE })
  const answered = await soon(
    p,
    player.name,
    player.inbox.next(({ name }) => name === 'unsupported', { from: before, withinMs: 5_000 }),
    'Unsupported, which shows that the peer lives,',
  )
  requireAlive(p, player)
  return [answered.index]
}

function requireAlive(p: Performance, player: Player): void {
  const ended = p
    .broker()
    .inbox.all.find(({ index, name, fields }) => index >= p.mark && (name === 'bye' || (name === 'evict' && fields.participant === player.number)))
  if (ended !== undefined) throw new Disappointment(`the testee ended the peer ${player.name}: ${ended.name} ${show(ended.fields)}`, false, [ended.index])
}

const REMEMBERED = '.remembered'
const IMMEDIATE: Step = { kind: '', value: undefined, check: undefined, withinMs: 5_000, note: '' }

/** Messages by which a receiver answers on channels where others come by themselves. Elsewhere every message is an answer. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  SESSION: ['refused', 'decision', 'inviteRegistered'],
  SCREEN: ['subscription'],
  MEDIA: [],
}

/** What of a snapshot changes only when something happens. */
const standing = ({ picture: _picture, ...rest }: Plain): Plain => rest

function differs(before: Plain, after: Plain): string | undefined {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (show(before[key]) !== show(after[key])) return `${key} was ${show(before[key])}, and is ${show(after[key])}`
  }
  return undefined
}

const manners: Play = (p, value) => {
  for (const [name, changes] of Object.entries(value as Readonly<Record<string, Plain>>))
    Object.assign(name === 'broker' ? p.broker().manners : p.player(name).manners, changes)
  return undefined
}

const enter: Play = async (p, value) => {
  const { as = '', role = 'viewer', invite, displayName } = value as { as?: string; role?: string; invite?: string; displayName?: string }
  const invitation =
    invite === undefined ? {} : { inviteId: filled(`$${invite}.inviteId`, p.names) as Uint8Array, secret: filled(`$${invite}.secret`, p.names) as Uint8Array }
  await p.cast.stage.enter(as, role.toUpperCase() as Player['role'], { ...invitation, ...(displayName === undefined ? {} : { displayName }) })
  return undefined
}

const STEPS: Readonly<Record<string, Play>> = {
  send,
  expect,
  never,
  do: doStep,
  event,
  snapshot,
  closes,
  ends,
  alive,
  manners,
  enter,
  barrier: async (p, value) => {
    await settled(p, String(value))
    return undefined
  },
  mark: p => {
    p.setMark()
    return undefined
  },
  advance: async (p, value) => await doStep(p, { advanceClock: { ms: value } }, { kind: 'do', value, check: undefined, withinMs: 0, note: '' }),
  cut: p => {
    p.broker().cut()
    return undefined
  },
  returns: async (p, _value, step) => {
    await p.returns(step.withinMs)
    return undefined
  },
  drop: (p, value) => {
    p.cast.stage.drop(String(value))
    return undefined
  },
  restore: async (p, value) => {
    await p.cast.stage.restore(String(value))
    return undefined
  },
  secure: async (p, value) => {
    await p.player(String(value)).secured()
    return undefined
  },
  connect: async (p, value) => {
    if (p.cast.connect === undefined) throw new CaseError('players connect by themselves only where the broker is under test')
    await p.cast.connect(String(value))
    return undefined
  },
  hangUp: (p, value) => {
    p.cast.stage.drop(String(value))
    return undefined
  },
  closeLine: (p, value) => {
    p.broker().close(codesOf((value as Plain).code)[0] ?? 0)
    return undefined
  },
  remember: async (p, value) => {
    await alive(p, value, IMMEDIATE)
    p.keep(REMEMBERED, standing(await p.cast.testee.snapshot()))
    return undefined
  },
  unchanged: async (p, value) => {
    await settled(p, String(value))
    const now = standing(await p.cast.testee.snapshot())
    const wrong = differs(p.names.get(REMEMBERED) as Plain, now)
    if (wrong !== undefined) throw new Disappointment(`what was sent had an effect: ${wrong}`)
    return []
  },
  silent: async (p, value) => {
    const { at: where = '', channel = '' } = value as { at?: string; channel?: string }
    await settled(p, where)
    const answers = ANSWERS[channel]
    const answer = p
      .inbox(where)
      .all.find(({ index, channel: its, name }) => index >= p.mark && its === channel && (answers === undefined || answers.includes(name)))
    if (answer !== undefined) throw new Disappointment(`it was answered: ${answer.name} ${show(answer.fields)}`, false, [answer.index])
    requireAlive(p, p.player(where))
    return []
  },
}
