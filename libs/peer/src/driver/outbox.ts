import {
  Channel,
  encodeFrame,
  encodeFrameHead,
  encodeHandshake,
  encodeMessages,
  encodeRelay,
  type HandshakeMessage,
  MAX_FRAME_BYTES,
  MAX_MESSAGES_PER_RECORD,
  MAX_PLAINTEXT_BYTES,
  type RecordChannel,
} from '@remote-assist/codec'
import type { Send } from '@remote-assist/core'
import { RECORD_OVERHEAD_BYTES } from '@remote-assist/secure'
import { type Connection, HIGH_WATER_BYTES, TransportError } from '@remote-assist/transport'
import type { RecordHeader, Security, Soon } from '../security/security.js'
import { LANES, type Lane, laneOf, PATIENT } from './lanes.js'

/** Records being sealed at one time. */
export const MAX_SEALS = 8
/** Bytes being sealed at one time. */
export const MAX_SEALING_BYTES = 524_288
/** A line on which more than this waits is given up: who asks and does not read would otherwise have the answers kept for it without end. */
export const MAX_UNSENT_BYTES = 8_388_608
/** Small messages that wait are joined to records up to this size, unless `burstBytes` says more; a larger message has its own. */
const BATCH_BYTES = 16_384
/** What a frame and a seal add to a plaintext, at most. */
const OVERHEAD_BYTES = MAX_FRAME_BYTES - MAX_PLAINTEXT_BYTES

/** A message in its encoded form: length-delimited for records, so that joining messages is joining bytes. */
interface Item {
  readonly channel: Channel
  readonly targets: readonly number[]
  readonly bytes: Uint8Array
  readonly messages: number
}

/** A record under way: its frame is there once it is sealed; it leaves when everything before it has left. */
interface Slot {
  frame: Uint8Array | undefined
  readonly bytes: number
  /** Who is to see a picture; undefined = it is none. */
  readonly viewers: readonly number[] | undefined
  /** A picture that nobody is to see any more: it does not leave, and its numbers are missing. */
  void: boolean
}

/** Who uses the outbox. */
export interface OutboxOwner {
  /** This participant's number; 0 before Welcome. */
  source(): number
  /** The line takes bytes now. Undefined = there is no line. */
  connection(): Connection | undefined
  /** A record could not be sealed, or the line takes nothing: it is of no use any more. */
  broken(error: unknown): void
  /** Records were sealed and handed over: there may be room for more. */
  sealed(): void
}

/** What is to be sent: messages by lane, batched into records, sealed in order, handed to the line as it takes them. */
export class Outbox {
  readonly #lanes: { readonly [L in Lane]: Item[] } = { prompt: [], session: [], screen: [], media: [], bulk: [] }
  readonly #slots: Slot[] = []
  #sealingBytes = 0
  #sequence = 0
  #generation = 0
  #maxFrameBytes = MAX_FRAME_BYTES
  #burstBytes = BATCH_BYTES
  #whenEmpty: (() => void) | undefined

  constructor(
    readonly owner: OutboxOwner,
    readonly security: Security,
  ) {}

