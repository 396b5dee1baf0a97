/** The side panel: how others join, who is here, which screen, chat. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
import { type Actions, type ConsoleState, currentScreen, isInSession } from '../model.js'
import { minutes, type Strings } from '../strings.js'
import { button, type Frame, shortUrl } from './parts.js'
import { usersView } from './users.js'
import { wordsSection } from './words.js'

/** Speaks the PIN, digit by digit; undefined where the browser cannot. */
export const canSpeak = (): boolean => 'speechSynthesis' in globalThis

function speak(pin: string, language: string): void {
  const words = new SpeechSynthesisUtterance([...pin].map(char => (char === '-' ? ', ' : `${char} `)).join(''))
  words.rate = 0.8
  words.lang = language
  speechSynthesis.cancel()
  speechSynthesis.speak(words)
}

/** The panel's sections. */
export function panelView(state: ConsoleState, actions: Actions, frame: Frame, language: string): TemplateResult {
  const { t } = frame
  return html`
    ${sessionSection(state, actions, frame, language)}
    <section class="section" aria-label=${t.users}><h2>${t.users}</h2>${usersView(state.people, t)}</section>
    ${state.comparison === undefined ? '' : wordsSection(state.comparison, t, actions)}
    <section class="section" aria-label=${t.screen}><h2>${t.screen}</h2><p class="figures">${screenFacts(state, t)}</p></section>
    ${isInSession(state.stage) ? chatSection(state, actions, t) : ''}
  `
}

function sessionSection(state: ConsoleState, actions: Actions, frame: Frame, language: string): TemplateResult {
  const { code, stage, viewUrl } = state
  const { t, now } = frame
  const open = stage.name === 'waiting' && code !== undefined
  const left = open && !code.used ? code.expiresAtMs - now : 0
  const pin = open && left > 0 && code.triesLeft !== 0 ? code.pin : undefined
  return html`<section class="section" aria-label=${t.session}>
    <h2>${t.session}${left > 0 ? html`<span class="figures">${t.validFor(minutes(left))}</span>` : ''}</h2>
    ${pin === undefined ? '' : copyRow('pin', t.copyPin, html`<span class="pin figures">${pin}</span>`, pin, frame)}
    ${open && left > 0 ? copyRow('link', t.copyLink, html`${shortUrl(code.url)}`, code.url, frame) : ''}
    ${
      open
        ? html`<div class="actions">
            ${button({ words: t.readAloud, icon: icons.speak, look: 'tight', why: pin === undefined ? t.whyNoPin : canSpeak() ? undefined : t.whyNoSpeech, press: () => pin !== undefined && speak(pin, language) })}
            ${button({ words: code.pin === undefined ? t.newLink : t.newCode, icon: icons.renew, look: 'tight', press: () => actions.newCode() })}
          </div>`
        : ''
    }
    <div class="row">
      <span class="grow" title=${t.externalViewWhat}>${t.externalView}</span>
      ${
        viewUrl === undefined
          ? button({
              words: t.makeLink,
              icon: icons.eye,
              look: 'tight outline',
              why: stage.name === 'live' ? undefined : t.whyNotYet,
              press: () => actions.inviteViewer(),
            })
          : button({
              words: frame.copied === 'view' ? t.copied : t.copyLink,
              icon: frame.copied === 'view' ? icons.check : icons.copy,
              look: 'tight outline',
              press: () => frame.copy('view', viewUrl),
            })
      }
    </div>
  </section>`
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

function screenFacts(state: ConsoleState, t: Strings): string {
  const screen = currentScreen(state)
  if (screen === undefined) return t.none
  const { number, width, height, scalePercent, name } = screen
  return [`${number} (${width}×${height})`, ...(scalePercent === 100 ? [] : [`${scalePercent} %`]), name].join(' · ')
}

function chatSection({ chat, can, stage }: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const why = stage.name !== 'live' ? t.whyLine : can.includes('chat') ? undefined : t.whyNoChat
  const say = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).elements.namedItem('line') as HTMLInputElement
    if (why !== undefined || field.value.trim() === '') return
    actions.say(field.value)
    field.value = ''
  }
  return html`<section class="section talk" part="chat" aria-label=${t.chat}>
    <h2>${t.chat}</h2>
    <div class="lines" role="log">
      ${chat.length === 0 ? html`<p class="muted">${t.chatEmpty}</p>` : chat.map(({ name, text }) => html`<p><b>${name}</b>${text}</p>`)}
    </div>
    <form class="say" @submit=${say}>
      <input class="field" name="line" autocomplete="off" maxlength="1000" placeholder=${t.chatPlaceholder} aria-label=${t.chatPlaceholder} title=${why ?? ''} aria-description=${why ?? ''} />
      <button class="button square" part="button" aria-label=${t.send} title=${why ?? t.send} aria-disabled=${why === undefined ? 'false' : 'true'}>${icons.send}</button>
    </form>
  </section>`
}
