/** Two ends with model drivers and a line between them: a sender that keeps a manifest, and a receiver that keeps what arrives. */
import { type Channel, EntryAction, EntryKind, FileRefusal } from '@remote-assist/codec'
import { expect } from 'vitest'
import { type FileEvent, type FileNotice, type FilePermit, LEAF_BYTES, MAX_EXPECTED, type Outcome } from '../../../src/channels/file/events.js'
import { agentFile, customerFile } from '../../../src/channels/file/file.js'
import type { FileState } from '../../../src/channels/file/table.js'
import type { Kind } from '../../../src/message.js'
import { Drive, remote } from '../support.js'

export type FileKind = Kind<Channel.FILE>
export type End = Drive<FileState, FileEvent, FileKind, FileNotice>
export type Item = { readonly kind: 'file' | 'folder'; readonly bytes: bigint; readonly action: EntryAction }

export const PERMIT: FilePermit = {
  toCustomer: true,
  fromCustomer: true,
  flow: 'flowing',
  maxFileBytes: 1n << 30n,
  maxSessionBytes: 0n,
  elsewhereBytes: 0n,
  maxEntries: 100_000,
  consentTimeoutMs: 60_000,
}
export const permit = (change: Partial<FilePermit> = {}): FileEvent => ({ type: 'permit', ...PERMIT, ...change })

const ZEROS = new Uint8Array(262_144)
const DIGEST = new Uint8Array(32)
const LEAF = Number(LEAF_BYTES)
export const takes = (action: EntryAction): boolean => action === EntryAction.ACCEPT || action === EntryAction.OVERWRITE || action === EntryAction.RENAME

/** The sender's driver: sends what was taken, in order, as far as it may. */
class Source {
  outcome: Outcome | undefined
  decided = false
  private queue: number[] = []
  private again: number[] = []
  constructor(
    readonly end: End,
    readonly id: number,
    readonly items: readonly Item[],
  ) {}

  hear(notice: FileNotice, sameRoot: boolean): FileEvent | undefined {
    if (!('transferId' in notice) || notice.transferId !== this.id) return undefined
    switch (notice.kind) {
      case 'file.decided':
        this.decided = !notice.more
        this.restart(0)
        return undefined
      case 'file.corrupt':
        if (notice.retry) this.again.push(notice.entry)
        return undefined
      case 'file.prefix-wanted': {
        const settled = this.items.slice(0, notice.entry).filter(item => takes(item.action)).length
        return { type: 'local.prefix', transferId: this.id, root: sameRoot ? DIGEST : undefined, settled }
      }
      case 'file.resumed':
        this.restart(notice.entry)
        return undefined
      case 'file.suspended':
        this.decided = false
        return undefined
      case 'file.ended':
        this.outcome = notice.outcome
        return undefined
      default:
        return undefined
    }
  }

  private restart(entry: number): void {
    this.decided = true
    this.again = []
    this.queue = this.items.flatMap((item, i) => (i >= entry && item.kind === 'file' && takes(item.action) ? [i] : []))
  }

  /** The next thing to say, if anything may be said. */
  next(chunkBytes: number): FileEvent | undefined {
    const state = this.end.state.sending.find(transfer => transfer.transferId === this.id)
    if (!this.decided || state === undefined || (state.phase !== 'flowing' && state.phase !== 'held')) return undefined
    const { cursor, credit, sent } = state.at
    if (cursor === undefined) {
      const entry = this.queue.shift() ?? this.again.shift()
      return entry === undefined ? undefined : { type: 'local.entry', transferId: this.id, entry, bytes: this.items[entry]?.bytes ?? 0n }
    }
    const leafEnd = Math.min((cursor.leaf + 1) * LEAF, Number(cursor.bytes))
    const left = leafEnd - Number(cursor.offset)
    if (left > 0) {
      const bytes = Math.min(chunkBytes, left, Number(credit - sent))
      if (bytes <= 0 || state.phase === 'held') return undefined
      return { type: 'local.chunk', transferId: this.id, data: ZEROS.subarray(0, bytes), sentAtUs: BigInt(Math.round(this.end.now * 1000)) }
    }
    const leaves = Math.ceil(Number(cursor.bytes) / LEAF)
    if (cursor.leaf < leaves) return { type: 'local.leaf', transferId: this.id, sha256: DIGEST }
    return { type: 'local.entryDone', transferId: this.id, root: DIGEST }
  }
}

/** The receiver's driver: decides by the items' actions, keeps lengths, verifies when asked to. */
class Sink {
  outcome: Outcome | undefined
  readonly lengths = new Map<number, bigint>()
  readonly final = new Set<number>()
  readonly given = new Set<number>()
  readonly complete: number[] = []
  private upcoming = 0
  private decided = false
  /** It looks for what it has from before, and will say so. */
  looking = false
  constructor(
    readonly end: End,
    readonly id: number,
    readonly items: readonly Item[],
    /** Everything before this entry is here from an earlier session. */
    private readonly kept: number,
  ) {}

