/** Every word of the customer's page, by language. */
import type { Told } from '../console/model.js'
import type { Problem } from './model.js'
import { GERMAN } from './strings-de.js'
import { ENGLISH, type Strings } from './strings-en.js'

export type { Strings }

/** The languages that the page speaks. */
export const LANGUAGES: ReadonlyMap<string, Strings> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
])

/** The words for a BCP 47 tag, e.g. `de-AT`; undefined for a language that is not there. */
const wordsFor = (tag: string): Strings | undefined => LANGUAGES.get(tag.toLowerCase().split('-', 1)[0] ?? '')

/** The words for the first of these tags that the page speaks; English if it speaks none. */
export const stringsFor = (...tags: readonly string[]): Strings => tags.map(wordsFor).find(words => words !== undefined) ?? ENGLISH

/** An error in the words of the page, where it has its own. */
export function sentenceOf(error: Told | Problem, t: Strings, nowMs: number): { readonly message: string; readonly hint: string | undefined } {
  const [message, hint] = t.errors[error.code] ?? [error.message, error.hint]
  const { attemptsLeft, againAtMs } = 'attemptsLeft' in error ? error : { attemptsLeft: undefined, againAtMs: undefined }
  const waits = againAtMs !== undefined && againAtMs > nowMs ? t.waitSeconds(Math.ceil((againAtMs - nowMs) / 1_000)) : undefined
  return { message: attemptsLeft === undefined ? message : `${message} ${t.left(attemptsLeft)}`, hint: waits ?? hint }
}
