/** The long lists of the page, each with a filter: cases and requirements. */
import type { CaseResult, RequirementResult, RunReport } from '../../model.js'
import { culprit, duration, reasonOf } from '../summary.js'
import { type Docs, requirementLink, trace } from './failures.js'
import { html, type Markup, prose } from './markup.js'

/** All cases; those whose anchors begin a card of their own lead there. */
export function caseList(report: RunReport, anchorOf: (result: CaseResult) => string, isTold: (result: CaseResult) => boolean): Markup {
  const rows = report.results.map(result => caseRow(result, anchorOf(result), isTold(result)))
  return html`<h2>Cases<small>${report.cases}</small></h2>${tools(
    'cases',
    ['PASSED', 'FAILED', 'WARNED', 'SKIPPED', 'BROKEN'],
    report.results.map(({ verdict }) => verdict),
    'Filter cases: a word of title, id or requirement',
  )}
<section class="list" id="cases">${rows}<p class="none">No case fits.</p></section>`
}

function caseRow(result: CaseResult, anchor: string, told: boolean): Markup {
  const { case: declared, verdict, checks, seconds } = result
  return html`<details class="row ${verdict.toLowerCase()}" data-verdict="${verdict}"${told ? undefined : html` id="${anchor}"`}><summary><span><span class="mark">${verdict.toLowerCase()}</span></span><span class="what">${declared.title}<span class="id">${declared.id}</span></span><span class="far">${checks.length === 1 ? '1 check' : `${checks.length} checks`} · ${duration(seconds)}</span></summary><div class="body">${
    told ? html`<p><a href="#${anchor}">${reasonOf(result)}</a></p>` : verdict === 'SKIPPED' && html`<p>${result.reason}</p>`
  }<ul>${checks.map(
    ({ check, verdict }) =>
      html`<li class="${verdict.toLowerCase()}"><span class="mark">${verdict.toLowerCase().replace('_', ' ')}</span> ${check.title} <span class="id muted">${check.cites.join(' ')}${check.control && ' control'}</span></li>`,
  )}</ul><details><summary class="muted">Source</summary><pre>${declared.source}</pre></details>${!told && result.trace.length > 0 && trace(result, culprit(result)?.evidence ?? [], anchor)}</div></details>`
}

export function requirementList(report: RunReport, docs: Docs): Markup {
  const { requirements } = report
  return html`<h2>Requirements<small>${requirements.length} of this role and these profiles</small></h2>${tools(
    'requirements',
    ['PASSED', 'FAILED', 'UNCHECKED'],
    requirements.map(({ verdict }) => verdict),
    'Filter requirements: a word of text, id or page',
  )}
<section class="list" id="requirements">${requirements.map(requirement => requirementRow(requirement, docs))}<p class="none">No requirement fits.</p></section>`
}

function requirementRow({ id, level, text, page, checks, verdict }: RequirementResult, docs: Docs): Markup {
  const word = { PASSED: 'proven', FAILED: 'violated', UNCHECKED: 'not checked' }[verdict]
  const tone = verdict.toLowerCase()
  return html`<details class="row ${tone}" data-verdict="${verdict}"><summary><span><span class="mark">${word}</span></span><span class="what">${prose(text)}<span class="id">${requirementLink(id, page, docs)} · ${level} · ${page}</span></span><span class="far">${checks.length === 1 ? '1 check' : `${checks.length} checks`}</span></summary><div class="body"><ul>${
    checks.length === 0 ? html`<li class="muted">No check of this run cites it.</li>` : checks.map(check => html`<li class="id">${check}</li>`)
  }</ul></div></details>`
}

function tools(list: string, verdicts: readonly string[], all: readonly string[], placeholder: string): Markup {
  const count = (verdict: string) => all.filter(other => other === verdict).length
  const words: Readonly<Record<string, string>> = list === 'requirements' ? { PASSED: 'proven', FAILED: 'violated', UNCHECKED: 'not checked' } : {}
  return html`<div class="tools" data-list="${list}"><input type="search" placeholder="${placeholder}" aria-label="${placeholder}"><button type="button" data-verdict="" aria-pressed="true">all</button>${verdicts
    .filter(verdict => count(verdict) > 0)
    .map(
      verdict =>
        html`<button type="button" data-verdict="${verdict}" aria-pressed="false">${words[verdict] ?? verdict.toLowerCase()} ${count(verdict)}</button>`,
    )}<span class="shown muted"></span></div>`
}
