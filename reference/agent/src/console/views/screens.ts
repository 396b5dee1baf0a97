/** Which screen is shown, which there are and how they stand, and the next one. */
import { button, icons } from '@remote-assist/ui/browser'
import { html, svg, type TemplateResult } from 'lit'
import { type Actions, type ConsoleState, currentScreen, nextScreen, type ScreenLabel } from '../model.js'
import type { Strings } from '../strings.js'
import { menuButton } from './menu.js'
import { whyNot } from './parts.js'

/** How a screen is called: `1 (1440×900)`. */
export const screenLabel = ({ number, width, height }: ScreenLabel): string => `${number} (${width}×${height})`

/** The label of the screen that is shown; where there are several, it opens them to choose from. */
export function screenPicker(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const screen = currentScreen(state)
  const words = screen === undefined ? t.none : screenLabel(screen)
  if (state.screens.length < 2) return html`<span class="label figures" title=${screenFacts(state, t)}>${icons.screen}${words}</span>`
  const items = state.screens.map(one => ({
    words: screenLabel(one),
    hint: one.name,
    checked: one.id === state.current,
    press: () => actions.showScreen(one.id),
  }))
  const opener = { words, icon: icons.screen, look: 'stay figures label', part: 'screens', title: screenFacts(state, t), why: whyNot(state, t) }
  return menuButton('screens', opener, items, layoutMap(state))
}

/** The screens as they stand on the customer's desk. */
function layoutMap({ screens, current }: ConsoleState): TemplateResult {
  const left = Math.min(...screens.map(({ x }) => x))
  const top = Math.min(...screens.map(({ y }) => y))
  const width = Math.max(...screens.map(one => one.x + one.width)) - left
  const height = Math.max(...screens.map(one => one.y + one.height)) - top
  // Lines and figures are as thick as elsewhere, however large the desk is.
  const pixel = Math.max(width / DESK.width, height / DESK.height)
  return html`<svg class="desk" part="desk" aria-hidden="true" viewBox="${left} ${top} ${width} ${height}">
    ${screens.map(
      one => svg`<g class="monitor ${one.id === current ? 'on' : ''}">
        <rect x=${one.x + pixel} y=${one.y + pixel} width=${one.width - 2 * pixel} height=${one.height - 2 * pixel} rx=${4 * pixel} />
        <text x=${one.x + one.width / 2} y=${one.y + one.height / 2} font-size=${16 * pixel} text-anchor="middle" dominant-baseline="central">${one.number}</text>
      </g>`,
    )}
  </svg>`
}

/** The most room that the map takes, CSS pixels. */
const DESK = { width: 216, height: 144 } as const

/** Next Screen. */
export function nextButton(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { screens } = state
  const why = whyNot(state, t) ?? (screens.length === 0 ? t.whyNoScreen : screens.length === 1 ? t.whyOneScreen : undefined)
  const words = t.nextScreen(screens.length > 1 ? nextScreen(state)?.number : undefined)
  return button({ words, icon: icons.next, part: 'next-screen', title: `${words} · N`, shortcut: 'n', why, press: () => actions.nextScreen() })
}

/** The screen that is shown, with what there is to say about it. */
export function screenFacts(state: ConsoleState, t: Strings): string {
  const screen = currentScreen(state)
  if (screen === undefined) return t.none
  const { scalePercent, name } = screen
  return [screenLabel(screen), ...(scalePercent === 100 ? [] : [`${scalePercent} %`]), name].join(' · ')
}
