/** Seals nothing: for tests that look at, or forge, what crosses the wire. Its records have the form of sealed ones. */
import type { Aead } from '@remote-assist/secure'

const LEAD_BYTES = 12
const TAG_BYTES = 16

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

export const openAead: Aead = () => ({
  seal: (_nonce, _aad, plaintext, lead = new Uint8Array()) => joined(lead, plaintext, new Uint8Array(TAG_BYTES)),
  open: (_nonce, _aad, sealed) => sealed.subarray(0, sealed.length - TAG_BYTES),
})

/** What a record carries. */
export const plaintextOf = (record: Uint8Array): Uint8Array => record.subarray(LEAD_BYTES, record.length - TAG_BYTES)

/** A record of that generation, or media epoch, with that counter. */
export function recordOf(generation: number, counter: number, plaintext: Uint8Array): Uint8Array {
  const lead = new Uint8Array(LEAD_BYTES)
  new DataView(lead.buffer).setUint32(0, generation)
  new DataView(lead.buffer).setUint32(8, counter)
  return joined(lead, plaintext, new Uint8Array(TAG_BYTES))
}
