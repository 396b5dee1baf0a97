import {
  Channel,
  type ChannelName,
  CLOSE_CODES,
  CloseCode,
  type KnownChannel,
  LIMITS,
  MESSAGE_TYPES,
  Otherwise,
  Permission,
  Phase,
  Role,
  RULES,
  type Rule,
  ruleFor,
} from '@remote-assist/codec'
import rulesJson from '@remote-assist/codec/rules.json' with { type: 'json' }
import { describe, expect, test } from 'vitest'
import { rulesOf } from '../scripts/generate/rules.mjs'

const channels = Object.keys(RULES) as ChannelName[]

test('every message of every channel has a rule, and the matrix has no other', () => {
  expect(channels.map(name => Channel[name])).toEqual(Object.keys(MESSAGE_TYPES).map(Number))
  for (const name of channels) {
    const members = (LIMITS[MESSAGE_TYPES[Channel[name]].$type] ?? []).map(field => field.name)
    expect(Object.keys(RULES[name])).toEqual(members)
    for (const rules of Object.values<readonly Rule[]>(RULES[name])) expect(rules.length).toBeGreaterThan(0)
  }
})

test('rules.json says the same', () => {
  const inWords = (rule: Rule) => ({
    ...rule,
    from: Role[rule.from],
    to: rule.to.map(role => Role[role]),
    phases: rule.phases.map(phase => Phase[phase]),
    grant: Permission[rule.grant],
    otherwise: Otherwise[rule.otherwise],
  })
  const matrix = channels.map(name => [
    name,
    Object.fromEntries(Object.entries<readonly Rule[]>(RULES[name]).map(([member, rules]) => [member, rules.map(inWords)])),
  ])
  expect(rulesJson.rules).toEqual(Object.fromEntries(matrix))
  const codes = Object.entries(CLOSE_CODES).map(([code, facts]) => [
    CloseCode[Number(code)],
    { code: Number(code), ...facts, from: facts.from.map((role: Role) => Role[role]) },
  ])
  expect(rulesJson.closeCodes).toEqual(Object.fromEntries(codes))
})

test('a rule is found by channel, message and roles', () => {
  expect(ruleFor(Channel.INPUT, 'keyEvent', Role.AGENT, Role.CUSTOMER)).toMatchObject({
    grant: Permission.CONTROL_INPUT,
    needsLease: true,
    otherwise: Otherwise.DROP,
  })
  expect(ruleFor(Channel.INPUT, 'keyEvent', Role.VIEWER, Role.CUSTOMER)).toBeUndefined()
  expect(ruleFor(Channel.INPUT, 'keyEvent', Role.CUSTOMER, Role.AGENT)).toBeUndefined()
  for (const name of channels) {
    for (const [member, rules] of Object.entries<readonly Rule[]>(RULES[name])) {
      for (const rule of rules) for (const to of rule.to) expect(ruleFor(Channel[name] as KnownChannel, member as never, rule.from, to)).toBe(rule)
    }
  }
})

test('every close code has its WebSocket code and gRPC status', () => {
  for (const [code, facts] of Object.entries(CLOSE_CODES)) expect(facts.webSocketCode).toBe(4000 + Number(code))
  expect(CLOSE_CODES[CloseCode.LEFT].grpcStatus).toBe(0)
  expect(CLOSE_CODES[CloseCode.MALFORMED].grpcStatus).toBe(3)
  expect(CLOSE_CODES[CloseCode.OVERLOADED]).toMatchObject({ grpcStatus: 14, retryable: true })
})

describe('generation fails', () => {
  const image = (options: object) => ({
    file: [
      {
        package: 'remoteassist.v1',
        enumType: [
          {
            name: 'Channel',
            value: [
              { name: 'CHANNEL_UNSPECIFIED', number: 0 },
              { name: 'CHANNEL_CHAT', number: 10 },
            ],
          },
          { name: 'CloseCode', value: [] },
        ],
        messageType: [{ name: 'ChatMessage', field: [{ name: 'chat', jsonName: 'chat', oneofIndex: 0, options }] }],
      },
    ],
  })
  const rule = { from: 'ROLE_AGENT', to: ['ROLE_CUSTOMER'], phases: ['PHASE_ACTIVE'], otherwise: 'OTHERWISE_DROP' }
  const withRules = (...rules: object[]) => image({ '[remoteassist.v1.rule]': rules })

  test.each([
    ['ChatMessage.chat has no rule', image({})],
    ['a rule of ChatMessage.chat has no sender', withRules({ ...rule, from: undefined })],
    ['a rule of ChatMessage.chat has no receiver', withRules({ ...rule, to: undefined })],
    ['a rule of ChatMessage.chat has no phase', withRules({ ...rule, phases: undefined })],
    ['a rule of ChatMessage.chat does not say what happens otherwise', withRules({ ...rule, otherwise: undefined })],
    ['ChatMessage.chat has two rules for AGENT to CUSTOMER', withRules(rule, rule)],
  ])('%s', (sentence, wrong) => expect(() => rulesOf(wrong)).toThrow(sentence))

  test('and else does not', () => expect(rulesOf(withRules(rule)).rules.CHAT?.chat).toHaveLength(1))
})
