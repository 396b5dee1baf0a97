/** Who vouches for the participants of a session, at the customer. */
import { hex } from '../audit/text.js'
import { credentialSubject, type Organisation, organisationOf, type Trust } from '../security/organisation.js'
import type { CustomerEnd } from './customer-end.js'

export class Identities {
  readonly #known = new Map<number, Organisation | undefined>()
  readonly #waiting = new Map<number, (() => void)[]>()

  constructor(
    readonly end: CustomerEnd,
    readonly trust: Trust | undefined,
  ) {}

  /** The organisation that vouches for a participant; undefined = none, or not known yet. */
  of(participant: number): Organisation | undefined {
    return this.#known.get(participant)
  }

  /** Looks into the credential of a participant, once, as soon as it is secured. */
  look(participant: number): void {
    const { driver, clock } = this.end
    const acquaintance = driver.acquaintance(participant)
    if (acquaintance === undefined || this.#known.has(participant) || this.#waiting.has(participant)) return
    const { credential, publicKey } = acquaintance
    if (credential === '' || this.trust === undefined) return void this.#known.set(participant, undefined)
    this.#waiting.set(participant, [])
    const subject = credentialSubject(hex(driver.sessionId), publicKey)
    void organisationOf(credential, subject, this.trust, clock.date()).then(organisation => this.#found(participant, organisation))
  }

  /** Runs it as soon as it is known who vouches for the participant: at once, if it is. */
  whenKnown(participant: number, run: () => void): void {
    const waiting = this.#waiting.get(participant)
    if (waiting === undefined) run()
    else waiting.push(run)
  }

  #found(participant: number, organisation: Organisation | undefined): void {
    const waiting = this.#waiting.get(participant) ?? []
    this.#waiting.delete(participant)
    this.#known.set(participant, organisation)
    if (organisation !== undefined && this.end.driver.state.peers.has(participant))
      this.end.dispatch({ type: 'local.identified', peer: participant, organisation: organisation.name })
    for (const run of waiting) run()
  }
}
