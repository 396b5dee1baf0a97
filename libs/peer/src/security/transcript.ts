/** The transcript of a handshake: every field in order, each behind its length, never protobuf bytes. */
import type { HandshakeShare, Policy } from '@remote-assist/codec'

type Field = string | number | bigint | boolean | Uint8Array

const text = new TextEncoder()

/** The fields, each behind its length in four bytes, big-endian; numbers in decimal. */
export function lengthValued(...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map(field => (field instanceof Uint8Array ? field : text.encode(String(field))))
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    bytes.set(part, offset + 4)
    offset += 4 + part.length
  }
  return bytes
}

/** The fields of a share, in the schema's order. */
export const shareFields = (share: HandshakeShare): readonly Field[] => [
  share.share,
  share.publicKey,
  share.credential,
  share.policyHash,
  share.version?.minMinor ?? 0,
  share.version?.maxMinor ?? 0,
  share.capabilities.length,
  ...share.capabilities,
  share.role,
]

/** The policy's transcript form. */
export const policyForm = (policy: Policy | undefined): Uint8Array<ArrayBuffer> =>
  policy === undefined
    ? lengthValued('RA1-policy')
    : lengthValued(
        'RA1-policy',
        policy.maxFileBytes,
        policy.maxSessionBytes,
        policy.maxTransferEntries,
        policy.permissionsCeiling.join(),
        policy.consentTimeoutMs,
        policy.maxParticipants,
        policy.idleTimeoutMs,
        policy.maxSessionDurationMs,
        policy.requireWordsBeforeElevation,
        policy.passwordClasses.join(),
        policy.pictureCodecs.join(),
        policy.maxElevationMs,
      )

/** SHA-256. */
export const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()))

/** HMAC-SHA-256. The key has at least one byte. */
export async function hmac(key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key.slice(), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message.slice()))
}

/** Whether two byte strings are the same, in a time that does not depend on where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i % b.length] ?? 0)
  return difference === 0
}
