/** The sequence diagram of a case: an SVG that takes its colours from the page. */
import { html, type Markup } from './markup.js'
import { isEvidence, type Moment, TESTEE } from './timeline.js'

const TIME_PX = 62
const LANE_PX = 190
const ROW_PX = 30
const HEAD_PX = 40
const MARGIN_PX = 14
/** What fits between two lanes, letters. */
const LETTERS_A_LANE = 27
const HEAD_LETTERS = 18

/** Lines are links to the entries of the same place below, whose ids begin with `anchor`. `evidence`: places to point out. */
export function sequence(lanes: readonly string[], moments: readonly Moment[], evidence: readonly number[], anchor: string): Markup {
  const width = TIME_PX + Math.max(2, lanes.length) * LANE_PX
  const height = HEAD_PX + moments.length * ROW_PX + MARGIN_PX
  const x = (lane: string) => TIME_PX + (lanes.indexOf(lane) + 0.5) * LANE_PX
  return html`<svg class="sequence" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Sequence diagram">
${lanes.map(lane => laneOf(lane, x(lane), height))}
${moments.map((moment, index) => {
  const y = HEAD_PX + (index + 0.5) * ROW_PX
  const classes = ['moment', moment.kind, isEvidence(moment, evidence) && 'evidence', moment.fault !== '' && 'fault'].filter(Boolean).join(' ')
  return html`<a href="#${anchor}-${index}" class="${classes}"><rect class="hit" x="0" y="${y - ROW_PX / 2}" width="${width}" height="${ROW_PX}"/><text class="time" x="${TIME_PX - 10}" y="${y + 4}">${Math.round(moment.atMs)} ms</text>${
    moment.kind === 'step' ? step(moment, y, width) : arrow(moment, x(moment.from), x(moment.to), y)
  }</a>`
})}
</svg>`
}

function laneOf(lane: string, x: number, height: number): Markup {
  const kind = lane === TESTEE ? 'lane testee' : 'lane'
  return html`<g class="${kind}"><line x1="${x}" y1="${HEAD_PX - 6}" x2="${x}" y2="${height}"/><rect x="${x - 70}" y="6" width="140" height="26" rx="6"/><text x="${x}" y="23">${short(lane, HEAD_LETTERS)}</text></g>`
}

const step = ({ label }: Moment, y: number, width: number): Markup =>
  html`<rect class="band" x="${TIME_PX}" y="${y - 11}" width="${width - TIME_PX - 6}" height="22" rx="4"/><text class="told" x="${TIME_PX + 10}" y="${y + 4}">${short(label, Math.floor((width - TIME_PX) / 7.2))}<title>${label}</title></text>`

function arrow({ label, kind, fault }: Moment, from: number, to: number, y: number): Markup {
  const way = Math.sign(to - from) || 1
  const tip = to - way * 3
  const letters = Math.max(1, Math.abs(to - from) / LANE_PX) * LETTERS_A_LANE
  const title = html`<title>${fault === '' ? label : `${label}: ${fault}`}</title>`
  const middle = (from + to) / 2
  const head =
    kind === 'closed'
      ? html`<path class="end" d="M${tip - 5} ${y - 5}l10 10m0 -10l-10 10"/>`
      : kind === 'opened'
        ? html`<circle class="end" cx="${tip - way * 2}" cy="${y}" r="4"/>`
        : html`<path class="head" d="M${tip} ${y}l${-way * 8} -4v8z"/>`
  return html`<line class="shaft" x1="${from}" y1="${y}" x2="${tip - way * 6}" y2="${y}"/>${head}<text class="label" x="${middle}" y="${y - 5}">${short(label, letters)}${title}</text>`
}

const short = (text: string, letters: number): string => (text.length > letters ? `${text.slice(0, Math.floor(letters) - 1)}…` : text)
