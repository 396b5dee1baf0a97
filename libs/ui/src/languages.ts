/** Languages: every word of something that people see, by language, and which of them somebody reads. */

/** The words of something in each language that it speaks. */
export interface Languages<Words> {
  /** By language, as BCP 47 has them, e.g. `de`. */
  readonly LANGUAGES: ReadonlyMap<string, Words>
  /** The first of these BCP 47 tags, e.g. `de-AT`, whose language is there, as that language; English if none is. */
  languageFor(...tags: readonly string[]): string
  /** The words for the first of these tags whose language is there; English if none is. */
  stringsFor(...tags: readonly string[]): Words
}

/** Speaks English, and other languages that have a word for each of the English ones. */
export function languages<Words>(english: Words, others: Readonly<Record<string, Words>>): Languages<Words> {
  const LANGUAGES = new Map([['en', english], ...Object.entries(others)])
  const languageFor = (...tags: readonly string[]): string =>
    tags.map(tag => tag.toLowerCase().split('-', 1)[0] ?? '').find(language => LANGUAGES.has(language)) ?? 'en'
  return { LANGUAGES, languageFor, stringsFor: (...tags) => LANGUAGES.get(languageFor(...tags)) ?? english }
}
