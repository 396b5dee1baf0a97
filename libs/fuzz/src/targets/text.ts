import { codePoint } from '@remote-assist/codec/testing'
import {
  agentUrl,
  customerUrl,
  inviteUrl,
  makePin,
  type Pin,
  parseAgentUrl,
  parseCustomerUrl,
  parseInviteUrl,
  parsePin,
  SecureError,
} from '@remote-assist/secure'
import fc from 'fast-check'
import { Random } from '../random.js'
import { fromText, promise, type Target, toText } from '../target.js'
import { same, securing } from './support.js'

/** The decimal digits of every script that the platform can count in: ten each. */
const SCRIPTS: readonly (readonly string[])[] = Intl.supportedValuesOf('numberingSystem')
  .map(system => [...new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false, minimumIntegerDigits: 10 }).format(123_456_789)])
  .filter(digits => digits.length === 10 && new Set(digits).size === 10 && digits.every(digit => /^\p{Nd}$/u.test(digit)))
const VALUE = new Map(SCRIPTS.flatMap(digits => digits.map((digit, value): [string, number] => [digit, value])))
const SEPARATORS = [' ', '-', '.', '_', '–', '—', '\u00a0', '\u00ad', '\u2011', '\u2212', '\u3000', '\n'] as const

const digit = fc.oneof({ weight: 3, arbitrary: fc.nat(9).map(String) }, { weight: 1, arbitrary: fc.constantFrom(...VALUE.keys()) })
const typed = fc
  .array(fc.oneof({ weight: 4, arbitrary: digit }, { weight: 1, arbitrary: fc.constantFrom(...SEPARATORS) }, { weight: 1, arbitrary: fc.constant('') }), {
    minLength: 8,
    maxLength: 20,
  })
  .map(parts => fromText(parts.join('')))

/** Whether a PIN is one: its parts fit together, and it is read back from both ways in which it is written. */
function isSound({ digits, grouped, locator, secret }: Pin): boolean {
  return /^[0-9]{4,9}$/.test(locator) && /^[0-9]{6}$/.test(secret) && digits === locator + secret && grouped.replaceAll('-', '') === digits
}

/** The parser of PINs as people type them. */
export const pin: Target = {
  name: 'pin',
  title: 'text is a PIN with the digits that stand in it, in any script, or E_PIN_FORMAT',
  seeds: () => ['4821-973-015', '4821973015', ' 482 197 3015 ', '999999999-123456', '٤٨٢١-٩٧٣-٠١٥', '４８２１９７３０１５', '𝟜𝟠𝟚𝟙𝟡𝟟𝟛𝟘𝟙𝟝', ''].map(fromText),
  grammar: () => fc.oneof({ weight: 4, arbitrary: typed }, { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 24 }).map(fromText) }),
  unit: 2,
  run: input => {
    const text = toText(input)
    const answer = securing(() => parsePin(text))
    if ('refused' in answer) {
      promise(answer.refused === 'E_PIN_FORMAT', `a PIN is refused as ${answer.refused}`)
      return answer.refused
    }
    promise(isSound(answer.value), 'a PIN does not hold together')
    promise(same(parsePin(answer.value.grouped), answer.value), 'a PIN is read otherwise than it is shown')
    const values = [...text.normalize('NFKC')].flatMap(character => VALUE.get(character) ?? [])
    promise(values.length !== answer.value.digits.length || values.join('') === answer.value.digits, 'a PIN has other digits than were typed')
    return 'read'
  },
}

const fixed = new Random(19)
const PIN = makePin('4821', '973015')
const GUEST = { inviteId: fixed.bytes(16), secret: fixed.bytes(32) }
const HOME = 'https://assist.example/'
const LINK = { pin: PIN, linkSecret: fixed.bytes(32) }
const CONSOLE = { sessionId: '00112233445566778899aabbccddeeff', agentToken: 'dG9rZW4', ...LINK }
const LINKS = [customerUrl(`${HOME}join`, LINK), inviteUrl(`${HOME}view`, GUEST), agentUrl(HOME, CONSOLE), agentUrl(HOME, { ...CONSOLE, view: GUEST })]

const part = fc.oneof(
  fc.constantFrom(...LINKS.flatMap(link => link.split(/[#.]/))),
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_=+/%'), maxLength: 60 }),
  fc.base64String({ maxLength: 48 }),
)
const links = fc
  .tuple(fc.constantFrom(HOME, `${HOME}join`, '', 'join'), fc.array(part, { maxLength: 8 }))
  .map(([base, parts]) => fromText(`${base}#1.${parts.join('.')}`))

/** What stands behind the first #, without the blanks around it. */
const fragmentOf = (url: string): string => url.slice(url.indexOf('#') + 1).trim()

/** The parsers of the links that people open. */
export const link: Target = {
  name: 'link',
  title: 'a link is read only from the one form in which it is written, or E_LINK_FORMAT',
  seeds: () => [...LINKS, ...LINKS.map(fragmentOf)].map(fromText),
  grammar: () => links,
  unit: 2,
  run: input => {
    const url = toText(input)
    const written = [
      securing(() => customerUrl(HOME, parseCustomerUrl(url))),
      securing(() => inviteUrl(HOME, parseInviteUrl(url))),
      securing(() => rewritten(url)),
    ]
    const words = written.map(answer => {
      if ('refused' in answer) {
        promise(answer.refused === 'E_LINK_FORMAT', `a link is refused as ${answer.refused}`)
        return 'refused'
      }
      promise(fragmentOf(answer.value) === fragmentOf(url), 'a link is read that would be written otherwise')
      return 'read'
    })
    promise(words[0] !== 'read' || words[1] !== 'read', 'a link is both a customer’s and a guest’s')
    return words.includes('read') ? `read at ${words.indexOf('read')}` : 'refused'
  },
}

/** The console's link, written again; its token is the broker's, and may hold what a URL writes otherwise. */
function rewritten(url: string): string {
  const read = parseAgentUrl(url)
  if (!/^[\w-]+$/.test(read.agentToken)) throw new SecureError('E_LINK_FORMAT', 'The token is not one that a URL holds as it is.')
  return agentUrl(HOME, read)
}
