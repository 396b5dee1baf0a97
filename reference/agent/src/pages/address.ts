/** What the address of a page says. */

/** The fragment, which is removed from the address bar and the history at once: it carries a secret. Empty = there is none. */
export function takeFragment(): string {
  const fragment = location.hash.slice(1)
  if (fragment !== '') history.replaceState(null, '', location.pathname + location.search)
  return fragment
}

/** The languages that the reader wants, the best first: `?lang=`, then those of the browser. */
export const wantedLanguages = (): readonly string[] => [new URLSearchParams(location.search).get('lang') ?? '', ...navigator.languages]

/** The name that others see, from `?name=`; undefined = none is given. */
export const givenName = (): string | undefined => new URLSearchParams(location.search).get('name') ?? undefined
