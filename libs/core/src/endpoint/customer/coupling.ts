/** What follows from what, at the customer: run after every event until nothing changes. Rules that cross machines live here and in `permits`. */
import { Channel, CloseCode, type Participant, Permission, Role, type RosterEntry } from '@remote-assist/codec'
import { holderOf, type LeaseState, leaseMessage } from '../../lease/lease.js'
import { meet } from '../../peer/grantor.js'
import type { GrantorState, Party } from '../../peer/grantor-table.js'
import { holds, ROLE_CEILING } from '../../peer/grants.js'
import { awake, startPulse } from '../alive.js'
import { same } from '../equal.js'
import { hex } from '../hex.js'
import { phaseNamed } from '../judge.js'
import { effectivePolicy } from '../policy.js'
import { appeared, attachedAs, compare, type Live, type Seen, sameSession } from '../roster.js'
import { settleDown } from '../run.js'
import { followAudience } from './audience.js'
import { CUSTOMER_CHANNELS } from './channels.js'
import type { CustomerRun } from './events.js'
import { forgetGone, isKnown } from './gone.js'
import { address, channelNames, met, patchPeer, sendTo, stepChannel, stepPeer } from './peers.js'
import { permitsFor } from './permits.js'
import { dropInvites, leaveSession, stepLease, stepRejoin } from './session.js'
import {
  type ChannelStates,
  type CustomerPeer,
  type CustomerState,
  grantsOf,
  type Invite,
  isEngaged,
  isJoiner,
  keptBy,
  nameOf,
  type Permits,
  self,
} from './state.js'

/** Applies the rules to what a step changed since `before`, where they last came to rest. */
export function couple(run: CustomerRun, before: CustomerState): void {
  if (isAtRest(before, run.state)) return
  settleDown(run, followRoster, followInvites, followLease, followLead, followRejoin, followTries, followPermits, announce)
  followAudience(run, before)
  forgetGone(run, before)
}

/** Whether everything that the rules read is as it was: this is what keeps a chunk, a frame and a key event cheap. */
function isAtRest(before: CustomerState, after: CustomerState): boolean {
  const { session, peers, ...rest } = before
  if (!sameSession(session, after.session) || peers.size !== after.peers.size) return false
  if (Object.entries(rest).some(([name, value]) => value !== after[name as keyof typeof rest])) return false
  const counted = (after.policy?.maxSessionBytes ?? 0n) > 0n
  return [...after.peers].every(([number, peer]) => {
    const { channels, pulse: _, ...known } = peer
    const was = peers.get(number)
    return (
      was !== undefined &&
      was.channels.elevation.phase === channels.elevation.phase &&
      (!counted || was.channels.file.movedBytes === channels.file.movedBytes) &&
      Object.entries(known).every(([name, value]) => value === was[name as keyof typeof known])
    )
  })
}

/** Peers appear, are lost, return and leave as the two lines do. */
function followRoster(run: CustomerRun): void {
  const { session } = run.state
  if (session.phase !== 'live') return
  const ours = attachedAs(session)
  for (const peer of run.state.peers.values()) {
    if (peer.machine.phase === 'gone') {
      turnOutAgain(run, session, peer, peer.machine.code)
      continue
    }
    const { seen, change } = compare(peer.seen, peer.number, session)
    if (!same(seen, peer.seen)) patchPeer(run, peer.number, { seen })
    // A candidate is told no names: they come with its admission.
    const displayName = nameOf(session, peer.number)
    if (displayName !== peer.displayName) patchPeer(run, peer.number, { displayName })
    if (change === 'none') continue
    patchPeer(run, peer.number, { greeted: false })
    if (change === 'left') stepPeer(run, peer.number, { type: 'peer.left', code: CloseCode.LEFT })
    else stepPeer(run, peer.number, { type: change === 'lost' ? 'peer.lost' : 'peer.returned' })
  }
  if (ours === undefined) return
  for (const entry of session.roster.entries) {
    const { role } = entry
    const seen = isKnown(run.state, entry.participant) ? undefined : appeared(entry, ours)
    if (seen !== undefined && isJoiner(role)) greet(run, session, { ...entry, role }, seen)
  }
}

