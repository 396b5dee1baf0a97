/** Steps at the players: what they do of their own accord, how a handshake of theirs differs from right, what they know, and how they live through time. */
import type { Twist } from '../../crypto/exchange.js'
import { CustomerPlayer } from '../../play/customer.js'
import type { Decided } from '../../play/desk.js'
import { EndPlayer } from '../../play/end-player.js'
import { JoinerPlayer, type Signing } from '../../play/joiner.js'
import { type Fields, Overdue } from '../../play/player.js'
import type { Plain } from '../load.js'
import { CaseError, misfit } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import { filled } from '../values.js'
import { lineSettled, settled } from './settled.js'
import type { Play } from './step.js'
import { doStep } from './testee.js'

function customerOf(p: Performance, name: string): CustomerPlayer {
  const player = p.player(name)
  if (player instanceof CustomerPlayer) return player
  throw new CaseError(`${name} is no customer that the suite plays`)
}

/** What a customer of the suite's does, by name. */
const DEEDS: Readonly<Record<string, (customer: CustomerPlayer, value: unknown) => void>> = {
  grants: ({ desk }, grants) => desk.setGrants(grants as readonly string[]),
  decide: ({ desk }, value) => {
    const { granted = [], ...how } = value as Decided & { granted?: readonly string[] }
    desk.decide(granted, how)
  },
  pause: ({ desk }, paused) => desk.pause(paused === true),
  lease: ({ desk }, holder) => desk.lease(Number(holder)),
  rekey: ({ desk }) => desk.rekey(),
  keyFrame: ({ desk }, screen) => desk.keyFrame(Number(screen)),
  screens: ({ desk }, screens) => desk.screenList(screens as readonly Fields[]),
  stop: ({ desk }) => desk.stop(),
  write: ({ desk }, value) => {
    const { kind = '', times = 1, ...details } = value as Readonly<Record<string, string>> & { times?: number }
    for (let count = 0; count < Number(times); count++) desk.audit.append(kind, details)
  },
  repeat: ({ desk }, index) => desk.audit.repeat(Number(index)),
  sign: ({ desk }) => desk.audit.sign(),
  credentialKey: ({ desk }, requestId) => desk.credentialKey(Number(requestId)),
}

/** The customer that the suite plays does something that its user would; an agent signs the audit log. */
export const desk: Play = (p, value) => {
  const { as = 'customer', ...deeds } = filled(value, p.names) as Plain & { as?: string }
  const player = p.player(as)
  if (player instanceof JoinerPlayer && deeds.sign !== undefined) {
    player.sign(deeds.sign as Signing)
    return undefined
  }
  const customer = customerOf(p, as)
  for (const [name, deed] of Object.entries(deeds)) {
    const does = DEEDS[name]
    if (does === undefined) throw new CaseError(`a customer does not know how to ${name}`)
    does(customer, deed)
  }
  return undefined
}

/** The customer that the suite plays begins a handshake, and an agent or viewer takes up the one that is due, with what is wrong about it; it goes its way by itself. */
export const exchange: Play = (p, value) => {
  const { as = 'customer', twist = {}, secret, wrong = false } = value as { as?: string; twist?: Twist; secret?: string; wrong?: boolean }
  const player = p.player(as)
  if (player instanceof JoinerPlayer) {
    player.answer(filled(twist, p.names) as Twist, wrong)
    return undefined
  }
  const customer = customerOf(p, as)
  const known = customer.secrets.find(({ passwordClass }) => secret === undefined || passwordClass === secret)
  if (known === undefined)
    throw new CaseError(`${as} knows no secret of class ${secret}; it knows ${customer.secrets.map(one => one.passwordClass).join(', ')}`)
  const usual = customer.secret
  customer.twist = filled(twist, p.names) as Twist
  customer.secret = wrong ? { ...known, password: known.password.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) } : known
  customer.manners.handshake = true
  customer.begin()
  customer.twist = {}
  customer.secret = usual
  return undefined
}

/** What players know: a pattern for the facts of each. What was sent to them before has arrived. The broker knows how the testee opened its line. */
export const facts: Play = async (p, value) => {
  for (const [name, pattern] of Object.entries(value as Plain)) {
    if (name !== 'broker') await settled(p, name)
    const wrong = misfit(pattern, name === 'broker' ? { ...p.broker().opening, newCodes: p.broker().newCodes } : p.player(name).facts, p.names)
    if (wrong !== undefined) throw new Disappointment('different', `of what ${name} knows, ${wrong}`)
  }
  return []
}

/** Between what players send to keep their peers alive, and what a broker sends to keep a line. */
const ALIVE_MS = 2_000
const PING_MS = 30_000
const STRIDE_TAKES_MS = 6_000

/**
 * The testee's clock goes forward once it has what was sent to it, in strides: in between, players keep their peers alive and the broker keeps the line, as they
 * would have.
 */
export const advance: Play = async (p, value) => {
  const isOver = () => p.cast.testee.events.all.some(({ name }) => name === 'ended')
  if (!isOver() && p.cast.stage.broker?.manners.ping === true) await taken(p, p.cast.stage.events.length)
  let left = Number(value)
  while (left > 0) {
    const { broker } = p.cast.stage
    if (broker?.attached === false && !isOver()) await lineSettled(p, broker)
    const company = livingCompany(p)
    const from = p.cast.stage.events.length
    const ms = Math.min(left, company.length > 0 ? ALIVE_MS : p.cast.stage.broker?.manners.ping === true ? PING_MS : left)
    await doStep(p, { advanceClock: { ms } }, { kind: 'do', value: ms, check: undefined, withinMs: 0, note: '' })
    left -= ms
    for (const player of company) if (player.securedNow) player.alive()
    if (p.cast.stage.broker?.manners.ping === true) await taken(p, from)
  }
  return undefined
}

/** What was sent has been taken, or the testee's line has ended since. */
async function taken(p: Performance, from: number): Promise<void> {
  const broker = p.broker()
  if (!broker.attached) return
  try {
    await Promise.race([broker.barrier(), broker.inbox.closing({ from, withinMs: STRIDE_TAKES_MS })])
  } catch (error) {
    if (!(error instanceof Overdue)) throw error
    throw new Disappointment('hang', `the testee does not answer while its clock goes forward: ${error.message}`)
  }
}

/** Players that have keys with the testee, and the manner to keep it alive. */
function livingCompany(p: Performance): readonly EndPlayer[] {
  const { broker, players } = p.cast.stage
  if (broker?.attached !== true) return []
  return [...players.values()].filter(
    (player): player is EndPlayer => player instanceof EndPlayer && player.securedNow && player.attached && player.manners.alive,
  )
}
