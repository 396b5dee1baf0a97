/** HTML that cannot be broken by what it shows: everything that is put into a template is escaped, unless it is a template itself. */

/** Markup, safe to put into a page as it is. Only `html` and `constant` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Content = string | number | Markup | readonly Content[] | undefined | false

/** Text for content and for quoted attributes. */
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').replaceAll('\0', '\ufffd')

/** A template whose values are escaped; lists are joined, `undefined` and `false` are nothing. Attributes have to be in quotes. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(strings.map((text, index) => text + (index < values.length ? written(values[index]) : '')).join(''))

/** Markup or a script that is written in the source, with nothing of a report in it. */
export const constant = (text: string): Markup => new Markup(text)

/** A requirement's text, with what stands between backticks as code. */
export const prose = (text: string): Markup => html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`

function written(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content))
  return content.map(written).join('')
}
