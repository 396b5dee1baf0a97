/** Every word of the console, by language, and what goes with them. */
import type { Combo, Person } from './model.js'
import { ENGLISH, type Strings } from './strings/english.js'
import { GERMAN } from './strings/german.js'
import type { Told } from './told.js'

export type { Strings }

/** The languages that the console speaks. */
export const LANGUAGES: ReadonlyMap<string, Strings> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
])

/** The words for a BCP 47 tag, e.g. `de-AT`; English for languages that are not there. */
export const stringsFor = (tag: string): Strings => LANGUAGES.get(tag.toLowerCase().split('-', 1)[0] ?? '') ?? ENGLISH

/** The language of an element: its own, or that of what it is in. */
export const languageOf = (element: Element): string => element.closest<HTMLElement>('[lang]')?.lang || 'en'

type Plain = { [K in keyof Strings]: Strings[K] extends string ? K : never }[keyof Strings]

const SENTENCES: { readonly [code: string]: readonly [message: Plain, hint: Plain] } = {
  E_PIN_WRONG: ['wrongCode', 'wrongCodeHow'],
  E_ATTEMPTS: ['wrongCode', 'wrongCodeHow'],
  E_SECURITY: ['insecure', 'insecureHow'],
  E_LIMIT: ['limit', 'limitHow'],
}

/** An error in the words of the console, where it has its own; they are for an agent. */
export function sentenceOf({ code, message, hint }: Told, t: Strings): Pick<Told, 'message' | 'hint'> {
  const own = SENTENCES[code]
  return own === undefined ? { message, hint } : { message: t[own[0]], hint: t[own[1]] }
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  meta: 'Windows',
  delete: 'Del',
  escape: 'Esc',
  tab: 'Tab',
  printscreen: 'Print Screen',
}

/** A combination as it is written on keys: `Ctrl + Alt + Del`. */
export const comboLabel = (combo: Combo): string =>
  combo
    .split('+')
    .map(key => KEY_NAMES[key] ?? key.toUpperCase())
    .join(' + ')

/** What somebody does in the session. */
export const activity = ({ role, inControl, recording }: Person, t: Strings): string => {
  if (recording) return t.recording
  if (inControl) return t.inControl
  if (role === 'viewer') return t.viewing
  return role === 'agent' ? t.agent : t.customer
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size as people say it, in powers of 1024: `1.4 GB`. */
export function amount(bytes: number, { locale }: Pick<Strings, 'locale'>): string {
  let size = Math.max(0, bytes)
  let unit = 0
  while (size >= 1_024 && unit < UNITS.length - 1) {
    size /= 1_024
    unit++
  }
  const digits = unit > 0 && size < 100 ? 1 : 0
  return `${size.toLocaleString(locale, { maximumFractionDigits: digits })} ${UNITS[unit]}`
}

/** A rate: `1.4 MB/s`. */
export const rate = (bytesPerSecond: number, t: Strings): string => t.perSecond(amount(Math.round(bytesPerSecond), t))

/** A rest of time: `9:41`. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
