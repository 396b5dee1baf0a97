/** Two ends with the core's real file machines and real folders, joined by a line that the test holds in its hands. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Channel, decodeMessages, encodeMessages, type FileMessage } from '@remote-assist/codec'
import { agentFile, customerFile, type FileEvent, type FileNotice, type Instant } from '@remote-assist/core'
import type { FileChannel } from '../../src/files/channel.js'
import { Files } from '../../src/files/files.js'
import type { FilePlatform } from '../../src/files/store.js'
import { diskFiles } from '../../src/node/file-store.js'

export type Kind = NonNullable<FileMessage['kind']>
type Permit = Extract<FileEvent, { readonly type: 'permit' }>

/** What the buffers of a line with a rate hold, in milliseconds of it. */
const BUFFER_MS = 20

const GIB = 1_073_741_824n
const OPEN: Permit = {
  type: 'permit',
  toCustomer: true,
  fromCustomer: true,
  flow: 'flowing',
  maxFileBytes: GIB,
  maxSessionBytes: 0n,
  elsewhereBytes: 0n,
  maxEntries: 100_000,
  consentTimeoutMs: 60_000,
}

/** One end: the machine, and the files that drive it. */
export class End {
  readonly files: Files
  /** Everything that it sent. */
  readonly sent: Kind[] = []
  readonly notices: FileNotice[] = []
  #state
  #queue: FileNotice[] = []
  #delivering = false

  constructor(
    readonly pair: Pair,
    readonly side: 'agent' | 'customer',
    readonly folder: string,
    platform: FilePlatform,
  ) {
    this.#state = (side === 'agent' ? agentFile : customerFile).initial
    const channel: FileChannel = {
      side,
      say: event => this.step(event),
      room: () => pair.room(),
      burst: () => {},
      maxChunkBytes: 262_144,
      get maxFileBytes() {
        return pair.permit.maxFileBytes
      },
      now: () => pair.now,
      later: (ms, task) => pair.later(ms, task),
    }
    this.files = new Files({ channel, platform, peer: () => (side === 'agent' ? 'customer' : 'agent') })
  }

  step(event: FileEvent): void {
    this.#advance(event)
    this.#deliver()
  }

  /** A record with several messages: the machine takes them all before anybody hears of it. */
  record(events: readonly FileEvent[]): void {
    for (const event of events) this.#advance(event)
    this.#deliver()
  }

  #advance(event: FileEvent): void {
    const { state, effects } = (this.side === 'agent' ? agentFile : customerFile).step(this.#state, event, this.pair.now)
    this.#state = state
    for (const effect of effects) {
      if (effect.type === 'send') {
        this.sent.push(effect.kind)
        this.pair.carry(this, encodeMessages(Channel.FILE, [{ kind: effect.kind }]))
      } else if (effect.type === 'notify') this.#queue.push(effect.notice)
      else throw new Error(`violation: ${effect.event} while ${effect.phase}`)
    }
  }

  #deliver(): void {
    if (this.#delivering) return
    this.#delivering = true
    for (let notice = this.#queue.shift(); notice !== undefined; notice = this.#queue.shift()) {
      this.notices.push(notice)
      this.files.notice(notice)
    }
    this.#delivering = false
  }

  /** When the machine wants its next tick. */
  get deadline(): Instant | undefined {
    return (this.side === 'agent' ? agentFile : customerFile).nextDeadline(this.#state)
  }

  sentCase<C extends Kind['$case']>(name: C): Extract<Kind, { readonly $case: C }>['value'][] {
    return this.sent.filter((kind): kind is Extract<Kind, { readonly $case: C }> => kind.$case === name).map(({ value }) => value as never)
  }

  /** Bytes of files that this end sent. */
  get sentBytes(): number {
    return this.sentCase('chunk').reduce((sum, { data }) => sum + data.length, 0)
  }
}

export interface PairOptions {
  readonly permit?: Partial<Permit>
  readonly platform?: (folder: string) => FilePlatform
  /** Bytes a second, on the simulated clock. */
  readonly rate?: number
}

/** The line. It moves one message at a time, each in a turn of its own, while simulated time passes. */
export class Pair {
  readonly agent: End
  readonly customer: End
  permit: Permit
  now = 0 as Instant
  /** Sees each message before it arrives, and may change it; undefined = the line drops, and it is lost. */
  alter: (kind: Kind, from: End) => Kind | undefined = kind => kind
  /** Messages that arrive in one record. */
  batch = 1
  #lines = new Map<End, Uint8Array[]>()
  #up = true
  #moving = false
  #roomy: (() => void)[] = []
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>()

