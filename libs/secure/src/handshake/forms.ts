/** The exact bytes that a handshake binds: always lv() of every field in order, never the bytes of a message (RA-SEC-012). */
import { sha256 } from '@noble/hashes/sha2.js'
import { lv } from '../bytes.js'
import { type HandshakeCommit, type HandshakeShare, type HandshakeStart, type JoinerRole, ROLE } from './messages.js'

/** The major version of the protocol. */
const MAJOR = 1

/** What both ends know before an exchange. */
export interface Context {
  /** The session's id, 16 bytes. */
  readonly sessionId: Uint8Array
  /** The participants' numbers. */
  readonly customer: number
  readonly joiner: number
  readonly joinerRole: JoinerRole
}

/** CPace's channel identifier: major version, suite, class, name of the secret, and who is who, the initiator first (RA-SEC-014). */
export const channelIdentifier = ({ customer, joiner, joinerRole }: Context, { suite, passwordClass, secretId }: HandshakeStart): Uint8Array =>
  lv('RA1-channel', MAJOR, suite, passwordClass, secretId, ROLE.CUSTOMER, customer, joinerRole, joiner)

/** CPace's associated data of one end: everything that it says of itself (RA-SEC-015). */
export const associatedData = ({ role, publicKey, credential, policyHash, version, capabilities }: HandshakeShare): Uint8Array =>
  lv('RA1-said', role, publicKey, credential, policyHash, version?.minMinor ?? 0, version?.maxMinor ?? 0, lv(...capabilities))

/** What binds the joiner to its share and its associated data before it has seen the customer's, 32 bytes (RA-SEC-016). */
export const commitmentTo = (share: HandshakeShare): Uint8Array => sha256(lv('RA1-commit', share.share, associatedData(share)))

/** Everything that was said up to the shares. */
export interface Exchange {
  readonly context: Context
  readonly start: HandshakeStart
  readonly commit: HandshakeCommit
  readonly customer: HandshakeShare
  readonly joiner: HandshakeShare
}

/** The transcript (RA-SEC-040). */
export const transcriptOf = ({ context, start, commit, customer, joiner }: Exchange): Uint8Array =>
  lv(
    'RA1-transcript',
    context.sessionId,
    channelIdentifier(context, start),
    start.nonce,
    commit.nonce,
    commit.commitment,
    customer.share,
    associatedData(customer),
    joiner.share,
    associatedData(joiner),
  )

/** What an end of that role signs to prove that it has the key that it named (RA-SEC-070): the hash of the transcript, which nobody can bring about again. */
export const proofForm = (role: number, transcriptHash: Uint8Array): Uint8Array => lv('RA1-proof', role, transcriptHash)
