/**
 * Which wrong things of a wire mean something, so that a suite that is worth its name has to notice them. What follows is judged from what passed when nothing was
 * done. A mutation means something if the specification has its receiver refuse what then comes, or if something then lacks that is counted, answered or looked at:
 *
 * - **duplicate**: any frame but the last of its direction behind which somebody looks: that one is answered before its double comes. Its sequence does not increase
 *   (RA-RLY-006).
 * - **reorder**: two frames that followed one another on a line without one of the other direction between them, both of one source: two of different sources may come
 *   in either order, and where one is the answer to the other nothing can be overtaken.
 * - **drop**: a sealed record behind which another one of its direction and channel follows, whose counter has a gap (RA-SEC-206); a handshake message; of RELAY what
 *   the other side waits for: Hello, Welcome, Ping or, of a broker, Pong and Admit; any frame that a check of the case looks at. Not: a record of MEDIA that nobody
 *   looks at, since receivers are to expect gaps there; the last frame of a channel that nobody looks at; what is stated again anyhow, such as a Roster.
 * - **flip** a bit of
 *   - the *payload*: of a sealed record; of a handshake message but Failure. A message of RELAY is in clear, and with a bit flipped it is another lawful one, which nobody
 *     can tell from the right one.
 *   - the *sequence*: of a sealed record, which is bound to it; of what is in clear, if it does not increase then, or the next one does not, or it is out of range.
 *   - *channel*, *source*, *target*: an end looks at the target of what a participant sends, but a frame of a source or channel that is not known is passed over, so
 *     that in what it receives flips of these are a drop. In what it sends, and on both sides of a broker, each is looked at by who plays the other side.
 *
 * A frame between two participants that crosses a broker under test has no meaning to that; the suite holds what comes against what was sent. There a frame that did not
 * come through counts for nothing, and a drop only where a check looked at it.
 *
 * Nothing of this holds
 *
 * - behind a Bye or Refusal on its line, or an Evict or Failure between the two, and for a handshake that ended in Failure;
 * - where a receiver ended its peer or line, for what it had got since its last Pong: the case has broken the rules there by itself;
 * - for a frame behind which neither a Pong comes on its line nor anything that a check looked at: nobody looks there any more.
 */
import { channelNumber } from '../wire/schema.js'
import type { Deed, Direction, Field, Mutation, PassedClose, PassedFrame } from './proxy.js'

/** A case that was played over a clean wire. */
export interface Recording {
  /** Whom the proxy had on its near side, who dials: an end under test, or the suite at a broker under test. */
  readonly testee: 'end' | 'broker'
  readonly passed: readonly (PassedFrame | PassedClose)[]
  /** Digests of frames that checks of the case looked at. */
  readonly looked: ReadonlySet<string>
}

/** Something that can be done to a frame; of a flip, the bits that mean something. */
export interface Candidate {
  readonly deed: Deed
  readonly frame: PassedFrame
  readonly field?: Field
  readonly bits: readonly number[] | number
}

type Frame = PassedFrame & { readonly header: NonNullable<PassedFrame['header']> }

const RELAY = channelNumber('RELAY')
const HANDSHAKE = channelNumber('HANDSHAKE')
const MEDIA = channelNumber('MEDIA')
const MAX_SEQUENCE = 9_007_199_254_740_991n
const CHANNEL_BITS = [0, 1, 2, 3]
const NUMBER_BITS = Array.from({ length: 16 }, (_none, bit) => bit)
const SEQUENCE_BITS = Array.from({ length: 63 }, (_none, bit) => bit)

/** Everything of this recording that means something. */
export function meaningful(recording: Recording): readonly Candidate[] {
  const sense = new Sense(recording)
  return sense.living.flatMap(frame => sense.candidates(frame))
}

/** One of them, as `random` (a whole number below its argument) draws it: first what is done, then to which frame, then with which bit. */
export function draw(candidates: readonly Candidate[], random: (below: number) => number): Mutation | undefined {
  const deeds = [...new Set(candidates.map(({ deed }) => deed))].sort()
  const deed = deeds[random(Math.max(1, deeds.length))]
  const fitting = candidates.filter(candidate => candidate.deed === deed)
  const chosen = fitting[random(Math.max(1, fitting.length))]
  if (chosen === undefined) return undefined
  const { bits, field, frame } = chosen
  if (field === undefined) return { deed: chosen.deed, place: frame.place }
  const bit = typeof bits === 'number' ? random(bits) : (bits[random(bits.length)] ?? 0)
  return { deed: chosen.deed, place: frame.place, flip: { field, bit } }
}

