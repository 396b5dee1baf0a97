/**
 * Writes docs/spec/vectors/codes.json: PINs as people type them, and links as people open them, sound ones and such as are to be refused.
 * `npm run vectors -w @remote-assist/secure`, after a build.
 */
import { writeFileSync } from 'node:fs'

const NOTES = {
  Shown: { description: 'As it is shown and read aloud.' },
  Separated: { description: 'What stands between digits means nothing: blanks, dashes, dots.' },
  Bounds: { description: 'The fewest and most digits of a locator, 4 and 9.' },
  Length: { description: 'Too few digits, or too many.', reason: 'E_PIN_FORMAT' },
  Stranger: { description: 'Something is neither digit nor separator.', reason: 'E_PIN_FORMAT' },
  Whole: { description: 'A whole link, or its fragment alone.' },
  Version: { description: 'The version is missing, or is none that this version of the specification knows.', reason: 'E_LINK_FORMAT' },
  Parts: { description: 'A part is missing, or there is one too many; or all of them are where browsers send them to servers.', reason: 'E_LINK_FORMAT' },
  Content: { description: 'A part does not have its bytes or digits, or is no base64url without padding.', reason: 'E_LINK_FORMAT' },
}

/** Bytes that count up from one. */
const bytes = (length, first) => Buffer.from(Array.from({ length }, (_none, index) => (first + index) % 256))
const base64url = content => content.toString('base64url')
const PIN = { locator: '4821', secret: '973015' }
const LINK = bytes(32, 0xe0)
const INVITE = bytes(16, 0xf8)
const JOIN = 'https://assist.example/join'
const VIEW = 'https://assist.example/view'

let tcId = 0
const valid = (comment, flag, text, decoded) => ({ tcId: ++tcId, comment, flags: [flag], text, decoded, result: 'valid' })
const invalid = (comment, flag, text) => ({ tcId: ++tcId, comment, flags: [flag], text, result: 'invalid', reason: NOTES[flag].reason })

const pins = [
  valid('in groups', 'Shown', '4821-973-015', PIN),
  valid('nothing between', 'Separated', '4821973015', PIN),
  ...[' ', '.', '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\u00a0', '\t', ' - '].map(between =>
    valid('something between every two digits', 'Separated', [...'4821973015'].join(between), PIN),
  ),
  valid('blanks around', 'Separated', '  4821 973 015\n', PIN),
  valid('leading zeros', 'Separated', '0000 000 000', { locator: '0000', secret: '000000' }),
  valid('the most digits', 'Bounds', '123-456-789-973-015', { locator: '123456789', secret: '973015' }),
  valid('five digits', 'Bounds', '12-345-973-015', { locator: '12345', secret: '973015' }),
  invalid('nothing', 'Length', ''),
  invalid('separators alone', 'Length', ' - '),
  invalid('nine digits', 'Length', '821-973-015'),
  invalid('sixteen digits', 'Length', '1234-567-890-973-015'),
  invalid('a letter', 'Stranger', '4821-973-O15'),
  invalid('a sign', 'Stranger', '+4821-973-015'),
  invalid('a slash', 'Stranger', '4821/973/015'),
  invalid('a link', 'Stranger', `${JOIN}#1.4821973015`),
]

/** Links of one kind, whose first part is this. */
function links(page, first, decoded, wrongFirsts) {
  const secret = base64url(LINK)
  const fragment = `1.${first}.${secret}`
  return [
    valid('a whole link', 'Whole', `${page}#${fragment}`, decoded),
    valid('with a query, which is the page’s own', 'Whole', `${page}?lang=de#${fragment}`, decoded),
    valid('the fragment alone', 'Whole', `#${fragment}`, decoded),
    invalid('no fragment', 'Version', page),
    invalid('an empty fragment', 'Version', `${page}#`),
    invalid('version 0', 'Version', `${page}#0.${first}.${secret}`),
    invalid('version 2', 'Version', `${page}#2.${first}.${secret}`),
    invalid('no version', 'Version', `${page}#${first}.${secret}`),
    invalid('no secret', 'Parts', `${page}#1.${first}`),
    invalid('an empty secret', 'Content', `${page}#1.${first}.`),
    invalid('one part more', 'Parts', `${page}#${fragment}.${secret}`),
    invalid('in the query', 'Version', `${page}?${fragment}`),
    invalid('the secret lacks its last letter', 'Content', `${page}#${fragment.slice(0, -1)}`),
    invalid('the secret has 31 bytes', 'Content', `${page}#1.${first}.${base64url(LINK.subarray(1))}`),
    invalid('the secret has 33 bytes', 'Content', `${page}#1.${first}.${base64url(bytes(33, 0xe0))}`),
    invalid('the secret is padded', 'Content', `${page}#${fragment}=`),
    invalid('the secret is base64, not base64url', 'Content', `${page}#1.${first}.${LINK.toString('base64').replace('=', '')}`),
    invalid('the secret has bits behind its last byte', 'Content', `${page}#${fragment.slice(0, -1)}_`),
    ...wrongFirsts.map(([comment, text]) => invalid(comment, 'Content', `${page}#1.${text}.${secret}`)),
  ]
}

const groups = [
  { type: 'PIN', tests: pins },
  {
    type: 'client session URL',
    tests: links(JOIN, '4821973015', { ...PIN, linkSecret: LINK.toString('hex') }, [
      ['the PIN has nine digits', '821973015'],
      ['the PIN has sixteen digits', '1234567890973015'],
      ['the PIN is in groups', '4821-973-015'],
      ['the PIN is empty', ''],
    ]),
  },
  {
    type: 'invitation URL',
    tests: links(VIEW, base64url(INVITE), { inviteId: INVITE.toString('hex'), secret: LINK.toString('hex') }, [
      ['the id has 15 bytes', base64url(INVITE.subarray(1))],
      ['the id has 17 bytes', base64url(bytes(17, 0xf8))],
      ['the id is padded', `${base64url(INVITE)}==`],
      ['the id is empty', ''],
    ]),
  },
]
const notes = Object.entries(NOTES).map(([flag, note]) => `${JSON.stringify(flag)}:${JSON.stringify(note)}`)
const written = groups.map(({ type, tests }) => `{"type":${JSON.stringify(type)},"tests":[\n${tests.map(vector => JSON.stringify(vector)).join(',\n')}\n]}`)
writeFileSync(
  new URL('../../../docs/spec/vectors/codes.json', import.meta.url),
  `{"source":"libs/secure/scripts/code-vectors.mjs",\n"numberOfTests":${tcId},\n"notes":{\n${notes.join(',\n')}\n},\n"testGroups":[\n${written.join(',\n')}\n]}\n`,
)
console.log(`${tcId} vectors of PINs and links`)
