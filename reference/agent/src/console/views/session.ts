/** The stage in the session: the picture, and words over it where there is none. */
import { icons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { ConsoleState } from '../model.js'
import type { Strings } from '../strings.js'

/** What lies over the picture beside words about it. */
export interface Over {
  /** What is asked of the agent now. */
  readonly asked?: TemplateResult | undefined
  /** Something to send hovers over the picture; the text says what may be sent. */
  readonly dropping?: string | undefined
}

/** The picture with what has to be said about it. `surface` holds the canvas. */
export const sessionView = (state: ConsoleState, surface: Element, painted: boolean, t: Strings, over: Over = {}): TemplateResult =>
  html`${surface}${coverView(state, painted, t, over)}`

/** What lies over the picture, in whatever window that is. */
export const coverView = (state: ConsoleState, painted: boolean, t: Strings, { asked, dropping }: Over): TemplateResult =>
  html`<div class="over">${dropping === undefined ? html`${words(state, painted, t)}${asked ?? ''}` : html`<div class="drop">${sheet(t.dropHere, dropping, icons.file)}</div>`}</div>`

/** In the place of a picture that is in a window of its own: what lies over it there is said and asked here as well. `back`: the way back. */
export const poppedView = (state: ConsoleState, painted: boolean, t: Strings, { asked }: Over, back: TemplateResult): TemplateResult =>
  html`<div class="centre" part="message"><span class="mark">${icons.window}</span><h1>${t.poppedTitle}</h1><p class="muted">${t.poppedHow}</p>${words(state, painted, t)}${asked ?? ''}<div class="actions">${back}</div></div>`

function words({ stage, can, covered, heldOff }: ConsoleState, painted: boolean, t: Strings): TemplateResult {
  if (stage.name === 'paused') return sheet(t.pausedTitle, t.pausedHow, icons.pause)
  if (stage.name === 'reconnecting') return sheet(stage.own ? t.reconnectingOwn : t.reconnectingTheirs, t.reconnectingHow)
  if (!can.includes('view')) return sheet(t.noView, '', icons.eye)
  if (covered !== undefined) return sheet(t.coveredTitle, covered, icons.shield)
  if (!painted) return hint(html`<span class="dot awaited"></span>${t.startingPicture}`)
  return heldOff ? hint(t.heldOff) : html``
}

const hint = (words: TemplateResult | string): TemplateResult => html`<span class="chip hint" role="status">${words}</span>`

const sheet = (title: string, text: string, mark: TemplateResult = html`<span class="dot awaited"></span>`): TemplateResult =>
  html`<div class="sheet" role="status"><span class="mark">${mark}</span><strong>${title}</strong>${text === '' ? '' : html`<p class="muted">${text}</p>`}</div>`
