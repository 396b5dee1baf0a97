/** The customer's own session machine, and what other participants may ask of the session. */
import { Channel, CloseCode, RefusalReason } from '@remote-assist/codec'
import { after, msUntil } from '../../instant.js'
import { holderOf, type LeaseEvent, lease, leaseMessage } from '../../lease/lease.js'
import type { Kind } from '../../message.js'
import { ROLE_CEILING } from '../../peer/grants.js'
import { type RejoinEvent, rejoin } from '../../rejoin/rejoin.js'
import { type SessionEvent, session } from '../../session/session.js'
import { felt } from '../alive.js'
import { same } from '../equal.js'
import { FEATURE } from '../features.js'
import { hex, unhex } from '../hex.js'
import { effectivePolicy } from '../policy.js'
import type { CustomerRun } from './events.js'
import { address, patchPeer, sendTo, stepPeer } from './peers.js'
import { type CustomerPeer, type Invite, isEngaged, isJoiner, MAX_INVITES } from './state.js'

export function stepSession(run: CustomerRun, event: SessionEvent): void {
  const { state, effects } = session.step(run.state.session, event, run.now)
  if (state !== run.state.session) run.patch({ session: state })
  for (const effect of effects) {
    if (effect.type === 'relay') run.send({ channel: Channel.RELAY, kind: effect.kind })
    else if (effect.type === 'notify') run.notify(effect.notice)
    else if (effect.type === 'violation') leaveSession(run, effect.code, false)
    else run.effects.push(effect)
  }
}

export function leaveSession(run: CustomerRun, code: CloseCode, endSession: boolean): void {
  if (run.state.session.phase !== 'ended') stepSession(run, { type: 'local.leave', code, endSession })
}

export function stepLease(run: CustomerRun, event: LeaseEvent): void {
  const { state } = lease.step(run.state.lease, event, run.now)
  if (!same(state, run.state.lease)) run.patch({ lease: state })
}

const refuse = (run: CustomerRun, number: number, requestId: number, reason: RefusalReason): void =>
  sendTo(run, number, { channel: Channel.SESSION, kind: { $case: 'refused', value: { requestId, reason } } })

/** Control is free, or the lead takes it over; nobody else takes it from its holder. */
function requestControl(run: CustomerRun, peer: CustomerPeer, requestId: number): void {
  const holder = holderOf(run.state.lease)
  if (holder !== 0 && holder !== peer.number && peer.number !== run.state.lead) return refuse(run, peer.number, requestId, RefusalReason.BUSY)
  // Nothing changes, and the request still gets its answer.
  if (holder === peer.number)
    return sendTo(run, peer.number, { channel: Channel.SESSION, kind: { $case: 'controlLease', value: leaseMessage(run.state.lease, run.now) } })
  stepLease(run, { type: 'lease.take', participant: peer.number })
}

function remove(run: CustomerRun, peer: CustomerPeer, value: { readonly requestId: number; readonly participant: number }): void {
  if (peer.number !== run.state.lead) return refuse(run, peer.number, value.requestId, RefusalReason.POLICY)
  const other = run.state.peers.get(value.participant)
  if (other === undefined || other.machine.phase === 'gone' || other.number === peer.number)
    return refuse(run, peer.number, value.requestId, RefusalReason.NOT_FOUND)
  stepPeer(run, other.number, { type: 'local.remove', code: CloseCode.REMOVED })
}

/** The broker lets in by what it was told last; it knows an invitation before the lead does (RA-SES-092). */
function setInvites(run: CustomerRun, invites: readonly Invite[]): void {
  run.patch({ invites })
  const told = invites.map(({ id, role, expiresAt }) => ({ inviteId: unhex(id), role, expiresInMs: msUntil(expiresAt, run.now) }))
  run.send({ channel: Channel.RELAY, kind: { $case: 'setInvites', value: { invites: told } } })
}

function register(run: CustomerRun, peer: CustomerPeer, value: Extract<Kind<Channel.SESSION>, { $case: 'inviteRegister' }>['value']): void {
  const { requestId, inviteId, role, secret, expiresInMs } = value
  const id = hex(inviteId)
  if (peer.number !== run.state.lead) return refuse(run, peer.number, requestId, RefusalReason.POLICY)
  if (!isJoiner(role) || run.state.invites.some(it => it.id === id)) return refuse(run, peer.number, requestId, RefusalReason.INVALID)
  if (run.state.invites.length >= MAX_INVITES) return refuse(run, peer.number, requestId, RefusalReason.LIMIT)
  const ceiling = value.ceiling.length === 0 ? ROLE_CEILING[role] : value.ceiling
  const invite: Invite = { id, role, ceiling, by: peer.number, expiresAt: after(run.now, expiresInMs) }
  setInvites(run, [...run.state.invites, invite])
  run.notify({ kind: 'invite', invite, secret }, peer.number)
  sendTo(run, peer.number, { channel: Channel.SESSION, kind: { $case: 'inviteRegistered', value: { requestId, inviteId } } })
}

