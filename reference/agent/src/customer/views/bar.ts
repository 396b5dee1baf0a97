/** The bar: who sees or does what now, and the way to stop it. It is always there. */
import { html, type TemplateResult } from 'lit'
import { button } from '../../console/views/parts.js'
import { icons } from '../icons.js'
import type { CustomerState, Present } from '../model.js'
import type { Strings } from '../strings.js'
import { called, type Frame } from './parts.js'

/** What goes on, in a sentence; and how it looks. */
export function presence({ lineUp, paused, people, shared }: CustomerState, t: Strings): { readonly sentence: string; readonly look: string } {
  if (!lineUp) return { sentence: t.reconnecting, look: 'breathing' }
  if (people.length === 0) return { sentence: t.nobodyHere, look: 'quiet' }
  if (paused) return { sentence: t.paused, look: 'quiet' }
  const controlling = people.filter(({ inControl }) => inControl)
  if (controlling.length > 0) return { sentence: t.controlling(named(controlling, t), controlling.length > 1), look: 'seen' }
  const viewing = shared === undefined ? [] : people.filter(({ holds }) => holds.includes('see'))
  if (viewing.length > 0) return { sentence: t.viewing(named(viewing, t), viewing.length > 1), look: 'seen' }
  return { sentence: t.present(named(people, t), people.length > 1), look: 'quiet' }
}

function named(people: readonly Present[], t: Strings): string {
  const names = people.map(person => called(person, t))
  const last = names.pop() ?? ''
  return names.length === 0 ? last : `${names.join(', ')} ${t.and} ${last}`
}

/** The bar with Pause and Stop. */
export function barView(state: CustomerState, { t, actions, keepOnTop }: Frame): TemplateResult {
  const { sentence, look } = presence(state, t)
  const recording = state.people.some(one => one.recording)
  return html`<header class="bar" part="bar">
    <h1 class="presence" part="presence" tabindex="-1">
      <span class="dot ${look}"></span><span role="status">${sentence}</span>${recording ? html`<span class="chip">${t.recording}</span>` : ''}
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
