/** The bar: who sees or does what now, and the way to stop it. It is always there. */
import { html, type TemplateResult } from 'lit'
import type { CustomerState } from '../../../model.js'
import { presence } from '../../../presence.js'
import { button } from '../../look/button.js'
import { icons } from '../icons.js'
import type { Frame } from './parts.js'

/** The bar with Pause and Stop. */
export function barView(state: CustomerState, { t, actions, keepOnTop }: Frame): TemplateResult {
  const { sentence, look } = presence(state, t)
  const recording = state.people.some(one => one.recording)
  return html`<header class="bar" part="bar">
    <h1 class="presence" part="presence" tabindex="-1">
      <span class="dot ${look}"></span><span aria-live="polite" aria-atomic="true">${sentence}</span>${recording ? html`<span class="chip">${t.recording}</span>` : ''}
    </h1>
    <div class="bar-actions">
      ${keepOnTop === undefined ? '' : button({ words: t.keepOnTop, icon: icons.pin, title: t.keepOnTopHow, look: 'large', part: 'keep-on-top', press: keepOnTop })}
      ${
        state.paused
          ? button({ words: t.goOn, icon: icons.play, look: 'outline large', part: 'go-on', press: () => actions.goOn() })
          : button({ words: t.pause, icon: icons.pause, look: 'outline large', part: 'pause', press: () => actions.pause() })
      }
      ${button({ words: t.stop, title: t.stopHow, icon: icons.stop, look: 'stop', part: 'stop', press: () => actions.stop() })}
    </div>
  </header>`
}
