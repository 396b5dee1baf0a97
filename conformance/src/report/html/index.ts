/** The report as one page that needs nothing else: no resource, no connection. */
import { createHash } from 'node:crypto'
import type { CaseResult, RunReport } from '../../model.js'
import type { Registry } from '../../registry/index.js'
import { counted, troubles, warnings } from '../summary.js'
import { type Docs, failure } from './failures.js'
import { caseList, requirementList } from './lists.js'
import { constant, html } from './markup.js'
import { caseMap, masthead, profiles } from './overview.js'
import { SCRIPT } from './script.js'
import { STYLE } from './style.js'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
/** Should anything of a report ever get out of its place, the browser runs and loads nothing of it. */
const POLICY = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`

/** The whole report. What testees say is escaped wherever it stands. `docs`: where the specification is published; without it ids are no links. */
export function renderHtml(report: RunReport, registry: Registry, docs?: Docs): string {
  const wrong = troubles(report)
  const advised = warnings(report)
  const told = new Set([...wrong, ...advised])
  const anchors = new Map(report.results.map((result, index) => [result, `case-${index}`]))
  const anchorOf = (result: CaseResult): string => anchors.get(result) ?? ''
  const card = (result: CaseResult) => failure(registry, result, anchorOf(result), docs)
  const { implementation, role } = report
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${constant(POLICY)}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${implementation.name} ${implementation.version} as ${role}: ${report.verdict}</title><style>${constant(STYLE)}</style></head><body>
${masthead(report)}<main>
${wrong.length > 0 && html`<h2>What went wrong<small>${counted(wrong.length, 'case')}</small></h2>${wrong.map(card)}`}
${advised.length > 0 && html`<h2>SHOULDs that were not kept<small>${counted(advised.length, 'case')}: they change no verdict</small></h2>${advised.map(card)}`}
${profiles(report, registry)}
${caseMap(report, anchorOf)}
${caseList(report, anchorOf, result => told.has(result))}
${requirementList(report, docs)}
</main><footer>${report.command}</footer><script>${constant(SCRIPT)}</script></body></html>
`.text
}
