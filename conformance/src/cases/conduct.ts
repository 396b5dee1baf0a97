/** What no step of a case asked for and no case may pass over: a frame that is wrong in itself, or that somebody is said to have broken the protocol. */
import { RoleRefused } from '../adapter/index.js'
import type { CheckDeclaration } from '../model.js'
import { EndPlayer } from '../play/end-player.js'
import { type BrokerPlayer, type Fields, Overdue, type WireEvent } from '../play/player.js'
import { decodeFrame, enumOf, enumValue, type WireFrame } from '../wire/schema.js'
import { Disappointment, type Performance } from './performance.js'

/** A check that every case has and none declares: results have it where everything else came out and it did not. */
export const CONDUCT: CheckDeclaration = {
  id: 'conduct',
  title: 'Every frame of the case was right and was taken, but for what its steps say',
  cites: ['RA-BND-004', 'RA-RLY-001', 'RA-RLY-006', 'RA-SEC-201'],
  control: false,
}

/** How long the testee may take for what is said behind the last step, ms. */
const TAKES_MS = 5_000
/** How often a handshake that is under way behind the last step is given another turn: it has two messages each way. */
const MOST_ROUNDS = 3

/**
 * Behind the last step, everybody who can says something more, so that what was lost, came twice or out of order shows; then the lines of the whole case are looked
 * at. Rejects with `Disappointment` for what no step has looked at:
 *
 * - a frame that came and is wrong in itself: its header, its record, its message (`Arrival.fault`);
 * - at a broker, a frame of a participant that is not, byte for byte, one that this participant sent;
 * - a code of 4xx or 6xx, by which the testee says in Bye, Evict, a handshake's failure or a close that the protocol was broken. A step that looks at one, or a
 *   player that says one, makes that code one that is expected; `mayEnd` does without either.
 */
export async function requireConduct(p: Performance): Promise<void> {
  await lastWords(p)
  const { broker, events, players } = p.cast.stage
  // An end under test speaks of its session, to whomever; a broker ends lines.
  const names = broker === undefined ? new Map([...players.values()].map(({ name, number }) => [number, name])) : undefined
  const expected = new Set([
    ...p.mayEnd,
    ...[...p.accounted].flatMap(index => accusation(events[index], names) ?? []),
    ...events.flatMap(event => (event.kind === 'sent' ? said(event.from, event.fields, names) : [])),
  ])
  const isOurs = broker === undefined ? passedOn(p) : () => true
  for (const event of events) {
    if (event.kind !== 'arrival' && event.kind !== 'closing') continue
    const { index, to } = event.kind === 'arrival' ? event.arrival : event.closing
    const end = accusation(event, names)
    const fault = p.accounted.has(index) ? undefined : faultOf(event)
    const wrong =
      fault ??
      (end === undefined || expected.has(end) ? undefined : `at ${to} came an end, ${end}`) ??
      (isOurs(event) ? undefined : `at ${to} came a frame that nobody sent so`)
    if (wrong !== undefined) throw new Disappointment('forbidden', `no step expects this: ${wrong}`, [index])
  }
}

const faultOf = (event: WireEvent): string | undefined =>
  event.kind === 'arrival' && event.arrival.fault !== undefined ? `what came at ${event.arrival.to} is wrong: ${event.arrival.fault}` : undefined

/** Players by number, at a broker under test. */
type Names = ReadonlyMap<number, string> | undefined

/** That somebody is ended with a code which blames, as the key of what is expected: `agent, 404` at a broker under test, `testee, 601` of an end under test. */
function accusation(event: WireEvent | undefined, names: Names): string | undefined {
  if (event?.kind === 'closing') return accusing(names === undefined ? TESTEE : event.closing.to, event.closing.code)
  if (event?.kind !== 'arrival' || !ENDS.has(event.arrival.name)) return undefined
  return accusing(names === undefined ? TESTEE : event.arrival.to, codeOf(event.arrival.fields))
}

const ENDS: ReadonlySet<string> = new Set(['bye', 'evict', 'failure'])

/** What a player itself said by way of a code: it is answered in kind. */
function said(from: string, fields: Fields, names: Names): readonly string[] {
  if (fields.code === undefined) return []
  const whom = fields.participant === undefined ? from : names?.get(Number(fields.participant))
  return [accusing(names === undefined ? TESTEE : (whom ?? from), codeOf(fields)) ?? '']
}

