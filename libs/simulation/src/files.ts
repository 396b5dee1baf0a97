/** The drivers of file transfers, symbolically: a file's byte at an offset is a function of its entry, so that what arrived can be judged. */
import { CancelReason, EntryAction, EntryKind, FileRefusal } from '@remote-assist/codec'
import { Breach } from './breach.js'
import { type End, type Event, type Notice, possible } from './end.js'
import type { Random } from './random.js'
import type { Schedule } from './schedule.js'

const LEAF = 1_048_576

/** What a transfer holds; both drivers of the simulation look it up by its content id. */
export interface Content {
  readonly id: number
  readonly sizes: readonly number[]
}

type FileNotice = Extract<Notice, { readonly transferId: number }>

interface Outgoing {
  readonly content: Content
  taken: readonly number[]
  refused: Set<number>
  /** Index into `taken`, and bytes of that entry that were sent. */
  at: number
  offset: number
  opened: boolean
  credit: number
  held: boolean
  suspended: boolean
}

interface Incoming {
  content: Content
  received: Map<number, number>
  verified: Set<number>
  taken: readonly number[]
  expected: number
}

/** One end's transfers with one peer. */
export class Files {
  readonly #out = new Map<number, Outgoing>()
  readonly #in = new Map<number, Incoming>()

  constructor(
    private readonly end: End,
    private readonly call: (event: { readonly type: string }) => Event,
    private readonly contents: Map<number, Content>,
    private readonly schedule: Schedule,
    private readonly random: Random,
  ) {}

