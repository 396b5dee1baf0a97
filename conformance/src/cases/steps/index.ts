/** The kinds of steps. */
import { type Player, Unmet } from '../../play/player.js'
import { accusing } from '../conduct.js'
import type { Plain, Step } from '../load.js'
import { CaseError } from '../pattern.js'
import { Disappointment, type Performance } from '../performance.js'
import { filled } from '../values.js'
import { bring } from './bring.js'
import { advanceBroker, flood } from './broker.js'
import { advance, desk, exchange, facts } from './counterpart.js'
import { alive, closes, ends, remember, silent, unchanged } from './ends.js'
import { expect, never } from './expect.js'
import { call, closeLine, crowd, fragments, halfClose, holdAnswer, reads, stalls, stray, turnedAway, upgrade } from './lines.js'
import { send } from './send.js'
import { settled } from './settled.js'
import { shows, tiles } from './shows.js'
import { codesOf, type Play } from './step.js'
import { doStep, event, restart, snapshot } from './testee.js'

const manners: Play = (p, value) => {
  for (const [name, changes] of Object.entries(value as Readonly<Record<string, Plain>>))
    Object.assign(name === 'broker' ? p.broker().manners : p.player(name).manners, changes)
  return undefined
}

const enter: Play = async (p, value) => {
  const {
    as = '',
    role = 'viewer',
    invite,
    displayName,
    hold = false,
    once,
    pin,
    ticket,
  } = value as { as?: string; role?: string; invite?: string; displayName?: string; hold?: boolean; once?: string; pin?: string; ticket?: unknown }
  const invitation =
    invite === undefined ? {} : { inviteId: filled(`$${invite}.inviteId`, p.names) as Uint8Array, secret: filled(`$${invite}.secret`, p.names) as Uint8Array }
  const known = {
    ...(pin === undefined ? {} : { pin: String(filled(pin, p.names)) }),
    ...(ticket === undefined ? {} : { ticket: filled(ticket, p.names) as Uint8Array }),
    ...(once === undefined ? {} : { once }),
  }
  await p.cast.stage.enter(as, role.toUpperCase() as Player['role'], { ...invitation, ...known, hold, ...(displayName === undefined ? {} : { displayName }) })
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
  let: (p, value) => {
    for (const [name, made] of Object.entries(value as Plain)) p.keep(name, filled(made, p.names))
    return undefined
  },
  mayEnd: (p, value) => {
    for (const [whom, codes] of Object.entries(value as Plain)) for (const code of codesOf(codes)) p.mayEnd.add(accusing(whom, code) ?? '')
    return undefined
  },
  mark: p => {
    p.setMark()
    return undefined
  },
  advance: async (p, value, step) => {
    if (p.cast.connect === undefined) return await advance(p, value, step)
    await advanceBroker(p, Number(value))
    return undefined
  },
  desk,
  exchange,
  facts,
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
  hello: (p, value) => {
    const { as = '', ...fields } = filled(value, p.names) as Plain & { as?: string }
    if (p.cast.hello === undefined) throw new CaseError('players say Hello only where the broker is under test')
    p.cast.hello(as, fields)
    return undefined
  },
  hangUp: (p, value) => {
    p.cast.stage.drop(String(value))
    return undefined
  },
  closeLine,
  flood,
  stray,
  fragments,
  reads,
  halfClose,
  holdAnswer,
  upgrade,
  call,
  turnedAway,
  crowd,
  stalls,
  bring,
  restart,
  shows,
  tiles,
  remember,
  unchanged,
  silent,
}

/** By which the suite ends a line, or has its own end. */
const ENDS_LINES: ReadonlySet<string> = new Set(['cut', 'drop', 'hangUp', 'closeLine', 'halfClose'])

/** Plays a step and returns the places in the wire's events that prove it. Rejects with `Disappointment` if it does not come out. */
export async function playStep(p: Performance, step: Step): Promise<readonly number[]> {
  const play = STEPS[step.kind]
  if (play === undefined) throw new CaseError(`there is no step ${step.kind}`)
  p.endsLines ||= ENDS_LINES.has(step.kind)
  try {
    return (await play(p, step.value, step)) ?? []
  } catch (error) {
    if (error instanceof Unmet) throw new Disappointment(await p.absence('broker'), error.message)
    throw error
  }
}
