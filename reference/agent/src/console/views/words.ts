/** Three words that people compare by voice, and what came of it. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { Actions, Comparison } from '../model.js'
import type { Strings } from '../strings.js'

/** The words, as large as is good for reading aloud. */
export const wordsLine = (words: readonly string[]): TemplateResult =>
  html`<p class="words-line" part="words" translate="no">${words.map(word => html`<span>${word}</span> `)}</p>`

/** The words with what to do about them. Without `actions` this end has nothing to say about them. */
export function wordsSection({ words, byUs, byCustomer }: Comparison, t: Strings, actions?: Actions): TemplateResult {
  return html`<section class="section" part="comparison" aria-label=${t.words}>
    <h2>${t.words}</h2>
    ${wordsLine(words)}
    <p class="small muted">${actions === undefined ? t.wordsForViewer : t.wordsHow}</p>
    ${
      actions === undefined || byUs
        ? ''
        : button({ words: t.wordsSame, icon: icons.check, look: 'tight outline', part: 'confirm-words', press: () => actions.confirmWords() })
    }
    <div role="status">${byUs ? said(t.wordsByUs) : ''}${byCustomer ? said(t.wordsByCustomer) : ''}</div>
  </section>`
}

const said = (text: string): TemplateResult => html`<p class="said small" part="confirmed">${icons.check}${text}</p>`
