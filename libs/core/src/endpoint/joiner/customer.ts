/** Steps of the machines that an agent or viewer runs for the customer. */
import { Channel, CloseCode } from '@remote-assist/codec'
import { LocalProtocolError } from '../../machine.js'
import type { Message } from '../../message.js'
import { type GranteeEvent, grantee } from '../../peer/grantee.js'
import { type SessionEvent, session } from '../../session/session.js'
import { counted } from '../alive.js'
import { JOINER_CHANNELS } from './channels.js'
import type { JoinerNotice, JoinerRun } from './events.js'
import { type Customer, isEngaged, type JoinerChannelName } from './state.js'

type Effect =
  | { readonly type: 'send'; readonly kind: Message['kind'] }
  | { readonly type: 'relay'; readonly kind: Message['kind'] }
  | { readonly type: 'notify'; readonly notice: JoinerNotice }
  | { readonly type: 'violation'; readonly phase: string; readonly event: string; readonly code: CloseCode }

export function stepSession(run: JoinerRun, event: SessionEvent): void {
  const { state, effects } = session.step(run.state.session, event, run.now)
  if (state !== run.state.session) run.patch({ session: state })
  for (const effect of effects) {
    if (effect.type === 'relay') run.send({ channel: Channel.RELAY, kind: effect.kind })
    else if (effect.type === 'notify') run.notify(effect.notice)
    else if (effect.type === 'violation') leaveSession(run, effect.code)
    else run.effects.push(effect)
  }
}

export function leaveSession(run: JoinerRun, code: CloseCode, endSession = false): void {
  if (run.state.session.phase !== 'ended') stepSession(run, { type: 'local.leave', code, endSession })
}

/** The customer is silent, or something it was sent did not arrive: a new line makes everything agree again (RA-SES-119). */
export function relink(run: JoinerRun): void {
  run.effects.push({ type: 'close', code: CloseCode.TIMEOUT })
  stepSession(run, { type: 'transport.lost' })
}

/** The customer, where there is one for certain: once met, it is replaced by the next one alone. */
export const met = (run: JoinerRun): Customer => run.state.customer as Customer

/** The customer, or an error for whoever calls too early. */
export function someCustomer(run: JoinerRun, event: string): Customer {
  const { customer } = run.state
  if (customer === undefined) throw new LocalProtocolError('session', 'without a customer', event)
  return customer
}

/** The customer with whom this end is active or paused, or an error. */
export function engagedCustomer(run: JoinerRun, event: string): Customer {
  const customer = someCustomer(run, event)
  if (!isEngaged(customer)) throw new LocalProtocolError('session', customer.machine.phase, event)
  return customer
}

export const patchCustomer = (run: JoinerRun, change: Partial<Customer>): void => run.patch({ customer: { ...met(run), ...change } })

/** Sends to the customer and counts it for Alive. */
export function sendToCustomer(run: JoinerRun, message: Message): void {
  const { pulse, number } = met(run)
  patchCustomer(run, { pulse: counted(pulse, message.channel) })
  run.send(message, number)
}

export function address(run: JoinerRun, channel: Channel, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type === 'send') sendToCustomer(run, { channel, kind: effect.kind } as Message)
    else if (effect.type === 'relay') run.send({ channel: Channel.RELAY, kind: effect.kind } as Message)
    else if (effect.type === 'notify') run.notify(effect.notice, met(run).number)
    else breach(run, effect.phase, effect.event, effect.code)
  }
}

/** The customer broke the rules: it is reported, and this end leaves. */
export function breach(run: JoinerRun, phase: string, event: string, code: CloseCode): void {
  run.violation(run.state.customer?.number ?? 0, phase, event, code)
  leaveSession(run, code)
}

export function stepPeer(run: JoinerRun, event: GranteeEvent): void {
  const { customer } = run.state
  if (customer === undefined) return
  const { state, effects } = grantee.step(customer.machine, event, run.now)
  patchCustomer(run, { machine: state })
  address(run, Channel.SESSION, effects)
}

interface AnyMachine {
  step(state: unknown, event: { readonly type: string }, now: number): { readonly state: never; readonly effects: readonly Effect[] }
  nextDeadline(state: unknown): ReturnType<typeof grantee.nextDeadline>
}

/** Looks a machine up by name; which state and event belong together was checked where they were made. */
export const machineOf = (name: JoinerChannelName): AnyMachine => JOINER_CHANNELS[name].machine as unknown as AnyMachine

export function stepChannel(run: JoinerRun, name: JoinerChannelName, event: { readonly type: string }): void {
  const { channels } = met(run)
  const before = channels[name]
  const { state, effects } = machineOf(name).step(before, event, run.now)
  if (state !== before) patchCustomer(run, { channels: { ...channels, [name]: state } })
  address(run, JOINER_CHANNELS[name].channel, effects)
}

export const channelNames = Object.keys(JOINER_CHANNELS) as readonly JoinerChannelName[]

/** The machine that reads a channel. Every channel but SESSION on which the matrix lets something through from the customer has one. */
export const machineFor = (channel: Channel): JoinerChannelName =>
  channelNames.find(name => (JOINER_CHANNELS[name].reads as readonly Channel[]).includes(channel)) as JoinerChannelName