/** An end under test, as cases name it where they say who may be ended. */
export const TESTEE = 'testee'

/** The key of somebody's end with a code by which the protocol was broken; undefined with any other. */
export const accusing = (whom: string, code: number): string | undefined =>
  (code >= 400 && code < 500) || (code >= 600 && code < 700) ? `${whom}, ${code}` : undefined

const codeOf = ({ code }: Fields): number => (typeof code === 'string' ? enumValue(enumOf('CloseCode'), code) : Number(code))

/** Whether a frame at a broker under test is the broker's own or, byte for byte, one that somebody sent. */
function passedOn({ cast: { stage } }: Performance): (event: WireEvent) => boolean {
  const sent = new Map<string, Uint8Array[]>()
  for (const event of stage.events) {
    const header = event.kind === 'sent' ? headerOf(event.frame) : undefined
    if (event.kind !== 'sent' || header === undefined) continue
    const key = `${header.source}/${header.sequence}`
    sent.set(key, [...(sent.get(key) ?? []), event.frame])
  }
  return event => {
    if (event.kind !== 'arrival' || event.arrival.source === 0) return true
    const { frame, sequence, source } = event.arrival
    return sent.get(`${source}/${sequence}`)?.some(one => Buffer.compare(one, frame) === 0) === true
  }
}

function headerOf(frame: Uint8Array): WireFrame | undefined {
  try {
    return decodeFrame(frame)
  } catch {
    return undefined
  }
}

/** On each channel that a player has used goes a message of a kind that nobody knows, and barriers behind it; at a broker, barriers of all who have lines. */
async function lastWords(p: Performance): Promise<void> {
  const { broker, players } = p.cast.stage
  const ends = [...players.values()].filter((player): player is EndPlayer => player instanceof EndPlayer)
  if (broker === undefined) {
    for (let round = 0; round < 2; round++) await Promise.all(ends.filter(player => canSpeak(p, player)).map(player => taken(p, player)))
    return
  }
  for (let round = 0; round < MOST_ROUNDS && ends.some(({ securing }) => securing); round++) await allTaken(p, broker)
  for (const player of ends) player.probe()
  await allTaken(p, broker)
}

/** What was sent has been taken, and what it caused has come. */
async function allTaken(p: Performance, broker: BrokerPlayer): Promise<void> {
  const speaks = () => broker.attached && !outnumbered(p, 'broker', broker.lastSequence)
  if (speaks()) await taken(p, broker)
  await p.cast.testee.snapshot().catch((error: unknown) => {
    if (!(error instanceof RoleRefused)) throw error
  })
  if (speaks()) await taken(p, broker)
}

/** It has a line, was welcomed, reads, and did not use up the sequences of its line by frames that the case numbered. */
function canSpeak(p: Performance, player: EndPlayer): boolean {
  const { attached, lastSequence, manners, name, number } = player
  return attached && number !== 0 && manners.pong && !p.deaf.has(name) && !outnumbered(p, name, lastSequence)
}

/** A frame that the case numbered by itself has taken the sequence that would be next. */
function outnumbered(p: Performance, name: string, lastSequence: bigint): boolean {
  const { events } = p.cast.stage
  const from = events.findLastIndex(event => event.kind === 'opened' && event.to === name)
  return events.some((event, index) => index > from && event.kind === 'sent' && event.from === name && (headerOf(event.frame)?.sequence ?? 0n) > lastSequence)
}

interface Asked {
  readonly attached: boolean
  readonly inbox: { closing(options: { readonly from: number; readonly withinMs: number }): Promise<unknown> }
  barrier(): Promise<void>
}

/** Resolves when what was sent before was taken, or the line has ended instead. */
async function taken(p: Performance, one: Asked): Promise<void> {
  const ended = one.inbox.closing({ from: p.cast.stage.events.length, withinMs: TAKES_MS })
  ended.catch(() => {})
  try {
    await Promise.race([one.barrier(), ended])
  } catch (error) {
    if (!(error instanceof Overdue)) throw error
    if (one.attached) throw new Disappointment('hang', `behind the last step the testee does not answer: ${error.message}`)
  }
}
