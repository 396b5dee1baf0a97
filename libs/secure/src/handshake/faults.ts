/** Why an exchange came to nothing. */

/** The close codes that a failure may carry. */
export const FAULT_CODE = { INCOMPATIBLE: 206, TIMEOUT: 407, WRONG_SECRET: 600, HANDSHAKE: 602, ATTEMPTS: 603 } as const
/** One of them. */
export type FaultCode = (typeof FAULT_CODE)[keyof typeof FAULT_CODE]

/**
 * What this end found, and the code that it tells: a fault that the other end could have caused by a wrong guess tells no more than WRONG_SECRET.
 * The causes are for logs; only the code goes on the wire.
 */
export const FAULTS = {
  /** The suite is not spoken. */
  SUITE: FAULT_CODE.INCOMPATIBLE,
  /** Secrets of that class are not accepted. */
  CLASS: FAULT_CODE.INCOMPATIBLE,
  /** No minor version in common. */
  VERSION: FAULT_CODE.INCOMPATIBLE,
  /** The counterpart did not answer in time. */
  TIMEOUT: FAULT_CODE.TIMEOUT,
  /** The counterpart did not prove the secret, or named one that does not exist. */
  WRONG_SECRET: FAULT_CODE.WRONG_SECRET,
  /** No try is left for this PIN. */
  ATTEMPTS: FAULT_CODE.ATTEMPTS,
  /** A message that is not due. */
  UNEXPECTED: FAULT_CODE.HANDSHAKE,
  /** A field outside its limits. */
  FORMAT: FAULT_CODE.HANDSHAKE,
  /** A share that is no point, or the neutral one. */
  POINT: FAULT_CODE.HANDSHAKE,
  /** This end's own nonce, share or key came back. */
  REFLECTED: FAULT_CODE.HANDSHAKE,
  /** The joiner's share is not the one that it was bound to. */
  COMMITMENT: FAULT_CODE.HANDSHAKE,
  /** The counterpart does not have the key that it named. */
  PROOF: FAULT_CODE.HANDSHAKE,
  /** The counterpart was told another policy. */
  POLICY: FAULT_CODE.HANDSHAKE,
  /** The counterpart claims a role that it cannot have here. */
  ROLE: FAULT_CODE.HANDSHAKE,
} as const satisfies Record<string, FaultCode>

/** What this end found. */
export type Fault = keyof typeof FAULTS

/** How an exchange failed. */
export interface HandshakeFailed {
  /** COUNTERPART: the other end said so, and the code is all that is known. */
  readonly cause: Fault | 'COUNTERPART'
  readonly code: FaultCode
  /** PIN: tries that remain, as far as this end knows, 0–3. Other classes: undefined. */
  readonly attemptsLeft: number | undefined
}

const CODES: readonly number[] = Object.values(FAULT_CODE)

/** The code that a counterpart gave; any that it may not give counts as HANDSHAKE. */
export const faultCode = (code: number): FaultCode => (CODES.includes(code) ? (code as FaultCode) : FAULT_CODE.HANDSHAKE)
