import fc from 'fast-check'
import { expect, it } from 'vitest'
import { renderHtml } from '../../src/report/index.js'
import { madeUp, registry } from './made-up.js'

/** The tags of a page in order, without attributes: what a browser makes of it. */
const skeleton = (page: string): string[] => [...page.matchAll(/<(\/?[a-zA-Z!][\w-]*)(?:"[^"]*"|[^">])*>/g)].map(([, name = '']) => name)

const marks = fc.array(fc.constantFrom('<', '>', '"', "'", '&', '`', '/', 'script', 'img', ' onerror=', '${', '\0', '-->', '</style>', 'x'), { maxLength: 12 })

it('cannot be broken by names and messages, wherever they stand', () => {
  const page = (name: string, message: string) => renderHtml(madeUp({ cases: 4, failing: [1], skipped: [2], broken: [3], name, message }), registry)
  const plain = skeleton(page('name', 'message'))
  fc.assert(
    fc.property(
      marks.map(parts => parts.join('')),
      marks.map(parts => parts.join('')),
      (name, message) => {
        expect(skeleton(page(name, message))).toEqual(plain)
      },
    ),
    { numRuns: 50 },
  )
})

it('shows what testees say as they say it', () => {
  const page = renderHtml(madeUp({ cases: 2, failing: [1], name: '<b>Bold</b>', message: '"quoted" & <i>' }), registry)
  expect(page).toContain('&lt;b&gt;Bold&lt;/b&gt; 4.2 is')
  expect(page).toContain('&quot;quoted&quot; &amp; &lt;i&gt;')
  expect(page).not.toContain('<b>Bold')
})

it('needs nothing from elsewhere, and lets the browser run and load nothing else', () => {
  const page = renderHtml(madeUp(), registry)
  expect(page).not.toMatch(/\b(?:src|href)="(?!#)/)
  expect(page).not.toMatch(/@import|url\(|innerHTML|style="|\bon\w+="/)
  expect(page).toMatch(/http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'/)
})

it('leads from each square and event to what it stands for', () => {
  const page = renderHtml(madeUp({ broken: [9] }), registry)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const wanted = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
  expect(wanted.length).toBeGreaterThan(300)
  expect(wanted.filter(id => !ids.includes(id))).toEqual([])
})

it('links requirements where the specification is published', () => {
  const page = renderHtml(madeUp(), registry, 'https://docs.test/spec')
  expect(page).toMatch(/<a href="https:\/\/docs\.test\/spec\/input#RA-INP-042" rel="noreferrer">RA-INP-042<\/a>/)
})

it('tells of SHOULDs that were not kept apart from failures', () => {
  const page = renderHtml(madeUp({ failing: [], warned: [6] }), registry)
  expect(page).not.toContain('What went wrong')
  expect(page).toContain('<h2>SHOULDs that were not kept<small>1 case')
  expect(page.match(/<article class="failure warned"/g)).toHaveLength(1)
  expect(page).not.toMatch(/class="profile failed"|class="cell failed"/)
  expect(page).toContain('299 of 300 cases passed and 1 kept all but a SHOULD.')
})

it('tells every failure with its requirement, diagram and replay command', () => {
  const report = madeUp()
  const page = renderHtml(report, registry)
  expect(page.match(/<article class="failure failed"/g)).toHaveLength(3)
  expect(page.match(/<svg class="sequence"/g)).toHaveLength(3)
  expect(page).toContain('remote-assist-conformance replay customer/')
  expect(page).toContain('<blockquote class="duty">')
})
