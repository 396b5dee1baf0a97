import { HostError } from '@remote-assist/peer'
import { createClient } from 'x11'
import { Listeners } from '../listeners.js'
import type { Extension, Reply, X11Module, XClient, XDisplay, XEvent } from './wire.js'

const QUERY_EXTENSION = 98
const INTERN_ATOM = 16
const GET_ATOM_NAME = 17

const connect = createClient as X11Module['createClient']

/** A connection to an X server whose requests are promises. Everything asked of a lost connection rejects with `HostError`. */
export class XConnection {
  readonly #events = new Listeners<[XEvent]>()
  readonly #pending = new Set<(error: Error) => void>()
  readonly #atoms = new Map<string, Promise<number>>()
  #lost: HostError | undefined

  private constructor(
    readonly x: XClient,
    readonly display: XDisplay,
    readonly name: string,
  ) {
    x.on('event', event => this.#events.emit(event))
    x.on('end', () => this.#lose())
    x.on('error', error => {
      // A protocol error of a request that nobody waits for, such as one to a window that has just gone, is no concern of ours; a broken socket is.
      if (error.error === undefined) this.#lose(error)
    })
  }

  /** Rejects with `HostError` `E_NO_DISPLAY` if nothing answers, or if it lets nobody in. */
  static open(display: string): Promise<XConnection> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(noDisplay(display, cause))
      try {
        const client = connect({ display }, (error, opened) => {
          if (error) fail(error)
          else resolve(new XConnection(client, opened, display))
        })
        client.on('error', fail)
      } catch (error) {
        fail(error)
      }
    })
  }

  get root(): number {
    return this.#screen.root
  }

  get depth(): number {
    return this.#screen.root_depth
  }

  get lost(): HostError | undefined {
    return this.#lost
  }

  onEvent(listener: (event: XEvent) => void): () => void {
    return this.#events.add(listener)
  }

  /** Sends a request and resolves with its reply. */
  request<T>(send: (done: Reply<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#lost) {
        reject(this.#lost)
        return
      }
      this.#pending.add(reject)
      send((error, value) => {
        this.#pending.delete(reject)
        if (error) reject(error)
        else resolve(value)
        return true
      })
    })
  }

  /** Sends a request that the package has no method for. `unpack` gets the reply from its 9th byte on, and its second byte. */
  raw<T>(request: Buffer, unpack: (reply: Buffer, detail: number) => T): Promise<T> {
    return this.request(done => {
      this.x.seq_num++
      this.x.pack_stream.put(request)
      this.x.replies[this.x.seq_num] = [unpack, done]
      this.x.pack_stream.submit(true)
    })
  }

  /** Sends a request that has no reply and that the package has no method for. */
  send(request: Buffer): void {
    if (this.#lost) throw this.#lost
    this.x.seq_num++
    this.x.pack_stream.put(request)
    this.x.pack_stream.submit()
  }

  /** An extension, or undefined if the server lacks it. */
  async extension<T>(name: string): Promise<T | undefined> {
    if (this.#lost) throw this.#lost
    return new Promise(resolve => this.x.require(name, (error, extension) => resolve(error ? undefined : (extension as T))))
  }

  /** An extension that the package does not know, or undefined if the server lacks it. */
  query(name: string): Promise<Extension | undefined> {
    return this.raw(named(QUERY_EXTENSION, name), reply => (reply[0] === 1 ? { majorOpcode: reply.readUInt8(1), firstEvent: reply.readUInt8(2) } : undefined))
  }

  /** The number of an atom. Not by the package's method: that remembers atoms for all servers of the process alike. */
  atom(name: string): Promise<number> {
    const known = this.#atoms.get(name)
    if (known) return known
    const asked = this.raw(named(INTERN_ATOM, name), reply => reply.readUInt32LE(0))
    this.#atoms.set(name, asked)
    return asked
  }

  atomName(atom: number): Promise<string> {
    const request = Buffer.alloc(8)
    request[0] = GET_ATOM_NAME
    request.writeUInt16LE(2, 2)
    request.writeUInt32LE(atom, 4)
    return this.raw(request, reply => reply.toString('latin1', 24, 24 + reply.readUInt16LE(0)))
  }

  /** Resolves when the server has dealt with everything sent so far. */
  async sync(): Promise<void> {
    await this.request(done => this.x.GetInputFocus(done))
  }

  /** Sends what is buffered and hangs up; what is under way is rejected. */
  close(): void {
    if (this.#lost) return
    this.#lose()
    this.x.terminate()
  }

  get #screen() {
    const screen = this.display.screen[0]
    if (!screen) throw new HostError('E_NO_DISPLAY', `The X display ${this.name} has no screen.`)
    return screen
  }

  #lose(cause?: Error): void {
    if (this.#lost) return
    this.#lost = new HostError('E_HOST', `The connection to the X display ${this.name} is closed.`, { hint: 'Is the X server still running?', cause })
    for (const reject of this.#pending) reject(this.#lost)
    this.#pending.clear()
  }
}

/** A request that has a name, and nothing else. */
function named(opcode: number, name: string): Buffer {
  const bytes = Buffer.from(name, 'latin1')
  const request = Buffer.alloc(8 + Math.ceil(bytes.length / 4) * 4)
  request[0] = opcode
  request.writeUInt16LE(request.length / 4, 2)
  request.writeUInt16LE(bytes.length, 4)
  bytes.copy(request, 8)
  return request
}

function noDisplay(display: string, cause: unknown): HostError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  if (/authori[sz]ation|protocol specified|closed before setup/i.test(reason))
    return new HostError('E_NO_DISPLAY', `The X display ${display} lets nobody in: ${reason.trim()}`, {
      hint: 'Set XAUTHORITY to the file with its cookie, or allow this user with xhost.',
      cause,
    })
  return new HostError('E_NO_DISPLAY', `No X display at ${display}.`, { hint: 'Start one, or use --host virtual.', cause })
}
