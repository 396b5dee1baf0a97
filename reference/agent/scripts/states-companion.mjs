import { readFileSync } from 'node:fs'
import { companionPage, companionStates } from '@remote-assist/ui/node'

/** Where the page is for as long as it is pictured. */
const AT = 'http://companion.example'
const FONTS = new URL('../../../node_modules/@fontsource-variable/inter/files/', import.meta.url)
/** The same letters on every machine: of English, and of names from elsewhere. */
const FAMILIES = ['latin', 'latin-ext']
const LETTERS = FAMILIES.map(
  family => `@font-face { font-family: '${family}'; src: url('${AT}/inter-${family}-wght-normal.woff2'); font-weight: 100 900 }`,
).join('')
const USED = `:root { --ra-font: ${FAMILIES.map(family => `'${family}'`).join()} }`

/** What a state is called in the name of its picture. */
const nameOf = state => state.toLowerCase().replaceAll(/[^a-z]+/g, '-')

/** The names of the companion's states. */
export const COMPANION_NAMES = Object.keys(companionStates).map(nameOf)

/**
 * Leads the page of the companion's window through its states, which are made up, and has a picture taken of each.
 *
 * @param {unknown} _broker there is none
 * @param {import('playwright-core').BrowserContext} context
 * @param {(state: string, page: import('playwright-core').Page) => Promise<unknown>} picture
 */
export async function leadCompanion(_broker, context, picture) {
  const page = await context.newPage()
  await page.route(`${AT}/**`, route => {
    const { pathname } = new URL(route.request().url())
    // There is no process behind it.
    if (route.request().method() === 'POST') return route.fulfill({ status: 404 })
    if (pathname.endsWith('.woff2')) return route.fulfill({ path: new URL(`.${pathname}`, FONTS).pathname })
    const file = new URL(pathname === '/' ? 'index.html' : `.${pathname}`, companionPage)
    return pathname.endsWith('.css')
      ? route.fulfill({ contentType: 'text/css', body: readFileSync(file, 'utf8') + LETTERS + USED })
      : route.fulfill({ path: file.pathname })
  })
  await page.goto(AT)
  await page.getByRole('heading', { name: 'The program has ended' }).waitFor()
  for (const [name, state] of Object.entries(companionStates)) {
    await page.evaluate(async shown => {
      const companion = Object.assign(document.querySelector('remote-assist-companion'), { state: shown })
      await companion.updateComplete
    }, state)
    await picture(nameOf(name), page)
  }
}
