/** How others join: the code for the customer, links for experts and for further agents. */

import { minutes } from '@remote-assist/ui'
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { type Actions, type ConsoleState, type Guest, isInSession } from '../model.js'
import { called } from '../strings.js'
import type { ViewControls } from './controls.js'
import { type Frame, shortUrl, whyNot } from './parts.js'

/** The section about it. */
export function shareSection(state: ConsoleState, actions: Actions, view: ViewControls, frame: Frame): TemplateResult {
  const { t, now } = frame
  const { code, stage } = state
  const open = stage.name === 'waiting' && code !== undefined
  const left = open && !code.used ? code.expiresAtMs - now : 0
  return html`<section class="section" part="share" aria-label=${t.session}>
    <h2>${t.session}${left > 0 ? html`<span class="figures">${t.validFor(minutes(left))}</span>` : ''}</h2>
    ${open ? codeRows(state, actions, view, frame, left) : ''}
    ${isInSession(stage) && code?.pin !== undefined ? html`<p class="row figures" title=${t.codeUsedHint}><span class="grow">${code.pin}</span><span class="small muted">${t.codeUsed}</span></p>` : ''}
    ${guestRow('viewer', state, actions, frame)} ${guestRow('agent', state, actions, frame)}
  </section>`
}

function codeRows({ code }: ConsoleState, actions: Actions, view: ViewControls, frame: Frame, left: number): TemplateResult {
  if (code === undefined) return html``
  const { t } = frame
  const pin = left > 0 && code.triesLeft !== 0 ? code.pin : undefined
  return html`
    ${pin === undefined ? '' : copyRow('pin', t.copyPin, html`<span class="pin figures">${pin}</span>`, pin, frame)}
    ${left > 0 ? copyRow('link', t.copyLink, html`${shortUrl(code.url)}`, code.url, frame) : ''}
    <div class="actions">
      ${button({ words: t.readAloud, icon: icons.speak, look: 'tight', part: 'read-aloud', why: pin === undefined ? t.whyNoPin : undefined, press: () => view.readAloud(true) })}
      ${button({ words: code.pin === undefined ? t.newLink : t.newCode, icon: icons.renew, look: 'tight', press: () => actions.newCode() })}
    </div>
  `
}

/** Links for one kind of guest, each for one of them, and a new one. */
function guestRow(role: Guest['role'], state: ConsoleState, actions: Actions, frame: Frame): TemplateResult {
  const { t } = frame
  const guests = state.guests.filter(guest => guest.role === role)
  const why = whyNot(state, t) ?? (state.leads ? undefined : t.whyNotLead)
  const [name, what] = role === 'viewer' ? [t.externalView, t.externalViewWhat] : [t.furtherAgent, t.furtherAgentWhat]
  const make = button({ words: t.makeLink, icon: icons.link, look: 'tight outline', title: what, why, press: () => actions.invite(role) })
  return html`<div class="guests" role="group" aria-label=${name}>
    <div class="row"><span class="grow" title=${what}>${name}</span>${make}</div>
    ${guests.map(guest => guestView(guest, actions, frame))}
  </div>`
}

/** A link that still lets somebody in, to be copied; or why it does not. */
function guestView(guest: Guest, actions: Actions, frame: Frame): TemplateResult {
  const { t, now } = frame
  const { id, role, url, usedBy, expiresAtMs } = guest
  const gone = usedBy !== undefined ? t.linkUsedBy(called({ name: usedBy, role }, t)) : expiresAtMs <= now ? t.linkExpired : undefined
  const shown =
    gone === undefined
      ? html`<span class="grow muted" title=${t.validFor(minutes(expiresAtMs - now))}>${shortUrl(url)}</span>${copyButton(`guest-${id}`, t.copyLink, url, frame)}`
      : html`<span class="grow muted" title=${gone}>${gone}</span>`
  return html`<div class="row guest" part="guest">
    ${shown} ${button({ icon: icons.close, look: 'square tight', title: t.revoke, press: () => actions.revoke(guest) })}
  </div>`
}

const copyRow = (what: string, title: string, shown: TemplateResult, text: string, frame: Frame): TemplateResult =>
  html`<div class="row"><span class="grow">${shown}</span>${copyButton(what, title, text, frame)}</div>`

const copyButton = (what: string, title: string, text: string, { t, copied, copy }: Frame): TemplateResult =>
  button({
    icon: copied === what ? icons.check : icons.copy,
    look: copied === what ? 'square tight on' : 'square tight',
    title: copied === what ? t.copied : title,
    press: () => copy(what, text),
  })
