/** The code as it is read out over the telephone: large digits, and the address letter by letter. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { Code } from '../model.js'
import { spell } from '../spelling.js'
import type { ViewControls } from './controls.js'
import { type Frame, shortUrl, takeKeyboard } from './parts.js'

const canSpeak = (): boolean => 'speechSynthesis' in globalThis

/** Speaks the PIN, digit by digit. */
function speak(pin: string, language: string): void {
  const words = new SpeechSynthesisUtterance([...pin].map(char => (char === '-' ? ', ' : `${char} `)).join(''))
  words.rate = 0.8
  words.lang = language
  speechSynthesis.cancel()
  speechSynthesis.speak(words)
}

/** The sheet over the stage. It closes by its button or Escape. */
export function aloudView({ pin = '', url }: Code, view: ViewControls, { t, language }: Frame): TemplateResult {
  const close = () => view.readAloud(false)
  const address = shortUrl(url)
  return html`<div class="aloud" part="aloud" role="dialog" aria-label=${t.readAloud} @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && close()}>
    <p class="how">${t.aloudHow}</p>
    <p class="spelled" role="img" aria-label=${address}>${spell(address, language).map(({ character, word }) => html`<span aria-hidden="true"><b>${character}</b>${word === character ? '' : word}</span>`)}</p>
    <p class="how">${t.aloudPin}</p>
    <p class="digits figures">${pin.split('-').map(group => html`<span>${group}</span>`)}</p>
    <div class="actions">
      ${button({ words: t.speak, icon: icons.speak, look: 'outline tall', why: canSpeak() ? undefined : t.whyNoSpeech, press: () => speak(pin, language) })}
      <button type="button" class="button primary tall" part="button" @click=${close} ${ref(takeKeyboard)}>${t.done}</button>
    </div>
  </div>`
}
