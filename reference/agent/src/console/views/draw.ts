/** Pointing and drawing. */
import { icons } from '@remote-assist/ui/browser'
import type { TemplateResult } from 'lit'
import type { ConsoleState } from '../model.js'
import { COLOURS } from '../pen.js'
import type { Strings } from '../strings.js'
import type { ViewControls } from './controls.js'
import { menuButton } from './menu.js'
import { whyNot } from './parts.js'

/** The laser pointer, the pen in its colours, and the way back. */
export function drawMenu(state: ConsoleState, view: ViewControls, t: Strings): TemplateResult {
  const why = whyNot(state, t) ?? (state.can.includes('annotate') ? undefined : t.whyNoDrawing)
  const at = view.tool !== 'hand'
  const items = [
    { words: t.noTool, checked: !at, press: () => view.pickTool('hand') },
    { words: t.laser, checked: view.tool === 'laser', press: () => view.pickTool('laser') },
    ...COLOURS.map(({ name }) => ({
      words: t.pens[name],
      checked: view.tool === 'pen' && view.colour === name,
      press: () => view.pickTool('pen', name),
    })),
    { words: t.clearMarks, press: () => view.clearMarks() },
  ]
  const words = view.tool === 'laser' ? t.laser : view.tool === 'pen' ? t.pens[view.colour] : t.draw
  return menuButton('draw', { words, icon: icons.pen, look: at ? 'on' : '', part: 'draw', title: t.draw, why }, items)
}
