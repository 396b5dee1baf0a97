/** Which secrets an end has, and who may use them. */
import { CloseCode, PasswordClass } from '@remote-assist/codec'
import type { CustomerLink, Pin } from '../pin.js'
import type { Secret } from './security.js'
import { sameBytes } from './transcript.js'

/** Tries that a PIN allows at each end. */
export const PIN_ATTEMPTS = 3

const NO_NAME: Uint8Array = new Uint8Array()
const text = new TextEncoder()

/** The secret that a PIN alone proves. */
export const pinSecret = ({ secret }: Pin): Secret => ({ passwordClass: PasswordClass.PIN, name: NO_NAME, bytes: text.encode(secret) })

/** The secret that a client session URL proves: the PIN's and the link's. */
export function linkSecret({ pin, linkSecret: link }: CustomerLink): Secret {
  const digits = text.encode(pin.secret)
  const bytes = new Uint8Array(digits.length + link.length)
  bytes.set(digits)
  bytes.set(link, digits.length)
  return { passwordClass: PasswordClass.LINK, name: NO_NAME, bytes }
}

/** The secret of an invitation. */
export const inviteSecret = (inviteId: Uint8Array, secret: Uint8Array): Secret => ({ passwordClass: PasswordClass.INVITE, name: inviteId, bytes: secret })

/** What an end knows before any handshake. */
export interface Secrets {
  /** Customer: what this counterpart should know. */
  offer(participant: number): Secret | undefined
  /** Joiner: the secret of that class and name, or why there is none. */
  find(passwordClass: PasswordClass, name: Uint8Array): Secret | CloseCode
  /** Joiner: the counterpart did not prove that secret. Returns how many tries are left, where they are counted. */
  missed(secret: Secret): number | undefined
}

/** The secrets of a joiner. The PIN counts its tries; everything else cannot be guessed. */
export function joinerSecrets(secrets: readonly Secret[]): Secrets {
  let attemptsLeft = PIN_ATTEMPTS
  return {
    offer: () => undefined,
    find(passwordClass, name) {
      if (passwordClass === PasswordClass.PIN && attemptsLeft === 0) return CloseCode.ATTEMPTS
      return secrets.find(secret => secret.passwordClass === passwordClass && sameBytes(secret.name, name)) ?? CloseCode.WRONG_SECRET
    },
    missed: ({ passwordClass }) => (passwordClass === PasswordClass.PIN ? --attemptsLeft : undefined),
  }
}

/** The secrets of a customer: `offer` says what a counterpart should know. */
export const customerSecrets = (offer: (participant: number) => Secret | undefined): Secrets => ({
  offer,
  find: () => CloseCode.HANDSHAKE,
  missed: () => undefined,
})
