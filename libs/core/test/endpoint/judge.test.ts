import {
  Channel,
  CloseCode,
  type KnownChannel,
  MESSAGE_TYPES,
  type MessageCase,
  Otherwise,
  Permission,
  Phase,
  RefusalReason,
  Role,
  RULES,
  type ruleFor,
} from '@remote-assist/codec'
import { messageArbitrary } from '@remote-assist/codec/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { same } from '../../src/endpoint/equal.js'
import { judge, phaseNamed, type Situation, type Verdict } from '../../src/endpoint/judge.js'
import { refusalOf } from '../../src/endpoint/refusal.js'
import type { Message } from '../../src/message.js'
import { EVERYTHING } from '../support/protocol.js'

const PHASES = ['joining', 'live', 'ended', 'securing', 'consenting', 'admission', 'active', 'paused', 'suspended', 'gone'] as const
const ROLES = [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER] as const
const TWICE = [true, false] as const

type Rule = NonNullable<ReturnType<typeof ruleFor>>

/** The design in one sentence after another, from the rules alone: no line ⇒ fatal; else the first thing that is missing decides. */
function oracle(rules: readonly Rule[], it: Situation, granted: boolean): Verdict {
  const lines = rules.filter(rule => rule.from === it.from && rule.to.includes(it.to))
  const [rule] = lines
  if (rule === undefined) return { do: 'fatal', code: CloseCode.FORBIDDEN_MESSAGE }
  const wrongs: readonly (readonly [boolean, RefusalReason])[] = [
    [!rule.phases.some(phase => Phase[phase] === it.phase.toUpperCase()), it.phase === 'paused' ? RefusalReason.PAUSED : RefusalReason.NOT_ACTIVE],
    [rule.grant !== Permission.UNSPECIFIED && !granted, RefusalReason.NO_GRANT],
    [rule.needsLease && !it.hasLease, RefusalReason.NO_LEASE],
    [rule.needsElevation && !it.elevated, RefusalReason.NOT_ELEVATED],
  ]
  const wrong = wrongs.find(([is]) => is)
  if (wrong === undefined) return { do: 'accept' }
  if (rule.otherwise === Otherwise.FATAL) return { do: 'fatal', code: CloseCode.WRONG_PHASE }
  return rule.otherwise === Otherwise.REFUSE ? { do: 'refuse', reason: wrong[1] } : { do: 'drop' }
}

const messages = Object.entries(RULES).flatMap(([name, members]) =>
  Object.entries(members).map(([message, rules]) => ({
    name,
    message,
    rules: rules as readonly Rule[],
    channel: Channel[name as keyof typeof Channel] as KnownChannel,
  })),
)

describe('the matrix', () => {
  it('has exactly one line for a message from one role to another, or none', () => {
    for (const { name, message, rules } of messages)
      for (const from of ROLES)
        for (const to of ROLES) expect(rules.filter(rule => rule.from === from && rule.to.includes(to)).length, `${name}.${message}`).toBeLessThanOrEqual(1)
  })

  it('refuses what has an answer, and nothing else: it drops what is no request', () => {
    for (const { name, message, rules, channel } of messages) {
      const type = (MESSAGE_TYPES as { readonly [C in KnownChannel]?: Parameters<typeof messageArbitrary>[0] })[channel]
      if (type === undefined) continue
      const drawn = fc.sample(
        (messageArbitrary(type) as fc.Arbitrary<Partial<Message>>).filter(({ kind }) => kind?.$case === message),
        { numRuns: 1, seed: 5 },
      )
      const refuses = rules.some(rule => rule.otherwise === Otherwise.REFUSE)
      const answer = refusalOf({ channel, kind: drawn[0]?.kind } as Message, RefusalReason.NO_GRANT)
      expect(answer !== undefined, `${name}.${message}`).toBe(refuses)
    }
  })

  it('knows the phases of every machine by the names of the schema', () => {
    for (const phase of PHASES) expect(Phase[phaseNamed(phase)]).toBe(phase.toUpperCase())
    expect(phaseNamed('nowhere')).toBe(Phase.UNSPECIFIED)
  })
})

describe.each(Object.keys(RULES))('RA-SES-003 RA-SES-004 RA-SES-005 RA-SES-006 RA-SES-007 the verdict on %s is that of the rules', name => {
  it.each(messages.filter(it => it.name === name))('for $message between all roles, in every phase, whatever is held', ({ channel, message, rules }) => {
    const wrong: Situation[] = []
    for (const from of ROLES)
      for (const to of ROLES) {
        const needed = rules.find(rule => rule.from === from && rule.to.includes(to))?.grant ?? Permission.UNSPECIFIED
        for (const granted of TWICE) {
          const held = granted ? [needed] : EVERYTHING.filter(it => it !== needed)
          const grants = held.map(permission => ({ permission, expiresAt: undefined }))
          for (const phase of PHASES)
            for (const hasLease of TWICE)
              for (const elevated of TWICE) {
                const situation: Situation = { from, to, phase, grants, hasLease, elevated }
                if (!same(judge(channel, message as MessageCase<typeof channel>, situation), oracle(rules, situation, granted))) wrong.push(situation)
              }
        }
      }
    expect(wrong).toEqual([])
  })
})