/** An eviction that was said on a line that dropped may not have arrived: it is said again on the next one. */
function turnOutAgain(run: CustomerRun, session: Live, { number, seen }: CustomerPeer, code: CloseCode): void {
  const ours = attachedAs(session)
  if (ours === undefined || seen.ours === ours || !session.roster.entries.some(entry => entry.participant === number)) return
  patchPeer(run, number, { seen: { ...seen, ours } })
  run.send({ channel: Channel.RELAY, kind: { $case: 'evict', value: { participant: number, code } } })
}

const initialChannels = Object.fromEntries(channelNames.map(name => [name, CUSTOMER_CHANNELS[name].machine.initial])) as ChannelStates

const inviteOf = (run: CustomerRun, entry: RosterEntry): Invite | undefined => run.state.invites.find(invite => invite.id === hex(entry.inviteId))

/** Somebody new: its handshake begins. Who comes by an invitation that the customer does not know is turned out. */
function greet(run: CustomerRun, session: Live, entry: RosterEntry & { readonly role: CustomerPeer['role'] }, seen: Seen): void {
  const { paused, tries } = run.state
  const { permissionsCeiling, consentTimeoutMs } = effectivePolicy(run.state.policy)
  const { elevation } = initialChannels
  const invited = entry.inviteId.length > 0
  const invite = inviteOf(run, entry)
  if (invited && (invite === undefined || invite.role !== entry.role)) {
    run.send({ channel: Channel.RELAY, kind: { $case: 'evict', value: { participant: entry.participant, code: CloseCode.NOT_FOUND } } })
    return
  }
  const ceiling = ROLE_CEILING[entry.role].filter(permission => permissionsCeiling.includes(permission) && (invite?.ceiling.includes(permission) ?? true))
  const party: Party = {
    participant: entry.participant,
    role: entry.role,
    ceiling,
    consentTimeoutMs,
    graceMs: session.attachment.graceMs,
    candidate: invited,
  }
  const { state: machine, effects } = meet(party, paused, run.now)
  const peer: CustomerPeer = {
    number: entry.participant,
    role: entry.role,
    displayName: entry.displayName,
    seen,
    machine,
    channels: { ...initialChannels, elevation: { ...elevation, permit: { ...elevation.permit, tries } } },
    permits: undefined,
    pulse: startPulse(run.now),
    greeted: false,
    recording: false,
    words: 'open',
    organisation: '',
    unsupported: [],
    invite,
  }
  run.patch({ peers: new Map(run.state.peers).set(peer.number, peer) })
  address(run, peer.number, Channel.SESSION, effects)
}

/** An invitation lets one participant in, and nobody once it is taken back or expired (RA-SES-094, RA-SES-095). */
function followInvites(run: CustomerRun): void {
  for (const { invite, machine } of run.state.peers.values()) if (invite !== undefined && isIn(machine)) dropInvites(run, ({ id }) => id === invite.id)
  for (const { number, invite, machine } of run.state.peers.values()) {
    if (invite === undefined || machine.phase === 'gone' || isIn(machine) || run.state.invites.includes(invite)) continue
    stepPeer(run, number, { type: 'local.remove', code: CloseCode.NOT_ADMITTED })
  }
}

/** The peer was let in: what it was granted stands, also while its line is down. */
const isIn = (machine: GrantorState): boolean => 'grants' in machine && machine.grants !== undefined

/** Control ends with the consent, the grant or the line that it stands on. */
function followLease(run: CustomerRun): void {
  const holder = holderOf(run.state.lease)
  if (holder === 0) return
  const peer = run.state.peers.get(holder)
  if (peer === undefined || !isEngaged(peer) || !holds(grantsOf(peer), Permission.CONTROL_INPUT)) stepLease(run, { type: 'lease.drop', participant: holder })
}