/** What a mutation is, and what it hits: `customer/consent/denied: flip bit 7 of the payload of HANDSHAKE.commit, …`. */
export function describe({ deed, flip, place }: Mutation, frame: PassedFrame | undefined, channel: string): string {
  const { header, name } = frame ?? {}
  const what = `${channel}${name ? `.${name}` : ''} ${place.nth + 1} ${place.direction} on line ${place.line + 1}`
  const numbers = header === undefined ? '' : ` (source ${header.source}, targets ${header.targets.join(' ') || 'none'}, sequence ${header.sequence})`
  return `${deed}${flip === undefined ? '' : ` bit ${flip.bit} of the ${flip.field} of`} ${what}${numbers}`
}

/** What frames of one recording mean to one another. */
class Sense {
  readonly #frames: readonly Frame[]
  /** Frames in the order in which they passed, with what was over by then left out. */
  readonly living: readonly Frame[]
  readonly #through: ReadonlySet<string>

  constructor(private readonly recording: Recording) {
    this.#frames = recording.passed.filter((one): one is Frame => 'header' in one && one.header !== undefined)
    const dead = new Set([...overWith(recording.passed), ...unwatched(recording)])
    this.living = this.#frames.filter(frame => !dead.has(frame))
    const digests = (direction: Direction) => new Set(this.#frames.filter(({ place }) => place.direction === direction).map(({ digest }) => digest))
    const [up, down] = [digests('up'), digests('down')]
    this.#through = new Set([...up].filter(digest => down.has(digest)))
  }

  candidates(frame: Frame): readonly Candidate[] {
    const ends = frame.name === 'bye' || frame.name === 'refusal' || frame.name === 'failure'
    return [
      ...(this.#lacks(frame) ? [{ deed: 'drop' as const, frame, bits: 0 }] : []),
      ...(ends || this.#after(frame).length === 0 ? [] : [{ deed: 'duplicate' as const, frame, bits: 0 }]),
      ...(!ends && this.#overtaken(frame) ? [{ deed: 'reorder' as const, frame, bits: 0 }] : []),
      ...this.#flips(frame).map(({ bits, field }) => ({ deed: 'flip' as const, frame, field, bits })),
    ]
  }

  /** It is missed if it does not come. */
  #lacks(frame: Frame): boolean {
    const { place, name, digest } = frame
    if (this.recording.looked.has(digest)) return true
    const isBroker = this.recording.testee === 'broker'
    if (place.channel === RELAY) return AWAITED[`${isBroker ? 'broker' : 'end'}/${place.direction}`].has(name)
    if (isBroker || place.channel === MEDIA) return false
    if (place.channel === HANDSHAKE) return name !== 'failure' && name !== ''
    return this.#after(frame).some(later => later.place.channel === place.channel && later.header.source === frame.header.source && sameTargets(later, frame))
  }

  /** Living frames of its line and direction that came later. */
  #after(frame: Frame): readonly Frame[] {
    const { direction, line } = frame.place
    return this.living.slice(this.living.indexOf(frame) + 1).filter(({ place }) => place.line === line && place.direction === direction)
  }

  /** Another frame of its source was right behind it. */
  #overtaken(frame: Frame): boolean {
    const next = this.#frames.slice(this.#frames.indexOf(frame) + 1).find(({ place }) => place.line === frame.place.line)
    if (next === undefined || !this.living.includes(next)) return false
    return next.place.direction === frame.place.direction && next.header.source === frame.header.source && next.name !== 'bye' && next.name !== 'refusal'
  }

  #flips(frame: Frame): readonly { readonly field: Field; readonly bits: readonly number[] | number }[] {
    const { place, digest, header, payloadBytes, name } = frame
    const isClear = place.channel === RELAY || place.channel === HANDSHAKE
    const side = `${this.recording.testee}/${place.direction}` as const
    const isThrough = side !== 'broker/up' || this.#through.has(digest)
    const isSeen = { 'end/up': true, 'end/down': this.#lacks(frame), 'broker/up': place.channel === RELAY || isThrough, 'broker/down': true }[side]
    const hasPayload = payloadBytes > 0 && (place.channel === HANDSHAKE ? name !== 'failure' && name !== '' : place.channel !== RELAY) && isThrough
    const sequences = side.startsWith('broker') ? (side === 'broker/up' ? !isThrough || place.channel === RELAY : place.channel === RELAY) : isClear
    return [
      ...(isSeen ? [{ field: 'channel' as const, bits: CHANNEL_BITS }] : []),
      ...(isSeen || side === 'broker/up' ? [{ field: 'source' as const, bits: NUMBER_BITS }] : []),
      ...(header.targets.length > 0 && this.#looksAtTarget(frame, side) ? [{ field: 'target' as const, bits: NUMBER_BITS }] : []),
      ...nonEmpty('sequence', sequences ? this.#sequenceBits(frame) : SEQUENCE_BITS),
      ...(hasPayload ? [{ field: 'payload' as const, bits: payloadBytes * 8 }] : []),
    ]
  }

  #looksAtTarget(frame: Frame, side: 'end/up' | 'end/down' | 'broker/up' | 'broker/down'): boolean {
    if (side === 'end/down') return frame.place.channel !== RELAY
    return side !== 'broker/up' || this.#lacks(frame)
  }

  /** Bits of the sequence with which it does not increase, or the next one of its source does not, or it is out of range. */
  #sequenceBits(frame: Frame): readonly number[] {
    const { line, direction } = frame.place
    const { source, sequence } = frame.header
    const ofSource = this.#frames.filter(({ place, header }) => place.line === line && place.direction === direction && header.source === source)
    const at = ofSource.indexOf(frame)
    const before = ofSource[at - 1]?.header.sequence ?? 0n
    const next = this.#after(frame).find(({ header }) => header.source === source)?.header.sequence
    return SEQUENCE_BITS.filter(bit => {
      const other = sequence ^ (1n << BigInt(bit))
      return other <= before || other > MAX_SEQUENCE || (next !== undefined && other >= next)
    })
  }
}

const nonEmpty = (field: Field, bits: readonly number[]) => (bits.length === 0 ? [] : [{ field, bits }])

const sameTargets = (one: Frame, other: Frame): boolean => one.header.targets.join() === other.header.targets.join()

/** Messages of RELAY that somebody waits for. */
const AWAITED = {
  'end/up': new Set(['hello']),
  'end/down': new Set(['welcome', 'ping']),
  'broker/up': new Set(['hello', 'ping', 'admit']),
  'broker/down': new Set(['welcome', 'pong']),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>

/** Frames to which nothing can be done that means something: they came behind an end, or were the reason for it. */
function overWith(passed: readonly (PassedFrame | PassedClose)[]): ReadonlySet<PassedFrame> {
  const dead = new Set<PassedFrame>()
  /** Lines that are over, and pairs of line and participant. */
  const over = new Set<string>()
  passed.forEach((one, index) => {
    if (!('place' in one)) {
      if (one.code >= 400) blame(passed, index, ({ place }) => place.line === one.line && place.direction === 'up', dead)
      over.add(`${one.line}`)
      return
    }
    const { line } = one.place
    const { fields, header, name } = one
    const parties = [header?.source, ...(header?.targets ?? [])].map(number => `${line}/${number}`)
    if (over.has(`${line}`) || parties.some(party => over.has(party))) dead.add(one)
    if (name === 'bye' || name === 'refusal') {
      over.add(`${line}`)
      blame(passed, index, ({ place }) => place.line === line && place.direction !== one.place.direction, dead)
    }
    if (name !== 'evict' && name !== 'failure') return
    if (name === 'failure') exchange(passed, index, line, dead)
    const other = name === 'evict' ? Number(fields.participant) : (header?.targets[0] ?? 0)
    blame(passed, index, frame => frame.place.line === line && frame.header?.source === other, dead)
    over.add(`${line}/${other}`)
  })
  return dead
}

/** Frames behind which nothing on their line is looked at any more. */
function unwatched({ looked, passed }: Recording): readonly PassedFrame[] {
  const watched = new Set<number>()
  return passed.toReversed().flatMap(one => {
    if (!('place' in one)) return []
    if (one.name === 'pong' || looked.has(one.digest)) watched.add(one.place.line)
    return watched.has(one.place.line) ? [] : [one]
  })
}

/** What fits and came before `index`, but behind the Pong before it, may be what the end was about. */
function blame(passed: readonly (PassedFrame | PassedClose)[], index: number, fits: (frame: PassedFrame) => boolean, dead: Set<PassedFrame>): void {
  const line = (one: PassedFrame | PassedClose): number => ('place' in one ? one.place.line : one.line)
  const end = passed[index]
  for (const one of passed.slice(0, index).reverse()) {
    if (!('place' in one) || end === undefined || line(one) !== line(end)) continue
    if (one.name === 'pong') return
    if (fits(one)) dead.add(one)
  }
}

/** The handshake that failed was to fail. */
function exchange(passed: readonly (PassedFrame | PassedClose)[], index: number, line: number, dead: Set<PassedFrame>): void {
  for (const one of passed.slice(0, index).reverse()) {
    if (!('place' in one) || one.place.line !== line || one.place.channel !== HANDSHAKE) continue
    dead.add(one)
    if (one.name === 'start') return
  }
}
