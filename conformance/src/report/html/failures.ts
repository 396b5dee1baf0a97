/** Cases that did not pass, each with everything that it takes to understand why. */
import { type CaseResult, holds } from '../../model.js'
import { placeOf, type Registry } from '../../registry/index.js'
import { plain } from '../json.js'
import { culprit } from '../summary.js'
import { html, type Markup, prose } from './markup.js'
import { sequence } from './sequence.js'
import { isEvidence, type Moment, timelineOf } from './timeline.js'

const HEX_BYTES_A_LINE = 16
const HEX_LINES = 64

/** Where requirements are published, if anywhere: `https://…/spec`, below which `file#RA-FIL-014` is one. */
export type Docs = string | undefined

/** `anchor`: the id of the card. */
export function failure(registry: Registry, result: CaseResult, anchor: string, docs: Docs): Markup {
  const check = culprit(result)
  const verdict = result.verdict === 'BROKEN' || check === undefined ? result.verdict : check.verdict
  const message = result.verdict === 'BROKEN' ? result.reason : check?.message || result.reason
  const others = result.checks.filter(other => other !== check && !holds(other))
  return html`<article class="failure ${result.verdict.toLowerCase()}" id="${anchor}">
<div class="said"><span class="mark">${verdict.replace('_', ' ')}</span> <span class="id">${result.case.id}</span><h3>${result.case.title}</h3>
${
  result.verdict === 'BROKEN'
    ? html`<p class="message"><b>Nothing is said about the implementation.</b>\n${message}</p>`
    : html`<p class="message"><b>${check?.check.title ?? result.case.title}</b>\n${message}</p>`
}
${(check?.check.cites ?? []).map(id => duty(registry, id, docs))}
${others.length > 0 && html`<p class="muted">${others.length === 1 ? 'Another check was' : `${others.length} other checks were`} not passed: ${others.map(({ check }) => check.title).join(' ')}</p>`}</div>
${result.replay !== undefined && html`<div class="replay"><code>${result.replay}</code><button type="button" class="copy">Copy</button></div>`}
${result.trace.length > 0 && trace(result, check?.evidence ?? [], anchor)}
</article>`
}

/** A requirement's text with its place. */
function duty(registry: Registry, id: string, docs: Docs): Markup {
  const requirement = registry.get(id)
  if (requirement === undefined) return html`<blockquote class="duty"><span class="id"><b>${id}</b></span></blockquote>`
  return html`<blockquote class="duty"><span class="id">${requirementLink(id, requirement.page, docs)} · ${requirement.level} · ${placeOf(requirement)}</span>${prose(requirement.text)}</blockquote>`
}

/** The id, as a link where the specification is published. */
export const requirementLink = (id: string, page: string, docs: Docs): Markup =>
  docs === undefined ? html`<b>${id}</b>` : html`<a href="${docs}/${page.replace(/\.md$/, '')}#${id}" rel="noreferrer">${id}</a>`

/** The diagram of a trace, and behind it every entry with fields and bytes. */
export function trace(result: CaseResult, evidence: readonly number[], anchor: string): Markup {
  const { lanes, moments } = timelineOf(result.trace)
  return html`<div class="scroll">${sequence(lanes, moments, evidence, `${anchor}-e`)}</div>
<details class="entries"><summary>Fields and bytes of ${moments.length} entries</summary>${moments.map((moment, index) => entry(moment, `${anchor}-e-${index}`, isEvidence(moment, evidence)))}</details>`
}

function entry(moment: Moment, anchor: string, pointedOut: boolean): Markup {
  const { kind, from, to, label, fault, fields, bytes } = moment
  const who = kind === 'step' ? '' : `${from} → ${to}  `
  return html`<details class="entry ${pointedOut ? 'evidence' : kind}"><summary><span class="when">${Math.round(moment.atMs)} ms</span><span>${who}${label}${fault !== '' && ` (${fault})`}</span></summary><div id="${anchor}">${
    fields !== undefined && html`<pre>${JSON.stringify(plain(fields), undefined, 2)}</pre>`
  }${Object.entries(bytes)
    .filter(([, content]) => content.length > 0)
    .map(([name, content]) => html`<p class="muted">${name}, ${content.length} bytes</p><pre>${hexDump(content)}</pre>`)}</div></details>`
}

function hexDump(bytes: Uint8Array): string {
  const count = Math.min(HEX_LINES, Math.ceil(bytes.length / HEX_BYTES_A_LINE))
  const lines = Array.from({ length: count }, (_none, index) => {
    const line = Buffer.from(bytes.subarray(index * HEX_BYTES_A_LINE, (index + 1) * HEX_BYTES_A_LINE))
    const hex = line.toString('hex').replaceAll(/(..)(?!$)/g, '$1 ')
    const text = line.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '·')
    return `${(index * HEX_BYTES_A_LINE).toString(16).padStart(4, '0')}  ${hex.padEnd(HEX_BYTES_A_LINE * 3)} ${text}`
  })
  if (bytes.length > HEX_LINES * HEX_BYTES_A_LINE) lines.push('…')
  return lines.join('\n')
}
