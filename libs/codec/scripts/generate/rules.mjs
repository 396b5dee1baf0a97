// The rule matrix and the table of close codes, from the options on the schema.
import { enumsOf, fail, HEADER, messagesOf, PACKAGE, shortName } from './image.mjs'

/** gRPC status by hundreds of the close code: UNKNOWN, OK, PERMISSION_DENIED, FAILED_PRECONDITION, INVALID_ARGUMENT, UNAVAILABLE, UNAUTHENTICATED. */
const GRPC_STATUS = [2, 0, 7, 9, 3, 14, 16]

/** Returns `{ rules: channel → message case → rules, closeCodes: name → facts }`, enums by their short names. Fails on a hole in the matrix. */
export function rulesOf(image) {
  const messages = new Map(messagesOf(image))
  const enums = new Map(enumsOf(image))
  const channels = enums
    .get(`${PACKAGE}.Channel`)
    .value.slice(1)
    .map(value => shortName('Channel', value.name))
  const rules = channels.map(channel => [channel, rulesOfChannel(channel, messages)])
  const closeCodes = enums.get(`${PACKAGE}.CloseCode`).value.map(value => [shortName('CloseCode', value.name), factsOf(value)])
  return { rules: Object.fromEntries(rules), closeCodes: Object.fromEntries(closeCodes) }
}

function rulesOfChannel(channel, messages) {
  const name = `${channel[0]}${channel.slice(1).toLowerCase()}Message`
  const message = messages.get(`${PACKAGE}.${name}`) ?? fail(`channel ${channel} has no message ${name}`)
  const loose = message.field.find(field => field.oneofIndex !== 0)
  if (loose) fail(`${name}.${loose.name} is not a member of the oneof`)
  return Object.fromEntries(message.field.map(field => [field.jsonName, rulesOfMember(`${name}.${field.name}`, field)]))
}

function rulesOfMember(path, field) {
  const options = field.options?.[`[${PACKAGE}.rule]`] ?? []
  if (options.length === 0) fail(`${path} has no rule`)
  const rules = options.map(option => ({
    from: shortName('Role', option.from ?? fail(`a rule of ${path} has no sender`)),
    to: (option.to ?? fail(`a rule of ${path} has no receiver`)).map(role => shortName('Role', role)),
    phases: (option.phases ?? fail(`a rule of ${path} has no phase`)).map(phase => shortName('Phase', phase)),
    grant: shortName('Permission', option.grant ?? 'PERMISSION_UNSPECIFIED'),
    needsLease: option.needsLease ?? false,
    needsElevation: option.needsElevation ?? false,
    otherwise: shortName('Otherwise', option.otherwise ?? fail(`a rule of ${path} does not say what happens otherwise`)),
  }))
  const pairs = rules.flatMap(rule => rule.to.map(to => `${rule.from} to ${to}`))
  const twice = pairs.find((pair, index) => pairs.indexOf(pair) !== index)
  if (twice) fail(`${path} has two rules for ${twice}`)
  return rules
}

function factsOf(value) {
  const facts = value.options?.[`[${PACKAGE}.close]`] ?? fail(`${value.name} has no facts`)
  return {
    code: value.number,
    retryable: facts.retryable ?? false,
    from: (facts.from ?? []).map(role => shortName('Role', role)),
    sentence: facts.sentence ?? fail(`${value.name} has no sentence`),
    webSocketCode: 4000 + value.number,
    grpcStatus: GRPC_STATUS[Math.floor(value.number / 100)] ?? fail(`${value.name} is beyond the ranges`),
  }
}

/** The same as typed data. */
export function renderRules({ rules, closeCodes }) {
  const list = (name, values) => `[${values.map(value => `${name}.${value}`).join(', ')}]`
  const rule = r =>
    `{ from: Role.${r.from}, to: ${list('Role', r.to)}, phases: ${list('Phase', r.phases)}, grant: Permission.${r.grant}, ` +
    `needsLease: ${r.needsLease}, needsElevation: ${r.needsElevation}, otherwise: Otherwise.${r.otherwise} }`
  const member = ([name, list]) => `    ${name}: [\n${list.map(r => `      ${rule(r)},\n`).join('')}    ],\n`
  const channel = ([name, members]) => `  ${name}: {\n${Object.entries(members).map(member).join('')}  },\n`
  const facts = ([name, f]) =>
    `  [CloseCode.${name}]: { retryable: ${f.retryable}, from: ${list('Role', f.from)}, sentence: ${JSON.stringify(f.sentence)}, ` +
    `webSocketCode: ${f.webSocketCode}, grpcStatus: ${f.grpcStatus} },\n`
  return `${HEADER}
import type { CloseCodeTable, RuleMatrix } from '../rules.js'
import { CloseCode } from './messages/close_code.js'
import { Permission, Phase, Role } from './messages/common.js'
import { Otherwise } from './messages/rules.js'

/** The rule matrix: for each channel and message, who may send it to whom, when, needing what. */
export const RULES: RuleMatrix = {
${Object.entries(rules).map(channel).join('')}}

/** The facts about every close code. */
export const CLOSE_CODES: CloseCodeTable = {
${Object.entries(closeCodes).map(facts).join('')}}
`
}
