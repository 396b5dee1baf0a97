/** What an elevated agent does at the customer: commands, and switching users. Each is answered, at the latest when elevation ends. */
import { type Channel, CloseCode, type CommandExit, RefusalReason } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { go, type Step, stay, type Violation } from '../../machine.js'
import type { Kind } from '../../message.js'
import type { ElevationGrantorEffect, ElevationGrantorEvent, ElevationGrantorNotice, ElevationGrantorState } from './grantor-table.js'

/** The machine must have switched users within this time. */
export const SWITCH_USER_TIMEOUT_MS = 30_000
/** Commands that may run at a time (RA-ELV-044). */
export const MAX_COMMANDS = 4
/** How CommandExit names the end of a command that ends with elevation. */
export const ENDED_WITH_ELEVATION = 'elevation ended'

type Elevated = Extract<ElevationGrantorState, { phase: 'elevated' }>
type On<T extends ElevationGrantorEvent['type']> = Extract<ElevationGrantorEvent, { type: T }>
type Effect = ElevationGrantorEffect
type Out<S extends ElevationGrantorState> = Step<S, Effect | Violation>

const send = (kind: Kind<Channel.ELEVATION>): Effect => ({ type: 'send', kind })
const notify = (notice: ElevationGrantorNotice): Effect => ({ type: 'notify', notice })
const exit = (commandId: number, change: Partial<CommandExit>): Effect =>
  send({ $case: 'commandExit', value: { commandId, exitCode: 0, endedBy: '', refusal: RefusalReason.UNSPECIFIED, ...change } })
/** The answer to a SwitchUser. */
export const switchResult = (requestId: number, refusal: RefusalReason): Effect => send({ $case: 'switchUserResult', value: { requestId, refusal } })

/** What ends with elevation: commands and a switch of users, each answered. */
export function endActions(s: ElevationGrantorState): Effect[] {
  if (s.phase !== 'elevated') return []
  const { commands, switching } = s
  return [
    ...commands.map(commandId => exit(commandId, { endedBy: ENDED_WITH_ELEVATION })),
    ...(switching === undefined ? [] : [switchResult(switching.requestId, RefusalReason.NOT_ELEVATED)]),
  ]
}

/** Begins a command, unless too many run. */
export function run(s: Elevated, { type, value }: On<'remote.runCommand'>): Out<Elevated> {
  const { commandId, argv, as } = value
  if (s.commands.includes(commandId)) return go(s, { type: 'violation', phase: s.phase, event: type, code: CloseCode.INVALID_FIELD })
  if (!s.permit.runCommand) return go(s, exit(commandId, { refusal: RefusalReason.NO_GRANT }))
  if (s.commands.length >= MAX_COMMANDS) return go(s, exit(commandId, { refusal: RefusalReason.LIMIT }))
  return go({ ...s, commands: [...s.commands, commandId] }, notify({ kind: 'elevation.run', commandId, argv, as }))
}

/** Has a command ended, if it still runs. */
export function cancel(s: Elevated, { value }: On<'remote.commandCancel'>): Out<Elevated> {
  return s.commands.includes(value.commandId) ? go(s, notify({ kind: 'elevation.cancel', commandId: value.commandId })) : stay(s)
}

/** Passes output on; what a command prints after its end is dropped. */
export function output(s: Elevated, { commandId, stream, data }: On<'local.output'>): Out<Elevated> {
  return s.commands.includes(commandId) ? go(s, send({ $case: 'commandOutput', value: { commandId, stream, data } })) : stay(s)
}

/** Answers RunCommand: the command ended. */
export function exited(s: Elevated, { commandId, exitCode, endedBy }: On<'local.exited'>): Out<Elevated> {
  if (!s.commands.includes(commandId)) return stay(s)
  return go({ ...s, commands: s.commands.filter(other => other !== commandId) }, exit(commandId, { exitCode, endedBy }))
}

/** Shows the log-in screen, one request at a time. */
export function switchUser(s: Elevated, { value }: On<'remote.switchUser'>, now: Instant): Out<Elevated> {
  const { requestId } = value
  if (s.switching !== undefined) return go(s, switchResult(requestId, RefusalReason.BUSY))
  return go({ ...s, switching: { requestId, by: after(now, SWITCH_USER_TIMEOUT_MS) } }, notify({ kind: 'elevation.switch-user', requestId }))
}

/** Answers SwitchUser. */
export function switched(s: Elevated, { requestId, refusal }: On<'local.switched'>): Out<Elevated> {
  return s.switching?.requestId === requestId ? go({ ...s, switching: undefined }, switchResult(requestId, refusal)) : stay(s)
}

/** Events that mean nothing before there is elevation: each is answered, or crossed with an end. */
export const NOT_ELEVATED = {
  'remote.runCommand': <S extends ElevationGrantorState>(s: S, { value }: On<'remote.runCommand'>): Out<S> =>
    go(s, exit(value.commandId, { refusal: RefusalReason.NOT_ELEVATED })),
  'remote.commandCancel': stay,
  'remote.switchUser': <S extends ElevationGrantorState>(s: S, { value }: On<'remote.switchUser'>): Out<S> =>
    go(s, switchResult(value.requestId, RefusalReason.NOT_ELEVATED)),
  'local.output': stay,
  'local.exited': stay,
  'local.switched': stay,
} as const
