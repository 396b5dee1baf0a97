/** What follows from what, at an agent or viewer: run after every event until nothing changes. */
import { Channel, CloseCode, Phase, RefusalReason, Role, type RosterEntry } from '@remote-assist/codec'
import { expect, type GranteeEvent, type Host } from '../../peer/grantee.js'
import { awake, startPulse } from '../alive.js'
import { same } from '../equal.js'
import { effectivePolicy } from '../policy.js'
import { appeared, attachedAs, compare, type Live, type Seen, sameSession } from '../roster.js'
import { settleDown } from '../run.js'
import { JOINER_CHANNELS } from './channels.js'
import { address, channelNames, leaveSession, patchCustomer, stepChannel, stepPeer } from './customer.js'
import type { JoinerRun } from './events.js'
import { permitsFor } from './permits.js'
import { settle } from './session-channel.js'
import { type Customer, isEngaged, type JoinerChannelStates, type JoinerState, self } from './state.js'

/** Applies the rules to what a step changed since `before`, where they last came to rest. */
export function couple(run: JoinerRun, before: JoinerState): void {
  if (!isAtRest(before, run.state)) settleDown(run, followRoster, followLoss, followPulse, followPermits)
}

/** Whether everything that the rules read is as it was: this is what keeps a chunk, a frame and a key event cheap. */
function isAtRest(before: JoinerState, after: JoinerState): boolean {
  const [a, b] = [before.customer, after.customer]
  if (!sameSession(before.session, after.session) || before.policy !== after.policy || before.lead !== after.lead) return false
  if (a === undefined || b === undefined) return a === b
  return (
    a.number === b.number &&
    a.machine === b.machine &&
    a.seen === b.seen &&
    a.lease === b.lease &&
    a.capabilities === b.capabilities &&
    a.permits === b.permits &&
    a.channels.screen.layout.epoch === b.channels.screen.layout.epoch &&
    a.pulse.awake === b.pulse.awake
  )
}

const initialChannels = Object.fromEntries(channelNames.map(name => [name, JOINER_CHANNELS[name].machine.initial])) as JoinerChannelStates

function followRoster(run: JoinerRun): void {
  const { session, customer } = run.state
  if (session.phase !== 'live') return
  const ours = attachedAs(session)
  if (run.state.lead === 0) {
    const lead = session.roster.entries.find(entry => entry.lead)
    if (lead !== undefined) run.patch({ lead: lead.participant })
  }
  if (customer !== undefined && customer.machine.phase !== 'gone') {
    const { seen, change } = compare(customer.seen, customer.number, session)
    if (!same(seen, customer.seen)) patchCustomer(run, { seen })
    if (change === 'none') return
    forsake(run, change === 'left' ? { type: 'peer.left', code: CloseCode.LEFT } : { type: change === 'lost' ? 'peer.lost' : 'peer.returned' })
    return
  }
  if (ours !== undefined) meetCustomer(run, session, ours)
}

/** The line to the customer is another one, or none: what was asked, held and counted on the old one is over. */
export function forsake(run: JoinerRun, event: GranteeEvent): void {
  patchCustomer(run, { lease: undefined })
  settle(run, () => true, RefusalReason.NOT_ACTIVE)
  stepPeer(run, event)
}

/** The next customer: whom the broker admitted, or, for the lead, the first of those who wait. */
function meetCustomer(run: JoinerRun, session: Live, ours: number): void {
  const { customer, gone } = run.state
  const past = customer === undefined ? gone : [...gone, customer.number]
  const waits = (entry: RosterEntry): boolean => entry.role === Role.CUSTOMER && !past.includes(entry.participant)
  const next = session.roster.entries.find(entry => waits(entry) && (entry.phase === Phase.ADMITTED || run.state.lead === self(run.state)))
  const seen = next && appeared(next, ours)
  if (next === undefined || seen === undefined) return
  run.patch({ gone: past })
  begin(run, session, next, seen)
}

function begin(run: JoinerRun, session: Live, entry: RosterEntry, seen: Seen): void {
  const { policy, role } = run.state
  const host: Host = {
    participant: entry.participant,
    role,
    self: self(run.state),
    consentTimeoutMs: effectivePolicy(policy).consentTimeoutMs,
    graceMs: session.attachment.graceMs,
    candidate: entry.phase === Phase.CANDIDATE,
    invited: !session.attachment.admitted,
  }
  const { state: machine, effects } = expect(host, run.now)
  const customer: Customer = {
    number: entry.participant,
    seen,
    machine,
    channels: initialChannels,
    permits: undefined,
    pulse: startPulse(run.now),
    participants: [],
    lease: undefined,
    platform: undefined,
    capabilities: [],
    wordsConfirmed: false,
    requests: [],
    unsupported: [],
  }
  run.patch({ customer })
  address(run, Channel.SESSION, effects)
}

/**
 * A customer that was given up while the broker still holds its line: the lead turns it out, everybody else has nothing left to stay for.
 * Said once on every line of this end, for what was said on a line that dropped may not have arrived.
 */
function followLoss(run: JoinerRun): void {
  const { customer, session, lead } = run.state
  if (customer?.machine.phase !== 'gone' || session.phase !== 'live') return
  const ours = attachedAs(session)
  const { machine, number, seen } = customer
  if (ours === undefined || (!seen.up && seen.ours === ours) || !session.roster.entries.some(entry => entry.participant === number)) return
  patchCustomer(run, { seen: { ...seen, ours, up: false } })
  if (machine.code !== CloseCode.TIMEOUT && machine.code !== CloseCode.GRACE_EXPIRED) return
  if (lead === self(run.state)) run.send({ channel: Channel.RELAY, kind: { $case: 'evict', value: { participant: number, code: machine.code } } })
  else leaveSession(run, machine.code)
}

/** The clocks of Alive start when the peer is engaged. */
function followPulse(run: JoinerRun): void {
  const { customer } = run.state
  if (customer === undefined || !isEngaged(customer) || customer.pulse.awake) return
  patchCustomer(run, { pulse: awake(customer.pulse, run.now) })
}

function followPermits(run: JoinerRun): void {
  for (const name of channelNames) {
    const { customer } = run.state
    if (customer === undefined) return
    const permit = permitsFor(run.state, customer)
    if (same(permit[name], customer.permits?.[name])) continue
    patchCustomer(run, { permits: { ...(customer.permits ?? permit), [name]: permit[name] } })
    stepChannel(run, name, { type: 'permit', ...permit[name] })
  }
}
