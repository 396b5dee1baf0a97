/** A case's trace as text. */
import { type CaseResult, holds } from '../model.js'
import { isEvidence, timelineOf } from '../report/html/timeline.js'
import { plain } from '../report/index.js'

/** Longer fields are in the reports. */
const FIELDS_LETTERS = 400

/** A line for everything that happened: when, who to whom, what. What a failing check looked at is marked. */
export function timelineText(result: Pick<CaseResult, 'trace' | 'checks'>): string {
  const evidence = result.checks.filter(check => !holds(check)).flatMap(check => check.evidence)
  return timelineOf(result.trace)
    .moments.map(moment => {
      const { kind, atMs, from, to, label, fault, fields } = moment
      const mark = isEvidence(moment, evidence) ? '>' : ' '
      const when = `${mark}${String(Math.round(atMs)).padStart(6)} ms  `
      if (kind === 'step') return `${when}── ${label}`
      const said = fields === undefined ? '' : ` ${JSON.stringify(plain(fields))}`
      const shown = said.length > FIELDS_LETTERS ? `${said.slice(0, FIELDS_LETTERS)}…` : said
      return `${when}${`${from} → ${to}`.padEnd(20)} ${label}${fault === '' ? '' : ` (${fault})`}${shown}`
    })
    .join('\n')
}
