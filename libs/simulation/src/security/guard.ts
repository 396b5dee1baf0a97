/** Gives every end of a session its security, all of one kind, and has what they accept witnessed. */
import { Role } from '@remote-assist/codec'
import { type Clock, CodeDesk, customerSecrets, joinerSecrets, type Secrets } from '@remote-assist/peer'
import { PASSWORD_CLASS, type Secret } from '@remote-assist/secure'
import { Random } from '../random.js'
import type { Schedule } from '../schedule.js'
import { ByteForger, RealSealing } from './real.js'
import type { Forger, Sealing } from './sealing.js'
import { SymbolicSealing } from './symbolic.js'
import { TermForger } from './terms.js'
import { Witness } from './witness.js'

/** What an end knows before any handshake. */
export interface Keyring {
  readonly name: string
  readonly role: Role
  /** Empty = it was not invited. */
  readonly inviteId: Uint8Array
  /** The PIN's, or the invitation's. */
  readonly secret: string
  /** Customer: what this participant was invited with. */
  invitation(participant: number): { readonly id: Uint8Array; readonly secret: string } | undefined
}

const text = new TextEncoder()
const NO_NAME = new Uint8Array()
const pin = (secret: string): Secret => ({ passwordClass: PASSWORD_CLASS.PIN, name: NO_NAME, password: text.encode(secret) })
const invited = (id: Uint8Array, secret: string): Secret => ({ passwordClass: PASSWORD_CLASS.INVITE, name: id, password: text.encode(secret) })

export class Guard {
  readonly witness = new Witness()
  readonly forger: Forger
  readonly #clock: Clock
  readonly #random: Random
  readonly #terms = new Map<string, string>()
  #named = 0

  /** `real`: everything is computed. `seed` makes its keys; what people do does not depend on it. */
  constructor(
    schedule: Schedule,
    readonly real: boolean,
    seed: number,
  ) {
    this.#random = new Random(seed ^ 0x5ea1ed)
    this.forger = real ? new ByteForger(this.#random) : new TermForger(this.#random)
    this.#clock = {
      now: () => schedule.now,
      date: () => schedule.now,
      setTimer: (at, task) => {
        let off = false
        schedule.at(at, () => off || task())
        return () => {
          off = true
        }
      },
    }
  }

  /** The security of an end. */
  sealing(keyring: Keyring): Sealing {
    const secrets = this.#secrets(keyring)
    if (this.real) return new RealSealing({ secrets, clock: this.#clock, random: this.#random })
    return new SymbolicSealing({ name: keyring.name, secrets, now: () => this.#clock.now(), fresh: () => ++this.#named, short: term => this.#short(term) })
  }

  #short(term: string): string {
    const known = this.#terms.get(term) ?? `term ${this.#terms.size}`
    this.#terms.set(term, known)
    return known
  }

  #secrets({ role, inviteId, secret, invitation }: Keyring): Secrets {
    if (role === Role.CUSTOMER) {
      const offer = (participant: number): Secret => {
        const invite = invitation(participant)
        return invite === undefined ? pin(secret) : invited(invite.id, invite.secret)
      }
      return customerSecrets(offer, new CodeDesk(this.#clock))
    }
    if (inviteId.length > 0) return joinerSecrets([invited(inviteId, secret)])
    const desk = new CodeDesk(this.#clock)
    return { ...joinerSecrets([pin(secret)]), desk: () => desk }
  }
}
