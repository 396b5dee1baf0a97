/** How large the picture is, in which window it is, and how the line does. */

import type { Quality } from '@remote-assist/peer'
import { icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { ACTUAL, ZOOMS } from '../geometry.js'
import type { ConsoleState } from '../model.js'
import { rate, type Strings } from '../strings.js'
import type { ViewControls } from './controls.js'
import { menuButton } from './menu.js'
import { place } from './parts.js'

const percent = (zoom: number): string => `${Math.round(zoom * 100)} %`

/** Fit, actual size, zoom, and another window. */
export function sizeMenu(view: ViewControls, t: Strings): TemplateResult {
  const { sizing } = view
  const words = sizing === 'fit' ? t.fit : sizing === ACTUAL ? t.actualSize : percent(sizing)
  const zooms = ZOOMS.map(zoom => ({
    words: zoom === ACTUAL ? t.actualSize : percent(zoom),
    hint: zoom === ACTUAL ? percent(zoom) : undefined,
    checked: sizing === zoom,
    press: () => view.setSizing(zoom),
  }))
  const fit = { words: t.fit, hint: t.zoomHint, checked: sizing === 'fit', press: () => view.setSizing('fit') }
  const pop = { words: view.poppedOut ? t.popIn : t.popOut, press: () => view.togglePopOut() }
  return menuButton('size', { words, icon: icons.fit, part: 'size', title: t.size }, [fit, ...zooms, pop])
}

/** Round trips up to which a line is quick, and still good to work with; ms. */
const QUICK_MS = 80
const FAIR_MS = 250

/** Of three bars, how many. */
const barsOf = ({ rttMs = 0, queueingMs = 0 }: Quality): number => {
  const ms = rttMs + queueingMs
  return ms <= QUICK_MS ? 3 : ms <= FAIR_MS ? 2 : 1
}

/** Said where it is seen at every width: the line is slow. */
export const slowView = ({ quality }: ConsoleState, t: Strings): TemplateResult =>
  quality?.rttMs !== undefined && barsOf(quality) === 1
    ? html`<span class="chip" role="status" part="slow"><span class="unseen">${t.quality}: </span>${t.qualities[0]}</span>`
    : html``

/** How the line does: one number and three bars; more of it on demand. */
export function qualityView({ quality }: ConsoleState, t: Strings): TemplateResult {
  if (quality?.rttMs === undefined) return html``
  const { rttMs, framesPerSecond, bytesPerSecond, queueingMs } = quality
  const bars = barsOf(quality)
  const ms = (value: number | undefined) => (value === undefined ? '–' : t.milliseconds(Math.max(0, Math.round(value))))
  const facts: readonly (readonly [string, string])[] = [
    [t.roundTrip, ms(Math.max(1, rttMs))],
    [t.queueing, ms(queueingMs)],
    [t.frames, String(framesPerSecond)],
    [t.received, rate(bytesPerSecond, t)],
  ]
  return html`<button type="button" class="button tight figures" part="button quality" popovertarget="quality" aria-haspopup="dialog" title=${t.quality}
      aria-label="${t.quality}: ${t.qualities[bars - 1]}, ${ms(Math.max(1, rttMs))}">
      <span class="not-narrow">${ms(Math.max(1, rttMs))}</span><span class="bars b${bars}" aria-hidden="true"><i></i><i></i><i></i></span>
    </button>
    <div class="menu facts" id="quality" popover role="dialog" aria-label=${t.quality} @beforetoggle=${place}>
      <strong>${t.quality}: ${t.qualities[bars - 1]}</strong>
      <dl>${facts.map(([name, value]) => html`<dt class="muted">${name}</dt><dd class="figures">${value}</dd>`)}</dl>
    </div>`
}