const agents = (run: CustomerRun): readonly CustomerPeer[] =>
  [...run.state.peers.values()].filter(peer => peer.role === Role.AGENT && peer.machine.phase !== 'gone')

/** The lead is whom the broker named first; when it goes, the agent who became active first takes its place (RA-SES-077). */
function followLead(run: CustomerRun): void {
  const { session, lead, peers, seniority } = run.state
  if (session.phase !== 'live') return
  if (lead === 0) {
    const first = session.roster.entries.find(entry => entry.lead && peers.has(entry.participant))
    if (first !== undefined) run.patch({ lead: first.participant })
    return
  }
  const peer = peers.get(lead)
  if (peer === undefined || peer.machine.phase !== 'gone') return
  const heir = agents(run)
    .filter(isEngaged)
    .sort((a, b) => seniority.indexOf(a.number) - seniority.indexOf(b.number))[0]
  if (heir !== undefined) {
    run.patch({ lead: heir.number })
    run.send({ channel: Channel.RELAY, kind: { $case: 'setLead', value: { participant: heir.number } } })
  } else if (peer.machine.code === CloseCode.CONSENT_DENIED && agents(run).length === 0) leaveSession(run, CloseCode.CONSENT_DENIED, false)
}

/** Who asked for a way back has to be there for the answer; a ticket outlives its line, and neither itself nor the permission (RA-SES-167). */
function followRejoin(run: CustomerRun): void {
  const { rejoin, session } = run.state
  if (rejoin.phase === 'none' || session.phase === 'ended') return
  const peer = met(run, rejoin.peer)
  const stands = isEngaged(peer) ? holds(grantsOf(peer), Permission.ELEVATE) : rejoin.phase === 'ready' && peer.machine.phase !== 'gone'
  if (!stands) stepRejoin(run, { type: 'rejoin.end', why: 'asker' })
}

/** Credentials that one agent gave in vain count for all: who leaves and comes anew, or sends another one, has no more tries than before (RA-ELV-065). */
function followTries(run: CustomerRun): void {
  for (const { channels, permits } of run.state.peers.values()) {
    const { tries } = channels.elevation.permit
    if (permits !== undefined && !same(tries, permits.elevation.tries)) run.patch({ tries })
  }
}

/** Tells each channel what is allowed now, where that changed; what waits at the broker for those who may not see any more is dropped (RA-SES-059). */
function followPermits(run: CustomerRun): void {
  const blind: number[] = []
  for (const number of run.state.peers.keys()) {
    for (const name of channelNames) {
      const peer = met(run, number)
      const permit = permitsFor(run.state, peer)
      if (same(permit[name], peer.permits?.[name])) continue
      if (sees(peer.permits) && !sees(permit) && isEngaged(peer)) blind.push(number)
      patchPeer(run, number, { permits: { ...(peer.permits ?? permit), [name]: permit[name] } })
      stepChannel(run, number, name, { type: 'permit', ...permit[name] })
    }
  }
  if (blind.length > 0) run.send({ channel: Channel.RELAY, kind: { $case: 'dropMedia', value: { targets: blind.sort((a, b) => a - b) } } })
}

const sees = (permits: Permits | undefined): boolean => permits?.screen.view === true && permits.screen.flowing

