/** The words of the agent's page and the external view's, beside what their elements say. */
import { languageFor, loadStrings, type Strings, stringsFor } from '../console/strings.js'
import { wantedLanguages } from './address.js'

/** Has the page speak what its reader reads, from now on; resolves to the words. */
export async function speak(): Promise<Strings> {
  const language = languageFor(...wantedLanguages())
  document.documentElement.lang = language
  await loadStrings(language)
  return stringsFor(language)
}
