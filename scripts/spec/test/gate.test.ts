import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { countsOf } from '../lib/gate.mjs'
import { readSpec } from '../lib/spec.mjs'
import { accept, complaints, item, makeTree, testOf, write } from './tree.js'

const PAGE = 'docs/spec/page.md'
const WAIVERS = 'docs/spec/waivers.json'
const TEST = 'libs/core/test/room.test.ts'

/** A tree that the gate accepts: one cited MUST, one waived, one SHOULD. */
function soundTree(): string {
  const root = makeTree({
    [PAGE]: item('RA-RLY-001') + item('RA-RLY-002', 'The broker MUST NOT lie.') + item('RA-RLY-003', 'The broker SHOULD hurry.'),
    [WAIVERS]: JSON.stringify({ 'RA-RLY-002': 'Needs a broker that lies.' }),
    [TEST]: testOf('answers (RA-RLY-001)'),
  })
  accept(root)
  return root
}

test('a sound tree has no fault, and is counted', () => {
  const root = soundTree()
  expect(complaints(root)).toEqual([])
  expect(countsOf(readSpec(root))).toEqual({ requirements: 3, musts: 2, cited: 1, waived: 1, untestable: 0 })
})

describe('coverage', () => {
  test('a MUST without a test or waiver is a fault', () => {
    const root = soundTree()
    write(root, TEST, testOf('answers'))
    expect(complaints(root)).toEqual(['page.md:1: No test cites RA-RLY-001 in its title, and it has no waiver.'])
  })

  test('an id in a comment, a docstring or a skipped test covers nothing', () => {
    const root = soundTree()
    const skipped = ['test.skip', 'describe.todo', 'it.skip.each([1])'].map(name => `${name}('RA-RLY-001', () => {})`)
    write(root, TEST, `// RA-RLY-001\n/** RA-RLY-001 */\nconst id = 'RA-RLY-001'\n${skipped.join('\n')}\n`)
    expect(complaints(root)).toEqual(['page.md:1: No test cites RA-RLY-001 in its title, and it has no waiver.'])
  })

  test('a test inside a skipped describe covers nothing', () => {
    const root = soundTree()
    write(root, TEST, `describe.skip('room', () => { test('RA-RLY-001 answers', () => {}) })\n`)
    expect(complaints(root)).toHaveLength(1)
  })

  test.each([
    ['a describe', "describe('RA-RLY-001', () => {})"],
    ['a template', `it(\`answers \${1} (RA-RLY-001)\`, () => {})`],
    ['a table of cases', "test.each([1, 2])('answers %i, RA-RLY-001', () => {})"],
    ['a property', "test.prop([fc.nat()])('answers, RA-RLY-001', () => {})"],
    ['a list of ids', "test('RA-RLY-003, RA-RLY-001: answers', () => {})"],
  ])('the title of %s covers', (_what, code) => {
    const root = soundTree()
    write(root, TEST, code)
    expect(complaints(root)).toEqual([])
  })

  test('an end-to-end test and a conformance case cover', () => {
    const root = soundTree()
    write(root, TEST, '')
    write(root, 'reference/broker/test/answers.e2e.ts', testOf('RA-RLY-001'))
    expect(complaints(root)).toEqual([])
    write(root, 'reference/broker/test/answers.e2e.ts', '')
    write(root, 'conformance/cases/broker/answers.yaml', 'requirements: [RA-RLY-001]\n')
    expect(complaints(root)).toEqual([])
  })

  test('an item that says why it cannot be tested needs neither test nor waiver', () => {
    const root = makeTree({ [PAGE]: '- **RA-RLY-001** · broker · relay · untestable (nobody can look inside) — The broker MUST forget.\n' })
    accept(root)
    expect(complaints(root)).toEqual([])
    expect(countsOf(readSpec(root)).untestable).toBe(1)
  })
})

describe('citations', () => {
  test.each([
    ['a test', TEST, testOf('RA-RLY-001 and RA-RLY-999'), 2],
    ['a docstring', 'libs/core/src/room.ts', '\n/** Implements RA-RLY-999. */\n', 2],
    ['the schema', 'proto/remoteassist/v1/relay.proto', '// RA-RLY-999\n', 1],
  ])('an id that does not exist is a fault in %s', (_what, file, text, line) => {
    const root = soundTree()
    write(root, file, text)
    expect(complaints(root)).toEqual([`${file}:${line}: RA-RLY-999 does not exist.`])
  })

  test('generated and installed code is not read', () => {
    const root = soundTree()
    write(root, 'libs/codec/src/gen/relay.ts', '// RA-RLY-999\n')
    write(root, 'node_modules/other/index.ts', '// RA-RLY-999\n')
    expect(complaints(root)).toEqual([])
  })
})

