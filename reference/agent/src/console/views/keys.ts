/** Control, and the keys that no browser passes on. */
import { button, icons } from '@remote-assist/ui/browser'
import type { TemplateResult } from 'lit'
import { type Actions, COMBOS, type Combo, type ConsoleState } from '../model.js'
import { comboLabel, type Strings } from '../strings.js'
import { menuButton } from './menu.js'
import { whyNot } from './parts.js'

/** Takes control, gives it back, or waits for whoever has it. */
export function controlButton(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const { control, can, leads, wantsControl } = state
  const base = { icon: icons.pointer, part: 'control' }
  if (control === 'ours')
    return button({
      ...base,
      words: t.releaseControl,
      look: 'on stay',
      title: `${t.releaseHint}; ${t.wayOut}`,
      shortcut: 'Control+Alt+Home',
      pressed: true,
      why: whyNot(state, t),
      press: () => actions.releaseControl(),
    })
  if (wantsControl)
    return button({ ...base, words: t.waitsForControl, look: 'on stay', title: t.waitsForControlHint, pressed: true, press: () => actions.forgoControl() })
  const others = control === 'other' && !leads
  const why = whyNot(state, t) ?? (can.includes('control') ? (others && !can.includes('chat') ? t.whyNoAsking : undefined) : t.whyNoControl)
  const look = why === undefined && !others ? 'primary stay' : 'stay'
  const title = control === 'other' ? (leads ? t.takeOverHint : t.askForControlHint) : t.takeControl
  return button({ ...base, words: others ? t.askForControl : t.takeControl, look, title, why, press: () => actions.takeControl() })
}

/** Why a combination cannot be sent. */
export function whyNotCombo(combo: Combo, { elevated }: ConsoleState, t: Strings): string | undefined {
  return combo === 'ctrl+alt+delete' && !elevated ? t.whyElevate : undefined
}

/** Combinations, and the clipboard as keys. */
export function keysMenu(state: ConsoleState, actions: Actions, t: Strings): TemplateResult {
  const why = whyNot(state, t) ?? (state.control === 'ours' ? undefined : t.whyTakeControl)
  const combos = COMBOS.map(combo => ({ words: comboLabel(combo, t), why: whyNotCombo(combo, state, t), press: () => actions.sendKeys(combo) }))
  const reads = navigator.clipboard?.readText !== undefined
  const items = [...combos, { words: t.typeClipboard, why: reads ? undefined : t.whyNoClipboardHere, press: () => actions.typeClipboard() }]
  return menuButton('keys', { words: t.sendKeys, icon: icons.keys, part: 'send-keys', title: t.sendKeys, why }, items)
}
