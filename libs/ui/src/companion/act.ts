/** What the companion's window asks of its process: one line of JSON each, checked when it arrives. */
import { TOPICS, type Topic } from '../topics.js'

/** Acts on nothing in particular. */
const PLAIN = ['cancel', 'refuse', 'pause', 'go-on', 'stop', 'save-log', 'show-folder', 'cancel-rejoin', 'restart', 'dismiss'] as const

/** Something that the person did in the window. */
export type Act =
  | { readonly do: (typeof PLAIN)[number] }
  | { readonly do: 'join'; readonly code: string }
  | { readonly do: 'start'; readonly question: number; readonly topics: readonly Topic[] }
  | { readonly do: 'allow'; readonly topic: Topic; readonly on: boolean }
  | { readonly do: 'turn-out' | 'same-words'; readonly person: number }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'accept' | 'decline'; readonly question: number }
  | { readonly do: 'answer'; readonly question: number; readonly allow: boolean }
  | { readonly do: 'password'; readonly question: number; readonly text: string }
  /** Gives what was uploaded under these numbers; as the answer to a question, if one is named. */
  | { readonly do: 'send'; readonly uploads: readonly number[]; readonly question: number | undefined }

/** Most characters of a text in an act. */
const MAX_TEXT = 4_096
/** Most files that are given at once. */
export const MAX_UPLOADS = 100

const isText = (it: unknown): it is string => typeof it === 'string' && it.length <= MAX_TEXT
const isNumber = (it: unknown): it is number => typeof it === 'number' && Number.isSafeInteger(it) && it >= 0
const isTopic = (it: unknown): it is Topic => TOPICS.some(topic => topic === it)
const isListOf = <T>(it: unknown, most: number, is: (one: unknown) => one is T): it is readonly T[] => Array.isArray(it) && it.length <= most && it.every(is)

/** The act that a parsed line is; undefined = it is none. Only what belongs to it is taken over. */
export function actOf(form: unknown): Act | undefined {
  if (typeof form !== 'object' || form === null) return undefined
  const { do: what, code, question, topics, topic, on, person, text, allow, uploads } = form as Readonly<Record<string, unknown>>
  switch (what) {
    case 'join':
      return isText(code) ? { do: what, code } : undefined
    case 'start':
      return isNumber(question) && isListOf(topics, TOPICS.length, isTopic) ? { do: what, question, topics } : undefined
    case 'allow':
      return isTopic(topic) && typeof on === 'boolean' ? { do: what, topic, on } : undefined
    case 'turn-out':
    case 'same-words':
      return isNumber(person) ? { do: what, person } : undefined
    case 'say':
      return isText(text) ? { do: what, text } : undefined
    case 'accept':
    case 'decline':
      return isNumber(question) ? { do: what, question } : undefined
    case 'answer':
      return isNumber(question) && typeof allow === 'boolean' ? { do: what, question, allow } : undefined
    case 'password':
      return isNumber(question) && isText(text) ? { do: what, question, text } : undefined
    case 'send':
      return isListOf(uploads, MAX_UPLOADS, isNumber) && (question === undefined || isNumber(question)) ? { do: what, uploads, question } : undefined
    default: {
      const plain = PLAIN.find(one => one === what)
      return plain === undefined ? undefined : { do: plain }
    }
  }
}

/** Whether an act gives somebody more than they have, or speaks for the person: then it has to come from the person's own hand. */
export const givesMore = (act: Act): boolean => {
  switch (act.do) {
    case 'allow':
      return act.on
    case 'answer':
      return act.allow
    case 'start':
      return act.topics.length > 0
    default:
      return ['join', 'same-words', 'say', 'accept', 'password', 'send', 'go-on', 'restart'].includes(act.do)
  }
}
