/** The stage without a picture: preparing, the code to read aloud, the customer who decides, the end, an error. */

import { minutes } from '@remote-assist/ui'
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { Actions, Code, ConsoleState } from '../model.js'
import { sentenceOf } from '../strings.js'
import type { Told } from '../told.js'
import { type Frame, shortUrl } from './parts.js'
import { wordsLine } from './words.js'

/** Words in the middle of the stage. */
export const centre = (mark: TemplateResult, title: string, text: string, more: TemplateResult = html``): TemplateResult =>
  html`<div class="centre" part="message" role="status">${mark}<h1>${title}</h1><p class="muted">${text}</p>${more}</div>`

const awaited = html`<span class="mark"><span class="dot awaited"></span></span>`

/** Preparing. */
export const creatingView = ({ t }: Frame): TemplateResult =>
  html`<div class="centre" role="status"><h1 class="status"><span class="dot awaited"></span>${t.creating}</h1></div>`

/** The code, large, and how the customer uses it; or why it is of no more use, and the way to a new one. */
export function waitingView({ code }: ConsoleState, actions: Actions, frame: Frame): TemplateResult {
  if (code === undefined) return creatingView(frame)
  const { t, now } = frame
  const again = code.pin === undefined ? t.linkExpiredHow : t.expiredHow
  if (code.used) return goneView(code, t.usedTitle, `${t.usedHow} ${again}`, actions, frame, [])
  if (code.expiresAtMs <= now) return goneView(code, t.expiredTitle, again, actions, frame, [])
  if (code.pin === undefined) return linkView(code, frame)
  if (code.triesLeft === 0) return goneView(code, t.spentTitle, t.spentHow, actions, frame, [copyLink(code, 'outline', frame)])
  return openView(code, code.pin, frame)
}

function openView(code: Code, pin: string, frame: Frame): TemplateResult {
  const { t, copied, copy } = frame
  const { triesLeft } = code
  return hero(
    html`<h1 class="status"><span class="dot awaited"></span>${t.waitingTitle}</h1>
      ${digits(pin)}
      ${triesLeft === undefined ? '' : html`<p class="tried" part="tried" role="alert">${t.tried(triesLeft)}</p>`}
      <p class="how">${t.waitingHow} <strong>${shortUrl(code.url)}</strong><br />${t.waitingType}</p>
      <div class="actions">
        ${copyLink(code, 'primary', frame)}
        ${button({
          words: copied === 'hero-pin' ? t.copied : t.copyPin,
          icon: copied === 'hero-pin' ? icons.check : icons.copy,
          look: 'outline tall',
          press: () => copy('hero-pin', pin),
        })}
      </div>
      ${validFor(code, frame)}`,
  )
}

/** The session had all its PINs. */
const linkView = (code: Code, frame: Frame): TemplateResult =>
  hero(
    html`<p class="status" role="status"><span class="dot awaited"></span>${frame.t.waitingTitle}</p>
      <h1>${frame.t.linkOnlyTitle}</h1>
      <p class="how">${frame.t.linkOnlyHow}</p>
      <div class="actions">${copyLink(code, 'primary', frame)}</div>
      ${validFor(code, frame)}`,
  )

/** A code that lets nobody in by PIN any more. A new one is made by the button alone. */
const goneView = ({ pin }: Code, title: string, how: string, actions: Actions, { t }: Frame, more: readonly TemplateResult[]): TemplateResult =>
  hero(
    html`<div role="status"><h1 class="status"><span class="dot quiet"></span>${title}</h1></div>
      ${pin === undefined ? '' : digits(pin)}
      <p class="how">${how}</p>
      <div class="actions">
        ${button({ words: pin === undefined ? t.newLink : t.newCode, icon: icons.renew, look: 'primary tall', press: () => actions.newCode() })}${more}
      </div>`,
    'gone',
  )

const hero = (content: TemplateResult, look = ''): TemplateResult => html`<div class="centre hero ${look}" part="code">${content}</div>`

const copyLink = ({ url }: Code, look: string, { t, copied, copy }: Frame): TemplateResult =>
  button({
    words: copied === 'hero-link' ? t.copied : t.copyLink,
    icon: copied === 'hero-link' ? icons.check : icons.link,
    look: `${look} tall`,
    press: () => copy('hero-link', url),
  })

const validFor = ({ expiresAtMs }: Code, { t, now }: Frame): TemplateResult =>
  html`<p class="valid small muted figures">${t.validFor(minutes(expiresAtMs - now))}</p>`

const digits = (pin: string): TemplateResult =>
  html`<div class="digits" part="pin" role="img" aria-label=${[...pin.replaceAll('-', ', ')].join(' ')}>${pin.split('-').map(group => html`<span>${group}</span>`)}</div>`

/** The customer is asked; its screen shows these words with the question. */
export const askingView = (words: readonly string[], { t }: Frame): TemplateResult =>
  centre(awaited, t.askingTitle, t.askingHow, words.length === 0 ? html`` : html`${wordsLine(words)}<p class="small muted">${t.askingWords}</p>`)

/** It is over, or did not begin. */
export function overView(why: Told, failed: boolean, actions: Actions, { t }: Frame): TemplateResult {
  const { message, hint } = sentenceOf(why, t)
  const mark = html`<span class="mark ${failed ? 'bad' : ''}">${failed ? icons.close : icons.leave}</span>`
  const again = button({ words: failed ? t.retry : t.again, look: 'primary tall', press: () => actions.restart() })
  return centre(
    mark,
    failed ? t.errorTitle : t.endedTitle,
    message,
    html`${hint === undefined ? '' : html`<p class="muted">${hint}</p>`}<div class="actions">${again}</div>${failed ? html`<p class="small muted">${why.code}</p>` : ''}`,
  )
}
