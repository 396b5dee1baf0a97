/** The top of the page: the verdict, the figures, the map of cases and the profiles. */
import type { CaseResult, RunReport } from '../../model.js'
import type { Registry } from '../../registry/index.js'
import { byArea, byProfile, counted, duration, isProven, slowOnes } from '../summary.js'
import { html, type Markup } from './markup.js'

const WORDS = { conformant: 'conformant', partial: 'partial', failed: 'not conformant' } as const
const NOT_PASSED = { FAILED: 'failed', WARNED: 'kept all but a SHOULD', SKIPPED: 'skipped', BROKEN: 'broken, which is no fault of the implementation' } as const

export function masthead(report: RunReport): Markup {
  const { implementation, verdict } = report
  const when = new Date(report.startedAt)
  const facts: readonly (readonly [string, string])[] = [
    ['Role', report.role],
    ['Profiles', report.profiles.join(', ')],
    ['Suite', report.suite],
    ['Run', Number.isNaN(when.getTime()) ? report.startedAt : `${when.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${duration(report.seconds)}`],
    ['Seed', String(report.seed)],
    ...(slowOnes(report).length === 0 ? [] : [['Later than the specification allows', slowOnes(report).join(' · ')] as const]),
    ...(report.unsteady.length === 0 ? [] : [['Not the same each time', report.unsteady.join(' · ')] as const]),
  ]
  return html`<header class="top"><div class="kicker"><span>Remote Assist Protocol ${report.spec} · conformance report</span><button type="button" id="theme">Dark or light</button></div>
<section class="verdict ${verdict}"><h1>${implementation.name} ${implementation.version} is <span class="word">${WORDS[verdict]}</span></h1><p class="muted">${sentence(report)}</p>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>${tiles(report)}</header>`
}

/** What the verdict means here. */
function sentence(report: RunReport): string {
  const count = (verdict: CaseResult['verdict']) => report.results.filter(result => result.verdict === verdict).length
  const parts = [
    `${count('PASSED')} of ${counted(report.cases, 'case')} passed`,
    ...(['FAILED', 'WARNED', 'SKIPPED', 'BROKEN'] as const).filter(verdict => count(verdict) > 0).map(verdict => `${count(verdict)} ${NOT_PASSED[verdict]}`),
  ]
  return `${parts.join(', ').replace(/, (?=[^,]*$)/, ' and ')}.`
}

function tiles(report: RunReport): Markup {
  const count = (verdict: CaseResult['verdict']) => report.results.filter(result => result.verdict === verdict).length
  const musts = report.requirements.filter(({ level }) => level === 'MUST')
  const shoulds = report.requirements.filter(({ level }) => level === 'SHOULD')
  const failed = (some: typeof musts) => some.filter(({ verdict }) => verdict === 'FAILED').length
  return html`<section class="tiles">
${tile(count('PASSED'), report.cases, 'cases passed', bar(report.cases, { p: count('PASSED'), f: count('FAILED'), w: count('WARNED'), s: count('SKIPPED'), b: count('BROKEN') }))}
${tile(report.passed, report.checks, 'checks passed', bar(report.checks, { p: report.passed, f: report.failed, w: report.warned }))}
${tile(musts.filter(isProven).length, musts.length, 'MUSTs proven', bar(musts.length, { p: musts.filter(isProven).length, f: failed(musts) }))}
${tile(shoulds.filter(isProven).length, shoulds.length, 'SHOULDs kept', bar(shoulds.length, { p: shoulds.filter(isProven).length, w: failed(shoulds) }))}
</section>`
}

const tile = (part: number, whole: number, what: string, below: Markup): Markup =>
  html`<div class="tile"><b>${part.toLocaleString('en')} <small>of ${whole.toLocaleString('en')}</small></b><span>${what}</span>${below}</div>`

/** Parts of a bar, from left to right: failed, broken, warned, skipped, passed. */
const PARTS = ['f', 'b', 'w', 's', 'p'] as const

function bar(whole: number, counts: Partial<Record<(typeof PARTS)[number], number>>): Markup {
  let x = 0
  const part = (name: (typeof PARTS)[number]): Markup | undefined => {
    const count = counts[name] ?? 0
    if (count === 0 || whole === 0) return undefined
    // What is there is seen, however little it is.
    const width = Math.max(1.5, (count / whole) * 100)
    x += width
    return html`<rect class="${name}" x="${(x - width).toFixed(2)}" y="0" width="${width.toFixed(2)}" height="1"/>`
  }
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${PARTS.map(part)}</svg>`
}

/** A square for each case; `anchorOf` says where it leads. */
export function caseMap(report: RunReport, anchorOf: (result: CaseResult) => string): Markup {
  const areas = [...byArea(report.results)]
  return html`<h2>Every case<small>a square each</small></h2><section class="map">${areas.map(
    ([area, results]) =>
      html`<figure><figcaption>${area} · ${results.length}</figcaption><div>${results.map(
        result =>
          html`<a class="cell ${result.verdict.toLowerCase()}" href="#${anchorOf(result)}" title="${result.case.id}: ${result.verdict.toLowerCase()}" aria-label="${result.case.id}: ${result.verdict.toLowerCase()}"></a>`,
      )}</div></figure>`,
  )}</section>`
}

export function profiles(report: RunReport, registry: Registry): Markup {
  return html`<h2>Profiles</h2><section class="profiles">${byProfile(report, registry).map(
    line => html`<article class="profile ${line.verdict}"><header><h3>${line.profile}</h3><span class="mark">${line.verdict}</span></header>
<p>${line.passed} of ${counted(line.cases, 'case')} passed${line.warned > 0 && `, ${line.warned} warned`}${line.skipped > 0 && `, ${line.skipped} skipped`}${line.broken > 0 && `, ${line.broken} broken`}</p><p>${line.proven} of ${counted(line.musts, 'MUST')} proven</p>${bar(Math.max(1, line.cases), { p: line.passed, f: line.failed, w: line.warned, s: line.skipped, b: line.broken })}</article>`,
  )}</section>`
}
