/** The companion's page: where it lies, and what it shows. */

export { companionStates } from './companion-states.js'

/** The folder of the companion's page, as a `file:` URL: `index.html`, and what it loads. */
export const companionPage = new URL('../companion-page/', import.meta.url)
