/** Every word of the customer's page, by language. */
import type { Told } from '../console/told.js'
import type { Problem } from './model.js'
import { GERMAN } from './strings-de.js'
import { ENGLISH, type Strings } from './strings-en.js'

export type { Strings }

/** The languages that the page speaks. */
export const LANGUAGES: ReadonlyMap<string, Strings> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
])

/** The first of these BCP 47 tags, e.g. `de-AT`, whose language the page speaks, as that language; English if it speaks none. */
export const languageFor = (...tags: readonly string[]): string =>
  tags.map(tag => tag.toLowerCase().split('-', 1)[0] ?? '').find(language => LANGUAGES.has(language)) ?? 'en'

/** The words for the first of these tags that the page speaks; English if it speaks none. */
export const stringsFor = (...tags: readonly string[]): Strings => LANGUAGES.get(languageFor(...tags)) ?? ENGLISH

/** An error in the words of the page, where it has its own. */
export function sentenceOf(error: Told | Problem, t: Strings, nowMs: number): { readonly message: string; readonly hint: string | undefined } {
  const [message, hint] = t.errors[error.code] ?? [error.message, error.hint]
  const { attemptsLeft, againAtMs } = 'attemptsLeft' in error ? error : { attemptsLeft: undefined, againAtMs: undefined }
  const waits = againAtMs !== undefined && againAtMs > nowMs ? t.waitSeconds(Math.ceil((againAtMs - nowMs) / 1_000)) : undefined
  return { message: attemptsLeft === undefined ? message : `${message} ${t.left(attemptsLeft)}`, hint: waits ?? hint }
}
