import { Channel, decodeFrame, decodeRelay, encodeFrame, encodeRelay, type RelayMessage } from '@remote-assist/codec'
import type { CloseInfo, Connection, ConnectionHandler, Transport } from '@remote-assist/transport'

type Kind = NonNullable<RelayMessage['kind']>

/** One end of a line through a relay: sends and takes frames of channel FILE, and answers a broker's pings. */
export class End implements ConnectionHandler {
  /** Called with the payload of each frame of the other end. */
  onPayload: (payload: Uint8Array) => void = () => undefined
  /** Called with each message of the broker. */
  onRelay: (kind: Kind) => void = () => undefined
  /** Called if the line ends before `close`. */
  onLost: (error: Error) => void = () => undefined
  readonly #connection: Connection
  #sequence = 0
  #closing = false

  private constructor(
    connection: Connection,
    /** This end's participant number; 0 until a broker gave it one. */
    public number: number,
  ) {
    this.#connection = connection
  }

  static async open(transport: Transport, number: number): Promise<End> {
    const ends: End[] = []
    await transport.open(connection => {
      const end = new End(connection, number)
      ends.push(end)
      return end
    })
    const [end] = ends
    if (end === undefined) throw new TypeError('The transport opened without asking who takes the connection.')
    return end
  }

  /** Sends a frame to participant `target`. */
  send(target: number, payload: Uint8Array): void {
    this.#send(Channel.FILE, [target], payload)
  }

  /** Says something to the broker. */
  tell(kind: Kind): void {
    this.#send(Channel.RELAY, [], encodeRelay({ kind }))
  }

  frame(bytes: Uint8Array): void {
    const { channel, payload } = decodeFrame(bytes)
    if (channel !== Channel.RELAY) return this.onPayload(payload)
    const { kind } = decodeRelay(payload)
    if (kind?.$case === 'ping') this.tell({ $case: 'pong', value: kind.value })
    else if (kind !== undefined) this.onRelay(kind)
  }

  closed({ code, reason }: CloseInfo): void {
    if (!this.#closing) this.onLost(new Error(`The line ended with ${code ?? 'no code'}. ${reason}`))
  }

  close(): void {
    this.#closing = true
    this.#connection.abort()
  }

  #send(channel: Channel, targets: readonly number[], payload: Uint8Array): void {
    this.#connection.send(encodeFrame({ channel, source: this.number, targets, sequence: ++this.#sequence }, payload))
  }
}
