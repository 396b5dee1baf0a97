/** What a customer is shown, as plain data, and what its controls can ask for. */
import type { LogEntry } from './log.js'
import type { Topic } from './topics.js'

/** Something went wrong, or is over, in words for a person. */
export interface Told {
  /** Stable, e.g. `E_CONNECT`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string | undefined
}

/** How far it is. */
export type Stage =
  /** The PIN is asked for. `problem`: why the last one did not do. */
  | { readonly name: 'code'; readonly problem: Problem | undefined }
  /** On the way to the agent. */
  | { readonly name: 'joining' }
  /** In, and nobody has asked yet. */
  | { readonly name: 'waiting' }
  /** Somebody has asked, and was allowed something. */
  | { readonly name: 'live' }
  | { readonly name: 'ended'; readonly why: Told; readonly refused: boolean }

/** Why a code did not let the person in. */
export interface Problem extends Told {
  /** What was typed, to be put right; empty = nothing that could be. */
  readonly typed: string
  /** Tries that are left; undefined = not known. */
  readonly attemptsLeft: number | undefined
  /** When it may be tried again, ms since 1970; undefined = now. */
  readonly againAtMs: number | undefined
}

/** Somebody who is there, or asks to be. */
export interface Helper {
  readonly id: number
  /** Empty = gave none. */
  readonly name: string
  readonly role: 'agent' | 'viewer'
  /** The organisation that vouches for it; undefined = nobody does. */
  readonly organisation: string | undefined
}

/** Somebody in the session. */
export interface Present extends Helper {
  readonly inControl: boolean
  readonly recording: boolean
  /** Its line is down. */
  readonly away: boolean
  readonly holds: readonly Topic[]
}

/** Somebody asks to assist, to watch, or for more. */
export interface Question {
  readonly id: number
  readonly from: Helper
  readonly words: readonly string[]
  /** Why, in their words; may be empty. */
  readonly reason: string
  readonly topics: readonly Topic[]
  /** Control was asked for, which this end cannot give. */
  readonly wantsControl: boolean
  /** When silence denies, ms since 1970. */
  readonly byMs: number
}

/** A line of chat. */
export interface Said {
  readonly id: number
  readonly name: string
  readonly self: boolean
  readonly text: string
  readonly atMs: number
}

/** What is seen of this computer: all of its screens, or what a person picked in a browser. */
export type Surface = 'desktop' | 'monitor' | 'window' | 'browser'

/** What is shared now. */
export interface Shared {
  readonly surface: Surface
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/** A file that came, verified. */
export interface ReceivedFile {
  /** Components joined by `/`. */
  readonly path: string
  /** Undefined = it is not said. */
  readonly bytes: number | undefined
  /** Where a browser keeps it until it is saved; undefined = it lies in a folder already. */
  readonly url: string | undefined
}

/** An agent offers files, or asks for some. */
export interface FileQuestion {
  readonly id: number
  readonly kind: 'offer' | 'ask'
  readonly name: string
  /** Of an ask: what is wanted. */
  readonly prompt: string
  /** Of an offer: what there is. */
  readonly entries: readonly { readonly path: string; readonly bytes: number }[]
  readonly bytes: number
  readonly byMs: number
}

/** A transfer, under way or over. */
export interface Transferred {
  readonly id: number
  readonly way: 'sending' | 'receiving'
  readonly name: string
  /** 0–1. */
  readonly fraction: number
  readonly bytesPerSecond: number
  readonly state: 'moving' | 'done' | 'failed'
  readonly why: Told | undefined
}

/** Everything that is shown. */
export interface CustomerState {
  readonly stage: Stage
  /** The line to the broker. */
  readonly lineUp: boolean
  readonly paused: boolean
  readonly people: readonly Present[]
  /** In the order in which they were asked. The first one is shown. */
  readonly questions: readonly Question[]
  readonly shared: Shared | undefined
  readonly chat: readonly Said[]
  readonly fileQuestions: readonly FileQuestion[]
  readonly transfers: readonly Transferred[]
  readonly received: readonly ReceivedFile[]
  /** People with whom the words were compared. */
  readonly compared: readonly number[]
  readonly log: readonly LogEntry[]
  /** The last thing that did not work. */
  readonly notice: Told | undefined
}

/** Before anything has happened. */
export const initialState: CustomerState = {
  stage: { name: 'code', problem: undefined },
  lineUp: true,
  paused: false,
  people: [],
  questions: [],
  shared: undefined,
  chat: [],
  fileQuestions: [],
  transfers: [],
  received: [],
  compared: [],
  log: [],
  notice: undefined,
}

/** What the controls ask for. Each tells what came of it through the state. */
export interface Actions {
  join(code: string): void
  cancel(): void
  /** Answers the first question. */
  start(chosen: ReadonlySet<Topic>): void
  refuse(): void
  pause(): void
  goOn(): void
  stop(): void
  allow(topic: Topic, on: boolean): void
  turnOut(person: number): void
  wordsOf(person: number): readonly string[]
  sameWords(person: number): void
  say(text: string): void
  accept(question: number): void
  decline(question: number): void
  saveLog(): void
  restart(): void
  dismissNotice(): void
}

/** Those who are allowed something. */
export const isHere = ({ holds }: Present): boolean => holds.length > 0

/** Whether anybody may. */
export const mayAnybody = ({ people }: CustomerState, topic: Topic): boolean => people.some(({ holds }) => holds.includes(topic))