  #do(event: { readonly type: string; readonly [field: string]: unknown }): void {
    this.end.dispatch(this.call(event))
  }

  /** Says what may have become impossible meanwhile. */
  #try(event: { readonly type: string; readonly [field: string]: unknown }): void {
    possible(() => this.#do(event))
  }

  offer(transferId: number, requestId = 0): void {
    const content: Content = {
      id: this.contents.size + 1,
      sizes: Array.from({ length: this.random.between(1, 4) }, () => this.random.pick([0, 1, 70_000, LEAF, LEAF + 5, 2_500_000])),
    }
    this.contents.set(content.id, content)
    const outgoing: Outgoing = { content, taken: [], refused: new Set(), at: 0, offset: 0, opened: false, credit: 0, held: false, suspended: false }
    const contentId = new Uint8Array(16)
    new DataView(contentId.buffer).setUint32(0, content.id)
    const bytes = BigInt(content.sizes.reduce((sum, size) => sum + size, 0))
    this.#do({ type: 'local.offer', transferId, entries: content.sizes.length, bytes, requestId, contentId })
    this.#out.set(transferId, outgoing)
    const entries = content.sizes.map((size, entry) => ({ entry, path: [`f${entry}`], kind: EntryKind.FILE, bytes: BigInt(size), modifiedMs: 0n, mode: 0 }))
    this.#do({ type: 'local.page', transferId, entries, last: true })
  }

  noticed(notice: FileNotice): void {
    const { transferId } = notice
    const out = this.#out.get(transferId)
    const into = this.#in.get(transferId)
    switch (notice.kind) {
      case 'file.decided':
        if (out === undefined) return
        for (const it of notice.exceptions) if (it.action === EntryAction.REFUSE || it.action === EntryAction.SKIP) out.refused.add(it.entry)
        if (notice.more) return
        out.taken = notice.defaultAction === EntryAction.ACCEPT ? out.content.sizes.map((_, entry) => entry).filter(entry => !out.refused.has(entry)) : []
        return
      case 'file.credit':
        if (out === undefined) return
        out.credit = Number(notice.bytes)
        return this.#pumpSoon(transferId)
      case 'file.held':
        if (out === undefined) return
        out.held = notice.byUs || notice.byPeer || notice.paused
        return this.#pumpSoon(transferId)
      case 'file.suspended':
        if (out !== undefined) out.suspended = true
        return
      case 'file.prefix-wanted':
        return this.schedule.after(this.random.below(20), () =>
          this.#try({
            type: 'local.prefix',
            transferId,
            root: notice.verifiedBytes === 0n ? undefined : root(notice.entry, Number(notice.verifiedBytes)),
            settled: (out?.taken ?? []).filter(entry => entry < notice.entry).length,
          }),
        )
      case 'file.resumed':
        if (out === undefined) return
        out.at = out.taken.indexOf(notice.entry)
        out.offset = Number(notice.offset)
        out.opened = false
        out.suspended = false
        return this.#pumpSoon(transferId)
      case 'file.offered': {
        const content = this.contents.get(new DataView(notice.contentId.buffer, notice.contentId.byteOffset).getUint32(0))
        if (content !== undefined) this.#in.set(transferId, { content, received: new Map(), verified: new Set(), taken: [], expected: 0 })
        return
      }
      case 'file.decide':
        if (into !== undefined && !this.random.chance(0.05)) this.schedule.after(this.random.below(3_000), () => this.#decide(transferId, into))
        return
      case 'file.expect':
        return this.#expect(transferId)
      case 'file.chunk': {
        if (into === undefined) return
        const had = into.received.get(notice.entry) ?? 0
        if (Number(notice.offset) !== had) throw new Breach('5 a file equals its source', `a chunk at ${notice.offset} where ${had} was due`)
        into.received.set(notice.entry, had + notice.data.length)
        return
      }
      case 'file.complete': {
        if (into === undefined) return
        const { entry } = notice
        const size = into.content.sizes[entry] ?? -1
        if ((into.received.get(entry) ?? 0) !== size)
          throw new Breach('5 a file equals its source', `entry ${entry} is complete with ${into.received.get(entry)} of ${size} bytes`)
        into.verified.add(entry)
        return this.#do({ type: 'local.verified', transferId, entry, bytes: BigInt(size) })
      }
      case 'file.resume-wanted':
        return this.#resume(transferId)
      case 'file.ended':
        if (notice.outcome.result === 'done' && into !== undefined) {
          const missing = into.taken.filter(entry => !into.verified.has(entry))
          if (missing.length > notice.outcome.failedEntries) throw new Breach('5 a file equals its source', `done without entries ${missing}`)
        }
        this.#out.delete(transferId)
        this.#in.delete(transferId)
        return
      default:
        return
    }
  }

  get busy(): number {
    return this.#out.size + this.#in.size
  }

  cancelSome(): void {
    const ids = [...this.#out.keys(), ...this.#in.keys()]
    if (ids.length > 0) this.#do({ type: 'local.cancel', transferId: this.random.pick(ids), reason: CancelReason.USER })
  }

  holdSome(): void {
    const ids = [...this.#out.keys(), ...this.#in.keys()]
    if (ids.length === 0) return
    const transferId = this.random.pick(ids)
    this.#do({ type: 'local.hold', transferId })
    this.schedule.after(this.random.below(2_000), () => this.#try({ type: 'local.continue', transferId }))
  }

  #decide(transferId: number, into: Incoming): void {
    if (this.#in.get(transferId) !== into) return
    const refuseAll = this.random.chance(0.1)
    const skipped = refuseAll
      ? []
      : this.random.some(
          into.content.sizes.map((_, entry) => entry),
          0.1,
        )
    into.taken = refuseAll ? [] : into.content.sizes.map((_, entry) => entry).filter(entry => !skipped.includes(entry))
    this.#do({
      type: 'local.decide',
      transferId,
      defaultAction: refuseAll ? EntryAction.REFUSE : EntryAction.ACCEPT,
      refusal: refuseAll ? FileRefusal.DENIED : FileRefusal.UNSPECIFIED,
      exceptions: skipped.map(entry => ({ entry, action: EntryAction.SKIP, name: '', refusal: FileRefusal.UNSPECIFIED })),
      more: false,
    })
    this.#expect(transferId)
  }

  #expect(transferId: number): void {
    const into = this.#in.get(transferId)
    if (into === undefined) return
    const next = into.taken.filter(entry => entry >= into.expected && !into.verified.has(entry))
    if (next.length === 0) return
    into.expected = (next.at(-1) ?? 0) + 1
    this.#do({ type: 'local.expect', transferId, entries: next.map(entry => ({ entry, bytes: BigInt(into.content.sizes[entry] ?? 0) })) })
  }

  #resume(transferId: number): void {
    const into = this.#in.get(transferId)
    if (into === undefined) return
    const entry = into.taken.find(it => !into.verified.has(it)) ?? into.content.sizes.length
    const verified = Math.floor((into.received.get(entry) ?? 0) / LEAF) * LEAF
    const whole = verified === (into.content.sizes[entry] ?? 0) && verified > 0 ? verified - LEAF : verified
    into.received.set(entry, whole)
    for (const later of into.taken) if (later > entry) into.received.delete(later)
    into.expected = entry
    this.#do({
      type: 'local.resume',
      transferId,
      entry,
      verifiedBytes: BigInt(whole),
      prefixRoot: whole === 0 ? new Uint8Array() : root(entry, whole),
      settled: into.taken.filter(it => it < entry).length,
    })
    this.#expect(transferId)
  }

  /** Once the step that allowed it is over. */
  #pumpSoon(transferId: number): void {
    this.schedule.after(0, () => this.#pump(transferId))
  }

  /** Sends while there is credit: chunks that fill a leaf, the leaf, and the end of each entry. */
  #pump(transferId: number): void {
    const out = this.#out.get(transferId)
    if (out === undefined) return
    for (;;) {
      const entry = out.taken[out.at]
      if (entry === undefined || out.held || out.suspended || this.end.ended || this.#out.get(transferId) !== out) return
      const size = out.content.sizes[entry] ?? 0
      if (!out.opened) {
        this.#do({ type: 'local.entry', transferId, entry, bytes: BigInt(size) })
        out.opened = true
      }
      if (out.offset < size) {
        const length = Math.min(262_144, size - out.offset, LEAF - (out.offset % LEAF), out.credit)
        if (length <= 0) return
        out.offset += length
        out.credit -= length
        this.#do({ type: 'local.chunk', transferId, data: new Uint8Array(length), sentAtUs: BigInt(Math.round(this.schedule.now * 1_000)) })
        if (out.offset % LEAF === 0 || out.offset === size) this.#do({ type: 'local.leaf', transferId, sha256: root(entry, out.offset) })
        continue
      }
      this.#do({ type: 'local.entryDone', transferId, root: root(entry, size) })
      out.at++
      out.offset = 0
      out.opened = false
    }
  }
}

/** Stands for a digest: 32 bytes that name an entry and a length. */
function root(entry: number, length: number): Uint8Array {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, entry + 1)
  view.setFloat64(8, length)
  return bytes
}