export function dropInvites(run: CustomerRun, which: (invite: Invite) => boolean): void {
  const gone = run.state.invites.filter(which)
  if (gone.length === 0) return
  setInvites(
    run,
    run.state.invites.filter(invite => !gone.includes(invite)),
  )
  for (const { id } of gone) run.notify({ kind: 'invite.gone', id })
}

function revoke(run: CustomerRun, peer: CustomerPeer, id: string, removeJoined: boolean): void {
  if (peer.number !== run.state.lead) return
  dropInvites(run, invite => invite.id === id)
  if (!removeJoined) return
  for (const other of run.state.peers.values()) if (other.invite?.id === id) stepPeer(run, other.number, { type: 'local.remove', code: CloseCode.REMOVED })
}

/** Steps the way back; what it says is for whoever asked. */
export function stepRejoin(run: CustomerRun, event: RejoinEvent): void {
  const before = run.state.rejoin
  const { state, effects } = rejoin.step(before, event, run.now)
  if (state !== before) run.patch({ rejoin: state })
  const asker = [state, before].find(it => it.phase !== 'none')
  if (asker !== undefined) address(run, asker.peer, Channel.SESSION, effects)
}

/** The lead asks for a way back after a restart (RA-SES-161). */
function askRejoin(run: CustomerRun, { number }: CustomerPeer, value: Extract<Kind<Channel.SESSION>, { $case: 'rejoinRequest' }>['value']): void {
  const { lead, capabilities, policy, rejoin } = run.state
  if (number !== lead) return refuse(run, number, value.requestId, RefusalReason.POLICY)
  if (!capabilities.includes(FEATURE.rejoin)) return refuse(run, number, value.requestId, RefusalReason.UNSUPPORTED)
  if (!/^[0-9]{4,9}$/.test(value.locator)) return refuse(run, number, value.requestId, RefusalReason.INVALID)
  if (rejoin.phase !== 'none') return refuse(run, number, value.requestId, RefusalReason.BUSY)
  stepRejoin(run, { type: 'rejoin.ask', peer: number, value, consentTimeoutMs: effectivePolicy(policy).consentTimeoutMs })
}

/** Only who asked takes it back, and only what it asked for last. */
function cancelRejoin(run: CustomerRun, { number }: CustomerPeer, requestId: number): void {
  const { rejoin } = run.state
  if (rejoin.phase !== 'none' && rejoin.peer === number && rejoin.requestId === requestId) stepRejoin(run, { type: 'rejoin.end', why: 'taken-back' })
}

/** Everybody learns who records, the recorder as well (RA-SES-078). */
function tellRecording(run: CustomerRun, participant: number, recording: boolean): void {
  for (const peer of run.state.peers.values())
    if (isEngaged(peer)) sendTo(run, peer.number, { channel: Channel.SESSION, kind: { $case: 'recordingState', value: { participant, recording } } })
}

/** Everything on channel SESSION that is not the peer machine's. The matrix has let it pass. */
export function onSession(run: CustomerRun, peer: CustomerPeer, kind: Kind<Channel.SESSION>): void {
  const { number } = peer
  switch (kind.$case) {
    case 'consentRequest':
      return stepPeer(run, number, { type: 'remote.consentRequest', value: kind.value })
    case 'requestControl':
      return requestControl(run, peer, kind.value.requestId)
    case 'releaseControl':
      return stepLease(run, { type: 'lease.drop', participant: number })
    case 'remove':
      return remove(run, peer, kind.value)
    case 'inviteRegister':
      return register(run, peer, kind.value)
    case 'inviteRevoke':
      return revoke(run, peer, hex(kind.value.inviteId), kind.value.removeJoined)
    case 'rejoinRequest':
      return askRejoin(run, peer, kind.value)
    case 'rejoinCancel':
      return cancelRejoin(run, peer, kind.value.requestId)
    case 'capabilities':
      return run.notify({ kind: 'capabilities', names: kind.value.names }, number)
    case 'recordingState':
      patchPeer(run, number, { recording: kind.value.recording })
      run.notify({ kind: 'recording', recording: kind.value.recording }, number)
      return tellRecording(run, number, kind.value.recording)
    case 'wordsConfirmed':
      return run.notify({ kind: 'words' }, number)
    case 'auditSign':
      return run.notify({ kind: 'audit.sign', message: kind.value }, number)
    case 'alive': {
      const { pulse, lost } = felt(peer.pulse, kind.value, run.now)
      patchPeer(run, number, { pulse })
      if (pulse.rttMs !== undefined && pulse.rttMs !== peer.pulse.rttMs) run.notify({ kind: 'quality', rttMs: pulse.rttMs }, number)
      if (lost) stepPeer(run, number, { type: 'peer.lost' })
      return
    }
    default:
      return
  }
}
