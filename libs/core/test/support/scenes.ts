import { Permission, Role } from '@remote-assist/codec'
import { Call, CUSTOMER, LEAD } from './pair.js'
import { EVERYTHING, screen, subscribe } from './protocol.js'

/** What a viewer is granted as a rule. */
export const VIEW = [Permission.VIEW_SCREEN]
/** The id of an invitation. */
export const ID = new Uint8Array(16).fill(7)
/** The names of messages. */
export const cases = (kinds: readonly { readonly $case: string }[]) => kinds.map(kind => kind.$case)
/** A frame of screen 1 in one part. */
export const frame = (frameId: number, targets: readonly number[] = [LEAD], baseFrameId = 0) =>
  ({
    type: 'local.frame',
    targets,
    screenId: 1,
    frameId,
    baseFrameId,
    bytes: 1_000,
    parts: [{ screenId: 1, layoutEpoch: 1, frameId, baseFrameId, part: 0, last: true, capturedAtUs: 0n, lastInput: undefined, rects: [], width: 1, height: 1 }],
  }) as const
export const key = (down: boolean, usage = 4) =>
  ({ type: 'local.channel', channel: 'input', event: { type: 'local.key', usage, down, modifiers: 0, locks: 0 } }) as const
export const show = { type: 'local.channel', channel: 'screen', event: { type: 'local.show', subscribe: subscribe(1) } } as const

/** A call in which the lead watches screen 1. */
export function watching(): Call {
  const call = Call.begun()
  call.at(CUSTOMER, { type: 'local.screens', screens: [screen(1), screen(2)] })
  call.at(LEAD, show)
  return call
}
/** A call in which the lead is in control. */
export function controlling(): Call {
  const call = watching()
  call.at(LEAD, { type: 'local.requestControl', requestId: 5 })
  return call
}
/** A call to which the lead has invited. */
export function inviting(role: Role.AGENT | Role.VIEWER = Role.VIEWER, call = watching(), expiresInMs = 600_000, ceiling: readonly Permission[] = []): Call {
  call.at(LEAD, { type: 'local.invite', requestId: 9, invite: { inviteId: ID, role, secret: new Uint8Array(16), expiresInMs, ceiling } })
  return call
}
/** A call with participant 3, who came by invitation and was let in. */
export function joined(role: Role.AGENT | Role.VIEWER = Role.VIEWER, grants: readonly Permission[] = role === Role.VIEWER ? VIEW : EVERYTHING): Call {
  const call = inviting(role)
  call.invited(3, role, ID)
  call.decide(3, 0, grants)
  return call
}
/** What was injected, in order. */
export const injections = (call: Call) => call.customer.heard('input.inject').flatMap(notice => notice.injections)
/** How a request ended; undefined = it has not. */
export const done = (call: Call, requestId: number, number = LEAD) =>
  call
    .joiner(number)
    .heard('request.done')
    .find(notice => notice.requestId === requestId)?.refusal
