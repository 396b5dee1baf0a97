import { describe, expect, test } from 'vitest'
import { fill, sectionsOf } from '../lib/generate.mjs'
import { readTables } from '../lib/state-tables.mjs'
import { diagram, statesSection } from '../lib/states.mjs'
import { channelsTable, enumSection, limitText, messageSection, rulesTable } from '../lib/tables.mjs'
import { makeTree } from './tree.js'

const plain = (type: string) => type
const field = {
  name: 'text',
  number: 3,
  type: 'string',
  typeName: undefined,
  repeated: false,
  comment: 'The text | 1 < 2 {{x}}.',
  rules: [],
  limit: { minBytes: 1, maxBytes: 4096 },
}
const rule = { to: ['ROLE_CUSTOMER'], phases: ['PHASE_ACTIVE', 'PHASE_PAUSED'], grant: 'PERMISSION_CHAT', otherwise: 'OTHERWISE_DROP' }
const chat = {
  name: 'ChatMessage',
  file: 'chat.proto',
  comment: '',
  fields: [
    {
      ...field,
      type: 'Chat',
      typeName: 'Chat',
      rules: [
        { ...rule, from: 'ROLE_AGENT' },
        { ...rule, from: 'ROLE_VIEWER' },
        { ...rule, from: 'ROLE_CUSTOMER', to: ['ROLE_AGENT'], needsLease: true },
      ],
    },
  ],
}

test('rules that differ in their sender alone share a row', () => {
  expect(rulesTable(chat, plain).split('\n').slice(2)).toEqual([
    '| Chat | agent, viewer → customer | active, paused | CHAT | DROP |',
    '| Chat | customer → agent | active, paused | CHAT, lease | DROP |',
  ])
})

test('the channel table says who sends to whom', () => {
  const value = { name: 'CHANNEL_CHAT', number: 10, comment: '', close: undefined }
  const schema = { messages: new Map([['ChatMessage', chat]]), enums: new Map([['Channel', { name: 'Channel', file: '', comment: '', values: [value] }]]) }
  expect(channelsTable(schema).split('\n').at(-1)).toBe('| CHAT | customer | agent | customer | – |')
})

test('a field is shown with what it accepts, its comment made safe for a table', () => {
  const section = messageSection({ name: 'Chat', file: '', comment: 'A line.', fields: [field] }, plain)
  expect(section).toContain('#### Chat\n\nA line.')
  expect(section.split('\n').at(-1)).toBe('| 3 | `text` | string | 1–4,096 bytes | The text \\| 1 &lt; 2 { {x}}. |')
})

test('the values of an enum lose what all their names begin with', () => {
  const values = ['OS_UNSPECIFIED', 'OS_WINDOWS'].map((name, number) => ({ name, number, comment: `${number}`, close: undefined }))
  expect(enumSection({ name: 'Os', file: '', comment: '', values }).split('\n').slice(-2)).toEqual(['| 0 | UNSPECIFIED | 0 |', '| 1 | WINDOWS | 1 |'])
})

describe('a limit in words', () => {
  test.each([
    [{ minBytes: 16, maxBytes: 16, optional: true }, '16 bytes, or empty'],
    [{ maxItems: 32, min: '1', max: '5' }, '0–32 items, 1–5'],
    [{ min: '-12000', max: '12000' }, '-12,000–12,000'],
    [{ min: '60000', max: '3600000', optional: true }, '60,000–3,600,000, or 0'],
    [{ minItems: 1, maxItems: 64, maxBytes: 255, maxTotalBytes: 1024 }, '1–64 items, 0–255 bytes each, 1,024 bytes in all'],
  ])('%j is %s', (limit, words) => expect(limitText(limit)).toBe(words))
})

describe('state tables', () => {
  const table = () =>
    readTables(
      makeTree({
        'peer/table.ts': [
          "import { lost } from '../shared.js'",
          "import { CloseCode, type Role } from '@remote-assist/codec'",
          'export const FIRST = [CloseCode.LEFT, ...CloseCode.ALL, CloseCode.LEFT + 1, CloseCode.of(2)]',
          'const stays = <P extends string>(phase: P) => ({ tick: [phase] }) as const',
          "const left = { ...lost, 'local.pause': ['paused'], ...stays('active') } as const",
          "export const PEER_TABLE = { active: left, paused: { 'local.unpause': ['active'], ...lost }, gone: {} } as const",
        ].join('\n'),
        'shared.ts': "export const lost = { 'peer.lost': ['gone'] } as const",
      }),
    )

  test('are read from sources that are not built', () => {
    expect(table()).toEqual({
      PEER_TABLE: {
        active: { 'peer.lost': ['gone'], 'local.pause': ['paused'], tick: ['active'] },
        paused: { 'local.unpause': ['active'], 'peer.lost': ['gone'] },
        gone: {},
      },
    })
  })

  test('become diagrams with a start, arrows and ends', () => {
    expect(diagram(table().PEER_TABLE ?? {})).toBe(
      [
        'stateDiagram-v2',
        '[*] --> active',
        'active --> gone : peer.lost',
        'active --> paused : local.pause',
        'paused --> active : local.unpause',
        'paused --> gone : peer.lost',
        'gone --> [*]',
      ].join('\n  '),
    )
  })

  test('have phases whose names are no ids of the diagram language', () => {
    expect(diagram({ 'held-off': { tick: ['held'] }, held: { tick: ['held-off'] } })).toBe(
      ['stateDiagram-v2', 'state "held-off" as held_off', '[*] --> held_off', 'held_off --> held : tick', 'held --> held_off : tick'].join('\n  '),
    )
  })

  test('that are missing are said to be', () => {
    expect(readTables('/nowhere')).toEqual({})
    expect(statesSection('room', {})).toContain('there is no table')
  })
})

test('only generated sections of a page are written, and writing again changes nothing', () => {
  const page = 'a\n<!-- generated:enum Os -->\nold\n<!-- /generated -->\nb\n<!-- generated:codes -->\n<!-- /generated -->\n'
  const render = ({ kind, name }: { kind: string; name: string }) => `${kind}(${name})`
  const once = fill(page, 'page.md', render)
  expect(once).toBe('a\n<!-- generated:enum Os -->\nenum(Os)\n<!-- /generated -->\nb\n<!-- generated:codes -->\ncodes()\n<!-- /generated -->\n')
  expect(fill(once, 'page.md', render)).toBe(once)
  expect(sectionsOf({ page: 'page.md', before: once })).toEqual([
    { kind: 'enum', name: 'Os', page: 'page.md' },
    { kind: 'codes', name: '', page: 'page.md' },
  ])
})
