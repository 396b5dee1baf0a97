/** What a command prints, on its way to the agent: in order, as the line takes it, and no more than so much of it waits. */
import type { OutputStream } from '@remote-assist/codec'

/** While more bytes of its output than this wait, a command is held back (RA-ELV-045). */
export const MAX_WAITING_OUTPUT_BYTES = 1_048_576
/** Most bytes of output in a message. */
const MAX_PIECE_BYTES = 65_536

export class CommandOutput {
  readonly #pieces: { readonly stream: OutputStream; readonly data: Uint8Array }[] = []
  #waitingBytes = 0
  #held: (() => void)[] = []
  readonly #gone: Promise<void>
  #flowing = false
  #flushed: Promise<void> = Promise.resolve()

  constructor(
    readonly send: (stream: OutputStream, data: Uint8Array) => void,
    /** Undefined = the line has room; else it resolves when that may be so again. */
    readonly room: () => Promise<void> | undefined,
    /** Aborted when nobody wants the output any more. */
    readonly signal: AbortSignal,
  ) {
    this.#gone = new Promise(resolve => signal.addEventListener('abort', () => resolve(this.#discard()), { once: true }))
  }

  /** Adds what was printed. Resolves when the command may go on. */
  async push(stream: OutputStream, data: Uint8Array): Promise<void> {
    if (this.signal.aborted) return
    for (let at = 0; at < data.length; at += MAX_PIECE_BYTES) this.#pieces.push({ stream, data: data.subarray(at, at + MAX_PIECE_BYTES) })
    this.#waitingBytes += data.length
    if (!this.#flowing) this.#flushed = this.#flow()
    if (this.#waitingBytes > MAX_WAITING_OUTPUT_BYTES) await new Promise<void>(resolve => this.#held.push(resolve))
  }

  /** Resolves when everything that was printed is on its way, or thrown away. */
  get flushed(): Promise<void> {
    return this.#flushed
  }

  async #flow(): Promise<void> {
    this.#flowing = true
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const room = this.room()
      if (room !== undefined) {
        await Promise.race([room, this.#gone])
        continue
      }
      this.#pieces.shift()
      this.#waitingBytes -= piece.data.length
      this.send(piece.stream, piece.data)
      if (this.#waitingBytes <= MAX_WAITING_OUTPUT_BYTES) this.#release()
    }
    this.#flowing = false
  }

  #discard(): void {
    this.#pieces.length = 0
    this.#waitingBytes = 0
    this.#release()
  }

  #release(): void {
    for (const resolve of this.#held.splice(0)) resolve()
  }
}
