import type { Rect, ScreenInfo } from '@remote-assist/peer'
import { place, type TextField } from './text-field.js'

/**
 * What covers the whole desktop: nothing, the operating system's prompt (its pixels are not to be had), the screen behind
 * Ctrl+Alt+Del, the log-in screen, or the lock screen.
 */
export type Cover = 'none' | 'prompt' | 'security' | 'log-in' | 'locked'

/** Who sits before the machine. */
export const CUSTOMER = 'customer'

/** What each user has on a desktop of its own. */
export interface Desk {
  /** Top left corner of the Notes window on the primary screen. */
  notes: { readonly x: number; readonly y: number }
  field: TextField
  /** First line of the text that is shown. */
  firstLine: number
  focused: boolean
  startMenu: boolean
}

/** Everything that can be seen on the virtual desktop, as plain data. */
export interface DesktopState extends Desk {
  /** Whose desktop it is. */
  user: string
  /** Who may log in. */
  readonly users: readonly string[]
  /** What the others have on theirs. */
  readonly desks: Map<string, Desk>
  screens: readonly ScreenInfo[]
  pointer: { readonly screenId: number; readonly x: number; readonly y: number }
  testPages: number
  driver: 'out of date' | 'up to date'
  elevated: boolean
  cover: Exclude<Cover, 'locked'>
  /** The lock screen is over everything else. */
  locked: boolean
  /** Seconds since the desktop started, moved by explicit ticks alone. */
  seconds: number
}

export const NOTES_SIZE = { width: 724, height: 486 }
export const TITLE_HEIGHT = 40
export const LINE_HEIGHT = 22
const FIELD_PADDING = 14
const CHAR_WIDTH = 9

/** Where the things are that take the pointer. All on the primary screen. */
export function places(state: DesktopState): Record<'titleBar' | 'field' | 'print' | 'start' | 'securityCancel', Rect> {
  const screen = primary(state)
  const { x, y } = state.notes
  return {
    titleBar: { x, y, width: NOTES_SIZE.width, height: TITLE_HEIGHT },
    field: { x: x + 16, y: y + TITLE_HEIGHT + 12, width: NOTES_SIZE.width - 32, height: NOTES_SIZE.height - TITLE_HEIGHT - 28 },
    print: { x: 868, y: 318, width: 200, height: 38 },
    start: { x: 8, y: screen.height - 42, width: 112, height: 36 },
    securityCancel: { x: Math.floor(screen.width / 2) - 70, y: Math.floor(screen.height / 2) + 150, width: 140, height: 40 },
  }
}

/** Where each user's name is on the log-in screen, on the primary screen. */
export function logInPlaces(state: DesktopState): readonly { readonly user: string; readonly rect: Rect }[] {
  const { width, height } = primary(state)
  const top = Math.floor(height / 2) - 30 * state.users.length
  return state.users.map((user, i) => ({ user, rect: { x: Math.floor(width / 2) - 120, y: top + 60 * i, width: 240, height: 44 } }))
}

/** Somebody logs in: their desktop is there, as they left it. */
export function logIn(state: DesktopState, user: string): void {
  const { notes, field, firstLine, focused, startMenu } = state
  state.desks.set(state.user, { notes, field, firstLine, focused, startMenu })
  Object.assign(state, state.desks.get(user) ?? freshDesk(''), { user, cover: 'none' })
}

/** A desktop on which nobody has done anything; `text` stands in the text field. */
export const freshDesk = (text: string): Desk => ({
  notes: { x: 76, y: 72 },
  field: place({ text, caret: 0, anchor: 0 }, text.length, false),
  firstLine: 0,
  focused: true,
  startMenu: false,
})

/** The part of the field that text is written on, and how much of it fits. */
export function textArea(state: DesktopState): { x: number; y: number; columns: number; rows: number } {
  const { field } = places(state)
  return {
    x: field.x + FIELD_PADDING,
    y: field.y + FIELD_PADDING - 2,
    columns: Math.floor((field.width - 2 * FIELD_PADDING) / CHAR_WIDTH),
    rows: Math.floor((field.height - 2 * FIELD_PADDING + 4) / LINE_HEIGHT),
  }
}

/** What is to be seen in the place of the desktop. */
export const coverOf = ({ locked, cover }: DesktopState): Cover => (locked ? 'locked' : cover)

/** Whether keys and buttons reach anything of the desktop: neither the system's prompt nor the lock screen takes them. */
export const takesInput = (state: DesktopState): boolean => !['prompt', 'locked'].includes(coverOf(state))

export function primary(state: DesktopState): ScreenInfo {
  const screen = state.screens.find(one => one.primary)
  if (!screen) throw new RangeError('A virtual desktop always has a primary screen.')
  return screen
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height
}

/** `09:41:00` when the desktop starts. */
export function clock(seconds: number): string {
  const time = 9 * 3600 + 41 * 60 + seconds
  return [time / 3600, time / 60, time].map((part, i) => String(Math.floor(part) % (i === 0 ? 24 : 60)).padStart(2, '0')).join(':')
}
