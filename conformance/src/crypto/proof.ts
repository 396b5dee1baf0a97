import { enumOf, enumValue } from '../wire/schema.js'
import { sha256 } from './bytes.js'
import { proofForm, type SelfDescription } from './forms.js'
import { type SessionKey, sessionKeyPair, verifies } from './keys.js'

/** Proofs of a handshake: that an end has the session key that it named. */

/** How a proof differs from right. */
export interface ProofTwist {
  /** Another key than the one that was named has signed it. */
  readonly key?: 'other'
  /** It is of this role. */
  readonly role?: string
  /** It is of another exchange. */
  readonly exchange?: 'other'
  /** A bit of it is turned over. */
  readonly flip?: boolean
  /** It is cut off, or zeros are added. */
  readonly bytes?: number
}

/** The proof of an end with that key and role (RA-SEC-070), after its twist. */
export function proofOf(key: SessionKey, role: number, transcriptHash: Uint8Array, twist: ProofTwist = {}): Uint8Array {
  const signer = twist.key === undefined ? key : sessionKeyPair()
  const ofRole = twist.role === undefined ? role : enumValue(enumOf('Role'), twist.role)
  const proof = signer.sign(proofForm(ofRole, twist.exchange === undefined ? transcriptHash : sha256(transcriptHash)))
  if (twist.flip === true) proof[0] = (proof[0] ?? 0) ^ 1
  const sized = new Uint8Array(twist.bytes ?? proof.length)
  sized.set(proof.subarray(0, sized.length))
  return sized
}

/** Whether whoever described itself so has the key that it named (RA-SEC-071). */
export const isProven = ({ publicKey, role }: SelfDescription, transcriptHash: Uint8Array, proof: Uint8Array): boolean =>
  verifies(publicKey, proofForm(role, transcriptHash), proof)