function participants(run: CustomerRun, session: Live): readonly Participant[] {
  const { lead, lease: control, peers } = run.state
  const holder = holderOf(control)
  const others = [...peers.values()]
    .filter(peer => peer.machine.phase !== 'gone' && (peer.machine.phase !== 'securing' || keptBy(peer) !== undefined))
    .map(
      (peer): Participant => ({
        participant: peer.number,
        role: peer.role,
        // Who is about to be back was here, and is away until then.
        phase: phaseNamed(peer.machine.phase === 'securing' ? 'suspended' : peer.machine.phase),
        lead: peer.number === lead,
        inControl: peer.number === holder,
        recording: peer.recording,
        displayName: peer.displayName,
        organisation: peer.organisation,
        grants: (keptBy(peer) ?? []).map(grant => grant.permission),
        elevated: peer.channels.elevation.phase === 'elevated',
      }),
    )
  const me: Participant = {
    participant: self(session),
    role: Role.CUSTOMER,
    phase: phaseNamed(run.state.paused ? 'paused' : 'active'),
    lead: false,
    inControl: false,
    recording: false,
    displayName: nameOf(session, self(session)),
    organisation: '',
    grants: [],
    elevated: false,
  }
  return [...others, me].sort((a, b) => a.participant - b.participant)
}

/** What there is to tell of a lease: that local input goes on says nothing new. */
const control = (lease: LeaseState) => ({ epoch: lease.epoch, holder: holderOf(lease), heldOff: lease.phase === 'held-off' })

/** Tells everybody what changed, and whoever has just become engaged everything. */
function announce(run: CustomerRun): void {
  const { told, session } = run.state
  if (session.phase !== 'live') return
  const list = participants(run, session)
  const news = {
    participants: !same(list, told.participants),
    lease: !same(control(run.state.lease), control(told.lease)),
    lead: run.state.lead !== told.lead,
  }
  const revision = told.revision + (news.participants ? 1 : 0)
  if (news.participants) run.notify({ kind: 'participants', revision, participants: list })
  if (news.lease)
    run.notify({ kind: 'control', holder: holderOf(run.state.lease), epoch: run.state.lease.epoch, heldOff: run.state.lease.phase === 'held-off' })
  if (news.participants || news.lease || news.lead) run.patch({ told: { revision, participants: list, lease: run.state.lease, lead: run.state.lead } })
  for (const peer of run.state.peers.values()) {
    if (!isEngaged(peer)) continue
    const fresh = !peer.greeted
    if (fresh) welcome(run, peer, session)
    if (fresh || news.participants) tell(run, peer.number, { $case: 'participants', value: { revision, participants: list } })
    if ((fresh || news.lead) && run.state.lead !== 0) tell(run, peer.number, { $case: 'leadChanged', value: { participant: run.state.lead } })
    if (fresh || news.lease) tell(run, peer.number, { $case: 'controlLease', value: leaseMessage(run.state.lease, run.now) })
    if (news.lease && (told.lease.phase === 'held-off') !== (run.state.lease.phase === 'held-off') && peer.role === Role.AGENT)
      sendTo(run, peer.number, { channel: Channel.INPUT, kind: { $case: 'localInputActive', value: { active: run.state.lease.phase === 'held-off' } } })
  }
}

type SessionKind = Extract<Parameters<typeof sendTo>[2], { channel: Channel.SESSION }>['kind']

const tell = (run: CustomerRun, number: number, kind: SessionKind): void => sendTo(run, number, { channel: Channel.SESSION, kind })

/** Says that the words were compared and are the same. */
export function tellWords(run: CustomerRun, number: number, session: Live): void {
  patchPeer(run, number, { words: 'told' })
  tell(run, number, { $case: 'wordsConfirmed', value: { participant: self(session) } })
}

function welcome(run: CustomerRun, { number, role, pulse, words }: CustomerPeer, session: Live): void {
  const { seniority } = run.state
  if (role === Role.AGENT && !seniority.includes(number)) run.patch({ seniority: [...seniority, number] })
  patchPeer(run, number, { greeted: true, pulse: awake(pulse, run.now) })
  tell(run, number, { $case: 'platformInfo', value: run.state.platform })
  tell(run, number, { $case: 'capabilities', value: { names: run.state.capabilities } })
  if (words === 'confirmed') tellWords(run, number, session)
}
