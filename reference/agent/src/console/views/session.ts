/** The stage in the session: the picture, and words over it where there is none. */
import { html, type TemplateResult } from 'lit'
import { icons } from '../icons.js'
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
export function sessionView(state: ConsoleState, surface: Element, painted: boolean, t: Strings, { asked, dropping }: Over = {}): TemplateResult {
  return html`${surface}
    <div class="over">${dropping === undefined ? html`${words(state, painted, t)}${asked ?? ''}` : html`<div class="drop">${sheet(t.dropHere, dropping, icons.file)}</div>`}</div>`
}

/** The picture is in a window of its own. */
export const poppedView = (t: Strings, back: TemplateResult): TemplateResult =>
  html`<div class="centre" part="message"><span class="mark">${icons.window}</span><h1>${t.poppedTitle}</h1><p class="muted">${t.poppedHow}</p><div class="actions">${back}</div></div>`

function words({ stage, can, covered }: ConsoleState, painted: boolean, t: Strings): TemplateResult {
  if (stage.name === 'paused') return sheet(t.pausedTitle, t.pausedHow, icons.pause)
  if (stage.name === 'reconnecting') return sheet(stage.own ? t.reconnectingOwn : t.reconnectingTheirs, t.reconnectingHow)
  if (!can.includes('view')) return sheet(t.noView, '', icons.eye)
  if (covered !== undefined) return html`<span class="chip hint">${icons.shield}${covered}</span>`
  return painted ? html`` : html`<span class="chip hint"><span class="dot breathing"></span>${t.startingPicture}</span>`
}

const sheet = (title: string, text: string, mark: TemplateResult = html`<span class="dot breathing"></span>`): TemplateResult =>
  html`<div class="sheet" role="status"><span class="mark">${mark}</span><strong>${title}</strong>${text === '' ? '' : html`<p class="muted">${text}</p>`}</div>`
