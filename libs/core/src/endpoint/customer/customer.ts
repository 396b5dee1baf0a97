/** The customer's end: the session, a peer machine and channel machines for everybody else, and what couples them. */
import { Channel, CloseCode, Role } from '@remote-assist/codec'
import { wantsFrame } from '../../channels/screen/source.js'
import { earliest, type Instant, isDue } from '../../instant.js'
import { lease } from '../../lease/lease.js'
import { LocalProtocolError, type Step } from '../../machine.js'
import { grantor } from '../../peer/grantor.js'
import { rejoin } from '../../rejoin/rejoin.js'
import { session } from '../../session/session.js'
import { sendsActivity } from '../activity.js'
import { beat, counted, startPulse } from '../alive.js'
import { same } from '../equal.js'
import { wholeSet } from '../features.js'
import { judge } from '../judge.js'
import { Run } from '../run.js'
import { newEpoch } from './audience.js'
import { couple, tellWords } from './coupling.js'
import type { CustomerEffect, CustomerEvent, CustomerRun, CustomerSay } from './events.js'
import { breach, channelNames, machineOf, met, patchPeer, peerOf, sendTo, stepChannel, stepPeer } from './peers.js'
import { onRecord } from './record.js'
import { dropInvites, leaveSession, stepLease, stepRejoin, stepSession } from './session.js'
import { type CustomerConfig, type CustomerPeer, type CustomerState, initialCustomer, isEngaged } from './state.js'

function onRelay(run: CustomerRun, kind: Extract<CustomerEvent, { type: 'remote.relay' }>['kind']): void {
  if (kind === undefined) return
  const { phase } = run.state.session
  const verdict = judge(Channel.RELAY, kind.$case, { from: Role.BROKER, to: Role.CUSTOMER, phase, grants: [], hasLease: false, elevated: false })
  if (verdict.do === 'drop' || verdict.do === 'refuse') return
  if (verdict.do === 'fatal') {
    run.violation(0, phase, `remote.${kind.$case}`, verdict.code)
    return leaveSession(run, verdict.code, false)
  }
  if (kind.$case === 'welcome') run.patch({ policy: kind.value.policy })
  stepSession(run, { type: `remote.${kind.$case}`, value: kind.value } as Parameters<typeof stepSession>[1])
}

/** Sends a frame to those of its targets who may see it, now, and have room. */
function onFrame(run: CustomerRun, event: Extract<CustomerEvent, { type: 'local.frame' }>): void {
  const { screenId, frameId, baseFrameId, bytes, parts } = event
  const targets = event.targets.filter(number => {
    const peer = peerOf(run, number)
    return peer !== undefined && wantsFrame(peer.channels.screen, screenId, baseFrameId)
  })
  if (targets.length === 0) return
  for (const part of parts) run.send({ channel: Channel.MEDIA, kind: { $case: 'framePart', value: part } }, ...targets)
  for (const number of targets) stepChannel(run, number, 'screen', { type: 'local.frame', frameId, baseFrameId, bytes } as { readonly type: string })
}

const everybody = (run: CustomerRun): readonly number[] => [...run.state.peers.keys()]

function known(run: CustomerRun, number: number, event: string): void {
  if (!run.state.peers.has(number)) throw new LocalProtocolError('session', run.state.session.phase, event, `there is no participant ${number}`)
}

/** Tells an agent something for itself alone. */
function say(run: CustomerRun, number: number, kind: CustomerSay): void {
  known(run, number, kind.$case)
  const { machine, role } = met(run, number)
  // A viewer has no part in the log.
  const listens = role === Role.AGENT || kind.$case === 'capability'
  if (!listens || !isEngaged(met(run, number))) throw new LocalProtocolError('peer', machine.phase, kind.$case)
  sendTo(run, number, { channel: Channel.SESSION, kind })
}