  /** Bytes that wait, in lanes that wait for the line. */
  get waitingBytes(): number {
    return [...PATIENT].reduce((sum, lane) => sum + this.#lanes[lane].reduce((bytes, item) => bytes + item.bytes.length, 0), 0)
  }

  /** The most that the plaintext of a record may have here. */
  get maxPlaintextBytes(): number {
    return this.#maxFrameBytes - OVERHEAD_BYTES
  }

  /** The broker forwards no larger frames than this. */
  set maxFrameBytes(bytes: number) {
    this.#maxFrameBytes = Math.min(MAX_FRAME_BYTES, bytes)
  }

  /** What the line takes in a moment: small messages about files are joined to records up to this size. */
  set burstBytes(bytes: number) {
    this.#burstBytes = Math.max(BATCH_BYTES, bytes)
  }

  /** Adds a message behind those of its lane. Throws `EncodeError` if its receiver would not accept it. */
  push(send: Send): void {
    const { channel, kind, to } = send
    const bytes = channel === Channel.RELAY ? encodeRelay({ kind }) : encodeMessages(channel as RecordChannel, [{ kind } as never])
    this.#lanes[laneOf(send)].push({ channel, targets: [...to].sort((a, b) => a - b), bytes, messages: 1 })
  }

  /** Adds a handshake message. */
  pushHandshake(participant: number, message: HandshakeMessage): void {
    this.#lanes.prompt.push({ channel: Channel.HANDSHAKE, targets: [participant], bytes: encodeHandshake(message), messages: 1 })
  }

  /** A new line: nothing of the old one is sent again, and the numbers begin anew. */
  reset(): void {
    for (const lane of LANES) this.#lanes[lane].length = 0
    this.#slots.length = 0
    this.#sealingBytes = 0
    this.#sequence = 0
    this.#generation++
    this.#burstBytes = BATCH_BYTES
    this.#whenEmpty = undefined
  }

  /** Throws away pictures that were not handed over yet: all, or those for these participants, and what was sealed for others as well. */
  dropMedia(targets?: readonly number[]): void {
    for (const slot of this.#slots) if (slot.viewers?.some(viewer => targets?.includes(viewer) ?? true)) slot.void = true
    const kept = targets === undefined ? [] : this.#lanes.media.map(item => ({ ...item, targets: item.targets.filter(target => !targets.includes(target)) }))
    this.#lanes.media.splice(0, Number.POSITIVE_INFINITY, ...kept.filter(item => item.targets.length > 0))
  }

  /** Throws away what was not sealed yet for this participant, and what it was to see; what the broker reads stays. */
  forget(participant: number): void {
    this.dropMedia([participant])
    for (const lane of LANES) {
      const kept = this.#lanes[lane].map(item => ({
        ...item,
        targets: item.channel === Channel.RELAY ? item.targets : item.targets.filter(target => target !== participant),
      }))
      this.#lanes[lane].splice(0, Number.POSITIVE_INFINITY, ...kept.filter(item => item.channel === Channel.RELAY || item.targets.length > 0))
    }
  }

  /** Throws away pictures and files that were not sealed yet. */
  purge(): void {
    this.dropMedia()
    this.#lanes.bulk.length = 0
  }

  /** Calls back once when everything but pictures and files has left; those are thrown away. */
  finish(done: () => void): void {
    this.purge()
    this.#whenEmpty = done
    this.pump()
  }

  /** Sends what the line takes now. */
  pump(): void {
    const connection = this.owner.connection()
    if (connection === undefined) return
    if (connection.bufferedBytes > MAX_UNSENT_BYTES) return this.owner.broken(new TransportError('E_LINE', 'The other side does not read.'))
    for (const lane of LANES) {
      const items = this.#lanes[lane]
      while (items.length > 0) {
        const room = MAX_SEALING_BYTES - this.#sealingBytes
        if (this.#slots.length >= MAX_SEALS || (items[0] as Item).bytes.length > room) return
        if (PATIENT.has(lane) && connection.bufferedBytes >= HIGH_WATER_BYTES) break
        this.#dispatch(this.#take(items, room))
      }
    }
    if (this.#whenEmpty !== undefined && this.#slots.length === 0) {
      const done = this.#whenEmpty
      this.#whenEmpty = undefined
      done()
    }
  }

  /** The next record of a lane: one message, or as many small ones of the same channel and targets as fit, and as there is room for. */
  #take(items: Item[], room: number): Item {
    const first = items.shift() as Item
    if (first.channel === Channel.RELAY || first.channel === Channel.HANDSHAKE || first.channel === Channel.MEDIA) return first
    const limit = Math.min(first.channel === Channel.FILE ? this.#burstBytes : BATCH_BYTES, this.maxPlaintextBytes, room)
    const batch = [first]
    let bytes = first.bytes.length
    while (batch.length < MAX_MESSAGES_PER_RECORD) {
      const next = items[0]
      if (next === undefined || next.channel !== first.channel || !sameTargets(next.targets, first.targets) || bytes + next.bytes.length > limit) break
      batch.push(items.shift() as Item)
      bytes += next.bytes.length
    }
    return batch.length === 1 ? first : { ...first, bytes: joined(batch, bytes), messages: batch.length }
  }

  #dispatch({ channel, targets, bytes }: Item): void {
    const isHello = this.#sequence === 0
    const header = { channel, source: isHello ? 0 : this.owner.source(), targets, sequence: ++this.#sequence }
    const inClear = channel === Channel.RELAY || channel === Channel.HANDSHAKE
    const frame = inClear ? encodeFrame(header, bytes) : this.#seal(header, bytes)
    if (frame === undefined) return
    if (frame instanceof Uint8Array && this.#slots.length === 0) return this.owner.connection()?.send(frame)
    const slot: Slot = {
      frame: frame instanceof Uint8Array ? frame : undefined,
      bytes: bytes.length,
      viewers: channel === Channel.MEDIA ? targets : undefined,
      void: false,
    }
    this.#slots.push(slot)
    this.#sealingBytes += slot.bytes
    if (frame instanceof Uint8Array) return
    const generation = this.#generation
    frame.then(
      sealed => {
        if (generation !== this.#generation) return
        slot.frame = sealed
        this.#flush()
        this.pump()
        this.owner.sealed()
      },
      error => generation === this.#generation && this.owner.broken(error),
    )
  }

  /** The frame of a record. Undefined if it cannot be sealed: then nothing that follows would be understood. */
  #seal(header: RecordHeader, plaintext: Uint8Array): Soon<Uint8Array> | undefined {
    const head = encodeFrameHead(header, plaintext.length + RECORD_OVERHEAD_BYTES)
    try {
      return this.security.seal(header, plaintext, head)
    } catch (error) {
      this.owner.broken(error)
      return undefined
    }
  }

  /** Hands over what is sealed, in order; a picture only if it is still to be seen (RA-SES-059). */
  #flush(): void {
    while (this.#slots[0]?.frame !== undefined) {
      const slot = this.#slots.shift() as Slot
      this.#sealingBytes -= slot.bytes
      if (!slot.void) this.owner.connection()?.send(slot.frame as Uint8Array)
    }
  }
}

const sameTargets = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((target, i) => target === b[i])

function joined(batch: readonly Item[], total: number): Uint8Array {
  const bytes = new Uint8Array(total)
  let offset = 0
  for (const item of batch) {
    bytes.set(item.bytes, offset)
    offset += item.bytes.length
  }
  return bytes
}
