import { AssistError, cleanContent } from '@remote-assist/peer'
import fc from 'fast-check'
import { promise, type Target } from '../target.js'

const PNG_HEAD = '89504e470d0a1a0a'
/** Small pictures, one of each kind: grey, true colour, palette, with alpha, interlaced. */
const PICTURES = [
  '0000000d494844520000000200000002080000000057dd52f80000000e49444154789c63606462626601000023000d880638d40000000049454e44ae426082',
  '0000000d49484452000000020000000110020000002bd0349e0000001549444154789c6364646266616563e7e0646462060001500035e3955b900000000049454e44ae426082',
  '0000000d4948445200000003000000020203000000e01a8e890000000c504c5445010203040506070809010203914b7e950000000274524e5300090f4f759c0000000c49444154789c639060390000011400ddfd530d410000000049454e44ae426082',
  '0000000d494844520000000200000002080600000105b13db20000001649444154789c636064626661606563e76006b1400c00026c004cc63dff930000000049454e44ae426082',
  '0000000d494844520000000100000002080400000033887eac0000000e49444154789c63e66460e1fc0f00016201195f87401b0000000049454e44ae426082',
].map(rest => Uint8Array.from(Buffer.from(PNG_HEAD + rest, 'hex')))

const TAGS = ['b', 'p', 'a', 'td', 'table', 'script', 'style', 'svg', 'math', 'img', 'iframe', 'textarea', 'title', 'noscript', 'template', 'br', 'form', 'xmp']
const ATTRIBUTES = [
  ' onclick=x',
  ' href="javascript:x"',
  " href='https://x/?a&b'",
  ' style="color:red;background:url(x)"',
  ' colspan=2',
  ' title="<script>"',
  '/',
  ' ',
]
const PIECES = ['<!--', '-->', '<![CDATA[', ']]>', '<?', '>', '<', '"', "'", '&lt;', '&#60;', '&', '\0', 'text', '</']
const markup = fc
  .array(
    fc.oneof(
      fc
        .tuple(fc.constantFrom('<', '</'), fc.constantFrom(...TAGS), fc.array(fc.constantFrom(...ATTRIBUTES), { maxLength: 3 }))
        .map(([open, tag, attributes]) => `${open}${tag}${attributes.join('')}>`),
      fc.constantFrom(...PIECES),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 24 },
  )
  .map(pieces => new TextEncoder().encode(pieces.join('')))

const KEPT =
  /^(?:a|abbr|b|bdi|bdo|blockquote|br|caption|cite|code|col|colgroup|d[dlt]|del|dfn|div|em|fig(?:caption|ure)|h[1-6r]|i|ins|kbd|li|mark|ol|p|pre|q|r[pt]|ruby|s|samp|small|span|strong|su[bp]|table|tbody|t[dhr]|tfoot|thead|time|u|ul|var|wbr)$/
const ATTRIBUTE = / (dir|lang|title|href|colspan|rowspan|span|start|value|style)="([^"<>]*)"/y

/** Whether every `<` begins a tag that may be there, with attributes that may be, and nothing in them acts. */
function isHarmless(html: string): boolean {
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    const [head = '', name = ''] = /^<\/?([a-z0-9]+)/.exec(html.slice(at, at + 16)) ?? []
    if (!KEPT.test(name)) return false
    at += head.length
    for (ATTRIBUTE.lastIndex = at; ; at = ATTRIBUTE.lastIndex) {
      const [, attribute, value = ''] = ATTRIBUTE.exec(html) ?? []
      if (attribute === undefined) break
      if (attribute === 'href' && !/^(?:https?:\/\/|mailto:|tel:)/i.test(value)) return false
      if (attribute === 'style' && /[\\/]|\((?<!rgba?\()/i.test(value)) return false
    }
    if (html[at] !== '>') return false
  }
  return true
}

/** HTML of the other side’s clipboard. */
export const clipboardHtml: Target = {
  name: 'clipboard-html',
  title: 'HTML becomes HTML that holds nothing that acts, and cleaning it again changes nothing',
  seeds: () =>
    ['<p onclick="x">a<b>b</b></p><script>x</script>', '<a href="https://x">l</a>', '<svg><style><img src=x onerror=x>'].map(text =>
      new TextEncoder().encode(text),
    ),
  grammar: () => markup,
  run: async input => {
    const clean = await cleanContent('text/html', input)
    promise(isHarmless(new TextDecoder().decode(clean)), 'something is left that may act')
    promise(Buffer.from(await cleanContent('text/html', clean)).equals(clean), 'cleaning it again changes it')
    return clean.length === 0 ? 'nothing' : 'cleaned'
  },
}

/** Of every PNG: its signature, the length of its header and its name. */
const BEGINNING = Buffer.from(`${PNG_HEAD}0000000d49484452`, 'hex')

/** Pictures of the other side’s clipboard. */
export const clipboardPng: Target = {
  name: 'clipboard-png',
  title: 'a picture becomes one of its size that cleaning does not change, or E_INVALID',
  seeds: () => PICTURES,
  grammar: () => fc.uint8Array({ maxLength: 80 }).map(bytes => Uint8Array.from([...(PICTURES[0] as Uint8Array).subarray(0, 33), ...bytes])),
  run: async input => {
    let clean: Uint8Array
    try {
      clean = await cleanContent('image/png', input)
    } catch (error) {
      promise(error instanceof AssistError && error.code === 'E_INVALID', `a picture is refused with ${String(error)}`)
      return 'refused'
    }
    promise(BEGINNING.equals(clean.subarray(0, BEGINNING.length)), 'what comes of it is no picture')
    promise(Buffer.from(clean).subarray(16, 24).equals(Buffer.from(input).subarray(16, 24)), 'it has another size')
    promise(Buffer.from(await cleanContent('image/png', clean)).equals(clean), 'cleaning it again changes it')
    return 'cleaned'
  },
}
