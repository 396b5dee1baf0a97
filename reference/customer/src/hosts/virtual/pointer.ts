import { contains, coverOf, type DesktopState, LINE_HEIGHT, logIn, logInPlaces, NOTES_SIZE, places, primary, TITLE_HEIGHT, textArea } from './state.js'
import { offsetAt, place, wrap } from './text-field.js'

/** What the pointer is dragging since a button went down. */
export type Drag = { readonly what: 'text' } | { readonly what: 'window'; readonly dx: number; readonly dy: number } | undefined

/** Presses the left button where the pointer is. */
export function press(state: DesktopState): Drag {
  const { x, y, screenId } = state.pointer
  if (screenId !== primary(state).id) return undefined
  const at = places(state)
  if (state.cover === 'security') {
    if (contains(at.securityCancel, x, y)) state.cover = 'none'
    return undefined
  }
  if (state.cover === 'log-in') {
    const chosen = logInPlaces(state).find(({ rect }) => contains(rect, x, y))
    if (chosen !== undefined) logIn(state, chosen.user)
    return undefined
  }
  const start = contains(at.start, x, y)
  const closesMenu = state.startMenu
  state.startMenu = start && !closesMenu
  if (start || closesMenu) return undefined
  if (contains(at.print, x, y) && !overNotes(state)) state.testPages++
  state.focused = contains(at.field, x, y)
  if (state.focused) {
    state.field = place(state.field, textOffset(state), false)
    return { what: 'text' }
  }
  return contains(at.titleBar, x, y) ? { what: 'window', dx: x - state.notes.x, dy: y - state.notes.y } : undefined
}

/** Moves what is being dragged to where the pointer is. */
export function dragTo(state: DesktopState, drag: NonNullable<Drag>): void {
  const screen = primary(state)
  if (state.pointer.screenId !== screen.id || coverOf(state) !== 'none') return
  if (drag.what === 'text') {
    state.field = place(state.field, textOffset(state), true)
    return
  }
  const x = Math.max(80 - NOTES_SIZE.width, Math.min(screen.width - 80, state.pointer.x - drag.dx))
  const y = Math.max(0, Math.min(screen.height - TITLE_HEIGHT - 48, state.pointer.y - drag.dy))
  state.notes = { x, y }
}

/** Scrolls the text under the pointer by lines; positive is towards its end. */
export function scroll(state: DesktopState, lines: number): void {
  const overField = state.pointer.screenId === primary(state).id && contains(places(state).field, state.pointer.x, state.pointer.y)
  if (coverOf(state) !== 'none' || !overField) return
  const { columns, rows } = textArea(state)
  const last = Math.max(0, wrap(state.field.text, columns).length - rows)
  state.firstLine = Math.max(0, Math.min(last, state.firstLine + lines))
}

function overNotes(state: DesktopState): boolean {
  return contains({ ...state.notes, ...NOTES_SIZE }, state.pointer.x, state.pointer.y)
}

function textOffset(state: DesktopState): number {
  const area = textArea(state)
  const line = state.firstLine + Math.floor((state.pointer.y - area.y) / LINE_HEIGHT)
  const column = Math.max(0, Math.round((state.pointer.x - area.x) / 9))
  return offsetAt(state.field.text, wrap(state.field.text, area.columns), Math.max(0, line), column)
}
