/** A small configuration as plain data: one agent, one customer, one viewer, a broker, and what is under way between them. */
import { Channel, ContactKind, Role } from '@remote-assist/codec'
import {
  agentSession,
  customerSession,
  DEFAULT_POLICY,
  type Instant,
  newRoom,
  type OpenedRecord,
  type Proof,
  participantOf,
  policyToWire,
  type RoomEffect,
  type RoomEvent,
  type RoomRecord,
  reach,
  room,
  rosterFor,
  viewerSession,
} from '@remote-assist/core'
import { GRACE_MS } from '../broker.js'
import { type Effect, type Event, PLATFORM, type State } from '../end.js'
import { hex } from '../hex.js'
import { Invariants } from '../invariants.js'
import type { Frame } from './frames.js'

export type Name = 'agent' | 'customer' | 'viewer'
export const NAMES: readonly Name[] = ['agent', 'customer', 'viewer']

interface Keys {
  readonly key: string | undefined
  readonly kept: readonly string[]
  readonly expecting: boolean
  readonly offered: string | undefined
}

/** One end with its line. `line` counts its lines; 0 = none was opened yet. */
export interface EndModel {
  readonly state: State
  readonly up: boolean
  readonly participant: number
  readonly incarnation: number
  readonly token: string
  readonly toBroker: readonly Frame[]
  readonly toEnd: readonly Frame[]
  readonly keys: Readonly<Record<number, Keys>>
  /** How far its script is. */
  readonly script: number
}

export interface World {
  readonly now: Instant
  readonly record: RoomRecord
  readonly ends: Readonly<Record<Name, EndModel>>
  readonly drops: number
  readonly invariants: Invariants
}

export const INVITE_ID = new Uint8Array(16).fill(7)

const ROLES = { agent: Role.AGENT, customer: Role.CUSTOMER, viewer: Role.VIEWER } as const
const CORES = { agent: agentSession, customer: customerSession, viewer: viewerSession } as unknown as Readonly<
  Record<
    Name,
    { step(state: State, event: Event, now: Instant): { state: State; effects: readonly Effect[] }; nextDeadline(state: State): Instant | undefined }
  >
>

const fresh = (state: State): EndModel => ({ state, up: false, participant: 0, incarnation: 0, token: '', toBroker: [], toEnd: [], keys: {}, script: 0 })

export function begin(drops: number): World {
  const now = 0 as Instant
  return {
    now,
    record: newRoom(
      {
        sessionId: '00'.repeat(16),
        agentTokenHash: 'agent',
        locator: '4821',
        details: { tenant: '', displayName: 'Ada', contactId: '', contactKind: ContactKind.UNSPECIFIED, metadata: {} },
        policy: DEFAULT_POLICY,
        graceMs: GRACE_MS,
      },
      now,
    ),
    ends: {
      agent: fresh(agentSession.initial()),
      customer: fresh(customerSession.initial({ platform: PLATFORM, capabilities: [] })),
      viewer: fresh(viewerSession.initial()),
    },
    drops,
    invariants: new Invariants(),
  }
}

const patch = (world: World, name: Name, change: Partial<EndModel>): World => ({
  ...world,
  ends: { ...world.ends, [name]: { ...world.ends[name], ...change } },
})

const nameOf = (world: World, participant: number): Name | undefined => NAMES.find(name => world.ends[name].participant === participant && participant !== 0)

/** Gives an end an event, and carries out what it asks for. */
export function dispatch(world: World, name: Name, event: Event): World {
  const end = world.ends[name]
  if (end.state.session.phase === 'ended') return world
  const { state, effects } = CORES[name].step(end.state, event, world.now)
  const invariants = new Invariants(world.invariants)
  invariants.stepped(name, end.state, event, state, effects, world.now, CORES[name].nextDeadline(state))
  let next: World = patch({ ...world, invariants }, name, { state })
  for (const effect of effects) next = perform(next, name, effect)
  return next
}

const put = (world: World, name: Name, frame: Frame): World => {
  const end = world.ends[name]
  return end.up ? patch(world, name, { toBroker: [...end.toBroker, frame] }) : world
}

function perform(world: World, name: Name, effect: Effect): World {
  const end = world.ends[name]
  if (effect.type === 'send') {
    if (effect.channel === Channel.RELAY) return put(world, name, { layer: 'relay', kind: effect.kind })
    const target = effect.to[0] ?? 0
    return put(world, name, {
      layer: 'record',
      source: end.participant,
      targets: effect.to,
      sequence: 1n,
      key: end.keys[target]?.key ?? '',
      record: { channel: effect.channel, kinds: [effect.kind] } as OpenedRecord,
    })
  }
  if (effect.type === 'close') return end.state.session.phase === 'live' ? drop(world, name) : world
  if (effect.type === 'notify' && effect.notice.kind === 'peer.secure') return secure(world, name, effect.peer, effect.notice.resume)
  return world
}

