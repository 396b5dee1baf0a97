/** Every word of the customer's page, by language. */
import { languages } from './languages.js'
import type { Problem, Told } from './model.js'
import { ENGLISH, type Strings } from './strings/english.js'
import { GERMAN } from './strings/german.js'

export type { Strings }

const PAGE = languages<Strings>(ENGLISH, { de: GERMAN })
/** The words of each language that the page speaks, by its tag, e.g. `de`. */
export const LANGUAGES = PAGE.LANGUAGES
/** The language of the page for a person who reads these, in this order: BCP 47 tags, e.g. `de-AT`. English if it speaks none of them. */
export const languageFor = PAGE.languageFor
/** The page's words for a person who reads these languages, in this order: BCP 47 tags. English if it speaks none of them. */
export const stringsFor = PAGE.stringsFor

/** An error in the words of the page, where it has its own. */
export function sentenceOf(error: Told | Problem, t: Strings, nowMs: number): { readonly message: string; readonly hint: string | undefined } {
  const [message, hint] = t.errors[error.code] ?? [error.message, error.hint]
  const { attemptsLeft, againAtMs } = 'attemptsLeft' in error ? error : { attemptsLeft: undefined, againAtMs: undefined }
  const waits = againAtMs !== undefined && againAtMs > nowMs ? t.waitSeconds(Math.ceil((againAtMs - nowMs) / 1_000)) : undefined
  return { message: attemptsLeft === undefined ? message : `${message} ${t.left(attemptsLeft)}`, hint: waits ?? hint }
}
