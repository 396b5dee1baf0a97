/** Where the pages lie that a program serves. */

/** The folder of the companion's page, as a `file:` URL: `index.html`, and what it loads. */
export const companionPage = new URL('../companion-page/', import.meta.url)
