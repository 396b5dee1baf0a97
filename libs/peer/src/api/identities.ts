/** Who vouches for the participants of a session, at the customer. */
import { type Organisation, organisationOf, type Trust } from '../security/organisation.js'
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

  /** Looks into the credential of a participant that has just been secured, once. */
  look(participant: number): void {
    const { driver, clock } = this.end
    const credential = driver.acquaintance(participant)?.credential
    if (credential === undefined || this.#known.has(participant) || this.#waiting.has(participant)) return
    if (credential === '' || this.trust === undefined) return void this.#known.set(participant, undefined)
    this.#waiting.set(participant, [])
    void organisationOf(credential, driver.sessionId, this.trust, clock.date()).then(organisation => this.#found(participant, organisation))
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
