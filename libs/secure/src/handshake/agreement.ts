/** From shares to secrets: CPace, confirmation tags, key schedule. What lies between is wiped before this returns. */
import { sha256 } from '@noble/hashes/sha2.js'
import { wipe } from '../bytes.js'
import { calculateGenerator, confirmationTags, intermediateKey, type Said, sampleScalar, scalarMult, scalarMultVfy, type Tags } from '../cpace.js'
import { SecureError } from '../errors.js'
import { type Derived, deriveAll, exchangeId, pseudorandomKey } from '../schedule.js'
import { NONCE_BYTES } from './check.js'
import { associatedData, type Context, channelIdentifier, type Exchange, transcriptOf } from './forms.js'
import { type HandshakeShare, type HandshakeStart, type JoinerRole, ROLE } from './messages.js'

/** Random bytes that an end needs for one exchange: 32 for its nonce, 64 for its scalar. */
export const HANDSHAKE_RANDOM_BYTES = 96

/** What an end drew for one exchange. Used once. */
export interface Drawn {
  /** 32 bytes, sent. */
  readonly nonce: Uint8Array
  /** 32 bytes, secret. */
  readonly scalar: Uint8Array
}

/** Draws from 96 random bytes that are used for nothing else. Throws `E_FORMAT` if there are more or fewer. */
export function draw(random: Uint8Array): Drawn {
  if (random.length !== HANDSHAKE_RANDOM_BYTES) throw new SecureError('E_FORMAT', 'A handshake needs 96 random bytes.')
  return { nonce: random.slice(0, NONCE_BYTES), scalar: sampleScalar(random.subarray(NONCE_BYTES)) }
}

/** An end's own share of the key agreement, 32 bytes. */
export function shareOf(context: Context, start: HandshakeStart, joinerNonce: Uint8Array, password: Uint8Array, scalar: Uint8Array): Uint8Array {
  const sid = exchangeId(context.sessionId, start.nonce, joinerNonce)
  return scalarMult(scalar, calculateGenerator(password, channelIdentifier(context, start), sid))
}

const SESSION_CHANNELS = { session: 3, screen: 4, input: 6, clipboard: 7, file: 8, elevation: 9, chat: 10, annotation: 11 } as const
const { session, screen, chat } = SESSION_CHANNELS

/** The pairwise channels that a role has keys for. A viewer has none for input, clipboard, files, elevation or annotation (RA-SEC-043). */
export const CHANNELS_OF: { readonly [R in JoinerRole]: readonly number[] } = {
  [ROLE.AGENT]: Object.values(SESSION_CHANNELS),
  [ROLE.VIEWER]: [session, screen, chat],
}

/** What both ends have when the shares are exchanged. */
export interface Agreed {
  /** The customer is the initiator. */
  readonly tags: Tags
  /** 32 bytes; no secret. */
  readonly transcriptHash: Uint8Array
  readonly derived: Derived
}

/**
 * Completes the key agreement from an end's scalar and the counterpart's share; undefined if that share is no point, or the neutral one (RA-SEC-021).
 * ISK and PRK are wiped before it returns (RA-SEC-046).
 */
export function agree(exchange: Exchange, scalar: Uint8Array, counterpart: HandshakeShare): Agreed | undefined {
  const { context, start, commit, customer, joiner } = exchange
  const point = pointOf(scalar, counterpart.share)
  if (point === undefined) return undefined
  const sid = exchangeId(context.sessionId, start.nonce, commit.nonce)
  const isk = intermediateKey(sid, point, saidBy(customer), saidBy(joiner))
  const transcriptHash = sha256(transcriptOf(exchange))
  const prk = pseudorandomKey(transcriptHash, isk)
  const tags = confirmationTags(sid, isk, saidBy(customer), saidBy(joiner))
  const agreed = { tags, transcriptHash, derived: deriveAll(prk, CHANNELS_OF[context.joinerRole]) }
  wipe(point, isk, prk)
  return agreed
}

const saidBy = (share: HandshakeShare): Said => ({ share: share.share, associatedData: associatedData(share) })

function pointOf(scalar: Uint8Array, share: Uint8Array): Uint8Array | undefined {
  try {
    return scalarMultVfy(scalar, share)
  } catch (error) {
    if (error instanceof SecureError && error.code === 'E_POINT') return undefined
    throw error
  }
}