describe('ids', () => {
  test('an id that is used twice is a fault', () => {
    const root = soundTree()
    write(root, 'docs/spec/second.md', item('RA-RLY-001'))
    expect(complaints(root)).toContain('second.md:1: RA-RLY-001 is used twice; it stands at page.md:1 already.')
  })

  test('an id that was given up cannot be used again', () => {
    const root = soundTree()
    const page = readFileSync(join(root, PAGE), 'utf8')
    write(root, PAGE, page.split('\n').slice(0, 2).join('\n'))
    expect(complaints(root)).toEqual(['registry.json: RA-RLY-003 is no longer in the prose. If that is meant, run npm run spec:update.'])
    accept(root)
    expect(complaints(root)).toEqual([])
    write(root, PAGE, page)
    expect(complaints(root)).toContain('page.md:3: RA-RLY-003 was given up. An id is never used again: take a new one.')
    accept(root)
    expect(complaints(root)).toContain('page.md:3: RA-RLY-003 was given up. An id is never used again: take a new one.')
  })
})

describe('review', () => {
  test('a text that changed is a fault until it is accepted', () => {
    const root = soundTree()
    write(root, PAGE, readFileSync(join(root, PAGE), 'utf8').replace('MUST answer.', 'MUST answer twice.'))
    expect(complaints(root)).toEqual(['page.md:1: The text of RA-RLY-001 changed. Review what depends on it, then run npm run spec:update.'])
    accept(root)
    expect(complaints(root)).toEqual([])
  })

  test('a role that changed is a fault until it is accepted', () => {
    const root = soundTree()
    write(root, PAGE, readFileSync(join(root, PAGE), 'utf8').replace('RA-RLY-001** · broker', 'RA-RLY-001** · agent'))
    expect(complaints(root)).toEqual(['page.md:1: The roles, profile, testability, level or page of RA-RLY-001 changed. Run npm run spec:update.'])
  })

  test('a new requirement is a fault until it is accepted', () => {
    const root = soundTree()
    write(root, 'docs/spec/second.md', item('RA-RLY-004', 'The broker MAY sleep.'))
    expect(complaints(root)).toEqual(['second.md:1: RA-RLY-004 is new and not in registry.json. Review it, then run npm run spec:update.'])
  })

  test('a line that moved is no change', () => {
    const root = soundTree()
    write(root, PAGE, `# Title\n\n${readFileSync(join(root, PAGE), 'utf8')}`)
    expect(complaints(root)).toEqual([])
  })
})

describe('waivers', () => {
  const withWaiver = (id: string, reason: string) => {
    const root = soundTree()
    write(root, WAIVERS, JSON.stringify({ 'RA-RLY-002': 'Needs a broker that lies.', [id]: reason }))
    return root
  }

  test('a waiver that a test made superfluous is a fault, and goes when the prose is accepted', () => {
    const root = withWaiver('RA-RLY-001', 'Not tested yet, honestly.')
    expect(complaints(root)).toEqual(['waivers.json: The waiver of RA-RLY-001 is not needed any more: a test cites it. Remove it, or run npm run spec:update.'])
    accept(root)
    expect(complaints(root)).toEqual([])
    expect(Object.keys(readSpec(root).waivers)).toEqual(['RA-RLY-002'])
  })

  test('a waiver for nothing, for a SHOULD, or without a reason is a fault', () => {
    expect(complaints(withWaiver('RA-RLY-999', 'Not tested yet, honestly.'))).toEqual([
      'waivers.json: The waiver of RA-RLY-999 is for a requirement that does not exist.',
    ])
    expect(complaints(withWaiver('RA-RLY-003', 'Not tested yet, honestly.'))).toEqual(['waivers.json: The waiver of RA-RLY-003 is not needed: it is no MUST.'])
    expect(complaints(withWaiver('RA-RLY-002', ' later '))).toEqual(['waivers.json: The waiver of RA-RLY-002 gives no reason.'])
  })
})
