/** Steps about ends, and about what did not happen. */
import { UNKNOWN_MESSAGE } from '../../play/end-player.js'
import type { Arrival, Player } from '../../play/player.js'
import { enumOf } from '../../wire/schema.js'
import type { Plain, Step } from '../load.js'
import { show } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import { soon } from './expect.js'
import { requireRaw } from './lines.js'
import { leftOpen, settled } from './settled.js'
import { codesOf, type Play } from './step.js'

export const closes: Play = async (p, value, step) => {
  const { at: where = 'testee', code, raw } = value as { at?: string; code?: unknown; raw?: unknown }
  const inbox = where === 'testee' ? p.broker().inbox : p.player(where).inbox
  const key = `${where}/close`
  const closing = await soon(p, where === 'testee' ? 'broker' : where, inbox.closing({ from: p.from(key), withinMs: step.withinMs }), `close of ${where}`, () =>
    leftOpen(p),
  )
  p.lookedAt(key, closing)
  if (code !== undefined && !codesOf(code).includes(closing.code)) {
    throw new Disappointment('different', `the line of ${where} was closed with ${closing.code} (${show(closing.reason)}), not ${show(code)}`, [closing.index])
  }
  requireRaw(raw, closing.raw, p, where)
  return [closing.index]
}

/** How a testee ends a peer: the customer has it turned out, another one leaves. */
export const ends: Play = async (p, value, step) => {
  const { peer = '', code } = value as { peer?: string; code?: unknown }
  const { number } = p.player(peer)
  const fitting = (arrival: Arrival): boolean => (arrival.name === 'evict' && arrival.fields.participant === number) || arrival.name === 'bye'
  const said = await soon(p, 'broker', p.broker().inbox.next(fitting, { from: p.began, withinMs: step.withinMs }), `Evict of ${peer} or Bye`)
  const wanted = codesOf(code)
  const name = String(said.fields.code ?? '')
  if (!wanted.some(one => one === said.fields.code || enumOf('CloseCode').valuesById[one]?.endsWith(name.replace(/^CLOSE_CODE_/, '')))) {
    throw new Disappointment('different', `the testee ended the peer ${peer} with ${name}, not ${show(code)}`, [said.index])
  }
  return [said.index]
}

/** The testee still answers the peer, and said nothing of an end. */
export const alive: Play = async (p, value) => {
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
  if (ended !== undefined) throw new Disappointment('ended', `the testee ended the peer ${player.name}: ${ended.name} ${show(ended.fields)}`, [ended.index])
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

/** Keeps how the testee stands, once everything that this player sent has been taken. */
export const remember: Play = async (p, value) => {
  const evidence = await alive(p, value, IMMEDIATE)
  p.keep(REMEMBERED, standing(await p.cast.testee.snapshot()))
  return evidence
}

/** The testee stands as it was remembered. */
export const unchanged: Play = async (p, value) => {
  await settled(p, String(value))
  const now = standing(await p.cast.testee.snapshot())
  const wrong = differs(p.names.get(REMEMBERED) as Plain, now)
  if (wrong !== undefined) throw new Disappointment('forbidden', `what was sent had an effect: ${wrong}`)
  return []
}

/** Since the mark, no answer came on this channel, and the peer was not ended. */
export const silent: Play = async (p, value) => {
  const { at: where = '', channel = '' } = value as { at?: string; channel?: string }
  await settled(p, where)
  const answers = ANSWERS[channel]
  const answer = p
    .inbox(where)
    .all.find(({ index, channel: its, name }) => index >= p.mark && its === channel && (answers === undefined || answers.includes(name)))
  if (answer !== undefined) throw new Disappointment('forbidden', `it was answered: ${answer.name} ${show(answer.fields)}`, [answer.index])
  requireAlive(p, p.player(where))
  return []
}
