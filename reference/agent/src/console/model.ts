/** What the console shows, as plain data, and what its controls can ask for. Views know nothing else; no wire type gets this far. */

/** Something went wrong, or is over, in words for a person. */
export interface Told {
  /** Stable, e.g. `E_CONNECT`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string | undefined
}

/** How far the session is. */
export type Stage =
  | { readonly name: 'creating' }
  | { readonly name: 'waiting' }
  /** The customer is there and is asked what this agent may do. */
  | { readonly name: 'asking' }
  | { readonly name: 'live' }
  | { readonly name: 'paused' }
  /** The line of this end (`own`) or of the customer dropped; it may come back. */
  | { readonly name: 'reconnecting'; readonly own: boolean }
  | { readonly name: 'ended'; readonly why: Told }
  | { readonly name: 'error'; readonly why: Told }

/** The code by which the customer joins. */
export interface Code {
  /** As shown and read aloud: `4821-973-015`. */
  readonly grouped: string
  /** The link that carries it. */
  readonly url: string
  /** Ms since 1970. */
  readonly expiresAtMs: number
}

/** Somebody in the session. */
export interface Person {
  readonly id: number
  readonly name: string
  readonly role: 'agent' | 'customer' | 'viewer'
  readonly self: boolean
  readonly inControl: boolean
  readonly elevated: boolean
  readonly recording: boolean
}

/** A monitor of the customer. */
export interface ScreenLabel {
  readonly id: number
  /** From 1, in the order of Next Screen. */
  readonly number: number
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scalePercent: number
}

/** A line of chat. */
export interface Said {
  readonly from: number
  readonly name: string
  readonly self: boolean
  readonly text: string
}

/** What the customer may grant an agent, as far as the console's controls need it. */
export type Ability = 'view' | 'control' | 'clipboard-to' | 'clipboard-from' | 'chat'

/** Combinations that no browser passes on, in the order of the menu. */
export const COMBOS = ['ctrl+alt+delete', 'ctrl+escape', 'ctrl+shift+escape', 'alt+tab', 'alt+f4', 'meta', 'meta+l', 'meta+r', 'printscreen'] as const

/** One of them. */
export type Combo = (typeof COMBOS)[number]

/** Everything that is shown. */
export interface ConsoleState {
  readonly stage: Stage
  readonly code: Code | undefined
  readonly people: readonly Person[]
  readonly screens: readonly ScreenLabel[]
  /** The id of the screen that is shown. */
  readonly current: number | undefined
  /** Who is in control: this agent, another one, or nobody. */
  readonly control: 'ours' | 'other' | 'nobody'
  /** The customer is at work on the desktop: input is dropped for a moment. */
  readonly heldOff: boolean
  readonly can: readonly Ability[]
  readonly elevated: boolean
  readonly syncsClipboard: boolean
  /** The external view link, once made. */
  readonly viewUrl: string | undefined
  readonly chat: readonly Said[]
  /** Round trip to the customer. */
  readonly rttMs: number | undefined
  /** Why the picture cannot be had although the session is live, e.g. the operating system's own prompt. */
  readonly covered: string | undefined
  /** The last thing that did not work. */
  readonly notice: Told | undefined
}

/** Before anything has happened. */
export const initialState: ConsoleState = {
  stage: { name: 'creating' },
  code: undefined,
  people: [],
  screens: [],
  current: undefined,
  control: 'nobody',
  heldOff: false,
  can: [],
  elevated: false,
  syncsClipboard: false,
  viewUrl: undefined,
  chat: [],
  rttMs: undefined,
  covered: undefined,
  notice: undefined,
}

/** What the controls ask for. Each tells what came of it through the state. */
export interface Actions {
  restart(): void
  newCode(): void
  nextScreen(): void
  takeControl(): void
  releaseControl(): void
  sendKeys(combo: Combo): void
  syncClipboard(on: boolean): void
  inviteViewer(): void
  say(text: string): void
  leave(): void
  dismissNotice(): void
}

/** Whether the customer is (or was a moment ago) in the session: the layout with the picture. */
export const isInSession = ({ name }: Stage): boolean => name === 'live' || name === 'paused' || name === 'reconnecting'

/** There is nothing to leave any more. */
export const isOver = ({ name }: Stage): boolean => name === 'ended' || name === 'error'

/** The screen that is shown. */
export const currentScreen = ({ screens, current }: ConsoleState): ScreenLabel | undefined => screens.find(({ id }) => id === current)

/** The screen behind the current one. */
export function nextScreen({ screens, current }: ConsoleState): ScreenLabel | undefined {
  const at = screens.findIndex(({ id }) => id === current)
  return screens[(at + 1) % screens.length]
}
