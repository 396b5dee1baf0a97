import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseCases, readCases } from '../../cases.mjs'
import { catalogue } from '../../src/cases/catalogue.js'
import { loadCases } from '../../src/cases/load.js'
import { root } from '../../src/wire/schema.js'

const known = new Set(['RA-SES-013', 'RA-SES-014'])
const file = (steps: string, head = ''): string => `role: customer\nprofile: core\ncases:\n  - name: one\n    title: One\n${head}    steps:\n${steps}`
const load = (text: string) => loadCases(root, 'customer/made-up', parseCases('customer/made-up', text), known)
const CHECK = 'check: {title: T, cites: [RA-SES-013]}'

test('a case is declared with its checks', () => {
  const [loaded] = load(file(`      - expect: {at: agent, session: {decision: {}}}\n        ${CHECK}`))
  expect(loaded?.declaration).toMatchObject({
    id: 'customer/made-up/one',
    role: 'customer',
    profile: 'core',
    checks: [{ id: '1', title: 'T', cites: ['RA-SES-013'] }],
  })
})

test('rows are cases of their own', () => {
  const rows = '    rows: [{name: a, n: 1}, {name: b, n: 2}]\n'
  const cases = load(file(`      - expect: {at: agent, session: {decision: {requestId: "\${n}"}}}\n        ${CHECK}`, rows))
  expect(cases.map(({ declaration }) => declaration.id)).toEqual(['customer/made-up/one-a', 'customer/made-up/one-b'])
  expect(cases.map(({ steps }) => steps[0]?.value)).toEqual([1, 2].map(requestId => ({ at: 'agent', session: { decision: { requestId } } })))
})

test('a file about several roles has its cases once for each', () => {
  const text = file(`      - expect: {at: broker, relay: {hello: {}}}\n        check: {title: "A \${role} says it", cites: [RA-SES-013]}`).replace(
    'role: customer',
    'role: agent, viewer',
  )
  expect(
    loadCases(root, 'ends/made-up', parseCases('ends/made-up', text), known).map(({ declaration: { id, role, profile, checks } }) => [
      id,
      role,
      profile,
      checks[0]?.title,
    ]),
  ).toEqual([
    ['agent/made-up/one', 'agent', 'core', 'A agent says it'],
    ['viewer/made-up/one', 'viewer', 'viewer', 'A viewer says it'],
  ])
})

test.each([
  ['a misspelt step', `      - expct: {at: agent}\n        ${CHECK}`, 'has a field expct'],
  ['a misspelt field of a step', `      - expect: {att: agent}\n        ${CHECK}`, 'has a field att'],
  ['two kinds in one step', `      - expect: {at: agent}\n        barrier: agent\n        ${CHECK}`, 'exactly one kind'],
  ['an unknown requirement', `      - barrier: agent\n        check: {title: T, cites: [RA-${'SES-999'}]}`, 'SES-999'],
  ['a check without a requirement', '      - barrier: agent\n        check: {title: T}', 'cites no requirement'],
  ['a case without a check', '      - barrier: agent', 'checks nothing'],
  ['a negative check without a control', `      - never: {at: agent, channel: ANY}\n        ${CHECK}`, 'no control before it'],
  ['a silence without a control', `      - silent: {at: agent, channel: SESSION}\n        ${CHECK}`, 'no control before it'],
  ['what did not change, without a control', `      - remember: before\n      - unchanged: before\n        ${CHECK}`, 'no control before it'],
  [
    'an adapter that tells of nothing, and need not tell at all',
    `      - snapshot: {injected: [text a], keysDown: []}\n        ${CHECK}`,
    'no step shows keysDown filled',
  ],
  [
    'what the user must not see, where nobody has seen it',
    `      - snapshot: {elevation: {$not: elevated}}\n        ${CHECK}`,
    'no step shows elevation filled',
  ],
])('%s is refused', (_name, steps, message) => expect(() => load(file(steps))).toThrow(message))

test('what an adapter tells nothing of is shown filled elsewhere in the case, or what it lists in the same way is', () => {
  const filled = (shown: string, empty: string) => load(file(`      - snapshot: ${shown}\n      - snapshot: ${empty}\n        ${CHECK}`))
  expect(filled('{keysDown: [4]}', '{keysDown: []}')).toHaveLength(1)
  expect(filled('{control: $agent}', '{control: {$not: $agent}}')).toHaveLength(1)
  expect(filled('{files: {$has: {path: a}}}', '{filesElsewhere: []}')).toHaveLength(1)
  expect(() => filled('{files: []}', '{files: {$lacks: {path: a}}}')).toThrow('shows files filled')
})

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('a file that is no YAML is refused, by its name', () => {
  expect(() => load('role: customer\nrole: agent\n')).toThrow(/^customer\/made-up: Map keys must be unique/)
})

test('what is built has the cases as they are written', () => {
  expect(JSON.parse(readFileSync(here('../../dist/data/cases.json'), 'utf8'))).toStrictEqual(readCases(here('../../cases')))
})

test('every case that there is makes sense, and ids are unique', () => {
  const registry = JSON.parse(readFileSync(here('../../../docs/spec/registry.json'), 'utf8')) as { readonly requirements: object }
  const cases = catalogue(readCases(here('../../cases')), new Set(Object.keys(registry.requirements)))
  expect(new Set(cases.map(({ declaration }) => declaration.id)).size).toBe(cases.length)
  const count = (key: string): number => cases.filter(({ declaration }) => declaration.kind === key).length
  console.info(
    `» ${cases.length} cases, ${cases.flatMap(({ declaration }) => declaration.checks).length} checks: ${count('scenario')} scenarios, ${count('matrix')} matrix, ${count('limit')} limits, ${count('hostile')} hostile`,
  )
})