function secure(world: World, name: Name, peer: number, resume: boolean): World {
  const end = world.ends[name]
  const other = name === 'customer' ? (end.state as CustomerState_).peers.get(peer) : undefined
  const key = `${end.incarnation}-${other?.seen.incarnation}-${peer}`
  const known = end.keys[peer]
  const next = patch(world, name, {
    keys: { ...end.keys, [peer]: { key: undefined, kept: known?.kept ?? [], expecting: true, offered: key } },
  })
  if (name !== 'customer') return next
  return put(next, name, {
    layer: 'handshake',
    source: end.participant,
    targets: [peer],
    message: { step: 'start', kind: resume ? 'resume' : 'code', secret: resume ? (end.keys[peer]?.kept[0] ?? 'none') : 'secret', fresh: key },
  })
}

type CustomerState_ = Extract<State, { readonly peers: unknown }>

/** The line of an end breaks: what was under way is lost; both sides notice. */
export function drop(world: World, name: Name): World {
  const end = world.ends[name]
  if (!end.up) return world
  let next = patch(world, name, { up: false, toBroker: [], toEnd: [] })
  next = dispatch(next, name, { type: 'transport.lost' })
  return end.participant === 0 ? next : stepRoom(next, { type: 'participant.dropped', sender: { participant: end.participant, incarnation: end.incarnation } })
}

export function attach(world: World, name: Name): World {
  const end = world.ends[name]
  const returning = end.token !== ''
  const next = patch(world, name, { up: true })
  return dispatch(next, name, {
    type: 'transport.opened',
    hello: {
      version: { minMinor: 0, maxMinor: 0 },
      role: ROLES[name],
      agentToken: name === 'agent' ? 'agent' : '',
      locator: !returning && name === 'customer' ? '4821' : '',
      inviteId: !returning && name === 'viewer' ? INVITE_ID : new Uint8Array(),
      resumeToken: new TextEncoder().encode(end.token),
      implementation: { name: 'explorer', version: '1' },
      capabilities: [],
      displayName: name,
    },
  })
}

/** The oldest frame that an end sent reaches the broker. */
export function toBroker(world: World, name: Name): World {
  const [frame, ...rest] = world.ends[name].toBroker
  if (frame === undefined) return world
  const end = world.ends[name]
  const next = patch(world, name, { toBroker: rest })
  if (frame.layer === 'relay') return onRelay(next, name, frame.kind)
  let relayed = stepRoom(next, { type: 'participant.confirmed', sender: end })
  if (frame.layer === 'handshake') relayed = stepRoom(relayed, { type: 'participant.handshaking', sender: end })
  for (const target of frame.targets) {
    const may = reach(relayed.record, end.participant, target)
    const to = nameOf(relayed, target)
    if (to !== undefined && relayed.ends[to].up && (may === 'all' || (may === 'handshake' && frame.layer === 'handshake'))) relayed = push(relayed, to, frame)
  }
  return relayed
}

const push = (world: World, name: Name, frame: Frame): World => patch(world, name, { toEnd: [...world.ends[name].toEnd, frame] })

function onRelay(world: World, name: Name, kind: Extract<Frame, { layer: 'relay' }>['kind']): World {
  const end = world.ends[name]
  const sender = { participant: end.participant, incarnation: end.incarnation }
  switch (kind.$case) {
    case 'hello': {
      const { resumeToken, inviteId, locator } = kind.value
      const tokenHash = `${name}-${end.incarnation + 1}`
      const proof: Proof = inviteId.length > 0 ? { kind: 'invite', inviteId: hex(inviteId) } : locator !== '' ? { kind: 'locator', locator } : { kind: 'token' }
      if (resumeToken.length > 0)
        return stepRoom(world, { type: 'participant.resume', presentedHash: new TextDecoder().decode(resumeToken), tokenHash, node: 'n' }, name)
      return stepRoom(world, { type: 'participant.hello', role: ROLES[name], proof, node: 'n', tokenHash, displayName: name }, name)
    }
    case 'admit':
      return stepRoom(world, { type: 'participant.admit', sender, target: kind.value.participant })
    case 'evict':
      return stepRoom(world, { type: 'participant.evict', sender, target: kind.value.participant, code: kind.value.code })
    case 'bye':
      return stepRoom(world, { type: 'participant.bye', sender, code: kind.value.code, endSession: kind.value.endSession })
    case 'setLead':
      return stepRoom(world, { type: 'participant.set-lead', sender, target: kind.value.participant })
    case 'setInvites':
      return stepRoom(world, {
        type: 'participant.set-invites',
        sender,
        invites: kind.value.invites.map(it => ({ inviteId: hex(it.inviteId), role: it.role, expiresInMs: it.expiresInMs })),
      })
    default:
      return world
  }
}

/** `greeted`: whose Hello this is. */
function stepRoom(world: World, event: RoomEvent, greeted?: Name): World {
  const { state, effects } = room.step(world.record, event, world.now)
  let next: World = { ...world, record: state }
  for (const effect of effects) next = performRoom(next, effect, greeted)
  return next
}

