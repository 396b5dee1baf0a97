import {
  type Capability,
  CredentialOpener,
  capabilityForm,
  credentialForm,
  readCredentials,
  SecureError,
  sealCredentials,
  sessionKey,
  sign,
  signCapability,
  signCredentialKey,
  verifyCapability,
} from '@remote-assist/secure'
import fc from 'fast-check'
import { Random } from '../random.js'
import { promise, type Target } from '../target.js'
import { anyBytes, concat, sameBytes, securing } from './support.js'

const fixed = new Random(13)
const CUSTOMER = sessionKey(fixed.bytes(32))
const SESSION = fixed.bytes(16)
const BEGIN = 1_790_000_000_000

const capabilityOf = (permissions: readonly number[], lifeMs: number): Capability => ({
  session: SESSION,
  participant: 1,
  publicKey: CUSTOMER.publicKey,
  role: 1,
  permissions,
  notBefore: BEGIN,
  expires: BEGIN + lifeMs,
  epoch: 3,
  serial: 9,
})

const capabilities = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { maxLength: 32 }), fc.integer({ min: 1, max: 900_000 }))
  .map(([permissions, lifeMs]) =>
    capabilityOf(
      permissions.sort((a, b) => a - b),
      lifeMs,
    ),
  )

/** Before its time, within it, at its end. */
const CLOCKS = [BEGIN - 1, BEGIN, BEGIN + 450_000, BEGIN + 900_000]
/** The first byte says whether the rest is signed already, or is yet to be, by the customer; and what time it is. */
const SIGNED = 0
const FORM = 1

/** The verifier of capabilities. */
export const capability: Target = {
  name: 'capability',
  title: 'a capability holds only as the customer signed it, in its one form, in its session and time; else SecureError',
  seeds: () => [
    ...CLOCKS.map((_, i) => concat(Uint8Array.of(SIGNED + 2 * i), signCapability(capabilityOf([1, 2, 7], 900_000), CUSTOMER))),
    ...CLOCKS.map((_, i) => concat(Uint8Array.of(FORM + 2 * i), capabilityForm(capabilityOf([1, 2, 7], 900_000)))),
  ],
  grammar: () =>
    fc.tuple(fc.nat(7), capabilities).map(([head, it]) => concat(Uint8Array.of(head), head % 2 === FORM ? capabilityForm(it) : signCapability(it, CUSTOMER))),
  maxBytes: 2_048,
  run: input => {
    const [head = 0] = input
    const rest = input.subarray(1)
    const signed = head % 2 === FORM ? concat(rest, sign(CUSTOMER, rest)) : rest
    const now = CLOCKS[(head >>> 1) % CLOCKS.length] ?? BEGIN
    const answer = securing(() => verifyCapability(signed, { session: SESSION, customerKey: CUSTOMER.publicKey, now }))
    if ('refused' in answer) return answer.refused
    const { value } = answer
    promise(sameBytes(signCapability(value, CUSTOMER), signed), 'a capability holds that the customer did not sign in this form')
    promise(now >= value.notBefore && now < value.expires && value.expires - value.notBefore <= 900_000, 'a capability holds outside its time')
    promise(sameBytes(value.session, SESSION), 'a capability holds in another session')
    return 'holds'
  },
}

const REQUEST = { session: SESSION, requestId: 7 }
const SECRET = new TextEncoder().encode('user\0password')
const HELPER_SEED = fixed.bytes(32)
const helper = () => CredentialOpener.create(REQUEST, Uint8Array.from(HELPER_SEED))
/** Sealed once: it does not matter to whom it is opened again. */
let sealed: Promise<Uint8Array> | undefined
const sealedOnce = () => {
  sealed ??= helper().then(({ publicKey }) => sealCredentials(REQUEST, signCredentialKey(REQUEST, publicKey, CUSTOMER), CUSTOMER.publicKey, SECRET))
  return sealed
}

const codeOf = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action()
    return 'opened'
  } catch (error) {
    if (error instanceof SecureError) return error.code
    throw error
  }
}

/** The helper's opener of credentials. The first three bytes change what was sealed: where, and by what; the rest is appended. */
export const credentials: Target = {
  name: 'credentials',
  title: 'credentials open once, as they were sealed; else SecureError',
  seeds: () => [Uint8Array.of(0, 0, 0), Uint8Array.of(0, 0, 1), Uint8Array.of(0, 40, 128), Uint8Array.of(0, 0, 0, 0)],
  grammar: () => anyBytes(8),
  run: async input => {
    const honest = await sealedOnce()
    const [high = 0, low = 0, flip = 0] = input
    const place = (256 * high + low) % honest.length
    const changed = concat(honest.with(place, (honest[place] ?? 0) ^ flip), input.subarray(3))
    const opener = await helper()
    const word = await codeOf(async () => {
      const opened = await opener.open(changed)
      promise(sameBytes(changed, honest) && sameBytes(opened, SECRET), 'credentials open that were altered')
    })
    promise(word === 'opened' || !sameBytes(changed, honest), `credentials do not open: ${word}`)
    promise((await codeOf(() => opener.open(honest))) === 'E_SPENT', 'a key for credentials opens twice')
    return word
  },
}

const UTF8 = new TextEncoder()
const accountForm = (account: string, password: Uint8Array) => credentialForm({ account, password })

/** The helper's reader of what it opened: an account and its password. */
export const account: Target = {
  name: 'account',
  title: 'an account and its password are read from their one form, which is wiped; else SecureError',
  seeds: () => [accountForm('root', UTF8.encode('tulip')), accountForm('DESK\\Größe', new Uint8Array()), accountForm('a', new Uint8Array(1_024))],
  grammar: () => fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), anyBytes(40)).map(([name, password]) => accountForm(name, password)),
  maxBytes: 2_048,
  run: input => {
    const form = Uint8Array.from(input)
    const answer = securing(() => readCredentials(form))
    promise(
      form.every(byte => byte === 0),
      'what was opened is left in memory',
    )
    if ('refused' in answer) return answer.refused
    promise(sameBytes(accountForm(answer.value.account, answer.value.password), input), 'an account is read from a form that is not its own')
    return 'read'
  },
}
