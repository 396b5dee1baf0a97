/** The stage without a picture: preparing, the code to read aloud, the customer who decides, the end, an error. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
import type { Actions, Code, ConsoleState, Told } from '../model.js'
import { minutes } from '../strings.js'
import { button, type Frame, shortUrl } from './parts.js'

/** Words in the middle of the stage. */
export const centre = (mark: TemplateResult, title: string, text: string, more: TemplateResult = html``): TemplateResult =>
  html`<div class="centre" part="message" role="status">${mark}<h1>${title}</h1><p class="muted">${text}</p>${more}</div>`

const breathing = html`<span class="mark"><span class="dot breathing"></span></span>`

/** Preparing. */
export const creatingView = ({ t }: Frame): TemplateResult =>
  html`<div class="centre" role="status"><p class="status"><span class="dot breathing"></span>${t.creating}</p></div>`

/** The code, large, and how the customer uses it. */
export function waitingView({ code }: ConsoleState, actions: Actions, frame: Frame): TemplateResult {
  if (code === undefined) return creatingView(frame)
  return code.expiresAtMs <= frame.now ? expiredView(code, actions, frame) : openView(code, frame)
}

function openView(code: Code, { t, now, copied, copy }: Frame): TemplateResult {
  return html`<div class="centre hero" part="code">
    <p class="status" role="status"><span class="dot breathing"></span>${t.waitingTitle}</p>
    ${digits(code)}
    <p class="how">${t.waitingHow} <strong>${shortUrl(code.url)}</strong><br />${t.waitingType}</p>
    <div class="actions">
      ${button({
        words: copied === 'hero-link' ? t.copied : t.copyLink,
        icon: copied === 'hero-link' ? icons.check : icons.link,
        look: 'primary tall',
        press: () => copy('hero-link', code.url),
      })}
      ${button({
        words: copied === 'hero-pin' ? t.copied : t.copyPin,
        icon: copied === 'hero-pin' ? icons.check : icons.copy,
        look: 'outline tall',
        press: () => copy('hero-pin', code.grouped),
      })}
    </div>
    <p class="valid small muted figures">${t.validFor(minutes(code.expiresAtMs - now))}</p>
  </div>`
}

const expiredView = (code: Code, actions: Actions, { t }: Frame): TemplateResult =>
  html`<div class="centre hero expired" part="code">
    <p class="status" role="status"><span class="dot quiet"></span>${t.expiredTitle}</p>
    ${digits(code)}
    <p class="how">${t.expiredHow}</p>
    <div class="actions">${button({ words: t.newCode, icon: icons.renew, look: 'primary tall', press: () => actions.newCode() })}</div>
  </div>`

const digits = ({ grouped }: Code): TemplateResult =>
  html`<div class="digits" part="pin" aria-label=${[...grouped.replaceAll('-', ', ')].join(' ')}>${grouped.split('-').map(group => html`<span>${group}</span>`)}</div>`

/** The customer is asked. */
export const askingView = ({ t }: Frame): TemplateResult => centre(breathing, t.askingTitle, t.askingHow)

/** It is over, or did not begin. */
export function overView({ code, message, hint }: Told, failed: boolean, actions: Actions, { t }: Frame): TemplateResult {
  const mark = html`<span class="mark ${failed ? 'bad' : ''}">${failed ? icons.close : icons.leave}</span>`
  const again = button({ words: failed ? t.retry : t.again, look: 'primary tall', press: () => actions.restart() })
  return centre(
    mark,
    failed ? t.errorTitle : t.endedTitle,
    message,
    html`${hint === undefined ? '' : html`<p class="muted">${hint}</p>`}<div class="actions">${again}</div>${failed ? html`<p class="small muted">${code}</p>` : ''}`,
  )
}
