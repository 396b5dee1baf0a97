/** What a person is told over the picture: what does not work, and what came while the panel was out of view. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { type Actions, type ConsoleState, isInSession } from '../model.js'
import { amount, type Strings, sentenceOf } from '../strings.js'
import type { ViewControls } from './controls.js'

/** Something did not work. */
export function noticeView({ notice }: ConsoleState, actions: Pick<Actions, 'dismissNotice'>, t: Strings): TemplateResult {
  if (notice === undefined) return html``
  const { message, hint } = sentenceOf(notice, t)
  const words = [message, hint].filter(text => text !== undefined).join(' ')
  const dismiss = button({ icon: icons.close, look: 'square tight', title: t.dismiss, press: () => actions.dismissNotice() })
  return html`<div class="notice" part="notice" role="alert"><span>${words}</span>${dismiss}</div>`
}

/** What in the panel has not been seen: offers of files that wait for an answer, and lines of chat. */
export function newsOf({ unread, files: { offers } }: News, t: Strings): { readonly count: number; readonly words: string } {
  const words = offers.map(({ files, bytes }) => t.offered(files, amount(bytes, t)))
  if (unread > 0) words.push(t.unread(unread))
  return { count: offers.length + unread, words: words.join(' · ') }
}

type News = Pick<ConsoleState, 'unread' | 'files'>

/** Over the picture while the panel is out of view: an offer, which waits only so long; and in full screen, where no bar counts it, whatever is new. */
export function newsView(state: ConsoleState, { panelOpen, fullScreen, togglePanel }: ViewControls, t: Strings): TemplateResult {
  if (!isInSession(state.stage)) return html``
  const { count, words } = newsOf(state, t)
  const shown = !panelOpen && count > 0 && (fullScreen || state.files.offers.length > 0)
  return html`<div class="news" part="news" role="status">
    ${shown ? button({ words, icon: icons.panel, look: 'outline', title: t.panel, press: togglePanel }) : ''}
  </div>`
}
