/** What was done, to read and to keep. */
import { html, type TemplateResult } from 'lit'
import { readable } from '../../../log.js'
import type { CustomerState } from '../../../model.js'
import { button } from '../../look/button.js'
import { icons } from '../icons.js'
import type { Frame } from './parts.js'

/** The log, newest last. */
export function logView({ log }: CustomerState, { t, actions, logFile }: Frame): TemplateResult {
  const lines = readable(log, t)
  const why = log.length === 0 ? t.logEmpty : undefined
  return html`<section class="section" part="log" aria-label=${t.logTitle}>
    <h2>${t.logTitle}</h2>
    <ol class="lines" part="log-lines" tabindex="0" aria-label=${t.logTitle}>
      ${
        lines.length === 0
          ? html`<li class="muted">${t.logEmpty}</li>`
          : lines.map(
              ({ atMs, text }) =>
                html`<li><time class="muted figures" datetime=${new Date(atMs).toISOString()}>${clock(atMs)}</time> <span class="text">${text}</span></li>`,
            )
      }
    </ol>
    <div class="row">${button({ words: t.logSave, icon: icons.download, look: 'outline', part: 'save-log', why, press: () => actions.saveLog() })}</div>
    ${logFile === undefined ? '' : html`<p class="small" part="log-file">${logFile}</p>`}
    <p class="small muted">${t.logHow}</p>
  </section>`
}

/** The time of day: `09:41:07`. */
const clock = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 8)
