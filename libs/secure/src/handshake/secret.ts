/** What two ends know in common before they meet. */
import { concat, sameBytes, utf8 } from '../bytes.js'
import type { CustomerLink, InviteLink } from '../links.js'
import type { Pin } from '../pin.js'
import { type ResumeSecret, resumeName } from '../schedule.js'
import { PASSWORD_CLASS, type PasswordClass } from './messages.js'

/** A secret, its class, and the name that tells it from others of the class. */
export interface Secret {
  readonly passwordClass: PasswordClass
  /** INVITE and RESUME: 16 bytes. Else empty. */
  readonly name: Uint8Array
  /** CPace's password-related string (RA-SEC-020). */
  readonly password: Uint8Array
}

const NO_NAME: Uint8Array = new Uint8Array()

/** What a PIN proves: its 6 secret digits in ASCII. */
export const pinSecret = ({ secret }: Pin): Secret => ({ passwordClass: PASSWORD_CLASS.PIN, name: NO_NAME, password: utf8(secret) })

/** What a client session URL proves: the PIN's 6 secret digits, then the link's 32 bytes. */
export const linkSecret = ({ pin, linkSecret: link }: CustomerLink): Secret => ({
  passwordClass: PASSWORD_CLASS.LINK,
  name: NO_NAME,
  password: concat(utf8(pin.secret), link),
})

/** What an invitation proves: its 32 bytes. */
export const inviteSecret = ({ inviteId, secret }: InviteLink): Secret => ({ passwordClass: PASSWORD_CLASS.INVITE, name: inviteId, password: secret })

/** What a return proves: the 32 bytes that both ends kept. */
export const resumeSecret = ({ name, secret }: ResumeSecret): Secret => ({ passwordClass: PASSWORD_CLASS.RESUME, name, password: secret })

/** What a return after a restart proves: the 32 bytes of its ticket, named as those of any return (RA-SEC-048). */
export const rejoinSecret = (secret: Uint8Array): Secret => resumeSecret({ name: resumeName(secret), secret })

/** The secret of that class and name, if there is one. */
export const secretNamed = (secrets: readonly Secret[], passwordClass: number, name: Uint8Array): Secret | undefined =>
  secrets.find(secret => secret.passwordClass === passwordClass && sameBytes(secret.name, name))
