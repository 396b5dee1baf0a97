import { character, isSystemKey, modifiers, Usage } from './keyboard.js'
import { coverOf, type DesktopState, textArea } from './state.js'
import { erase, insert, locate, type Motion, move, selectAll, selection, type TextField, wrap } from './text-field.js'

const MOTIONS = new Map<number, Motion>([
  [Usage.left, 'left'],
  [Usage.right, 'right'],
  [Usage.up, 'up'],
  [Usage.down, 'down'],
  [Usage.home, 'home'],
  [Usage.end, 'end'],
])

/** The desktop's clipboard, as the programs on it use it. */
export interface TextClipboard {
  copy(text: string): void
  paste(): string | undefined
}

/** One key goes down. `held` are the keys that are down already; a repeated call is a repeated key. */
export function typeKey(state: DesktopState, usage: number, held: ReadonlySet<number>, capsLock: boolean, clipboard: TextClipboard): void {
  const { ctrl, shift, alt } = modifiers(held)
  if (state.cover === 'security') {
    if (usage === Usage.escape) state.cover = 'none'
    return
  }
  if (state.cover === 'log-in') return
  if (isSystemKey(usage) || (ctrl && usage === Usage.escape)) {
    state.startMenu = !state.startMenu
    return
  }
  if (usage === Usage.escape) state.startMenu = false
  if (!state.focused || alt) return
  edit(state, ctrl ? shortcut(state.field, usage, clipboard) : plainKey(state, usage, shift, capsLock))
}

/** Puts text at the caret, as an input method would. */
export function typeText(state: DesktopState, text: string): void {
  if (state.focused && coverOf(state) === 'none') edit(state, insert(state.field, text))
}

function plainKey(state: DesktopState, usage: number, shift: boolean, capsLock: boolean): TextField {
  const { field } = state
  const { columns, rows } = textArea(state)
  const motion = MOTIONS.get(usage)
  if (motion) return move(field, motion, shift, columns)
  if (usage === Usage.pageUp || usage === Usage.pageDown) {
    const step = usage === Usage.pageUp ? 'up' : 'down'
    return Array.from({ length: rows }).reduce<TextField>(moved => move(moved, step, shift, columns), field)
  }
  if (usage === Usage.backspace || usage === Usage.delete) return erase(field, usage === Usage.backspace)
  if (usage === Usage.enter || usage === 0x58) return insert(field, '\n')
  if (usage === Usage.tab) return insert(field, '  ')
  const char = character(usage, shift, capsLock)
  return char === undefined ? field : insert(field, char)
}

function shortcut(field: TextField, usage: number, clipboard: TextClipboard): TextField {
  const { from, to } = selection(field)
  switch (character(usage, false, false)) {
    case 'a':
      return selectAll(field)
    case 'c':
      if (from !== to) clipboard.copy(field.text.slice(from, to))
      return field
    case 'x':
      if (from === to) return field
      clipboard.copy(field.text.slice(from, to))
      return erase(field, true)
    case 'v': {
      const text = clipboard.paste()
      return text === undefined ? field : insert(field, text)
    }
    default:
      return field
  }
}

/** Takes the new text and keeps its caret in sight. */
function edit(state: DesktopState, field: TextField): void {
  if (field === state.field) return
  state.field = field
  const { columns, rows } = textArea(state)
  const { line } = locate(field.text, wrap(field.text, columns), field.caret)
  state.firstLine = Math.max(Math.min(state.firstLine, line), line - rows + 1)
}