/** Secured and admitted by the broker, and waiting for the first decision; who came by invitation cannot be told anything before it is let in. */
const isAsking = ({ machine }: CustomerPeer): boolean => machine.phase === 'consenting' && !machine.party.candidate

/** Ends the session for everybody: each is told, then the broker. */
function stop(run: CustomerRun): void {
  for (const peer of run.state.peers.values()) {
    if (isEngaged(peer) || isAsking(peer)) sendTo(run, peer.number, { channel: Channel.SESSION, kind: { $case: 'stop', value: { code: CloseCode.STOPPED } } })
  }
  run.send({ channel: Channel.RELAY, kind: { $case: 'dropMedia', value: { targets: [] } } })
  leaveSession(run, CloseCode.STOPPED, true)
}

/** Tells everybody what this end can do, if that changed (RA-SES-203); who comes later is told then. */
function announce(run: CustomerRun, names: string[]): void {
  if (same(names, run.state.capabilities)) return
  run.patch({ capabilities: names })
  for (const peer of run.state.peers.values())
    if (isEngaged(peer)) sendTo(run, peer.number, { channel: Channel.SESSION, kind: { $case: 'capabilities', value: { names } } })
}

/** With the session every peer ends, so that nothing stays pressed, open or elevated. */
function endPeers(run: CustomerRun): void {
  const { session: it } = run.state
  if (it.phase !== 'ended') return
  for (const peer of run.state.peers.values()) if (peer.machine.phase !== 'gone') stepPeer(run, peer.number, { type: 'peer.left', code: it.code })
}

function onTick(run: CustomerRun): void {
  stepSession(run, { type: 'tick' })
  stepLease(run, { type: 'tick' })
  dropInvites(run, invite => run.now >= invite.expiresAt)
  stepRejoin(run, { type: 'tick' })
  for (const number of everybody(run)) {
    stepPeer(run, number, { type: 'tick' })
    tickChannels(run, number)
    onPulse(run, number)
  }
}

/** A channel has its tick when something in it is due. */
function tickChannels(run: CustomerRun, number: number): void {
  for (const name of channelNames) {
    const peer = peerOf(run, number)
    if (peer !== undefined && isDue(machineOf(name).nextDeadline(peer.channels[name]), run.now)) stepChannel(run, number, name, { type: 'tick' })
  }
}

function onPulse(run: CustomerRun, number: number): void {
  const peer = met(run, number)
  if (!isEngaged(peer)) return
  if (run.now >= peer.pulse.deadAt) return stepPeer(run, number, { type: 'peer.lost' })
  if (run.now < peer.pulse.dueAt) return
  const { pulse, alive } = beat(peer.pulse, run.now)
  patchPeer(run, number, { pulse: counted(pulse, Channel.SESSION) })
  run.send({ channel: Channel.SESSION, kind: { $case: 'alive', value: alive } }, number)
}

/** The two at the ends compared the words: what needs it may follow, and the peer is told, now or when it is let in (RA-SES-141, RA-SES-142). */
function confirmWords(run: CustomerRun, number: number): void {
  const { session: it } = run.state
  const peer = met(run, number)
  const { phase } = peer.machine
  if (it.phase !== 'live' || !(phase === 'consenting' || phase === 'admission' || isEngaged(peer)))
    throw new LocalProtocolError('session', it.phase, 'local.words', `participant ${number} is ${phase}`)
  patchPeer(run, number, { words: 'confirmed' })
  if (isAsking(peer) || isEngaged(peer)) tellWords(run, number, it)
}

