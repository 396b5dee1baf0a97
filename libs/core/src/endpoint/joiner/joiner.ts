/** An agent's or viewer's end: the session, the customer's peer machine and channel machines, and what couples them. */
import { Channel, type CloseCode, RefusalReason, Role } from '@remote-assist/codec'
import { after, earliest, type Instant, isDue } from '../../instant.js'
import { LocalProtocolError, type Step } from '../../machine.js'
import type { Kind, Message, OpenedRecord } from '../../message.js'
import { ANSWER_SLACK_MS, grantee } from '../../peer/grantee.js'
import { session } from '../../session/session.js'
import { isActivity, sendsActivity } from '../activity.js'
import { arrived, beat, counted, startPulse } from '../alive.js'
import { FEATURE, wholeSet } from '../features.js'
import { judge, type Situation } from '../judge.js'
import { effectivePolicy } from '../policy.js'
import { refusalOf } from '../refusal.js'
import { Run } from '../run.js'
import { answerUnknown } from '../unsupported.js'
import { couple, forsake } from './coupling.js'
import {
  breach,
  channelNames,
  engagedCustomer,
  leaveSession,
  machineFor,
  machineOf,
  met,
  patchCustomer,
  relink,
  sendToCustomer,
  someCustomer,
  stepChannel,
  stepPeer,
  stepSession,
} from './customer.js'
import type { JoinerEffect, JoinerEvent, JoinerRun, JoinerSay } from './events.js'
import { ask, endRejoin, onSession, settle } from './session-channel.js'
import { type Customer, grantsOf, initialJoiner, isEngaged, type JoinerState } from './state.js'

function onRelay(run: JoinerRun, kind: Kind<Channel.RELAY> | undefined): void {
  if (kind === undefined) return
  const { phase } = run.state.session
  const verdict = judge(Channel.RELAY, kind.$case, { from: Role.BROKER, to: run.state.role, phase, grants: [], hasLease: false, elevated: false })
  if (verdict.do === 'drop' || verdict.do === 'refuse') return
  if (verdict.do === 'fatal') {
    run.violation(0, phase, `remote.${kind.$case}`, verdict.code)
    return leaveSession(run, verdict.code)
  }
  if (kind.$case === 'welcome') run.patch({ policy: kind.value.policy })
  stepSession(run, { type: `remote.${kind.$case}`, value: kind.value } as Parameters<typeof stepSession>[1])
}

const situationOf = (run: JoinerRun, customer: Customer): Situation => ({
  from: Role.CUSTOMER,
  to: run.state.role,
  phase: customer.machine.phase,
  grants: grantsOf(customer),
  hasLease: true,
  elevated: true,
})

function onRecord(run: JoinerRun, number: number, sequence: bigint, { channel, kinds }: OpenedRecord): void {
  const { customer } = run.state
  if (customer === undefined || customer.number !== number || customer.machine.phase === 'gone') return
  patchCustomer(run, { pulse: arrived(customer.pulse, channel, kinds.length, run.now) })
  if (isActivity(channel)) stepSession(run, { type: 'session.activity' })
  for (const kind of kinds) {
    if (kind === undefined) unsupported(run, channel, sequence)
    else onMessage(run, { channel, kind } as Message)
  }
}

function onMessage(run: JoinerRun, { channel, kind }: Message): void {
  const customer = met(run)
  if (customer.machine.phase === 'gone') return
  const verdict = judge(channel, kind.$case as never, situationOf(run, customer))
  if (verdict.do === 'fatal') return breach(run, customer.machine.phase, `remote.${kind.$case}`, verdict.code)
  if (verdict.do === 'refuse') return sendToCustomer(run, { channel, kind: refusalOf({ channel, kind } as Message, verdict.reason) } as Message)
  if (verdict.do === 'drop') return
  if (channel === Channel.SESSION) return onSession(run, customer, kind as Kind<Channel.SESSION>)
  stepChannel(run, machineFor(channel), { type: `remote.${kind.$case}`, value: kind.value } as { readonly type: string })
}

function unsupported(run: JoinerRun, channel: Channel, sequence: bigint): void {
  const unsupported = answerUnknown(met(run).unsupported, run.now)
  if (unsupported === undefined) return
  patchCustomer(run, { unsupported })
  sendToCustomer(run, { channel: Channel.SESSION, kind: { $case: 'unsupported', value: { channel, sequence } } })
}

function onTick(run: JoinerRun): void {
  stepSession(run, { type: 'tick' })
  if (isDue(run.state.rejoin?.until, run.now)) endRejoin(run, false)
  if (run.state.customer === undefined) return
  stepPeer(run, { type: 'tick' })
  for (const name of channelNames) if (isDue(machineOf(name).nextDeadline(met(run).channels[name]), run.now)) stepChannel(run, name, { type: 'tick' })
  settle(run, request => run.now >= request.by, RefusalReason.TIMEOUT)
  const customer = met(run)
  if (!isEngaged(customer)) return
  if (run.now >= customer.pulse.deadAt) return relink(run)
  if (run.now < customer.pulse.dueAt) return
  const { pulse, alive } = beat(customer.pulse, run.now)
  patchCustomer(run, { pulse: counted(pulse, Channel.SESSION) })
  run.send({ channel: Channel.SESSION, kind: { $case: 'alive', value: alive } }, customer.number)
}

