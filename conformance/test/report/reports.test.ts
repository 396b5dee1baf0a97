import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byProfile, duration, readReport, renderBadge, renderJson, renderJunit, renderMarkdown } from '../../src/report/index.js'
import { madeUp, registry } from './made-up.js'
import { parseXml } from './xml.js'

const schema = JSON.parse(readFileSync(fileURLToPath(new URL('../../schema/report.schema.json', import.meta.url)), 'utf8'))
const validate = new Ajv2020({ allErrors: true }).compile(schema)

/** Whatever a testee may say of itself. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    ']]>',
    '| a | b |',
    '`',
    '\u0000\u0008',
    '\ud800',
    '&amp;#',
    "' onload='x",
    '<!--',
    '\n# Heading',
  ),
)

describe('JSON', () => {
  it('is as its schema says, traces and all', () => {
    validate(JSON.parse(renderJson(madeUp({ skipped: [3], broken: [5], warned: [7] }))))
    expect(validate.errors).toBeNull()
  })

  it('has a schema that refuses what is no report', () => {
    const report = JSON.parse(renderJson(madeUp({ cases: 42 })))
    for (const field of schema.required) expect(validate({ ...report, [field]: undefined }), field).toBe(false)
    expect(validate({ ...report, verdict: 'fine' })).toBe(false)
    report.results[41].trace[3].arrival.frame = 'AAEC'
    expect(validate(report)).toBe(false)
  })

  it('says of whatever did not pass how to play it again', () => {
    for (const wish of [{ failing: [1] }, { failing: [], broken: [1] }, { failing: [], warned: [1] }]) {
      const report = JSON.parse(renderJson(madeUp({ cases: 3, ...wish })))
      expect(validate(report)).toBe(true)
      report.results[1].replay = undefined
      expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false)
    }
  })

  it('can be read again, and what is no report is refused', () => {
    const report = madeUp({ cases: 50 })
    expect(readReport(renderJson(report), 'x').results.map(({ verdict }) => verdict)).toEqual(report.results.map(({ verdict }) => verdict))
    for (const text of ['', '[]', 'null', '{"verdict":"failed"}', '{"verdict":"failed","command":"","results":[{}]}'])
      expect(() => readReport(text, 'it.json')).toThrow('it.json')
  })

  it('cuts long content and says how long it was', () => {
    const report = madeUp({ cases: 42 })
    const [entry] = report.results[41]?.trace.filter(({ kind }) => kind === 'sent') ?? []
    Object.assign(entry ?? {}, { frame: new Uint8Array(5_000) })
    const written = JSON.parse(renderJson(report))
    expect(written.results[41].trace.find((one: { kind: string }) => one.kind === 'sent').frame).toMatch(/^hex:(00){4096}… \(5000 bytes\)$/)
    expect(validate(written)).toBe(true)
  })
})

describe('JUnit XML', () => {
  it('has a test for each check; failures carry the requirement and how to play the case again', () => {
    const report = madeUp({ skipped: [3], broken: [5], warned: [6] })
    const root = parseXml(renderJunit(report))
    const tests = root.children.flatMap(suite => suite.children)
    expect(tests).toHaveLength(report.checks)
    const outcomes = (name: string) => tests.flatMap(test => test.children.filter(child => child.name === name))
    expect(outcomes('failure')).toHaveLength(6)
    expect(outcomes('system-out').map(({ text }) => text)).toEqual([expect.stringMatching(/^A SHOULD that was not kept\.\n[\s\S]*RA-/)])
    expect(outcomes('skipped')).toHaveLength(2)
    expect(outcomes('error')).toHaveLength(2)
    const failing = report.results.find(({ verdict }) => verdict === 'FAILED')
    const id = failing?.checks[1]?.check.cites[0] ?? ''
    expect(outcomes('failure')[0]?.text).toContain(`${id} ${registry.get(id)?.text}`)
    expect(outcomes('failure')[0]?.text).toContain(`replay ${failing?.case.id} -- ./acme-adapter --quiet`)
    expect(Number(root.attributes.failures)).toBe(report.failed)
    for (const suite of root.children) {
      expect(Number(suite.attributes.tests)).toBe(suite.children.length)
      expect(Number(suite.attributes.failures)).toBe(suite.children.filter(test => test.children[0]?.name === 'failure').length)
    }
  })

  it('is well-formed whatever testees say', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, message) => {
        const root = parseXml(renderJunit(madeUp({ cases: 3, failing: [1], skipped: [2], name, message })))
        expect(root.children.flatMap(suite => suite.children)).toHaveLength(7)
      }),
    )
  })
})

describe('Markdown', () => {
  it('tells of SHOULDs that were not kept apart from failures', () => {
    const text = renderMarkdown(madeUp({ failing: [], warned: [6] }), registry)
    expect(text).toMatch(/^# ✅ /)
    expect(text).toMatch(/^\| resume \| ✅ conformant \| \d+ \| \d+ \| 0 \| 1 \| 0 \| 0 \| /m)
    expect(text).toMatch(/^- a SHOULD that was not kept: customer\/resume\/deed-6\\: /m)
    expect(text).not.toMatch(/^## |❌/m)
  })

  it('tells the verdict, a line for each profile, and each failure with its requirement', () => {
    const report = madeUp()
    const text = renderMarkdown(report, registry)
    expect(text).toMatch(/^# ❌ Acme Assist 4\.2 as customer: failed\n/)
    for (const profile of report.profiles) expect(text).toMatch(new RegExp(`^\\| ${profile} \\| `, 'm'))
    expect(text.match(/^## /gm)).toHaveLength(3)
    expect(text).toContain('remote-assist-conformance replay customer/')
  })

  it('keeps its lines whatever testees say', () => {
    const lines = (name: string, message: string) => renderMarkdown(madeUp({ cases: 3, failing: [1], name, message }), registry).split('\n')
    const plain = lines('name', 'message')
    fc.assert(
      fc.property(hostile, hostile, (name, message) => {
        const written = lines(name, message)
        expect(written).toHaveLength(plain.length)
        expect(written.join('\n')).not.toMatch(/<\w/)
      }),
    )
  })
})

it('sums up each profile: what was not tested, skipped in part, or failed', () => {
  const report = { ...madeUp({ failing: [0], skipped: [6] }), profiles: ['core', 'resume', 'files', 'viewer'] as const }
  expect(byProfile(report, registry).map(({ profile, verdict }) => [profile, verdict])).toEqual([
    ['core', 'failed'],
    ['resume', 'partial'],
    ['files', 'conformant'],
    ['viewer', 'untested'],
  ])
})

it('draws a badge that is well-formed and says the verdict', () => {
  for (const verdict of ['conformant', 'partial', 'failed'] as const) {
    const root = parseXml(renderBadge({ verdict, role: 'broker', spec: '1.0' }))
    expect(root.attributes['aria-label']).toBe(`remote assist 1.0 · broker: ${verdict}`)
  }
})

it('rounds a duration before it takes the minutes out of it', () => {
  expect([0.04, 12.34, 59.94, 59.96, 119.7, 200].map(duration)).toEqual(['0.04 s', '12.3 s', '59.9 s', '1 min 0 s', '2 min 0 s', '3 min 20 s'])
})
