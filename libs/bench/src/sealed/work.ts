/** What both ways carry: so many messages of 64 KiB, no more of them under way than the house lets wait on a line. */
import { randomBytes } from 'node:crypto'

/** Bytes of a message. */
export const MESSAGE_BYTES = 65_536
/** What is in a message. */
export const MESSAGE: Uint8Array = new Uint8Array(randomBytes(MESSAGE_BYTES))

/** Through a relay, no more messages are under way: half the bytes that make a broker speak of lag. */
export const WINDOW_MESSAGES = 8
/** Then the sink says of every so many messages that they arrived, by one of a byte. */
export const ACKNOWLEDGED_MESSAGES = 4
export const ACKNOWLEDGEMENT: Uint8Array = new Uint8Array(1)

/** Which of the two ways a program takes. */
export type Way = 'sealed' | 'bare' | 'ciphered'

/** What the parent asks of a source, to send them, and of a sink, to await them. */
export const messagesOf = (asked: unknown): number => (typeof asked === 'object' && asked !== null && 'messages' in asked ? Number(asked.messages) : 0)

/** Where the messages go. */
export interface Source {
  /** There is room for another one. */
  readonly room: boolean
  send(): void
  /** Called when there may be room again. */
  onRoom: () => void
  /** Called when the sink says that `ACKNOWLEDGED_MESSAGES` more arrived. */
  onAcknowledged: () => void
}

/**
 * Sends so many messages as there is room. Resolves when the last one was handed over; where the sink acknowledges them, of which then no more than
 * `WINDOW_MESSAGES` are under way, when it arrived: `messages` is a multiple of `ACKNOWLEDGED_MESSAGES` then.
 */
export function sendAll(source: Source, messages: number, isAcknowledged: boolean): Promise<void> {
  return new Promise(resolve => {
    let sent = 0
    let free = isAcknowledged ? WINDOW_MESSAGES : messages
    const more = () => {
      for (; sent < messages && free > 0 && source.room; free--, sent++) source.send()
      if (sent === messages && (!isAcknowledged || free === WINDOW_MESSAGES)) resolve()
    }
    source.onRoom = more
    source.onAcknowledged = () => {
      free += ACKNOWLEDGED_MESSAGES
      more()
    }
    more()
  })
}

/** Counts messages. */
export class Arrivals {
  /** Called when `ACKNOWLEDGED_MESSAGES` more arrived. */
  onSome: () => void = () => undefined
  #arrived = 0
  #awaited = 0
  #done: (() => void) | undefined

  /** One arrived, of so many bytes. */
  take(bytes: number): void {
    if (bytes !== MESSAGE_BYTES) throw new RangeError(`A message of ${bytes} bytes arrived.`)
    this.#arrived++
    if (this.#arrived % ACKNOWLEDGED_MESSAGES === 0) this.onSome()
    if (this.#arrived === this.#awaited) this.#done?.()
  }

  /** Resolves when so many have arrived since the last call. */
  next(messages: number): Promise<void> {
    this.#awaited += messages
    return this.#arrived >= this.#awaited ? Promise.resolve() : new Promise(resolve => (this.#done = resolve))
  }
}
