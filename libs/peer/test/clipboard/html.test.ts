import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanHtml } from '../../src/clipboard/html.js'

/** The only things that there may be: text without markup, references, and tags as they are written. */
const HARMLESS =
  /^(?:[^<>&"]|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});|<\/?[a-z][a-z\d]*(?: (?:dir|lang|title|href|colspan|rowspan|span|start|value|style)="[^"<>]*")*>)*$/iu
const ACTS = /<\/?(?:script|style|iframe|object|embed|svg|math|img|video|audio|form|input|button|link|meta|base|template|noscript|xmp|textarea)\b/i
const LINKS = /^(?:https?:|mailto:|tel:)/

const piece = fc.oneof(
  fc.constantFrom(
    ...['<', '>', '"', "'", '&', '/', '=', ' ', '\n', '<!--', '-->', '<![CDATA[', ']]>', '<?', '\0', '&lt;', '&#x3c;', '&colon;', '</'],
    ...['<b>', '</b>', '<a href="https://example.org/?a=1&amp;b">', '</a>', '<p style="color: red; position: fixed">', '<td colspan=2>', '</p>', '<table>'],
    ...['<script>', '</script>', '<svg/onload=alert(1)>', '<img src=x onerror=alert(1)>', '<style>', '<math><mtext>', '<a href="javascript:alert(1)">'],
    ...[
      '<iframe srcdoc="',
      '<textarea>',
      '</title>',
      'onclick=',
      'style="background: url(x)"',
      '<noscript><p title="</noscript><img src=x onerror=1>">',
      '<xmp>',
    ],
  ),
  fc.string(),
)
const html = fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join(''))

describe('HTML that arrives', () => {
  it('is well-formed and harmless, whatever came (RA-CLP-022)', () => {
    fc.assert(
      fc.property(html, dirty => {
        const clean = cleanHtml(dirty)
        expect(clean).toMatch(HARMLESS)
        const open: string[] = []
        for (const [, closes, name = ''] of clean.matchAll(/<(\/?)([a-z\d]+)/gi)) {
          if (closes === '/') expect(open.pop()).toBe(name)
          else if (!['br', 'col', 'hr', 'wbr'].includes(name)) open.push(name)
        }
        expect(open).toEqual([])
        expect(clean).not.toMatch(ACTS)
        for (const [, href] of clean.matchAll(/ href="([^"]*)"/g)) expect(href).toMatch(LINKS)
        for (const [, style] of clean.matchAll(/ style="([^"]*)"/g)) expect(style?.replaceAll(/rgba?\(/g, '')).not.toMatch(/[(\\/]|position/)
      }),
      { numRuns: 500 },
    )
  })

  it('is the same when it is cleaned again', () => {
    fc.assert(fc.property(html, dirty => void expect(cleanHtml(cleanHtml(dirty))).toBe(cleanHtml(dirty))))
  })

  it('keeps text, structure and looks', () => {
    const kept =
      '<h1>Ä &amp; Ö</h1><p style="color: #c00; font-weight: bold">A <b>bold</b> <i>word</i><br>and <a href="https://example.org/?a=1&amp;b=2">a link</a></p>' +
      '<ul><li>one</li><li>two</li></ul><table><tbody><tr><th colspan="2">x</th></tr><tr><td>1</td><td>2</td></tr></tbody></table><pre>  code\n</pre>'
    expect(cleanHtml(kept)).toBe(kept)
    expect(cleanHtml('a < b & c > d')).toBe('a &lt; b &amp; c &gt; d')
    const office =
      '<html xmlns:o="urn:x"><head><meta charset="utf-8"><title>t</title><!--[if gte mso 9]><xml>x</xml><![endif]--><style>p{}</style></head>' +
      '<body><!--StartFragment--><p class=MsoNormal>Word<o:p></o:p></p><!--EndFragment--></body></html>'
    expect(cleanHtml(office)).toBe('<p>Word</p>')
  })

  it.each([
    ['<img src=x onerror=alert(1)>text', 'text'],
    ['<script>alert(1)</script>text', 'text'],
    ['<SCRIPT SRC=//x></SCRIPT >text', 'text'],
    ['<p onclick="alert(1)">text</p>', '<p>text</p>'],
    ['<a href="javascript:alert(1)">text</a>', '<a>text</a>'],
    ['<a href="&#106;avascript:alert(1)">text</a>', '<a>text</a>'],
    ['<a href=" https://x">text</a>', '<a>text</a>'],
    ['<p style="background-color: url(https://x)">text</p>', '<p>text</p>'],
    ['<p style="color: red; background: url(//x); color: expression(1)">text</p>', '<p style="color: red">text</p>'],
    ['<svg><a xlink:href="javascript:1"><text>x</text></a></svg>text', 'text'],
    ['<form action=//x><input value=1>text<button>go</button></form>', 'textgo'],
    ['<iframe srcdoc="<script>1</script>"></iframe>text', 'text'],
    ['<b>bold<p>text', '<b>bold<p>text</p></b>'],
    ['text</b></p>', 'text'],
    ['<i><b>text</i></b>', '<i><b>text</b></i>'],
    ['text<a href="https://x', 'text'],
    ['text<!-- never closed', 'text'],
    ['text<script>never closed', 'text'],
    ['<p title="&quot;><script>">text</p>', '<p title="&quot;&gt;&lt;script&gt;">text</p>'],
  ])('%s becomes %s', (dirty, clean) => expect(cleanHtml(dirty)).toBe(clean))

  it('takes time that grows with its length alone', () => {
    const MIB = 2 ** 20
    for (const hostile of ['<', '<a ', '<a b=">"', "<a b='", '<!--', '<svg>', '</svg', '<b>', '&', '<p style="', '<script></scrip', '</b>', '<i></b>', '= ']) {
      const dirty = hostile.repeat(MIB / hostile.length)
      const began = performance.now()
      cleanHtml(dirty)
      expect(performance.now() - began, hostile).toBeLessThan(5_000)
    }
  })
})
