/** A record from a peer: judged by the matrix, message by message, then handed to the machine that reads its channel. */
import { Channel, type RefusalReason, Role } from '@remote-assist/codec'
import { refuseClipboard } from '../../channels/clipboard/clipboard.js'
import { refuseElevation } from '../../channels/elevation/grantor.js'
import { refuseFile } from '../../channels/file/file.js'
import { refuseInput } from '../../channels/input/sink.js'
import { refuseScreen } from '../../channels/screen/source.js'
import { holderOf } from '../../lease/lease.js'
import type { Kind, Message, OpenedRecord } from '../../message.js'
import { unexpired } from '../../peer/grants.js'
import { isActivity } from '../activity.js'
import { arrived } from '../alive.js'
import { judge, type Situation } from '../judge.js'
import { answerUnknown } from '../unsupported.js'
import type { CustomerRun } from './events.js'
import { breach, machineFor, met, patchPeer, peerOf, sendTo, stepChannel } from './peers.js'
import { onSession, refuseSession, stepSession } from './session.js'
import { type CustomerPeer, grantsOf } from './state.js'

const situationOf = (run: CustomerRun, peer: CustomerPeer): Situation => ({
  from: peer.role,
  to: Role.CUSTOMER,
  phase: peer.machine.phase,
  grants: unexpired(grantsOf(peer), run.now),
  hasLease: holderOf(run.state.lease) === peer.number,
  elevated: peer.channels.elevation.phase === 'elevated',
})

const REFUSALS = {
  [Channel.SESSION]: refuseSession,
  [Channel.SCREEN]: refuseScreen,
  [Channel.INPUT]: refuseInput,
  [Channel.CLIPBOARD]: refuseClipboard,
  [Channel.FILE]: refuseFile,
  [Channel.ELEVATION]: refuseElevation,
} as const

type Refuse = (kind: Message['kind'], reason: RefusalReason) => Message['kind'] | undefined

/** The typed answer to a request that is refused; undefined for what is no request. Whatever the matrix refuses is one. */
export const refusalOf = ({ channel, kind }: Message, reason: RefusalReason): Message['kind'] | undefined =>
  (REFUSALS as { readonly [C in Channel]?: Refuse })[channel]?.(kind, reason)

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
