/** Channel ANNOTATION at one end, for one counterpart: bounds what is on the picture, and takes it away in time. */
import { type Channel, CloseCode, type Stroke } from '@remote-assist/codec'
import { after, earliest, type Instant } from '../../instant.js'
import { defineMachine, go, LocalProtocolError, type Step, stay } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ChannelMachine } from '../channel.js'
import { type Bucket, take } from '../rate.js'
import {
  type Alive,
  ANNOTATION_TABLE,
  type AnnotationEffect,
  type AnnotationEvent,
  type AnnotationNotice,
  type AnnotationPermit,
  type AnnotationState,
  type Author,
} from './table.js'

/** Messages that one author may send in a second. */
export const ANNOTATION_RATE = 120
/** Strokes that one author may have on the picture. */
export const MAX_STROKES = 64
/** Points that a stroke may have (RA-ANN-006). */
export const MAX_POINTS = 8_192
/** A laser pointer without news goes out after so long (RA-ANN-005). */
export const LASER_MS = 1_000
/** Authors that one end keeps: the participants of a session, and itself. */
export const MAX_AUTHORS = 33
/** This end among the authors. */
const OWN = 0

type Message = Kind<Channel.ANNOTATION>
type In<P extends AnnotationState['phase']> = Extract<AnnotationState, { phase: P }>
type On<T extends AnnotationEvent['type']> = Extract<AnnotationEvent, { type: T }>
type Out<S extends AnnotationState> = Step<S, AnnotationEffect>

const received = (message: Message): AnnotationEffect => ({ type: 'notify', notice: { kind: 'annotation.received', message } })
const sent = (kind: Message): AnnotationEffect => ({ type: 'send', kind })

const authorOf = (authors: readonly Author[], from: number): Author =>
  authors.find(author => author.from === from) ?? { from, strokes: [], pointsUntil: undefined }

/** The authors with one of them changed; one who has nothing on the picture is not kept. */
function withAuthor(authors: readonly Author[], author: Author): readonly Author[] {
  const others = authors.filter(other => other.from !== author.from)
  return author.strokes.length === 0 && author.pointsUntil === undefined ? others : [...others, author]
}

/** An author with a stroke longer or begun, and the points of it that fit; undefined = there is no room for any. */
function drawn(author: Author, stroke: Stroke, now: Instant): { readonly author: Author; readonly points: readonly number[] } | undefined {
  const before = author.strokes.find(alive => alive.strokeId === stroke.strokeId)
  const used = before?.points ?? 0
  const count = Math.min(Math.floor(stroke.points.length / 2), MAX_POINTS - used)
  if (count === 0 || (before === undefined && author.strokes.length === MAX_STROKES)) return undefined
  const alive: Alive = { strokeId: stroke.strokeId, points: used + count, fadesAt: after(now, stroke.ttlMs) }
  const strokes = [...author.strokes.filter(other => other !== before), alive]
  return { author: { ...author, strokes }, points: stroke.points.slice(0, count * 2) }
}

/** What a message makes of the picture: who has what on it, and the message as far as it counts. Undefined = it is dropped. */
function applied(
  authors: readonly Author[],
  from: number,
  message: Message,
  now: Instant,
): { readonly authors: readonly Author[]; readonly message: Message } | undefined {
  const author = authorOf(authors, from)
  if (!authors.includes(author) && authors.length === MAX_AUTHORS) return undefined
  switch (message.$case) {
    case 'laserPointer': {
      const pointsUntil = message.value.visible ? after(now, LASER_MS) : undefined
      return { authors: withAuthor(authors, { ...author, pointsUntil }), message: { $case: 'laserPointer', value: { ...message.value, from } } }
    }
    case 'stroke': {
      const next = drawn(author, message.value, now)
      return next && { authors: withAuthor(authors, next.author), message: { $case: 'stroke', value: { ...message.value, from, points: [...next.points] } } }
    }
    case 'clear':
      return { authors: withAuthor(authors, { from, strokes: [], pointsUntil: author.pointsUntil }), message: { $case: 'clear', value: { from } } }
  }
}

/** At the customer the author is who the connection says, whatever the message says, and is bounded in rate. */
function fromAgent<S extends AnnotationState>(s: S, message: Message, now: Instant): Out<S> {
  const rate = s.permit.annotate ? take(s.rate, ANNOTATION_RATE, now) : undefined
  if (rate === undefined) return stay(s)
  const next = applied(s.authors, s.permit.author, message, now)
  return next === undefined ? stay({ ...s, rate }) : go({ ...s, rate, authors: next.authors }, received(next.message))
}

/** At an agent the customer said who the author is. 0 in a Clear is everybody. */
function fromCustomer<S extends AnnotationState>(s: S, message: Message, now: Instant): Out<S> {
  if (message.$case === 'clear' && message.value.from === 0) return go({ ...s, authors: [] }, received(message))
  const next = applied(s.authors, message.value.from, message, now)
  return next === undefined ? stay(s) : go({ ...s, authors: next.authors }, received(next.message))
}

