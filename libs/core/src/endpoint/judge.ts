/** Applies the rule matrix: may this message be accepted, now, from this sender? The matrix itself is options in the schema. */
import {
  Channel,
  type ChannelName,
  CloseCode,
  type KnownChannel,
  type MessageCase,
  Otherwise,
  Permission,
  Phase,
  RefusalReason,
  type Role,
  RULES,
  type Rule,
} from '@remote-assist/codec'
import { type Held, holds } from '../peer/grants.js'

/** The schema's name for a machine's phase. */
const PHASES: { readonly [phase: string]: Phase } = {
  securing: Phase.SECURING,
  consenting: Phase.CONSENTING,
  admission: Phase.ADMISSION,
  active: Phase.ACTIVE,
  paused: Phase.PAUSED,
  suspended: Phase.SUSPENDED,
  gone: Phase.GONE,
  joining: Phase.JOINING,
  live: Phase.LIVE,
  ended: Phase.ENDED,
}

export const phaseNamed = (phase: string): Phase => PHASES[phase] ?? Phase.UNSPECIFIED

/** What a receiver knows when a message arrives. */
export interface Situation {
  readonly from: Role
  readonly to: Role
  /** The receiver's phase for the sender. */
  readonly phase: string
  /** What the party that is not the customer holds. */
  readonly grants: readonly Held[]
  readonly hasLease: boolean
  readonly elevated: boolean
}

export type Verdict =
  | { readonly do: 'accept' }
  | { readonly do: 'drop' }
  | { readonly do: 'refuse'; readonly reason: RefusalReason }
  | { readonly do: 'fatal'; readonly code: CloseCode }

const ACCEPT: Verdict = { do: 'accept' }
const DROP: Verdict = { do: 'drop' }

/** Why not, or undefined if nothing is missing. */
function missing(rule: Rule, situation: Situation): RefusalReason | undefined {
  if (!rule.phases.includes(phaseNamed(situation.phase))) return situation.phase === 'paused' ? RefusalReason.PAUSED : RefusalReason.NOT_ACTIVE
  if (rule.grant !== Permission.UNSPECIFIED && !holds(situation.grants, rule.grant)) return RefusalReason.NO_GRANT
  if (rule.needsLease && !situation.hasLease) return RefusalReason.NO_LEASE
  if (rule.needsElevation && !situation.elevated) return RefusalReason.NOT_ELEVATED
  return undefined
}

/** The verdict of the matrix. A message without a rule for the two roles is illegal for them in every phase. */
export function judge<C extends KnownChannel>(channel: C, messageCase: MessageCase<C>, situation: Situation): Verdict {
  const members: { readonly [messageCase: string]: readonly Rule[] } = RULES[Channel[channel] as ChannelName]
  const rule = members[messageCase]?.find(it => it.from === situation.from && it.to.includes(situation.to))
  if (rule === undefined) return { do: 'fatal', code: CloseCode.FORBIDDEN_MESSAGE }
  const reason = missing(rule, situation)
  if (reason === undefined) return ACCEPT
  switch (rule.otherwise) {
    case Otherwise.REFUSE:
      return { do: 'refuse', reason }
    case Otherwise.FATAL:
      return { do: 'fatal', code: CloseCode.WRONG_PHASE }
    default:
      return DROP
  }
}
