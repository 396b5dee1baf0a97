/** Every word of the console, by language, and what goes with them. */
import { amount } from '@remote-assist/ui'
import type { Combo, Person } from './model.js'
import { ENGLISH, type Strings } from './strings/english.js'
import type { Told } from './told.js'

export { amount, type Strings }

/** The languages beside English, each in a file of its own that is loaded once an element speaks it. */
const OTHERS: Readonly<Record<string, () => Promise<Strings>>> = {
  de: async () => (await import('./strings/german.js')).GERMAN,
}
const loaded = new Map<string, Strings>()

/** The language of a BCP 47 tag, e.g. `de` of `de-AT`; undefined = there are no words for it but English ones. */
const languageOfTag = (tag: string): string | undefined => Object.keys(OTHERS).find(language => language === primary(tag))
const primary = (tag: string): string | undefined => tag.toLowerCase().split('-', 1)[0]

/** The first of these BCP 47 tags whose language there are words for, as that language; English if none is. */
export const languageFor = (...tags: readonly string[]): string => {
  const first = tags.find(tag => primary(tag) === 'en' || languageOfTag(tag) !== undefined)
  return languageOfTag(first ?? '') ?? 'en'
}

/** The words for a language, by its BCP 47 tag: English if it is not there, or until it was loaded. */
export const stringsFor = (tag: string): Strings => loaded.get(languageOfTag(tag) ?? '') ?? ENGLISH

/** Loads the words for a language; undefined = they are there. Never rejects: where its file is missing, it is English. */
export function loadStrings(tag: string): Promise<unknown> | undefined {
  const language = languageOfTag(tag)
  if (language === undefined || loaded.has(language)) return undefined
  return OTHERS[language]?.().then(
    words => loaded.set(language, words),
    (error: unknown) => {
      console.warn(`remote-assist: the words for ${language} did not load: ${error}`)
      loaded.set(language, ENGLISH)
    },
  )
}

/** An error in the words of the console, where the language has its own for an agent. */
export function sentenceOf({ code, message, hint, reason, file, sizes }: Told, { errors, locale }: Strings): Pick<Told, 'message' | 'hint'> {
  const own = errors[`${code}:${sizes ? 'sizes' : reason}`] ?? errors[code]
  if (own === undefined) return { message, hint }
  const [unsized, what] = own
  const sentence = sizes === undefined ? unsized : withSizes(unsized, sizes, locale)
  // Nobody foresaw it: what the browser says is all that there is.
  return { message: file === undefined ? sentence : `${file}: ${sentence}`, hint: code === 'E_UNEXPECTED' ? message : what }
}

/** A sentence with a size and a limit, which never look alike. */
function withSizes(sentence: string, { bytes, maxFileBytes }: NonNullable<Told['sizes']>, locale: string): string {
  const both = [bytes, maxFileBytes]
  const [size = '', limit = ''] = both.map(one => amount(Number(one), { locale }))
  const [exact = '', most = ''] = size === limit ? both.map(one => `${one.toLocaleString(locale)} B`) : [size, limit]
  return sentence.replace('{size}', exact).replace('{limit}', most)
}

/** What somebody is called who perhaps gave no name. */
export const called = ({ name, role }: Pick<Person, 'name' | 'role'>, t: Strings): string => name || t.roles[role]

/** A combination as it is written on keys: `Ctrl + Alt + Del`. */
export const comboLabel = (combo: Combo, { keys }: Pick<Strings, 'keys'>): string =>
  combo
    .split('+')
    .map(key => keys[key] ?? key.toUpperCase())
    .join(' + ')

/** What somebody does in the session. */
export const activity = ({ role, inControl, recording }: Person, t: Strings): string => {
  if (recording) return t.recording
  if (inControl) return t.inControl
  if (role === 'viewer') return t.viewing
  return role === 'agent' ? t.agent : t.customer
}

/** A rate: `1.4 MB/s`. */
export const rate = (bytesPerSecond: number, t: Strings): string => t.perSecond(amount(Math.round(bytesPerSecond), t))