const arrived = <S extends AnnotationState>(s: S, message: Message, now: Instant): Out<S> =>
  s.permit.author === 0 ? fromCustomer(s, message, now) : fromAgent(s, message, now)

/** An agent draws with ANNOTATE; the customer draws for an agent that sees. */
const mayDraw = ({ permit }: AnnotationState): boolean => (permit.author === 0 ? permit.annotate : permit.view)

function make(s: In<'open'>, event: string, message: Message, rate: Bucket | undefined, now: Instant): Out<In<'open'>> {
  if (rate === undefined) throw new LocalProtocolError('annotation', s.phase, event, `only ${ANNOTATION_RATE} annotations can be made in a second`)
  const next = applied(s.authors, OWN, message, now)
  if (next === undefined)
    throw new LocalProtocolError(
      'annotation',
      s.phase,
      event,
      `a stroke has at most ${MAX_POINTS} points, and the picture ${MAX_STROKES} strokes of one author`,
    )
  return go({ ...s, rate, authors: next.authors }, sent(next.message))
}

/** What this end makes. The customer may wipe everything (`from` 0); what an agent wipes is its own. */
function local(s: In<'open'>, e: On<'local.point'> | On<'local.draw'> | On<'local.wipe'>, now: Instant): Out<In<'open'>> {
  if (!mayDraw(s)) throw new LocalProtocolError('annotation', s.phase, e.type, 'annotations may not go this way')
  const rate = take(s.rate, ANNOTATION_RATE, now)
  switch (e.type) {
    case 'local.point':
      return rate === undefined ? stay(s) : make(s, e.type, { $case: 'laserPointer', value: e.laser }, rate, now)
    case 'local.draw':
      return make(s, e.type, { $case: 'stroke', value: e.stroke }, rate, now)
    case 'local.wipe':
      return make(s, e.type, { $case: 'clear', value: { from: 0 } }, rate, now)
  }
}

const permitOf = ({ open, annotate, view, author }: AnnotationPermit): AnnotationPermit => ({ open, annotate, view, author })

/** Who may no longer draw, or see, has nothing on the picture any more (RA-ANN-007); an end tells its owner if there was something. */
function permit(s: AnnotationState, e: AnnotationPermit): Out<AnnotationState> {
  const next = permitOf(e)
  const phase = next.open ? 'open' : 'closed'
  const keeps = next.open && (next.author === 0 ? next.view : next.annotate)
  if (keeps || s.authors.length === 0) return stay({ ...s, phase, permit: next })
  return go({ ...s, phase, permit: next, authors: [] }, received({ $case: 'clear', value: { from: next.author } }))
}

const notice = (it: AnnotationNotice): AnnotationEffect => ({ type: 'notify', notice: it })

function tick<S extends AnnotationState>(s: S, _e: unknown, now: Instant): Out<S> {
  const effects: AnnotationEffect[] = []
  let { authors } = s
  for (const author of s.authors) {
    const { from } = author
    const strokes = author.strokes.filter(({ fadesAt }) => now < fadesAt)
    const rested = author.pointsUntil !== undefined && now >= author.pointsUntil
    if (!rested && strokes.length === author.strokes.length) continue
    for (const { strokeId, fadesAt } of author.strokes) if (now >= fadesAt) effects.push(notice({ kind: 'annotation.faded', from, strokeId }))
    if (rested) effects.push(notice({ kind: 'annotation.rested', from }))
    authors = withAuthor(authors, { from, strokes, pointsUntil: rested ? undefined : author.pointsUntil })
  }
  return go({ ...s, authors }, ...effects)
}

const machine = defineMachine<typeof ANNOTATION_TABLE, AnnotationState, AnnotationEvent, AnnotationEffect>({
  name: 'annotation',
  table: ANNOTATION_TABLE,
  illegal: CloseCode.WRONG_PHASE,
  handlers: {
    closed: { permit, 'remote.laserPointer': stay, 'remote.stroke': stay, 'remote.clear': stay, 'local.forward': stay, tick },
    open: {
      permit,
      'remote.laserPointer': (s, e, now) => arrived(s, { $case: 'laserPointer', value: e.value }, now),
      'remote.stroke': (s, e, now) => arrived(s, { $case: 'stroke', value: e.value }, now),
      'remote.clear': (s, e, now) => arrived(s, { $case: 'clear', value: e.value }, now),
      'local.point': local,
      'local.draw': local,
      'local.wipe': local,
      'local.forward': (s, e) => (s.permit.view ? go(s, sent(e.message)) : stay(s)),
      tick,
    },
  },
  nextDeadline: s => earliest(...s.authors.flatMap(author => [author.pointsUntil, ...author.strokes.map(alive => alive.fadesAt)])),
})

/** Annotations, at every end; the permit's `author` makes the difference. */
export const annotation: ChannelMachine<AnnotationState, AnnotationEvent, Message, AnnotationNotice> = {
  ...machine,
  initial: { phase: 'closed', permit: { open: false, annotate: false, view: false, author: 0 }, authors: [], rate: undefined },
}
