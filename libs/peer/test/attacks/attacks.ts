/** What a broker can do to one frame. Each of these gives what it delivers in the place of it. */
import { Channel, encodeFrame, type FrameHeader } from '@remote-assist/codec'
import type { Hop } from '../support/relay.js'

/** What an attacker has at hand besides the frame. */
export interface Kit {
  /** The payload that another session, told the same way, has at this place. */
  readonly elsewhere: Uint8Array
  /** The last payload of this pair and direction on another channel, if there was one. */
  readonly beside: Uint8Array | undefined
  /** The one before it, of this pair, direction and channel. */
  readonly before: Uint8Array | undefined
  /** Nothing came before it on the lines that the two have now. */
  readonly first: boolean
  /** Another joiner of this session, and what it was last called by the customer: somebody to whom a frame can be taken. */
  readonly other: number | undefined
  /** Delivers this behind the next frame that goes the same way. */
  behind(bytes: Uint8Array): void
  /** Takes bytes to somebody else, as if they came from there. */
  deliver(to: number, bytes: Uint8Array): void
  /** A sequence number that this receiver has not seen from that sender. */
  fresh(source: number, target: number): number
}

/** Undefined: there is nothing to be done to this frame in this way. */
export type Attack = (hop: Hop, kit: Kit) => readonly Uint8Array[] | undefined

const reframed = ({ channel, source, targets, sequence, payload }: Hop, change: Partial<FrameHeader>, other = payload): Uint8Array =>
  encodeFrame({ channel, source, targets, sequence, ...change }, other)

const isMedia = ({ channel }: Hop): boolean => channel === Channel.MEDIA
const isHandshake = ({ channel }: Hop): boolean => channel === Channel.HANDSHAKE

/** One bit of a byte of the payload is another; a negative place counts from the end. */
const flip =
  (place: (length: number) => number): Attack =>
  hop => {
    const payload = hop.payload.slice()
    const at = place(payload.length)
    payload[at] = (payload[at] ?? 0) ^ 0x10
    return [reframed(hop, {}, payload)]
  }

/** Another payload in the place of this one. */
const instead =
  (of: (kit: Kit) => Uint8Array | undefined): Attack =>
  (hop, kit) => {
    const payload = of(kit)
    return payload === undefined || Buffer.from(payload).equals(hop.payload) ? undefined : [reframed(hop, {}, payload)]
  }

/** The customer's end of the way. */
const CUSTOMER = 2

const LEAD_BYTES = 12

/** Every attack by name. What opens a place in a list of the counts. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'channel changed': hop => [reframed(hop, { channel: hop.channel === Channel.CHAT ? Channel.SESSION : Channel.CHAT })],
  // Nobody has that number: the frame is nobody's, as if it had been dropped.
  'source changed': hop => (isMedia(hop) ? undefined : [reframed(hop, { source: hop.source === CUSTOMER ? 9 : CUSTOMER })]),
  'target changed': hop => [reframed(hop, { targets: [9] })],
  'target added': hop => [reframed(hop, { targets: [...hop.targets, 9] })],
  'sequence raised': hop => [reframed(hop, { sequence: hop.sequence + 1_000_000 })],
  'sequence lowered': (hop, { first }) => (first ? undefined : [reframed(hop, { sequence: 1 })]),
  'generation or first byte flipped': flip(() => 3),
  'counter or twelfth byte flipped': flip(() => LEAD_BYTES - 1),
  'middle byte flipped': flip(length => Math.floor(length / 2)),
  'last byte flipped': flip(length => length - 1),
  'last byte cut off': hop => [reframed(hop, {}, hop.payload.subarray(0, -1))],
  'cut in half': hop => [reframed(hop, {}, hop.payload.subarray(0, hop.payload.length / 2))],
  emptied: hop => [reframed(hop, {}, new Uint8Array())],
  lengthened: hop => [reframed(hop, {}, new Uint8Array([...hop.payload, 0]))],
  // A picture may be left out (RA-SEC-224): the next ones tell.
  dropped: hop => (isMedia(hop) ? undefined : []),
  repeated: hop => [hop.bytes, hop.bytes],
  'repeated with a fresh number': hop => [hop.bytes, reframed(hop, { sequence: hop.sequence + 1 })],
  delayed: (hop, kit) => {
    kit.behind(hop.bytes)
    return []
  },
  reflected: (hop, kit) => {
    const { source, target, channel, payload } = hop
    kit.deliver(source, encodeFrame({ channel, source: target, targets: [source], sequence: kit.fresh(target, source) }, payload))
    return [hop.bytes]
  },
  'of another session': instead(({ elsewhere }) => elsewhere),
  'of another channel': instead(({ beside }) => beside),
  'of a moment before': instead(({ before }) => before),
  'taken to somebody else': (hop, kit) => {
    if (kit.other === undefined) return undefined
    if (hop.source === CUSTOMER) kit.deliver(kit.other, hop.bytes)
    else kit.deliver(CUSTOMER, reframed(hop, { source: kit.other, sequence: kit.fresh(kit.other, CUSTOMER) }))
    return [hop.bytes]
  },
  'readdressed to somebody else': (hop, kit) => {
    if (kit.other === undefined || hop.source !== CUSTOMER || (isHandshake(hop) && kit.other === hop.target)) return undefined
    kit.deliver(kit.other, reframed(hop, { targets: [kit.other], sequence: kit.fresh(CUSTOMER, kit.other) }))
    return [hop.bytes]
  },
}

/** What attacks come to; each is of one family. */
export type Family = 'mutate' | 'drop' | 'duplicate' | 'reorder' | 'truncate' | 'splice'

const FAMILIES: Readonly<Record<string, Family>> = {
  dropped: 'drop',
  repeated: 'duplicate',
  'repeated with a fresh number': 'duplicate',
  delayed: 'reorder',
  'last byte cut off': 'truncate',
  'cut in half': 'truncate',
  emptied: 'truncate',
  reflected: 'splice',
  'of another session': 'splice',
  'of another channel': 'splice',
  'of a moment before': 'splice',
  'taken to somebody else': 'splice',
  'readdressed to somebody else': 'splice',
}

/** Of which family an attack is; what changes something within a frame mutates it. */
export const familyOf = (name: string): Family => FAMILIES[name] ?? 'mutate'
