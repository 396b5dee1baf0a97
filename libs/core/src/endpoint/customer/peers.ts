/** Steps of one peer's machines at the customer: everything they ask for is addressed here. */
import { Channel, type CloseCode, type KnownChannel } from '@remote-assist/codec'
import type { Message } from '../../message.js'
import { grantor } from '../../peer/grantor.js'
import type { GrantorEvent } from '../../peer/grantor-table.js'
import { counted } from '../alive.js'
import { CUSTOMER_CHANNELS } from './channels.js'
import type { CustomerNotice, CustomerRun } from './events.js'
import type { CustomerChannelName, CustomerPeer } from './state.js'

export const peerOf = (run: CustomerRun, number: number): CustomerPeer | undefined => run.state.peers.get(number)

/** A peer that was met, and is not long gone. */
export const met = (run: CustomerRun, number: number): CustomerPeer => run.state.peers.get(number) as CustomerPeer

export function patchPeer(run: CustomerRun, number: number, change: Partial<CustomerPeer>): void {
  run.patch({ peers: new Map(run.state.peers).set(number, { ...met(run, number), ...change }) })
}

/** A peer whose handshake is not done hears nothing; one that goes hears last words on SESSION alone. */
function hears({ machine }: CustomerPeer, channel: KnownChannel): boolean {
  return machine.phase !== 'securing' && machine.phase !== 'suspended' && (machine.phase !== 'gone' || channel === Channel.SESSION)
}

/** Sends on a pairwise channel and counts it for Alive. */
export function sendTo(run: CustomerRun, number: number, message: Message): void {
  const peer = met(run, number)
  if (!hears(peer, message.channel)) return
  patchPeer(run, number, { pulse: counted(peer.pulse, message.channel) })
  run.send(message, number)
}

type Effect =
  | { readonly type: 'send'; readonly kind: Message['kind'] }
  | { readonly type: 'relay'; readonly kind: Message['kind'] }
  | { readonly type: 'notify'; readonly notice: CustomerNotice }
  | { readonly type: 'violation'; readonly phase: string; readonly event: string; readonly code: CloseCode }

/** Gives a machine's effects the peer's address. */
export function address(run: CustomerRun, number: number, channel: Channel, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type === 'send') sendTo(run, number, { channel, kind: effect.kind } as Message)
    else if (effect.type === 'relay') run.send({ channel: Channel.RELAY, kind: effect.kind } as Message)
    else if (effect.type === 'notify') tell(run, number, effect.notice)
    else breach(run, number, effect.phase, effect.event, effect.code)
  }
}

/** Passes a word on to the owner; what one agent draws goes to the others as well. */
function tell(run: CustomerRun, number: number, notice: CustomerNotice): void {
  run.notify(notice, number)
  if (notice.kind !== 'annotation.received') return
  for (const other of run.state.peers.keys())
    if (other !== number) stepChannel(run, other, 'annotation', { type: 'local.forward', message: notice.message } as { readonly type: string })
}

/** A peer broke the rules: it is reported, and removed. */
export function breach(run: CustomerRun, number: number, phase: string, event: string, code: CloseCode): void {
  run.violation(number, phase, event, code)
  stepPeer(run, number, { type: 'local.remove', code })
}

export function stepPeer(run: CustomerRun, number: number, event: GrantorEvent): void {
  const peer = peerOf(run, number)
  if (peer === undefined) return
  const { state, effects } = grantor.step(peer.machine, event, run.now)
  patchPeer(run, number, { machine: state })
  address(run, number, Channel.SESSION, effects)
}

interface AnyMachine {
  step(state: unknown, event: { readonly type: string }, now: number): { readonly state: never; readonly effects: readonly Effect[] }
  nextDeadline(state: unknown): ReturnType<typeof grantor.nextDeadline>
}

/** Looks a machine up by name; which state and event belong together was checked where they were made. */
export const machineOf = (name: CustomerChannelName): AnyMachine => CUSTOMER_CHANNELS[name].machine as unknown as AnyMachine

export function stepChannel(run: CustomerRun, number: number, name: CustomerChannelName, event: { readonly type: string }): void {
  const peer = met(run, number)
  const before = peer.channels[name]
  const { state, effects } = machineOf(name).step(before, event, run.now)
  if (state !== before) patchPeer(run, number, { channels: { ...peer.channels, [name]: state } })
  address(run, number, CUSTOMER_CHANNELS[name].channel, effects)
}

export const channelNames = Object.keys(CUSTOMER_CHANNELS) as readonly CustomerChannelName[]

/** The machine that reads a channel. Every channel but SESSION on which the matrix lets something through to the customer has one. */
export const machineFor = (channel: Channel): CustomerChannelName =>
  channelNames.find(name => CUSTOMER_CHANNELS[name].channel === channel) as CustomerChannelName
