/** Which secrets an end has, and who may use them. */
import type { Secret } from '@remote-assist/secure'
import type { CodeDesk } from './code-desk.js'

/** What an end knows before any handshake. */
export interface Secrets {
  /** Customer: what this counterpart should know. */
  offer(participant: number): Secret | undefined
  /** Joiner: everything that a customer may prove now. */
  known(): readonly Secret[]
  /** Where the tries of the PIN are counted now; undefined where no secret is a PIN. */
  desk(): CodeDesk | undefined
  /** Joiner: the customer has proven this one, and has keys. */
  proven?(secret: Secret): void
}

/** The secrets of a joiner. */
export const joinerSecrets = (secrets: readonly Secret[]): Secrets => ({ offer: () => undefined, known: () => secrets, desk: () => undefined })

/** The secrets of a customer: `offer` says what a counterpart should know. */
export const customerSecrets = (offer: (participant: number) => Secret | undefined, desk: CodeDesk | undefined): Secrets => ({
  offer,
  known: () => [],
  desk: () => desk,
})
