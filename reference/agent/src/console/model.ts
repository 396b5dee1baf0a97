/** What the console shows, as plain data, and what its controls can ask for. Views know nothing else; no wire type gets this far. */

import type { Credentials, Quality } from '@remote-assist/peer'
import type { FileActions, FilesState } from './files/model.js'
import type { Told } from './told.js'

/** How far the session is. */
export type Stage =
  | { readonly name: 'creating' }
  | { readonly name: 'waiting' }
  /** The customer is there and is asked what this agent may do; its screen shows these words with the question. */
  | { readonly name: 'asking'; readonly words: readonly string[] }
  | { readonly name: 'live' }
  | { readonly name: 'paused' }
  /** The line of this end (`own`) or of the customer dropped; it may come back. */
  | { readonly name: 'reconnecting'; readonly own: boolean }
  | { readonly name: 'ended'; readonly why: Told }
  | { readonly name: 'error'; readonly why: Told }

/** The code by which the customer joins. */
export interface Code {
  /** As shown and read aloud: `4821-973-015`. Undefined = the session had all the PINs that it may: the link alone lets the customer in. */
  readonly pin: string | undefined
  /** A customer came by it and was gone before they decided: it lets nobody in again, by PIN or by link. */
  readonly used: boolean
  /** Tries of the PIN that are left, 0–2; undefined = nobody tried a wrong one. The link goes on working without any. */
  readonly triesLeft: number | undefined
  /** The link that lets the customer in. */
  readonly url: string
  /** Ms since 1970. */
  readonly expiresAtMs: number
}

/** Somebody in the session. */
export interface Person {
  readonly id: number
  /** As given; empty = it gave none. */
  readonly name: string
  readonly role: 'agent' | 'customer' | 'viewer'
  /** The organisation that vouches for it, as the customer says; empty = nobody does; undefined = the customer has not said yet, or it is no agent. */
  readonly organisation: string | undefined
  readonly self: boolean
  readonly inControl: boolean
  readonly elevated: boolean
  readonly recording: boolean
  /** What the customer lets it do. */
  readonly can: readonly Ability[]
}

/** Words that this end and the customer see, unless somebody stands between: people compare them by voice. */
export interface Comparison {
  /** Three. */
  readonly words: readonly string[]
  /** Who said that they are the same. */
  readonly byUs: boolean
  readonly byCustomer: boolean
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
  /** Where it stands among the others, in the pixels of the desktop. */
  readonly x: number
  readonly y: number
}

/** A line of chat. */
export interface Said {
  readonly from: number
  readonly name: string
  readonly role: Person['role']
  readonly self: boolean
  readonly text: string
}

/** What the customer may grant an agent, as far as the console's controls need it. */
export type Ability = 'view' | 'control' | 'clipboard-to' | 'clipboard-from' | 'files-to' | 'files-from' | 'chat' | 'annotate' | 'elevate'

/** Combinations that no browser passes on, in the order of the menu. */
export const COMBOS = ['ctrl+alt+delete', 'ctrl+escape', 'ctrl+shift+escape', 'alt+tab', 'alt+f4', 'meta', 'meta+l', 'meta+r', 'printscreen'] as const

/** One of them. */
export type Combo = (typeof COMBOS)[number]

/** How the customer's computer is satisfied: its user answers its own prompt, or the agent gives an account and its password. */
export type ElevationWay = 'prompt' | 'credentials'

/** How far a request for elevated powers is: with the customer, who also answers the prompt; at the form; or with the computer, which checks what was typed. */
export type Elevating = 'asked' | 'credentials' | 'checking'

/** What is asked for when powers are. */
export interface ElevationWish {
  readonly way: ElevationWay
  readonly scope: 'standard' | 'admin'
  readonly minutes: number
  /** For the customer to read. */
  readonly reason: string
}

/** A link by which somebody may join. */
export interface Guest {
  readonly id: number
  readonly role: 'viewer' | 'agent'
  readonly url: string
  /** Ms since 1970. */
  readonly expiresAtMs: number
  /** The name of who came by it, empty if it gave none: it lets nobody else in. */
  readonly usedBy: string | undefined
}

