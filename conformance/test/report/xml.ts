/** What an XML parser has to refuse is refused here: enough of XML 1.0 to tell that a document without DTD is well-formed. */

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const TOKEN = /<\?xml [^?]*\?>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** The root element. Throws where the document is not well-formed. */
export function parseXml(document: string): Element {
  if (FORBIDDEN.test(document)) throw new Error('A character that XML does not allow.')
  const top: Element = { name: '', attributes: {}, children: [], text: '' }
  const open: Element[] = [top]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < document.length) {
    const place = TOKEN.lastIndex
    const match = TOKEN.exec(document)
    if (match === null) throw new Error(`Not XML at ${place}: ${document.slice(place, place + 80)}`)
    const [, closes, opens, attributes = '', single, text] = match
    const current = open.at(-1) as Element
    if (text !== undefined) current.text += unescaped(text)
    if (closes !== undefined && open.pop()?.name !== closes) throw new Error(`</${closes}> closes nothing.`)
    if (opens === undefined) continue
    const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)] as const)
    if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`<${opens}> has an attribute twice.`)
    const element: Element = { name: opens, attributes: Object.fromEntries(pairs), children: [], text: '' }
    current.children.push(element)
    if (single === '') open.push(element)
  }
  const [root, ...more] = top.children
  if (open.length > 1 || root === undefined || more.length > 0 || top.text.trim() !== '') throw new Error('Not one element with everything in it.')
  return root
}

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+))?(;?)/g, (whole, code: string | undefined, name: string | undefined, end: string) => {
    const character = code !== undefined ? String.fromCodePoint(Number(code)) : ENTITIES[name ?? '']
    if (end === '' || character === undefined) throw new Error(`${whole} is no reference.`)
    return character
  })
}