  private constructor(
    readonly root: string,
    readonly options: PairOptions,
  ) {
    this.permit = { ...OPEN, ...options.permit }
    const platform = options.platform ?? (folder => diskFiles({ folder }))
    const end = (side: 'agent' | 'customer') => new End(this, side, join(root, side), platform(join(root, side)))
    this.agent = end('agent')
    this.customer = end('customer')
    this.#tell()
  }

  static async open(options: PairOptions = {}): Promise<Pair> {
    const root = await mkdtemp(join(tmpdir(), 'files-'))
    await mkdir(join(root, 'source'))
    return new Pair(root, options)
  }

  /** A new pair over the same folders: both processes were killed and begin anew. */
  again(options: PairOptions = {}): Pair {
    return new Pair(this.root, options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }

  /** Where a test puts what is to be sent. */
  get source(): string {
    return join(this.root, 'source')
  }

  other(end: End): End {
    return end === this.agent ? this.customer : this.agent
  }

  /** What is left in the quarantine of an end's folder. */
  async leftovers(end: End): Promise<string[]> {
    return readdir(join(end.folder, '.remote-assist')).catch(() => [])
  }

  /** Changes what the session allows, at both ends. */
  allow(change: Partial<Permit>): void {
    this.permit = { ...this.permit, ...change }
    this.#tell()
  }

  /** The line drops: what is under way is lost. */
  drop(): void {
    this.#up = false
    this.#lines.clear()
    this.allow({ flow: 'suspended' })
    this.#makeRoom()
  }

  /** The line is back. */
  restore(): void {
    this.#up = true
    this.allow({ flow: 'flowing' })
  }

  later(ms: number, task: () => void): () => void {
    const timer = { at: this.now + ms, task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  #ring(): void {
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at)) {
      if (this.#timers.delete(timer)) timer.task()
    }
  }

  /** Time passes without a message: each machine gets the ticks that it asked for. */
  pass(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const due = [this.agent, this.customer].filter(({ deadline }) => deadline !== undefined && deadline <= until)
      const next = due.sort((a, b) => Number(a.deadline) - Number(b.deadline))[0]
      if (next?.deadline === undefined) break
      this.now = Math.max(this.now, next.deadline) as Instant
      next.step({ type: 'tick' })
    }
    this.now = until as Instant
    this.#ring()
  }

  room(): Promise<void> | undefined {
    const waiting = [...this.#lines.values()].flat()
    const { rate } = this.options
    // A line that has a rate holds so much of it as a real one's buffers do: how fast the disk happens to be does not show in what passes.
    const isFull =
      rate === undefined ? waiting.length > Math.max(64, this.batch) : waiting.reduce((sum, { length }) => sum + length, 0) > (rate * BUFFER_MS) / 1_000
    return this.#up && isFull ? new Promise(resolve => this.#roomy.push(resolve)) : undefined
  }

  carry(from: End, bytes: Uint8Array): void {
    if (!this.#up) return
    const line = this.#lines.get(from) ?? []
    this.#lines.set(from, line)
    line.push(bytes)
    if (!this.#moving) setImmediate(() => this.#move())
    this.#moving = true
  }

  #tell(): void {
    for (const end of [this.agent, this.customer]) end.step(this.permit)
  }

  #makeRoom(): void {
    for (const wake of this.#roomy.splice(0)) wake()
  }

  #move(): void {
    for (const [from, line] of this.#lines) {
      const events = line.splice(0, this.batch).map(bytes => this.#arrive(from, bytes))
      const lost = events.indexOf(undefined)
      this.other(from).record(events.slice(0, lost < 0 ? events.length : lost).filter(event => event !== undefined))
      if (lost < 0) continue
      this.drop()
      break
    }
    this.#makeRoom()
    this.#moving = [...this.#lines.values()].some(line => line.length > 0)
    if (this.#moving) setImmediate(() => this.#move())
  }

  /** What a message is when it arrives; undefined = the line drops. */
  #arrive(from: End, bytes: Uint8Array): FileEvent | undefined {
    this.now = (this.now + (bytes.length / (this.options.rate ?? 100_000_000)) * 1_000) as Instant
    this.#ring()
    const [message] = decodeMessages(Channel.FILE, bytes)
    const kind = message?.kind === undefined ? undefined : this.alter(message.kind, from)
    return kind && ({ type: `remote.${kind.$case}`, value: kind.value } as FileEvent)
  }
}
