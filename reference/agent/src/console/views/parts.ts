/** Pieces that several views are made of. */
import { type ConsoleState, hindranceOf } from '../model.js'
import type { Strings } from '../strings.js'

/** What a view is drawn with, beside the state. */
export interface Frame {
  readonly t: Strings
  readonly language: string
  /** Ms since 1970, moved on once a second. */
  readonly now: number
  /** Which thing was copied a moment ago. */
  readonly copied: string | undefined
  copy(what: string, text: string): void
}

/** A link as people read it: without scheme and secret. */
export const shortUrl = (url: string): string => {
  const { host, pathname } = new URL(url)
  return host + pathname
}

/** The widest that a popover gets, CSS pixels. */
const WIDEST = 304

/** Puts a popover below the button that opens it; one that is higher than the room there scrolls. */
export function place(event: Event): void {
  const menu = event.currentTarget as HTMLElement
  const opener = menu.previousElementSibling?.getBoundingClientRect()
  if (opener === undefined) return
  menu.style.left = `${Math.round(Math.max(8, Math.min(opener.left, innerWidth - WIDEST - 8)))}px`
  menu.style.top = `${Math.round(opener.bottom + 4)}px`
  menu.style.maxBlockSize = `${Math.round(innerHeight - opener.bottom - 12)}px`
}

/** Why nothing can be done at the moment, in words; undefined if something can. */
export function whyNot(state: ConsoleState, t: Strings): string | undefined {
  const hindrance = hindranceOf(state)
  if (hindrance === undefined) return undefined
  if (hindrance === 'paused') return t.whyPaused
  return hindrance === 'line' ? t.whyLine : t.whyNotYet
}

/** Has a field take the keyboard when it is there. What is typed from here on is for it, and no longer for the customer's desktop. */
export function takeKeyboard(field: Element | undefined): void {
  // It is in the page only once everything is drawn.
  queueMicrotask(() => (field as HTMLElement | undefined)?.focus())
}
