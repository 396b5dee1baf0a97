/** What every message must hold before it is looked at any further. */
import { sameBytes, utf8 } from '../bytes.js'
import { SHARE_BYTES, TAG_BYTES } from '../cpace.js'
import { RESUME_NAME_BYTES } from '../schedule.js'
import type { Fault } from './faults.js'
import { type HandshakeCommit, type HandshakeShare, type HandshakeStart, PASSWORD_CLASS, type VersionRange } from './messages.js'

/** Bytes of nonces, keys and hashes. */
export const NONCE_BYTES = 32
const KEY_BYTES = 32
const HASH_BYTES = 32
const MAX_CREDENTIAL_BYTES = 4_096
const MAX_CAPABILITIES = 64
const MAX_CAPABILITY_BYTES = 64
const MAX_MINOR = 1_000

const NAMED: readonly number[] = [PASSWORD_CLASS.INVITE, PASSWORD_CLASS.RESUME]

/** Whether the fields of a start are within their limits. */
export const isStart = ({ nonce, passwordClass, secretId }: HandshakeStart): boolean =>
  nonce.length === NONCE_BYTES && secretId.length === (NAMED.includes(passwordClass) ? RESUME_NAME_BYTES : 0)

/** Whether the fields of a commitment are within their limits. */
export const isCommit = ({ nonce, commitment }: HandshakeCommit): boolean => nonce.length === NONCE_BYTES && commitment.length === HASH_BYTES

/** Whether the fields of a share are within their limits. What the share itself is worth, the key agreement finds out. */
export const isShare = ({ share, publicKey, credential, policyHash, version, capabilities }: HandshakeShare): boolean =>
  share.length === SHARE_BYTES &&
  publicKey.length === KEY_BYTES &&
  credential.length <= MAX_CREDENTIAL_BYTES &&
  utf8(credential).length <= MAX_CREDENTIAL_BYTES &&
  policyHash.length === HASH_BYTES &&
  isRange(version) &&
  areCapabilities(capabilities)

/** Whether a tag has the length that the suite's tags have. */
export const isTag = (tag: Uint8Array): boolean => tag.length === TAG_BYTES

const isMinor = (minor: number): boolean => Number.isInteger(minor) && minor >= 0 && minor <= MAX_MINOR

const isRange = (version: VersionRange | undefined): boolean =>
  version === undefined || (isMinor(version.minMinor) && isMinor(version.maxMinor) && version.minMinor <= version.maxMinor)

function areCapabilities(names: readonly string[]): boolean {
  if (names.length > MAX_CAPABILITIES || names.some(name => name.length > MAX_CAPABILITY_BYTES)) return false
  const encoded = names.map(utf8)
  return encoded.every((name, i) => name.length >= 1 && name.length <= MAX_CAPABILITY_BYTES && (i === 0 || isBefore(encoded[i - 1] ?? name, name)))
}

/** Whether a string of bytes stands before another in the order of their bytes. */
function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  const place = a.findIndex((byte, i) => byte !== b[i])
  return place < 0 ? a.length < b.length : place >= b.length ? false : (a[place] ?? 0) < (b[place] ?? 0)
}

/** What is wrong with the counterpart's share in this exchange, as far as can be told without the secret. */
export function shareFault(ours: HandshakeShare, theirs: HandshakeShare, role: number): Fault | undefined {
  if (!isShare(theirs)) return 'FORMAT'
  if (theirs.role !== role) return 'ROLE'
  if (sameBytes(theirs.share, ours.share) || sameBytes(theirs.publicKey, ours.publicKey)) return 'REFLECTED'
  if (!sameBytes(theirs.policyHash, ours.policyHash)) return 'POLICY'
  return minorOf(ours.version, theirs.version) === undefined ? 'VERSION' : undefined
}

/** The minor version that both speak: the highest; undefined if there is none. */
export function minorOf(ours: VersionRange | undefined, theirs: VersionRange | undefined): number | undefined {
  const minor = Math.min(ours?.maxMinor ?? 0, theirs?.maxMinor ?? 0)
  return minor < Math.max(ours?.minMinor ?? 0, theirs?.minMinor ?? 0) ? undefined : minor
}