  private taken = (entry: number): boolean => takes((this.items[entry] as Item).action)
  private bytes = (entry: number): bigint => (this.items[entry] as Item).bytes

  private *expecting(from: number, room: number): Generator<FileEvent> {
    const files: { entry: number; bytes: bigint }[] = []
    let entry = from
    for (; entry < this.items.length && files.length < room; entry++)
      if (this.taken(entry) && this.items[entry]?.kind === 'file') files.push({ entry, bytes: this.bytes(entry) })
    this.upcoming = entry
    yield { type: 'local.expect', transferId: this.id, entries: files }
  }

  private *folders(from: number): Generator<FileEvent> {
    for (let entry = from; entry < this.items.length; entry++)
      if (this.taken(entry) && this.items[entry]?.kind === 'folder') {
        this.final.add(entry)
        yield { type: 'local.verified', transferId: this.id, entry, bytes: 0n }
      }
  }

  *hear(notice: FileNotice): Generator<FileEvent> {
    if (!('transferId' in notice) || notice.transferId !== this.id) return
    switch (notice.kind) {
      case 'file.decide': {
        const exceptions = this.items.flatMap(({ action }, entry) =>
          action === EntryAction.ACCEPT
            ? []
            : [{ entry, action, name: '', refusal: action === EntryAction.REFUSE ? FileRefusal.NAME : FileRefusal.UNSPECIFIED }],
        )
        const part = { type: 'local.decide', transferId: this.id, defaultAction: EntryAction.ACCEPT, refusal: FileRefusal.UNSPECIFIED } as const
        const half = exceptions.length >> 1
        yield { ...part, exceptions: exceptions.slice(0, half), more: true }
        yield { ...part, exceptions: exceptions.slice(half), more: false }
        if (this.outcome !== undefined) return
        this.decided = true
        this.looking = this.items.some((_, entry) => entry >= this.kept && this.taken(entry)) && this.kept > 0
        if (this.looking) return this.remember()
        yield* this.expecting(0, MAX_EXPECTED)
        yield* this.folders(0)
        return
      }
      case 'file.expect':
        if (this.upcoming < this.items.length) yield* this.expecting(this.upcoming, notice.room)
        return
      case 'file.chunk': {
        expect(this.decided, 'no byte before the decision').toBe(true)
        expect(this.taken(notice.entry), 'no byte of an entry that was not taken').toBe(true)
        if (notice.offset !== 0n) expect(notice.offset, 'no gap').toBe(this.lengths.get(notice.entry))
        const length = notice.offset + BigInt(notice.data.length)
        expect(length <= this.bytes(notice.entry), 'no byte beyond what was declared').toBe(true)
        this.lengths.set(notice.entry, length)
        return
      }
      case 'file.complete':
        expect(this.lengths.get(notice.entry) ?? 0n).toBe(this.bytes(notice.entry))
        this.complete.push(notice.entry)
        return
      case 'file.resume-wanted':
        yield* this.goOn()
        return
      case 'file.suspended':
        this.looking = false
        return
      case 'file.ended':
        this.outcome = notice.outcome
        return
      default:
        return
    }
  }

  private remember(): void {
    for (let entry = 0; entry < this.kept; entry++)
      if (this.taken(entry)) {
        this.lengths.set(entry, this.bytes(entry))
        this.final.add(entry)
      }
  }

  /** Says where to go on. */
  *goOn(): Generator<FileEvent> {
    this.looking = false
    this.complete.length = 0
    const entry = this.items.findIndex((_, i) => this.taken(i) && !this.final.has(i) && !this.given.has(i))
    const verified = ((this.lengths.get(entry) ?? 0n) / LEAF_BYTES) * LEAF_BYTES
    const settled = this.items.slice(0, entry).filter(item => takes(item.action)).length
    const prefixRoot = verified === 0n ? new Uint8Array(0) : DIGEST
    yield { type: 'local.resume', transferId: this.id, entry, verifiedBytes: verified, prefixRoot, settled }
    yield* this.expecting(entry, MAX_EXPECTED)
    yield* this.folders(entry)
  }

  /** Verifies the oldest complete entry; `corrupt` says it did not fit. */
  *verify(corrupt: boolean): Generator<FileEvent> {
    const entry = this.complete.shift()
    if (entry === undefined) return
    if (!corrupt) {
      this.final.add(entry)
      this.given.delete(entry)
      yield { type: 'local.verified', transferId: this.id, entry, bytes: this.bytes(entry) }
      return
    }
    this.lengths.delete(entry)
    yield { type: 'local.corrupt', transferId: this.id, entry, bytes: this.bytes(entry), leaf: 0, refusal: FileRefusal.UNSPECIFIED }
    const settled = this.end.sentCase('entryCorrupt').some(it => !it.retry)
    if (settled) this.given.add(entry)
  }
}