/** Everything that is shown. */
export interface ConsoleState {
  readonly stage: Stage
  readonly code: Code | undefined
  readonly people: readonly Person[]
  /** Undefined while there are no words: before the session, and while the line is down. */
  readonly comparison: Comparison | undefined
  readonly screens: readonly ScreenLabel[]
  /** The id of the screen that is shown. */
  readonly current: number | undefined
  /** Who is in control: this agent, another one, or nobody. */
  readonly control: 'ours' | 'other' | 'nobody'
  /** This agent waits for whoever is in control to give it back. */
  readonly wantsControl: boolean
  /** This agent leads: it alone invites, removes, and takes control from others. */
  readonly leads: boolean
  /** The customer is at work on the desktop: input is dropped for a moment. */
  readonly heldOff: boolean
  readonly can: readonly Ability[]
  readonly elevated: boolean
  /** When the powers end, ms since 1970; undefined = there are none. */
  readonly elevatedUntilMs: number | undefined
  /** Undefined = nothing is asked for. */
  readonly elevating: Elevating | undefined
  /** The customer's computer can elevate, and takes credentials for it. */
  readonly canElevate: boolean
  readonly takesCredentials: boolean
  /** For how long powers can be had at most, minutes: the administrator's limit. */
  readonly elevationMinutes: number
  readonly syncsClipboard: boolean
  /** Links that were made for others. */
  readonly guests: readonly Guest[]
  readonly chat: readonly Said[]
  /** Lines of others that came since the chat was looked at. */
  readonly unread: number
  readonly files: FilesState
  /** How the line does; undefined before the session, and while it is down. */
  readonly quality: Quality | undefined
  /** Why the picture cannot be had although the session is live, e.g. the operating system's own prompt. */
  readonly covered: string | undefined
  /** When the session ends because it has lasted as long as it may, ms since 1970; undefined = not soon. */
  readonly endsAtMs: number | undefined
  /** The last thing that did not work. */
  readonly notice: Told | undefined
}

/** Before anything has happened. */
export const initialState: ConsoleState = {
  stage: { name: 'creating' },
  code: undefined,
  people: [],
  comparison: undefined,
  screens: [],
  current: undefined,
  control: 'nobody',
  wantsControl: false,
  leads: false,
  heldOff: false,
  can: [],
  elevated: false,
  elevatedUntilMs: undefined,
  elevating: undefined,
  canElevate: false,
  takesCredentials: false,
  elevationMinutes: 0,
  syncsClipboard: false,
  guests: [],
  chat: [],
  unread: 0,
  files: { rows: [], offers: [], asking: false, maxFileBytes: undefined },
  quality: undefined,
  covered: undefined,
  endsAtMs: undefined,
  notice: undefined,
}

/** What the controls ask for. Each tells what came of it through the state. */
export interface Actions {
  restart(): void
  /** A code is never made but by this. */
  newCode(): void
  /** The words were compared and are the same. */
  confirmWords(): void
  nextScreen(): void
  showScreen(id: number): void
  /** Takes control; while another agent has it, waits for that one to give it back. */
  takeControl(): void
  /** Waits no longer. */
  forgoControl(): void
  releaseControl(): void
  sendKeys(combo: Combo): void
  /** Types the page's clipboard as keys. */
  typeClipboard(): void
  elevate(wish: ElevationWish): void
  /** The form was filled in, or closed. */
  giveCredentials(credentials: Credentials | undefined): void
  /** Gives elevated powers up, or the request for them. */
  dropElevation(): void
  syncClipboard(on: boolean): void
  invite(role: Guest['role']): void
  /** Takes a link back; who came by it goes as well. */
  revoke(guest: Guest): void
  /** Turns somebody out. */
  remove(person: Person): void
  say(text: string): void
  /** The chat was looked at. */
  readChat(): void
  readonly files: FileActions
  leave(): void
  dismissNotice(): void
}

/** Lines of chat that are kept. */
const MAX_LINES = 500

/** Somebody said something. */
export function heard({ chat, unread, people }: ConsoleState, from: number, text: string): Pick<ConsoleState, 'chat' | 'unread'> {
  const person = people.find(({ id }) => id === from)
  const line = { from, name: person?.name ?? '?', role: person?.role ?? 'agent', self: person?.self ?? false, text }
  return { chat: [...chat, line].slice(-MAX_LINES), unread: unread + (line.self ? 0 : 1) }
}

/** Why nothing can be done at the moment. */
export type Hindrance = 'paused' | 'line' | 'not-yet'

/** What keeps everything from being done; undefined if nothing does. */
export function hindranceOf({ stage }: ConsoleState): Hindrance | undefined {
  if (stage.name === 'live') return undefined
  if (stage.name === 'paused') return 'paused'
  return stage.name === 'reconnecting' ? 'line' : 'not-yet'
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
