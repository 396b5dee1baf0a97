/** What can happen next in a world. Each choice is named, so that a path reads as a story. */
import { Permission, Role, type Screen } from '@remote-assist/codec'
import { type CustomerState, type JoinerState, LocalProtocolError } from '@remote-assist/core'
import type { Event } from '../end.js'
import { attach, dispatch, drop, INVITE_ID, NAMES, type Name, tick, toBroker, toEnd, type World } from './world.js'

export interface Choice {
  readonly name: string
  readonly next: World
}

const SCREEN: Screen = { screenId: 1, name: '', x: 0, y: 0, width: 100, height: 100, scalePercent: 100, rotation: 0, primary: true }
const WANTED = [Permission.VIEW_SCREEN, Permission.CONTROL_INPUT]

type Act = readonly [string, (world: World) => Event | undefined]

const customer = (world: World): CustomerState => world.ends.customer.state as CustomerState
const joiner = (world: World, name: 'agent' | 'viewer'): JoinerState => world.ends[name].state as JoinerState
const engaged = (world: World, name: 'agent' | 'viewer'): boolean => ['active', 'paused'].includes(joiner(world, name).customer?.machine.phase ?? '')
const peerOf = (world: World, role: Role) => [...customer(world).peers.values()].find(peer => peer.role === role && peer.machine.phase !== 'gone')

const on = (channel: string, event: { readonly type: string; readonly [field: string]: unknown }): Event =>
  ({ type: 'local.channel', channel, event }) as unknown as Event

/** What each does, in this order; each act waits until it is possible. */
const SCRIPTS: Readonly<Record<Name, readonly Act[]>> = {
  agent: [
    [
      'asks',
      w => (joiner(w, 'agent').customer?.machine.phase === 'consenting' ? { type: 'local.ask', requestId: 1, permissions: WANTED, reason: '' } : undefined),
    ],
    [
      'invites the viewer',
      w =>
        engaged(w, 'agent')
          ? {
              type: 'local.invite',
              requestId: 2,
              invite: { inviteId: INVITE_ID, role: Role.VIEWER, secret: new Uint8Array(32), expiresInMs: 86_400_000, ceiling: [] },
            }
          : undefined,
    ],
    ['asks for control', w => (engaged(w, 'agent') ? { type: 'local.requestControl', requestId: 3 } : undefined)],
    [
      'presses a key',
      w =>
        joiner(w, 'agent').customer?.channels.input.phase === 'open'
          ? on('input', { type: 'local.key', usage: 4, down: true, modifiers: 0, locks: 0 })
          : undefined,
    ],
  ],
  customer: [
    ['has a screen', () => ({ type: 'local.screens', screens: [SCREEN] })],
    ['grants the agent all', w => decides(w, Role.AGENT)],
    ['pauses', w => (peerOf(w, Role.AGENT)?.machine.phase === 'active' ? { type: 'local.pause' } : undefined)],
    ['goes on', () => ({ type: 'local.unpause' })],
    ['admits the viewer', w => decides(w, Role.VIEWER)],
    ['takes control back', w => revokes(w)],
  ],
  viewer: [
    [
      'looks',
      w =>
        engaged(w, 'viewer') && joiner(w, 'viewer').customer?.channels.screen.layout.epoch !== 0
          ? on('screen', { type: 'local.show', subscribe: { screenId: 1, maxWidth: 0, maxHeight: 0, maxFps: 0, codecs: [] } })
          : undefined,
    ],
  ],
}

function decides(world: World, role: Role): Event | undefined {
  const peer = peerOf(world, role)
  const question = peer !== undefined && 'question' in peer.machine ? peer.machine.question : undefined
  if (peer === undefined || question === undefined) return undefined
  return {
    type: 'local.peer',
    peer: peer.number,
    event: { type: 'local.decide', requestId: question.requestId, granted: question.permissions.map(permission => ({ permission, expiresInMs: 0 })) },
  }
}