function apply(run: CustomerRun, event: CustomerEvent): void {
  switch (event.type) {
    case 'transport.opened':
    case 'transport.lost':
    case 'transport.heard':
      return stepSession(run, event)
    case 'remote.relay':
      return onRelay(run, event.kind)
    case 'remote.record':
      return onRecord(run, event.peer, event.sequence, event.record)
    case 'remote.malformed':
      return event.peer === 0
        ? leaveSession(run, event.code, false)
        : breach(run, event.peer, peerOf(run, event.peer)?.machine.phase ?? 'gone', event.type, event.code)
    case 'peer.secured':
      if (peerOf(run, event.peer)?.machine.phase !== 'securing') return
      patchPeer(run, event.peer, { pulse: startPulse(run.now), greeted: false })
      return stepPeer(run, event.peer, { type: 'peer.secured' })
    case 'peer.failed':
      return stepPeer(run, event.peer, { type: 'peer.failed', code: event.code })
    case 'media.spent':
      return newEpoch(run)
    case 'local.peer':
      // Who is gone may be removed once more: nothing changes.
      if (event.event.type === 'local.remove' && run.state.gone.includes(event.peer)) return
      known(run, event.peer, event.event.type)
      return stepPeer(run, event.peer, event.event)
    case 'local.channel':
      known(run, event.peer, event.event.type)
      return stepChannel(run, event.peer, event.channel, event.event)
    case 'local.say':
      return say(run, event.peer, event.kind)
    case 'local.screens':
      return run.patch({ layout: { epoch: run.state.layout.epoch + 1, screens: event.screens } })
    case 'local.frame':
      return onFrame(run, event)
    case 'local.shown':
      for (const number of everybody(run)) stepChannel(run, number, 'screen', { type: 'local.show', kind: event.kind } as { readonly type: string })
      return
    case 'local.chat':
      for (const number of everybody(run)) stepChannel(run, number, 'chat', { type: 'local.forward', chat: event.chat } as { readonly type: string })
      return
    case 'local.words':
      known(run, event.peer, event.type)
      return confirmWords(run, event.peer)
    case 'local.identified':
      known(run, event.peer, event.type)
      return patchPeer(run, event.peer, { organisation: event.organisation })
    case 'local.input':
      return stepLease(run, { type: 'local.input' })
    case 'local.rejoin':
      return stepRejoin(run, event.event)
    case 'local.capabilities':
      return announce(run, wholeSet(event.names))
    case 'local.locked':
      return run.patch({ locked: event.locked })
    case 'local.pause':
    case 'local.unpause':
      run.patch({ paused: event.type === 'local.pause' })
      for (const number of everybody(run)) stepPeer(run, number, { type: event.type })
      return
    case 'local.stop':
      return stop(run)
    case 'local.leave':
      return leaveSession(run, event.code, false)
    case 'tick':
      return onTick(run)
  }
}

/** Advances the customer's end by one event. Total for remote input; throws `LocalProtocolError` for a local call that is not possible now. */
function step(state: CustomerState, event: CustomerEvent, now: Instant): Step<CustomerState, CustomerEffect> {
  if (state.session.phase === 'ended') return { state, effects: [] }
  const run: CustomerRun = new Run(state, now)
  apply(run, event)
  endPeers(run)
  couple(run, state)
  if (run.effects.some(sendsActivity)) stepSession(run, { type: 'session.activity' })
  return run.done()
}

/** When the driver must next deliver a `tick`. */
function nextDeadline(state: CustomerState): Instant | undefined {
  if (state.session.phase === 'ended') return undefined
  let next = earliest(
    session.nextDeadline(state.session),
    lease.nextDeadline(state.lease),
    rejoin.nextDeadline(state.rejoin),
    ...state.invites.map(invite => invite.expiresAt),
  )
  for (const peer of state.peers.values()) {
    next = earliest(next, grantor.nextDeadline(peer.machine), ...channelNames.map(name => machineOf(name).nextDeadline(peer.channels[name])))
    if (isEngaged(peer)) next = earliest(next, peer.pulse.dueAt, peer.pulse.deadAt)
  }
  return next
}

/** The customer's end of a session. `initial` takes what the host can do. */
export const customerSession = {
  initial: (config: CustomerConfig): CustomerState => initialCustomer(config),
  step,
  nextDeadline,
} as const