/** What its user says, as the wire has it. */
const inOrder = (kind: JoinerSay): JoinerSay => (kind.$case === 'capabilities' ? { ...kind, value: { names: wholeSet(kind.value.names) } } : kind)

function apply(run: JoinerRun, event: JoinerEvent): void {
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
      return breach(run, run.state.customer?.machine.phase ?? 'gone', event.type, event.code)
    case 'peer.secured':
      if (event.peer !== run.state.customer?.number || run.state.customer.machine.phase !== 'securing') return
      // Other keys, other words: what was said of those before says nothing of these.
      patchCustomer(run, { pulse: startPulse(run.now), wordsConfirmed: false })
      return stepPeer(run, { type: 'peer.secured' })
    case 'peer.failed':
      return event.peer === run.state.customer?.number ? stepPeer(run, { type: 'peer.failed', code: event.code }) : undefined
    case 'peer.restarted':
      return event.peer === run.state.customer?.number ? forsake(run, { type: 'peer.returned' }) : undefined
    case 'local.ask':
      someCustomer(run, event.type)
      return stepPeer(run, event)
    case 'local.requestControl':
      return ask(run, { requestId: event.requestId, what: 'control', participant: 0 }, { $case: 'requestControl', value: { requestId: event.requestId } })
    case 'local.remove':
      return ask(
        run,
        { requestId: event.requestId, what: 'remove', participant: event.participant },
        { $case: 'remove', value: { requestId: event.requestId, participant: event.participant } },
      )
    case 'local.invite':
      return ask(
        run,
        { requestId: event.requestId, what: 'invite', participant: 0 },
        { $case: 'inviteRegister', value: { ...event.invite, requestId: event.requestId } },
      )
    case 'local.rejoin': {
      const { requestId, reason, locator, expiresInMs } = event
      const { capabilities, machine } = engagedCustomer(run, event.type)
      if (!capabilities.includes(FEATURE.rejoin)) throw new LocalProtocolError('session', machine.phase, event.type, 'the customer cannot come back by itself')
      const timeoutMs = effectivePolicy(run.state.policy).consentTimeoutMs + ANSWER_SLACK_MS
      return ask(
        run,
        { requestId, what: 'rejoin', participant: 0, until: after(run.now, expiresInMs) },
        { $case: 'rejoinRequest', value: { requestId, reason, locator, expiresInMs } },
        timeoutMs,
      )
    }
    case 'local.endRejoin':
      return endRejoin(run, true)
    case 'local.say':
      engagedCustomer(run, event.kind.$case)
      return sendToCustomer(run, { channel: Channel.SESSION, kind: inOrder(event.kind) })
    case 'local.channel':
      someCustomer(run, event.event.type)
      return stepChannel(run, event.channel, event.event)
    case 'local.leave':
      return leaveSession(run, event.code, event.endSession)
    case 'tick':
      return onTick(run)
  }
}

/** With the session the customer is gone, and with it every answer. */
function endCustomer(run: JoinerRun, code: CloseCode): void {
  settle(run, () => true, RefusalReason.NOT_ACTIVE)
  stepPeer(run, { type: 'peer.left', code })
}

/** Advances by one event. Total for remote input; throws `LocalProtocolError` for a local call that is not possible now. */
function step(state: JoinerState, event: JoinerEvent, now: Instant): Step<JoinerState, JoinerEffect> {
  if (state.session.phase === 'ended') return { state, effects: [] }
  const run: JoinerRun = new Run(state, now)
  apply(run, event)
  if (run.state.session.phase === 'ended') endCustomer(run, run.state.session.code)
  couple(run, state)
  if (run.effects.some(sendsActivity)) stepSession(run, { type: 'session.activity' })
  return run.done()
}

/** When the driver must next deliver a `tick`. */
function nextDeadline(state: JoinerState): Instant | undefined {
  if (state.session.phase === 'ended') return undefined
  const { customer } = state
  const next = earliest(session.nextDeadline(state.session), state.rejoin?.until)
  if (customer === undefined) return next
  const { dueAt, deadAt } = customer.pulse
  return earliest(
    next,
    grantee.nextDeadline(customer.machine),
    ...channelNames.map(name => machineOf(name).nextDeadline(customer.channels[name])),
    ...customer.requests.map(request => request.by),
    ...(isEngaged(customer) ? [dueAt, deadAt] : []),
  )
}

/** An agent's end of a session. */
export const agentSession = { initial: (): JoinerState => initialJoiner(Role.AGENT), step, nextDeadline } as const

/** A viewer's end of a session: sees, never acts. */
export const viewerSession = { initial: (): JoinerState => initialJoiner(Role.VIEWER), step, nextDeadline } as const
