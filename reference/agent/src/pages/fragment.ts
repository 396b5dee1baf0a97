/** The fragment of the page's address, which is removed from the address bar and the history at once: it carries a secret. */
export function takeFragment(): string {
  const fragment = location.hash.slice(1)
  if (fragment !== '') history.replaceState(null, '', location.pathname + location.search)
  return fragment
}
