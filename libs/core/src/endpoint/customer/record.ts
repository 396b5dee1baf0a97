/** A record from a peer: judged by the matrix, message by message, then handed to the machine that reads its channel. */
import { Channel, Role } from '@remote-assist/codec'
import { holderOf } from '../../lease/lease.js'
import type { Kind, Message, OpenedRecord } from '../../message.js'
import { unexpired } from '../../peer/grants.js'
import { isActivity } from '../activity.js'
import { arrived } from '../alive.js'
import { judge, type Situation } from '../judge.js'
import { refusalOf } from '../refusal.js'
import { answerUnknown } from '../unsupported.js'
import type { CustomerRun } from './events.js'
import { breach, machineFor, met, patchPeer, peerOf, sendTo, stepChannel } from './peers.js'
import { onSession, stepSession } from './session.js'
import { type CustomerPeer, grantsOf } from './state.js'

const situationOf = (run: CustomerRun, peer: CustomerPeer): Situation => ({
  from: peer.role,
  to: Role.CUSTOMER,
  phase: peer.machine.phase,
  grants: unexpired(grantsOf(peer), run.now),
  hasLease: holderOf(run.state.lease) === peer.number,
  elevated: peer.channels.elevation.phase === 'elevated',
})

export function onRecord(run: CustomerRun, number: number, sequence: bigint, { channel, kinds }: OpenedRecord): void {
  const peer = peerOf(run, number)
  if (peer === undefined || peer.machine.phase === 'gone') return
  patchPeer(run, number, { pulse: arrived(peer.pulse, channel, kinds.length, run.now) })
  if (isActivity(channel)) stepSession(run, { type: 'session.activity' })
  for (const kind of kinds) {
    if (kind === undefined) unsupported(run, number, channel, sequence)
    else onMessage(run, number, { channel, kind } as Message)
  }
}

function onMessage(run: CustomerRun, number: number, message: Message): void {
  const peer = met(run, number)
  if (peer.machine.phase === 'gone') return
  const { channel, kind } = message
  const verdict = judge(channel, kind.$case as never, situationOf(run, peer))
  switch (verdict.do) {
    case 'accept':
      return accept(run, peer, message)
    case 'refuse':
      return sendTo(run, number, { channel, kind: refusalOf(message, verdict.reason) } as Message)
    case 'fatal':
      return breach(run, number, peer.machine.phase, `remote.${kind.$case}`, verdict.code)
    case 'drop':
      return
  }
}

function accept(run: CustomerRun, peer: CustomerPeer, { channel, kind }: Message): void {
  if (channel === Channel.SESSION) return onSession(run, peer, kind as Kind<Channel.SESSION>)
  stepChannel(run, peer.number, machineFor(channel), { type: `remote.${kind.$case}`, value: kind.value } as { readonly type: string })
}

function unsupported(run: CustomerRun, number: number, channel: Channel, sequence: bigint): void {
  const unsupported = answerUnknown(met(run, number).unsupported, run.now)
  if (unsupported === undefined) return
  patchPeer(run, number, { unsupported })
  sendTo(run, number, { channel: Channel.SESSION, kind: { $case: 'unsupported', value: { channel, sequence } } })
}
