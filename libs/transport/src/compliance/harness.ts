import type { Accept, CloseInfo, Connection, ConnectionHandler, Listener, Transport, TransportErrorCode } from '../transport.js'

/** What the suite needs of a transport under test. */
export interface ComplianceSubject {
  /** Starts a listener at a fresh address. */
  listen(accept: Accept): Promise<Listener>
  /** A transport to a listener's address. */
  connect(address: string): Transport
  /** An address at which nothing listens. */
  readonly nowhere: string
  /** Opens a line to `address` by other means and sends one frame of `MAX_FRAME_BYTES + 1` bytes. Left out where such a frame cannot be sent at all. */
  sendOversize?(address: string): Promise<void>
  /** How long to wait for anything before it is called a hang, in milliseconds. Default 20,000. */
  readonly patienceMs?: number
  /**
   * `browser` if the opening side is a page: it reads on while paused, hears nothing more once it closed (so its own close is not clean), and is in another
   * program than the listening side, so that the two cannot act at the same moment. Default `program`.
   */
  readonly openingSide?: 'program' | 'browser'
}

/** How long the suite waits for anything before it calls it a hang, in milliseconds, unless the subject says otherwise. */
const PATIENCE_MS = 20_000

/** Fails the running case with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

/** Resolves as `promise` does, or fails with what it waited for. */
export async function within<T>(promise: Promise<T>, what: string, patienceMs = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Hangs: waited for ${what}.`)), patienceMs)
  })
  return Promise.race([promise, hang]).finally(() => clearTimeout(timer))
}

/** Resolves in a later turn of the event loop. */
export const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

/** The code of a `TransportError`, or what was thrown instead; told by name, so that a second copy of the package does not matter. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && error.name === 'TransportError' && 'code' in error ? String(error.code) : String(error)

/** Fails unless `promise` rejects with a `TransportError` of `code`. */
export async function rejectsWith(promise: Promise<unknown>, code: TransportErrorCode, patienceMs?: number): Promise<void> {
  const outcome = await within(
    promise.then(() => 'success', codeOf),
    `a rejection with ${code}`,
    patienceMs,
  )
  check(outcome === code, `Expected ${code}, got ${outcome}.`)
}

const checksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, bytes.length)

/** One end of a connection under test: calls it, records what it tells, and notes every broken promise of the interface. */
export class End implements ConnectionHandler {
  readonly frames: Uint8Array[] = []
  readonly closes: CloseInfo[] = []
  readonly broken: string[] = []
  drains = 0
  /** `true` for a page's end: it cannot know what was under way when it closed, so it must not call that clean; and a close from afar drops what it queued. */
  closesBlindly = false
  /** Called with each frame as it arrives. */
  onFrame: (bytes: Uint8Array) => void = () => undefined
  readonly #sums: number[] = []
  #inCall = false
  #waiting: (() => void)[] = []

  constructor(
    readonly connection: Connection,
    readonly patienceMs?: number,
  ) {}

  /** Makes a call on the connection; a callback from within it is a broken promise. */
  call<T>(act: (connection: Connection) => T): T {
    this.#inCall = true
    try {
      return act(this.connection)
    } finally {
      this.#inCall = false
    }
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.call(connection => connection.send(frame))
  }

  frame(bytes: Uint8Array): void {
    this.#noted('frame')
    this.frames.push(bytes)
    this.#sums.push(checksum(bytes))
    this.onFrame(bytes)
  }

  drain(): void {
    this.#noted('drain')
    this.drains++
  }

  closed(info: CloseInfo): void {
    this.#noted('closed')
    this.closes.push(info)
  }

  /** Resolves once `condition` holds; it is looked at after each callback. */
  async until(condition: () => boolean, what: () => string): Promise<void> {
    while (!condition()) await within(new Promise<void>(resolve => this.#waiting.push(resolve)), what(), this.patienceMs)
  }

  async untilFrames(count: number): Promise<void> {
    await this.until(
      () => this.frames.length >= count,
      () => `${count} frames (${this.frames.length} came${this.closes.length > 0 ? ', then the end' : ''})`,
    )
  }

  async untilClosed(): Promise<CloseInfo> {
    await this.until(
      () => this.closes.length > 0,
      () => 'the end of the connection',
    )
    return this.closes[0] as CloseInfo
  }

  /** Fails if any promise of the interface was broken, or bytes changed after they were delivered. */
  verify(): void {
    check(this.broken.length === 0, this.broken[0] ?? '')
    check(this.closes.length <= 1, `closed was called ${this.closes.length} times.`)
    for (const [n, bytes] of this.frames.entries()) check(checksum(bytes) === this.#sums[n], `Frame ${n} changed after it was delivered.`)
  }

  #noted(callback: string): void {
    if (this.#inCall) this.broken.push(`${callback} was called from within a call on the connection.`)
    if (this.closes.length > 0) this.broken.push(`${callback} was called after closed.`)
    const waiting = this.#waiting
    this.#waiting = []
    queueMicrotask(() => {
      for (const resolve of waiting) resolve()
    })
  }
}

/** A listener and connections to it. */
export class Place {
  readonly ends: End[] = []
  /** Called for each connection as it is accepted, before any frame. */
  onAccept: (end: End) => void = () => undefined
  #accepted: (() => void)[] = []
  #listener: Listener | undefined

  constructor(readonly subject: ComplianceSubject) {}

  get listener(): Listener {
    return this.#listener as Listener
  }

  async start(): Promise<void> {
    this.#listener = await within(
      this.subject.listen(connection => {
        const end = new End(connection, this.subject.patienceMs)
        this.ends.push(end)
        this.onAccept(end)
        for (const resolve of this.#accepted.splice(0)) resolve()
        return end
      }),
      'the listener',
      this.subject.patienceMs,
    )
  }

  /** A new connection: the opening end and the listening end. One at a time. */
  async open(onAccept: (end: End) => void = () => undefined): Promise<{ readonly opening: End; readonly listening: End }> {
    const position = this.ends.length
    let opening: End | undefined
    await within(
      this.subject.connect(this.listener.address).open(connection => {
        opening = new End(connection, this.subject.patienceMs)
        onAccept(opening)
        return opening
      }),
      'the connection',
      this.subject.patienceMs,
    )
    check(opening !== undefined, 'open resolved before it called accept.')
    opening.closesBlindly = this.subject.openingSide === 'browser'
    await this.untilAccepted(position + 1)
    return { opening, listening: this.ends[position] as End }
  }

  /** Resolves once `count` connections were accepted. */
  async untilAccepted(count: number): Promise<void> {
    while (this.ends.length < count) await within(new Promise<void>(resolve => this.#accepted.push(resolve)), 'accept', this.subject.patienceMs)
  }

  /** Gives everything that is on its way time to arrive: many round trips on a connection of their own. */
  async settle(roundTrips = 30): Promise<void> {
    const { opening, listening } = await this.open()
    listening.onFrame = bytes => listening.send(bytes.slice())
    for (let n = 1; n <= roundTrips; n++) {
      opening.send(new Uint8Array([n]))
      await opening.untilFrames(n)
      await turn()
    }
    opening.call(connection => connection.close(100))
    await opening.untilClosed()
    await listening.untilClosed()
  }
}

/** Runs one case with a fresh listener, then verifies every promise that its ends noted. */
export async function withPlace(subject: ComplianceSubject, run: (place: Place) => Promise<void>): Promise<void> {
  const place = new Place(subject)
  await place.start()
  try {
    await run(place)
  } finally {
    await within(place.listener.close(), 'the listener to close', subject.patienceMs)
  }
  for (const end of place.ends) end.verify()
}

/** Runs one case in both directions, each with a fresh pair of ends, and verifies both ends after everything came to rest. */
export async function bothWays(
  subject: ComplianceSubject,
  run: (from: End, to: End, place: Place) => Promise<void>,
  directions: readonly ('opening' | 'listening')[] = ['opening', 'listening'],
): Promise<void> {
  for (const direction of directions) {
    await withPlace(subject, async place => {
      const { opening, listening } = await place.open()
      await run(direction === 'opening' ? opening : listening, direction === 'opening' ? listening : opening, place)
      await place.settle(3)
      opening.verify()
    })
  }
}
