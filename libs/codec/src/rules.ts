import type { ChannelName, KnownChannel, MessageCase } from './channels.js'
import type { CloseCode } from './gen/messages/close_code.js'
import type { Role } from './gen/messages/common.js'
import { Channel } from './gen/messages/frame.js'
import type { Rule } from './gen/messages/rules.js'
import { RULES } from './gen/rules.js'

/** For each channel and each of its messages: the rules, at least one. */
export type RuleMatrix = {
  readonly [N in ChannelName]: { readonly [M in MessageCase<Extract<(typeof Channel)[N], KnownChannel>>]: readonly Rule[] }
}

/** What is known about a close code. */
export interface CloseCodeInfo {
  /** The same request may succeed later without a person's help. */
  readonly retryable: boolean
  /** Who may send it. */
  readonly from: readonly Role[]
  /** One sentence for a person. */
  readonly sentence: string
  /** 4000 + the code. */
  readonly webSocketCode: number
  /** The gRPC status number. */
  readonly grpcStatus: number
}

/** The facts about every close code. */
export type CloseCodeTable = { readonly [C in CloseCode]: CloseCodeInfo }

/** Returns the rule for a message from one role to another; undefined = that sender may never send it to that receiver, which is FATAL. */
export function ruleFor<C extends KnownChannel>(channel: C, messageCase: MessageCase<C>, from: Role, to: Role): Rule | undefined {
  const members: { readonly [messageCase: string]: readonly Rule[] } = RULES[Channel[channel] as ChannelName]
  return members[messageCase]?.find(rule => rule.from === from && rule.to.includes(to))
}
