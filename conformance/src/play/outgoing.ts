import { join } from '../crypto/bytes.js'
import { channelNumber, encodeFrame, encodeMessage, encodeRecord, type WireFrame } from '../wire/schema.js'
import type { Fields, Outgoing, Spoil } from './player.js'

/** How what a case wants to send becomes frames, with everything that it wants wrong. */

/** What seals for the sender. Undefined payload: RELAY and HANDSHAKE are not sealed. */
export type Seal = (header: WireFrame, plaintext: Uint8Array, spoil: Spoil) => Uint8Array

export interface Sender {
  readonly source: number
  readonly targets: readonly number[]
  /** The next sequence; each call is another. */
  readonly sequence: () => bigint
  readonly seal: Seal
}

/** The frames that this is, one or (spoil.twice) two. */
export function framesOf(outgoing: Outgoing, { source, targets, sequence, seal }: Sender): Uint8Array[] {
  const { channel, spoil = {} } = outgoing
  const header = { channel: channelNumber(channel), source, targets, ...numbers(spoil.header) }
  const frame = { ...header, sequence: header.sequence ?? sequence(), payload: new Uint8Array(0) }
  const body = join(bodyOf(outgoing), spoil.tail ?? new Uint8Array(0))
  const open = channel === 'RELAY' || channel === 'HANDSHAKE' || spoil.plain === true
  const payload = damaged(open ? body : seal({ ...frame, ...numbers(spoil.sealedFor) }, body, spoil), spoil)
  const first = join(encodeFrame({ ...frame, payload }), spoil.behind ?? new Uint8Array(0))
  return spoil.twice === true ? [first, encodeFrame({ ...frame, sequence: sequence(), payload })] : [first]
}

type Header = NonNullable<Spoil['header']>

/** A header as cases may write it: sequences also as number or decimal text. */
function numbers(header: Header | undefined): Header {
  if (header?.sequence === undefined) return header ?? {}
  return { ...header, sequence: BigInt(header.sequence) }
}

function bodyOf({ channel, messages = [], raw }: Outgoing): Uint8Array {
  if (raw !== undefined) return raw
  if (channel !== 'RELAY' && channel !== 'HANDSHAKE') return encodeRecord(channel, messages)
  const [message, ...more] = messages
  if (message === undefined || more.length > 0) throw new Error(`${channel} takes exactly one message.`)
  return encodeMessage(channel, message)
}

function damaged(payload: Uint8Array, { flipBit, cut = 0 }: Spoil): Uint8Array {
  const bytes = payload.slice(0, Math.max(0, payload.length - cut))
  if (flipBit === undefined) return bytes
  const bit = flipBit < 0 ? bytes.length * 8 + flipBit : flipBit
  const place = bit >> 3
  if (place < 0 || place >= bytes.length) throw new Error(`There is no bit ${flipBit} in a payload of ${bytes.length} bytes.`)
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit & 7))
  return bytes
}

/** What a trace calls it: `SESSION.consentRequest`. */
export function nameOfOutgoing({ channel, messages = [], raw }: Outgoing): string {
  const names = raw === undefined ? messages.map(message => Object.keys(message)[0] ?? 'nothing') : [`${raw.length} bytes`]
  return `${channel}.${names.join('+') || 'nothing'}`
}

/** What a trace shows of it: the fields of one message, or all messages. */
export function fieldsOfOutgoing({ messages = [], raw }: Outgoing): Fields {
  if (raw !== undefined) return { raw }
  const [message] = messages
  return messages.length === 1 && message !== undefined ? ((Object.values(message)[0] ?? {}) as Fields) : { messages }
}