function revokes(world: World): Event | undefined {
  const peer = peerOf(world, Role.AGENT)
  return peer?.machine.phase === 'active'
    ? { type: 'local.peer', peer: peer.number, event: { type: 'local.revoke', permission: Permission.CONTROL_INPUT } }
    : undefined
}

/** Whether an end may open its line: at first in turn, later whenever it is down. */
function mayAttach(world: World, name: Name): boolean {
  const end = world.ends[name]
  if (end.up || end.state.session.phase === 'ended') return false
  if (end.token !== '') return end.state.session.phase === 'live'
  if (name === 'viewer') return end.participant === 0 && world.record.invites.length > 0
  return end.participant === 0
}

/** Alive and Pong change nothing that others could race with: they are delivered at once, so that the walk stays small. */
function isQuiet(frame: World['ends'][Name]['toEnd'][number]): boolean {
  if (frame.layer === 'relay') return frame.kind.$case === 'pong' || frame.kind.$case === 'ping'
  return frame.layer === 'record' && frame.record.kinds[0]?.$case === 'alive'
}

/** Forwarding a record or handshake touches nothing but the queue behind it; only the order of what the broker decides matters. */
function forward(world: World): World {
  let next = world
  for (let moved = true; moved; ) {
    moved = false
    for (const name of NAMES) {
      const [sent] = next.ends[name].toBroker
      if (sent !== undefined && sent.layer !== 'relay') {
        next = toBroker(next, name)
        moved = true
      }
      const [arriving] = next.ends[name].toEnd
      if (arriving !== undefined && isQuiet(arriving)) {
        next = toEnd(next, name)
        moved = true
      }
    }
  }
  return next
}

/** Somebody has frames waiting. */
const lagging = (world: World): boolean => NAMES.some(name => world.ends[name].toEnd.length > 0)

/**
 * Whose moves are looked at. What two ends do with the frames that wait for them commutes, so that one order stands for all: the first end that has frames
 * waiting moves first, and the broker moves when nobody has. A line may still drop before, between and after any of these moves.
 */
function movers(world: World): readonly Name[] {
  const waiting = NAMES.find(name => world.ends[name].toEnd.length > 0)
  return waiting === undefined ? NAMES : [waiting]
}

export function choices(before: World): readonly Choice[] {
  const world = forward(before)
  const found: Choice[] = []
  const add = (name: string, make: () => World): void => {
    try {
      found.push({ name, next: make() })
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error
    }
  }
  for (const name of movers(world)) {
    const end = world.ends[name]
    if (end.toBroker.length > 0 && !lagging(world)) add(`${name} → broker: ${describe(end.toBroker[0])}`, () => toBroker(world, name))
    if (end.toEnd.length > 0) add(`broker → ${name}: ${describe(end.toEnd[0])}`, () => toEnd(world, name))
    if (mayAttach(world, name)) add(`${name} attaches`, () => attach(world, name))
    const act = SCRIPTS[name][end.script]
    const event = act?.[1](world)
    if (act !== undefined && event !== undefined && end.state.session.phase !== 'ended')
      add(`${name} ${act[0]}`, () => {
        const acted = dispatch(world, name, event)
        return { ...acted, ends: { ...acted.ends, [name]: { ...acted.ends[name], script: end.script + 1 } } }
      })
  }
  if (world.drops > 0)
    for (const name of NAMES)
      if (world.ends[name].up && world.ends[name].participant !== 0) add(`${name}'s line drops`, () => ({ ...drop(world, name), drops: world.drops - 1 }))
  const still = NAMES.every(name => world.ends[name].toBroker.length === 0 && world.ends[name].toEnd.length === 0)
  if (still) {
    const later = tick(world)
    if (later !== undefined) found.push({ name: `${Math.round(later.now - world.now)} ms pass`, next: later })
  }
  return found
}

function describe(frame: World['ends'][Name]['toEnd'][number] | undefined): string {
  if (frame === undefined) return ''
  if (frame.layer === 'relay') return frame.kind.$case
  return frame.layer === 'handshake' ? `handshake ${frame.message.step}` : frame.record.kinds.map(kind => kind?.$case ?? 'unknown').join(' ')
}
