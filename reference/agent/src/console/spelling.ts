/** Links and PINs as they are read out over the telephone. */

const NATO =
  'Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu'
/** DIN 5009, as it is known: first names and what stands in for them. */
const DIN =
  'Anton Berta Cäsar Dora Emil Friedrich Gustav Heinrich Ida Julius Kaufmann Ludwig Martha Nordpol Otto Paula Quelle Richard Samuel Theodor Ulrich Viktor Wilhelm Xanthippe Ypsilon Zeppelin'

const SIGNS = {
  en: { '.': 'dot', '/': 'slash', '-': 'dash', ':': 'colon', _: 'underscore' },
  de: { '.': 'Punkt', '/': 'Schrägstrich', '-': 'Bindestrich', ':': 'Doppelpunkt', _: 'Unterstrich' },
} as const

/** A character, and the word that stands for it; a digit stands for itself. */
export interface Spelled {
  readonly character: string
  readonly word: string
}

/** Each character of a text with the word for it, in German or, for any other language, by the ICAO alphabet. */
export function spell(text: string, language: string): readonly Spelled[] {
  const tongue = language.toLowerCase().startsWith('de') ? 'de' : 'en'
  const letters = (tongue === 'de' ? DIN : NATO).split(' ')
  const signs: Readonly<Record<string, string>> = SIGNS[tongue]
  return [...text].map(character => {
    const at = character.toLowerCase().charCodeAt(0) - 97
    return { character, word: letters[at] ?? signs[character] ?? character }
  })
}