/** The line, the ends and the drivers. Transfer 1 goes from the agent to the customer. */
export class Pair {
  readonly agent: End = new Drive(agentFile).step(permit())
  readonly customer: End = new Drive(customerFile).step(permit())
  readonly source: Source
  readonly sink: Sink
  private readonly toCustomer: FileKind[] = []
  private readonly toAgent: FileKind[] = []
  private credit = 0n
  up = true
  sameRoot = true

  constructor(
    readonly items: readonly Item[],
    kept = 0,
  ) {
    this.source = new Source(this.agent, 1, items)
    this.sink = new Sink(this.customer, 1, items, kept)
    const bytes = items.reduce((sum, item) => sum + item.bytes, 0n)
    this.tell(this.agent, { type: 'local.offer', transferId: 1, entries: items.length, bytes, requestId: 0, contentId: new Uint8Array(16) })
    const entries = items.map((item, entry) => ({
      entry,
      path: [`${entry}`],
      kind: item.kind === 'file' ? EntryKind.FILE : EntryKind.FOLDER,
      bytes: item.bytes,
      modifiedMs: 0n,
      mode: 0,
    }))
    for (let from = 0; from < entries.length; from += 1_000)
      this.tell(this.agent, { type: 'local.page', transferId: 1, entries: entries.slice(from, from + 1_000), last: from + 1_000 >= entries.length })
  }

  /** Steps an end, and everything that its driver says in answer. */
  tell(end: End, event: FileEvent): void {
    end.step(event)
    this.after(end)
  }

  private after(end: End): void {
    const queue = end === this.agent ? this.toCustomer : this.toAgent
    if (end.violations.length > 0) throw new Error('a correct peer never causes a violation')
    for (const kind of end.sent) {
      if (kind.$case === 'decision' || kind.$case === 'resumeFrom') this.credit = 0n
      if (kind.$case === 'credit') {
        expect(kind.value.bytes >= this.credit, 'credit never decreases').toBe(true)
        this.credit = kind.value.bytes
      }
    }
    queue.push(...end.sent)
    for (const notice of end.notices) {
      const answers = end === this.agent ? [this.source.hear(notice, this.sameRoot)] : this.sink.hear(notice)
      for (const answer of answers) if (answer !== undefined) this.tell(end, answer)
    }
  }

  deliver(to: 'agent' | 'customer'): boolean {
    const kind = (to === 'agent' ? this.toAgent : this.toCustomer).shift()
    if (kind === undefined) return false
    this.tell(to === 'agent' ? this.agent : this.customer, remote(kind))
    return true
  }

  pump(chunkBytes: number): boolean {
    const event = this.source.next(chunkBytes)
    if (event === undefined) return false
    this.tell(this.agent, event)
    return true
  }

  verify(corrupt: boolean): boolean {
    let done = false
    for (const event of this.sink.verify(corrupt)) {
      this.tell(this.customer, event)
      done = true
    }
    return done
  }

  /** The receiver has found what it kept, and says where to go on. */
  found(): boolean {
    if (!this.sink.looking || this.sink.outcome !== undefined) return false
    for (const event of this.sink.goOn()) this.tell(this.customer, event)
    return true
  }

  pass(ms: number): void {
    const until = this.agent.now + ms
    for (const end of [this.agent, this.customer]) end.wait(until - end.now, drive => this.after(drive as End))
  }

  /** The line drops: what was under way is gone. */
  drop(): void {
    this.up = false
    this.toAgent.length = 0
    this.toCustomer.length = 0
    for (const end of [this.agent, this.customer]) this.tell(end, permit({ flow: 'suspended' }))
    this.toAgent.length = 0
    this.toCustomer.length = 0
  }

  restore(): void {
    this.up = true
    for (const end of [this.agent, this.customer]) this.tell(end, permit())
  }

  hold(end: End, event: 'local.hold' | 'local.continue'): void {
    if ([...end.state.sending, ...end.state.receiving].every(transfer => transfer.phase !== 'suspended')) this.tell(end, { type: event, transferId: 1 })
  }

  /** Everything that can happen without faults, until nothing is left to do. */
  settle(chunkBytes = 262_144): void {
    if (!this.up) this.restore()
    for (const end of [this.agent, this.customer]) {
      this.tell(end, permit())
      this.hold(end, 'local.continue')
    }
    while (this.deliver('customer') || this.deliver('agent') || this.found() || this.verify(false) || this.pump(chunkBytes));
    this.pass(1_000)
    while (this.deliver('customer') || this.deliver('agent') || this.found() || this.verify(false) || this.pump(chunkBytes));
  }
}
