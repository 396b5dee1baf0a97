/** Pieces that several views of the page are made of. */
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Actions, CustomerState, Helper } from '../../../model.js'
import { type Strings, sentenceOf } from '../../../strings.js'
import type { Topic } from '../../../topics.js'
import { button } from '../../look/button.js'
import { icons } from '../icons.js'

/** What a view is drawn with, beside the state. */
export interface Frame {
  readonly t: Strings
  readonly actions: Actions
  /** Ms since 1970, moved on once a second. */
  readonly now: number
  /** Where the broker is, for the companion's command; undefined = this is the companion. */
  readonly broker: string | undefined
  /** What of the first question is chosen. */
  readonly chosen: ReadonlySet<Topic>
  choose(topic: Topic, on: boolean): void
  /** What this end can allow, and why it cannot allow one of them now. */
  readonly able: readonly Topic[]
  hindered(topic: Topic): string | undefined
  /** What else is asked, above all. */
  asked(): TemplateResult
  /** What is shared, in a section. */
  screen(): TemplateResult
  /** Where received files lie. */
  place(): TemplateResult
  /** Where the log was saved, in a sentence; undefined = nowhere yet. */
  readonly logFile: string | undefined
  /** What else goes on, in sections below the files. */
  more(): TemplateResult
  /** Opens the system's dialog for files; for an answer to this question, if one is given. */
  pickFiles(question?: number): void
  /** Puts the bar into a window above all others; undefined = there is no such window, or it is there already. */
  readonly keepOnTop: (() => void) | undefined
  /** Which thing was copied a moment ago. */
  readonly copied: string | undefined
  copy(what: string, text: string): void
}

/** Whether anybody vouches for them, in words. */
export const standing = ({ role, organisation }: Helper, t: Strings): TemplateResult =>
  role === 'viewer' || organisation === undefined
    ? html`<p class="standing unverified" part="unverified">${icons.warning}<span>${t.unverified}</span></p>`
    : html`<p class="standing verified" part="verified">${icons.shield}<span>${t.verified(organisation)}</span></p>`

/** What a switch is. */
export interface SwitchOptions {
  readonly id: string
  readonly title: string
  readonly how: string
  readonly on: boolean
  /** Why it cannot be turned on. */
  readonly why?: string | undefined
  change(on: boolean): void
}

/** A sentence that can be turned on and off. */
export const toggle = ({ id, title, how, on, why, change }: SwitchOptions): TemplateResult => html`<li class="switch">
  <label for=${id}><span class="strong">${title}</span></label>
  <input
    id=${id}
    type="checkbox"
    role="switch"
    aria-describedby="${id}-how"
    aria-disabled=${why === undefined ? nothing : 'true'}
    .checked=${live(on && why === undefined)}
    @click=${(event: Event) => why !== undefined && event.preventDefault()}
    @change=${(event: Event) => change((event.currentTarget as HTMLInputElement).checked)}
  />
  <span id="${id}-how" class="small muted how">${why ?? how}</span>
</li>`

/** The three words, folded away until somebody wants to compare them. */
export const comparison = (words: readonly string[], done: boolean, t: Strings, same: (() => void) | undefined): TemplateResult =>
  words.length === 0
    ? html``
    : html`<details class="compare" part="comparison">
        <summary>${done ? t.compareDone : t.compare}</summary>
        <p class="three" part="words" translate="no">${words.join(' ')}</p>
        <p class="small muted">${t.compareHow}</p>
        ${done || same === undefined ? '' : button({ words: t.compareSame, icon: icons.check, look: 'outline', part: 'confirm-words', press: same })}
      </details>`

/** The last thing that did not work. */
export function noticeView({ notice }: CustomerState, { t, actions, now }: Frame): TemplateResult {
  if (notice === undefined) return html``
  const { message, hint } = sentenceOf(notice, t, now)
  return html`<div class="notice" part="notice" role="alert">
    <p><span class="strong">${message}</span> ${hint ?? ''}</p>
    ${button({ icon: icons.close, title: t.dismiss, look: 'square', press: () => actions.dismissNotice() })}
  </div>`
}

/** How to get control, which a browser cannot give. */
export const companion = ({ t, broker, copied, copy }: Frame): TemplateResult => {
  if (broker === undefined) return html``
  const command = `npx @remote-assist/customer --broker ${broker}`
  return html`<details class="companion" part="companion">
    <summary>${t.controlMore}</summary>
    <p class="small muted">${t.controlSteps}</p>
    <pre tabindex="0" aria-label=${t.controlMore}><code translate="no">${command}</code></pre>
    ${button({
      words: copied === 'command' ? t.copied : t.copyCommand,
      icon: copied === 'command' ? icons.check : icons.copy,
      look: 'outline',
      press: () => copy('command', command),
    })}
  </details>`
}

/** The sentence that everybody who might be cheated has to see. */
export const scam = ({ t }: Frame): TemplateResult => html`<p class="scam" part="scam">${t.scam}</p>`
