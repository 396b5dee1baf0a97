/**
 * HTML from somewhere else, made harmless. Nothing of it is passed on as it came: what is written are elements and attributes of a list, with text between
 * them that holds no markup. So it does not matter how cleverly the rest was put, nor whether a browser would have read it otherwise.
 */

/** Elements that stay, for the structure and the looks of text. None of them fetches, runs, or reads its content as anything but text and elements. */
const KEPT = new Set(
  (
    'a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre ' +
    'q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead time tr u ul var wbr'
  ).split(' '),
)
const VOID = new Set(['br', 'col', 'hr', 'wbr'])
/** Elements that go with everything in them. Of all others, what is in them stays. */
const DROPPED = new Set('applet audio canvas iframe math noembed noframes noscript object script select style svg template textarea title video xmp'.split(' '))
/** Elements within elements: deeper ones go, and their text stays. */
const MAX_DEPTH = 64

const WORD = /^[a-z0-9-]{1,35}$/i
const NUMBER = /^\d{1,4}$/
/** Links to pages, people and telephones; a scheme is read as it is written, so that none can hide behind a character reference. */
const LINK = /^(?:https?:\/\/|mailto:|tel:)[^\s\p{Cc}<>"'`\\]{1,2000}$/iu

type Accepts = (value: string) => boolean
const like =
  (pattern: RegExp): Accepts =>
  value =>
    pattern.test(value)

const EVERYWHERE: Readonly<Record<string, Accepts>> = { dir: like(/^(?:ltr|rtl|auto)$/i), lang: like(WORD), title: () => true }
const CELL = { colspan: like(NUMBER), rowspan: like(NUMBER) }
const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Accepts>>>> = {
  a: { href: like(LINK) },
  td: CELL,
  th: CELL,
  col: { span: like(NUMBER) },
  colgroup: { span: like(NUMBER) },
  ol: { start: like(NUMBER) },
  li: { value: like(NUMBER) },
}
const STYLES = new Set(
  'background-color color font-family font-size font-style font-weight text-align text-decoration text-indent vertical-align white-space'.split(' '),
)
/** Words, numbers, colours and the names of fonts: nothing that fetches or computes. */
const STYLE_VALUE = /^(?:[a-z0-9#%., -]{1,120}|rgba?\([0-9., %]{1,40}\))$/i

const REFERENCE = /^&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});/i
/** `<name …>`, up to and without what follows the name. */
const TAG_NAME = /<(\/?)([a-z][^\s/>]*)/iy
/** An attribute, or a character between two. */
const ATTRIBUTE = /([^\s=/>][^\s=/>]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?|[\s/=]+/y

interface Tag {
  readonly closes: boolean
  readonly name: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly end: number
}

/**
 * The same text with the same structure, and nothing else (RA-CLP-022): no scripts, handlers, styles of pages, pictures, embedded documents or forms. It is
 * well-formed, made in time and room that grow with the length alone, and making it again changes nothing.
 */
export function cleanHtml(html: string): string {
  const written: string[] = []
  const open: string[] = []
  let at = 0
  while (at < html.length) {
    const next = html.indexOf('<', at)
    const text = html.slice(at, next < 0 ? undefined : next)
    if (text !== '') written.push(escaped(text))
    if (next < 0) break
    const tag = tagAt(html, next)
    if (tag === undefined) {
      const isMarkup = /[!?/]/.test(html[next + 1] ?? '')
      if (!isMarkup) written.push('&lt;')
      at = isMarkup ? pastMarkup(html, next) : next + 1
    } else {
      at = DROPPED.has(tag.name) && !tag.closes ? pastElement(html, tag) : tag.end
      if (KEPT.has(tag.name)) write(tag, open, written)
    }
  }
  for (const name of open.reverse()) written.push(`</${name}>`)
  return written.join('')
}

function write({ closes, name, attributes }: Tag, open: string[], written: string[]): void {
  if (!closes) {
    if (!VOID.has(name) && open.length >= MAX_DEPTH) return
    written.push(`<${name}${attributes.map(attribute => accepted(name, ...attribute)).join('')}>`)
    if (!VOID.has(name)) open.push(name)
    return
  }
  const from = open.lastIndexOf(name)
  if (from < 0) return
  for (const inner of open.splice(from).reverse()) written.push(`</${inner}>`)
}

/** The tag that begins there; undefined if none does. One that does not end is nothing, up to the end of all. */
function tagAt(html: string, start: number): Tag | undefined {
  TAG_NAME.lastIndex = start
  const match = TAG_NAME.exec(html)
  if (match === null) return undefined
  const attributes = new Map<string, string>()
  let at = TAG_NAME.lastIndex
  while (html[at] !== '>') {
    ATTRIBUTE.lastIndex = at
    const found = ATTRIBUTE.exec(html)
    if (found === null) return { closes: true, name: '', attributes: [], end: html.length }
    const [, name, double, single, bare] = found
    if (name !== undefined && !attributes.has(name.toLowerCase())) attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '')
    at = ATTRIBUTE.lastIndex
  }
  return { closes: match[1] === '/', name: (match[2] as string).toLowerCase(), attributes: [...attributes], end: at + 1 }
}

/** Behind a comment, a declaration or an instruction. */
const pastMarkup = (html: string, start: number): number => (html.startsWith('<!--', start) ? past(html, '-->', start + 2) : past(html, '>', start))

function past(html: string, what: string, from: number): number {
  const found = html.indexOf(what, from)
  return found < 0 ? html.length : found + what.length
}

/** Behind the end of an element whose content counts for nothing. */
function pastElement(html: string, { name, end }: Tag): number {
  const closing = new RegExp(`</${name}(?![^\\s/>])`, 'gi')
  closing.lastIndex = end
  return closing.exec(html) === null ? html.length : past(html, '>', closing.lastIndex)
}

function accepted(element: string, name: string, value: string): string {
  if (name === 'style') {
    const style = styleOf(value)
    return style === '' ? '' : ` style="${style}"`
  }
  const accepts = EVERYWHERE[name] ?? ATTRIBUTES[element]?.[name]
  return accepts?.(value) ? ` ${name}="${escaped(value)}"` : ''
}

function styleOf(style: string): string {
  return style
    .split(';')
    .map(declaration => declaration.split(':').map(part => part.trim()))
    .filter(([name = '', value = '', ...more]) => more.length === 0 && STYLES.has(name.toLowerCase()) && STYLE_VALUE.test(value))
    .map(([name = '', value = '']) => `${name.toLowerCase()}: ${value}`)
    .join('; ')
}

const NAMES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text without markup; character references stay what they are. */
function escaped(text: string): string {
  return text.replace(/[<>"&]|(?![\t\n\r])\p{Cc}/gu, (char, at: number) => {
    if (char === '&') return REFERENCE.test(text.slice(at, at + 40)) ? '&' : '&amp;'
    return NAMES[char] ?? ''
  })
}