function performRoom(world: World, effect: RoomEffect, greeted: Name | undefined): World {
  const relay = (it: World, name: Name, kind: Extract<Frame, { layer: 'relay' }>['kind']) => push(it, name, { layer: 'relay', kind })
  switch (effect.type) {
    case 'welcome': {
      const p = participantOf(world.record, effect.participant)
      if (greeted === undefined || p === undefined) return world
      const named = patch(world, greeted, { participant: p.number, incarnation: p.incarnation })
      const value = {
        minor: 0,
        sessionId: new Uint8Array(16),
        participant: p.number,
        incarnation: p.incarnation,
        roster: rosterFor(world.record, p),
        policy: policyToWire(world.record.policy),
        channels: [],
        maxFrameBytes: 266_240,
        heartbeatMs: 60_000,
        resumeToken: new TextEncoder().encode(p.tokenHash),
        graceMs: GRACE_MS,
        codeExpiresInMs: 0,
        admitted: p.state === 'admitted',
      }
      return relay(named, greeted, { $case: 'welcome', value })
    }
    case 'refuse':
      return greeted === undefined
        ? world
        : relay(world, greeted, { $case: 'refusal', value: { code: effect.code, retryAfterMs: effect.retryAfterMs, detail: '' } })
    case 'close': {
      const name = nameOf(world, effect.participant)
      return name !== undefined && effect.bye && world.ends[name].incarnation === effect.incarnation
        ? relay(world, name, { $case: 'bye', value: { code: effect.code, endSession: false } })
        : world
    }
    case 'roster': {
      let next = world
      for (const number of effect.to) {
        const name = nameOf(world, number)
        const reader = participantOf(world.record, number)
        if (name !== undefined && reader !== undefined && world.ends[name].up)
          next = relay(next, name, { $case: 'roster', value: rosterFor(world.record, reader) })
      }
      return next
    }
    case 'closed':
      return world
  }
}

/** The oldest frame on its way to an end arrives. */
export function toEnd(world: World, name: Name): World {
  const [frame, ...rest] = world.ends[name].toEnd
  if (frame === undefined) return world
  const next = patch(world, name, { toEnd: rest })
  const end = next.ends[name]
  if (frame.layer === 'relay') {
    const heard = frame.kind.$case === 'welcome' ? patch(next, name, { token: new TextDecoder().decode(frame.kind.value.resumeToken) }) : next
    return dispatch(heard, name, { type: 'remote.relay', kind: frame.kind })
  }
  const keys = end.keys[frame.source]
  if (frame.layer === 'record') {
    if (frame.record.channel !== Channel.MEDIA && keys?.key !== frame.key) return next
    const proven = keys === undefined ? next : patch(next, name, { keys: { ...end.keys, [frame.source]: { ...keys, kept: keys.kept.slice(0, 1) } } })
    return dispatch(proven, name, { type: 'remote.record', peer: frame.source, sequence: frame.sequence, record: frame.record })
  }
  const { message } = frame
  if (keys?.expecting !== true) {
    if (message.step === 'answer') return next
    const again = dispatch(next, name, { type: 'peer.restarted', peer: frame.source })
    return again.ends[name].keys[frame.source]?.expecting === true ? toEnd(patch(again, name, { toEnd: [frame, ...again.ends[name].toEnd] }), name) : again
  }
  if (message.step === 'answer' && message.fresh !== keys.offered) return next
  const proven = message.step === 'answer' ? message.ok : message.kind === 'resume' ? keys.kept.includes(message.secret) : message.secret === 'secret'
  const settled = {
    key: proven ? message.fresh : undefined,
    kept: proven ? [`r-${message.fresh}`, ...keys.kept] : keys.kept,
    expecting: false,
    offered: undefined,
  }
  let answered = patch(next, name, { keys: { ...end.keys, [frame.source]: settled } })
  if (message.step === 'start')
    answered = put(answered, name, {
      layer: 'handshake',
      source: end.participant,
      targets: [frame.source],
      message: { step: 'answer', ok: proven, fresh: message.fresh },
    })
  return dispatch(answered, name, proven ? { type: 'peer.secured', peer: frame.source } : { type: 'peer.failed', peer: frame.source, code: 600 })
}

export const deadlineOf = (world: World, name: Name): Instant | undefined => CORES[name].nextDeadline(world.ends[name].state)

/** Time moves on to the next deadline, and everybody whose deadline it is gets its tick. */
export function tick(world: World): World | undefined {
  const deadlines = [room.nextDeadline(world.record), ...NAMES.map(name => deadlineOf(world, name))].filter(it => it !== undefined)
  if (deadlines.length === 0) return undefined
  const now = Math.max(world.now, Math.min(...deadlines)) as Instant
  let next: World = { ...world, now }
  const due = (deadline: Instant | undefined): boolean => deadline !== undefined && deadline <= now
  if (due(room.nextDeadline(next.record))) next = stepRoom(next, { type: 'tick' })
  for (const name of NAMES) if (due(deadlineOf(next, name))) next = dispatch(next, name, { type: 'tick' })
  return next
}
