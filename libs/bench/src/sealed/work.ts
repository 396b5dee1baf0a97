/** What both ways carry: so many messages of 64 KiB, no more of them under way than the house lets wait on a line. */
import { randomBytes } from 'node:crypto'

/** Bytes of a message. */
export const MESSAGE_BYTES = 65_536
/** What is in a message. */
export const MESSAGE: Uint8Array = new Uint8Array(randomBytes(MESSAGE_BYTES))

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
}

/** Sends so many messages as there is room; resolves when the last one was handed over. */
export function sendAll(source: Source, messages: number): Promise<void> {
  return new Promise(resolve => {
    let sent = 0
    const more = () => {
      for (; sent < messages && source.room; sent++) source.send()
      if (sent === messages) resolve()
    }
    source.onRoom = more
    more()
  })
}

/** Counts messages. */
export class Arrivals {
  #arrived = 0
  #awaited = 0
  #done: (() => void) | undefined

  /** One arrived, of so many bytes. */
  take(bytes: number): void {
    if (bytes !== MESSAGE_BYTES) throw new RangeError(`A message of ${bytes} bytes arrived.`)
    this.#arrived++
    if (this.#arrived === this.#awaited) this.#done?.()
  }

  /** Resolves when so many have arrived since the last call. */
  next(messages: number): Promise<void> {
    this.#awaited += messages
    return this.#arrived >= this.#awaited ? Promise.resolve() : new Promise(resolve => (this.#done = resolve))
  }
}
