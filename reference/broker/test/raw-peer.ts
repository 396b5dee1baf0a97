import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Channel, decodeFrame, decodeRelay, encodeFrame, encodeRelay, type Hello, type RelayMessage, Role } from '@remote-assist/codec'
import { WebSocket } from 'ws'

const NOBODY = new Uint8Array()
const HELLO = { version: { minMinor: 0, maxMinor: 0 }, implementation: { name: 'raw', version: '1' }, role: Role.UNSPECIFIED, displayName: '' }
const NO_CREDENTIALS = { agentToken: '', locator: '', inviteId: NOBODY, resumeToken: NOBODY, capabilities: [] }

/** A peer on a bare WebSocket, free to break every rule. */
export class RawPeer {
  #sequence = 0
  number = 0
  /** The WebSocket close code, once it is closed; 1006 = the line broke. */
  readonly closeCode: Promise<number>
  readonly #frames: Uint8Array[] = []

  private constructor(
    readonly socket: WebSocket,
    /** The TCP connection. */
    readonly line: Socket,
  ) {
    this.closeCode = once(socket, 'close').then(([code]) => code)
    socket.on('message', data => this.#frames.push(data as Buffer))
  }

  static async open(url: string, options: ConstructorParameters<typeof WebSocket>[2] = {}): Promise<RawPeer> {
    const socket = new WebSocket(url, 'remoteassist.v1', { perMessageDeflate: false, ...options })
    socket.on('error', () => undefined)
    const upgraded = once(socket, 'upgrade')
    const [[{ socket: line }]] = await Promise.all([upgraded, once(socket, 'open')])
    return new RawPeer(socket, line)
  }

  send(channel: Channel, targets: readonly number[], payload: Uint8Array = NOBODY): void {
    this.socket.send(encodeFrame({ channel, source: this.number, targets, sequence: ++this.#sequence }, payload))
  }

  relay(kind: NonNullable<RelayMessage['kind']>): void {
    this.send(Channel.RELAY, [], encodeRelay({ kind }))
  }

  hello(hello: Partial<Hello>): void {
    this.relay({ $case: 'hello', value: { ...HELLO, ...NO_CREDENTIALS, ...hello } })
  }

  /** Waits for the Welcome, and takes its number. */
  async welcome(): Promise<{ readonly number: number }> {
    while (this.#frames.length === 0) await once(this.socket, 'message')
    const { kind } = decodeRelay(decodeFrame(this.#frames[0] as Uint8Array).payload)
    if (kind?.$case !== 'welcome') throw new Error(`${kind?.$case} instead of a Welcome`)
    this.number = kind.value.participant
    return { number: this.number }
  }
}
