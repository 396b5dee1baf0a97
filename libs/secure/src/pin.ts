/** Codes that people read and type: a PIN is a locator (4–9 digits, from the broker) and a secret (6 digits, made at the agent's end). */
import { SecureError } from './errors.js'

/** Digits of a PIN's secret part. */
export const PIN_SECRET_DIGITS = 6
/** Fewest and most digits of a locator (RA-RLY-211). */
export const LOCATOR_DIGITS = { min: 4, max: 9 } as const

/** A session PIN, whole and in its parts. */
export interface Pin {
  /** 10–15 digits: locator, then secret. */
  readonly digits: string
  /** As it is shown and read aloud: `4821-973-015`. */
  readonly grouped: string
  /** What the broker knows. */
  readonly locator: string
  /** What it does not: 6 digits. */
  readonly secret: string
}

/** What a person may type between the digits: spaces, dashes of every kind, dots. */
const SEPARATORS = /[\s\u00ad.\u2010-\u2015\u2212_-]+/gu

/** Longer text, with separators and without, is not read digit by digit: somebody pasted something else. */
const MAX_TEXT = { typed: 1_000, bare: 100 } as const

const formatError = (message: string, hint: string) => new SecureError('E_PIN_FORMAT', message, hint)

/** Puts a PIN together. Throws `E_PIN_FORMAT` unless the locator has 4–9 digits and the secret 6. */
export function makePin(locator: string, secret: string): Pin {
  if (!/^\d{4,9}$/.test(locator) || !/^\d{6}$/.test(secret))
    throw formatError('A PIN is a locator of 4 to 9 digits and a secret of 6.', 'Ask the agent for a new PIN.')
  return { digits: locator + secret, grouped: groupDigits(locator, secret), locator, secret }
}

/**
 * A secret part that nobody can guess, from 16 random bytes: 6 digits, no value likelier than another by more than 2⁻¹⁰⁸ (RA-SEC-007).
 * Throws `E_FORMAT` if there are fewer bytes.
 */
export function newPinSecret(random: Uint8Array): string {
  if (random.length < 16) throw new SecureError('E_FORMAT', 'The secret of a PIN is made from 16 random bytes.')
  const number = random.subarray(0, 16).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return (number % 10n ** BigInt(PIN_SECRET_DIGITS)).toString().padStart(PIN_SECRET_DIGITS, '0')
}

/** `4821`,`973015` → `4821-973-015`: the secret in threes, the locator in threes from its end, its first group up to four long. */
function groupDigits(locator: string, secret: string): string {
  const groups = [secret.slice(0, 3), secret.slice(3)]
  let rest = locator
  while (rest.length > 4) {
    groups.unshift(rest.slice(-3))
    rest = rest.slice(0, -3)
  }
  return [rest, ...groups].join('-')
}

/**
 * Reads a PIN as a person types it: spaces, dashes and dots do not matter, and digits of other scripts count.
 * Throws `E_PIN_FORMAT` with what is wrong and what to do.
 */
export function parsePin(text: string): Pin {
  const bare = text.length > MAX_TEXT.typed ? text : text.normalize('NFKC').replace(SEPARATORS, '')
  if (bare.length > MAX_TEXT.bare) throw formatError('That is too long for a PIN.', 'Type the digits that the agent reads to you, e.g. 4821-973-015.')
  const digits = bare.replace(/\p{Nd}/gu, asciiDigit)
  const stranger = digits.match(/\D/u)?.[0]
  if (digits === '') throw formatError('The PIN is empty.', 'Type the digits that the agent reads to you, e.g. 4821-973-015.')
  if (stranger !== undefined) throw formatError(`“${stranger}” is no digit.`, 'A PIN has digits alone, e.g. 4821-973-015.')
  const { min, max } = LOCATOR_DIGITS
  if (digits.length < min + PIN_SECRET_DIGITS)
    throw formatError(`The PIN has ${digits.length} digits; some are missing.`, 'Ask the agent to read all groups again.')
  if (digits.length > max + PIN_SECRET_DIGITS) throw formatError(`The PIN has ${digits.length} digits; that is too many.`, 'Type each group once.')
  return makePin(digits.slice(0, -PIN_SECRET_DIGITS), digits.slice(-PIN_SECRET_DIGITS))
}

/** The ASCII digit of a decimal digit of any script: they come in runs of ten, from zero up. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let start = code
  while (start > 0 && /\p{Nd}/u.test(String.fromCodePoint(start - 1))) start--
  return String((code - start) % 10)
}
