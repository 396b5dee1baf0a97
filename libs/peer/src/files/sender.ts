/** Drives a sending transfer: lists, learns what is taken, and sends it as far as credit and the line allow, without a wait between entries. */
import { CancelReason, EntryAction, FileRefusal } from '@remote-assist/codec'
import { LEAF_BYTES, MAX_PAGE, type Outcome } from '@remote-assist/core'
import { BlockReader, readExactly } from './block-reader.js'
import { type FileChannel, type FileLocal, Signal, type TransferNotice } from './channel.js'
import { corruptEntry, type FileFailure, FileTransferError, failedEntries, outcomeError, refusedEntry, sourceError } from './errors.js'
import type { Hasher } from './hasher.js'
import { checkPaths, manifestEntries } from './offering.js'
import { Meter } from './progress.js'
import { ReadAhead, type WholeFile } from './read-ahead.js'
import type { FileSource } from './store.js'
import type { Transfer } from './transfer.js'
import { LEAF_SIZE, MerkleTree } from './tree.js'

/** A chunk holds at most so many milliseconds of the measured rate, so that it never blocks what is more urgent … */
const CHUNK_MS = 10
/** … but at least so many bytes; and before anything was measured so many. */
const MIN_CHUNK_BYTES = 8_192
const FIRST_CHUNK_BYTES = 32_768

type On<K extends TransferNotice['kind']> = Extract<TransferNotice, { readonly kind: K }>

/** Where to go on. */
interface Place {
  readonly entry: number
  readonly offset: number
  readonly tree: MerkleTree
}

/** What the driver of a sending transfer is made of. */
export interface SenderParts {
  readonly channel: FileChannel
  readonly hasher: Hasher
  readonly transferId: number
  readonly source: FileSource
  /** The ask that this answers; 0 = none. */
  readonly requestId: number
  readonly transfer: Transfer
}

export class Sender {
  readonly #parts: SenderParts
  readonly #meter: Meter
  readonly #changed = new Signal()
  readonly #taken: Uint8Array
  /** Entries that were taken and given up, with why. */
  readonly #lost = new Map<number, FileFailure>()
  readonly #skipped: string[] = []
  /** What was refused by the decision. */
  readonly #refused: FileFailure[] = []
  /** Entries to send again, in the order in which they are asked for. */
  readonly #retries: number[] = []
  /** Entries decided so far: exceptions come in parts. */
  #decided = 0
  /** The run that may go on; an older one ends at its next await. */
  #run = 0
  #credit = 0
  /** Credit has come since the decision or resumption: the receiver is ready. */
  #ready = false
  /** Bytes of the taken entries that are through. */
  #position = 0
  #resume: Place | undefined
  #held = false
  #suspended = false
  /** Why this end cancelled, if not because its user did. */
  #because: FileTransferError | undefined

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#meter = new Meter(parts.channel, progress => parts.transfer.tell(progress))
    this.#taken = new Uint8Array(parts.source.entries.length)
  }

  /** Offers, and lists what there is. Throws if an offer cannot be made, now or with such names (`E_FILE_NAME`). */
  start(): void {
    const { transferId, source, requestId } = this.#parts
    const { entries, contentId } = source
    checkPaths(entries)
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0n)
    this.#say({ type: 'local.offer', transferId, entries: entries.length, bytes, requestId, contentId })
    for (let first = 0; first < entries.length; first += MAX_PAGE) {
      const page = entries.slice(first, first + MAX_PAGE)
      this.#say({ type: 'local.page', transferId, entries: manifestEntries(page, first), last: first + MAX_PAGE >= entries.length })
    }
  }

  /** Hears what the core says about this transfer. */
  notice(notice: TransferNotice): void {
    switch (notice.kind) {
      case 'file.decided':
        return this.#decide(notice)
      case 'file.credit':
        this.#credit = Number(notice.bytes)
        this.#ready ||= notice.bytes > 0n
        return this.#changed.notify()
      case 'file.corrupt':
        return this.#corrupt(notice)
      case 'file.prefix-wanted':
        return this.#go(run => this.#prefix(run, notice))
      case 'file.resumed':
        return this.#resumed(notice)
      case 'file.suspended':
        this.#suspended = true
        this.#stop()
        return this.#meter.pause()
      case 'file.held':
        this.#meter.pause()
        return this.#parts.transfer.setHeld({ us: this.#held, peer: notice.byPeer })
      case 'file.ended':
        this.#stop()
        return this.#end(notice.outcome)
    }
  }

  /** Stops the bytes, or lets them go on, as its user wants; across a drop of the line as well. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    if (!this.#suspended) this.#sayHold()
  }

  #sayHold(): void {
    this.#say({ type: this.#held ? 'local.hold' : 'local.continue', transferId: this.#parts.transferId })
  }

  /** Ends the transfer, as its user wants. */
  cancel(reason = CancelReason.USER): void {
    this.#say({ type: 'local.cancel', transferId: this.#parts.transferId, reason })
  }

  #say(event: FileLocal): void {
    this.#parts.channel.say(event)
  }

  #stop(): void {
    this.#run++
    this.#credit = 0
    this.#ready = false
    this.#changed.notify()
  }

  /** Begins a new run; what an older one does no longer counts. */
  #go(task: (run: number) => Promise<void>): void {
    this.#stop()
    const run = this.#run
    task(run).catch(error => {
      if (run !== this.#run) return
      const known = error instanceof FileTransferError
      this.#because = known ? error : outcomeError({ result: 'cancelled', reason: CancelReason.PROTOCOL, byPeer: false }, error)
      this.cancel(known ? CancelReason.SOURCE : CancelReason.PROTOCOL)
    })
  }

  #path(entry: number): string {
    return this.#parts.source.entries[entry]?.path.join('/') ?? ''
  }

  #decide({ defaultAction, refusal, exceptions, more }: On<'file.decided'>): void {
    const until = (entry: number) => {
      for (; this.#decided < entry; this.#decided++) this.#take(this.#decided, defaultAction, refusal, '')
    }
    for (const { entry, action, refusal: why, name } of exceptions) {
      until(entry)
      this.#take(entry, action, why, name)
      this.#decided = entry + 1
    }
    if (more) return
    until(this.#taken.length)
    const { entries } = this.#parts.source
    this.#meter.totalBytes = entries.reduce((sum, { bytes }, entry) => sum + (this.#taken[entry] === 1 ? Number(bytes) : 0), 0)
    this.#go(run => this.#send(run, { entry: 0, offset: 0, tree: this.#noLeaves() }))
  }

  #take(entry: number, action: EntryAction, refusal: FileRefusal, name: string): void {
    const listed = this.#parts.source.entries[entry]
    if (listed === undefined) return
    if (action === EntryAction.SKIP) this.#skipped.push(this.#path(entry))
    else if (action === EntryAction.REFUSE) {
      const { maxFileBytes } = this.#parts.channel
      this.#refused.push(refusedEntry({ path: this.#path(entry), bytes: listed.bytes }, refusal, { maxFileBytes, name }))
    } else this.#taken[entry] = 1
  }

  #corrupt({ entry, retry, refusal }: On<'file.corrupt'>): void {
    const listed = this.#parts.source.entries[entry]
    if (retry) this.#retries.push(entry)
    else if (listed !== undefined) {
      const named = { path: this.#path(entry), bytes: listed.bytes }
      this.#lost.set(entry, refusal === FileRefusal.UNSPECIFIED ? corruptEntry(named) : refusedEntry(named, refusal, {}))
    }
    this.#changed.notify()
  }

  #noLeaves(): MerkleTree {
    return MerkleTree.empty(this.#parts.hasher)
  }

  /** How many of the taken entries, and how many of their bytes, come before this one. */
  #before(entry: number): { readonly settled: number; readonly bytes: number } {
    let settled = 0
    let bytes = 0
    for (let i = 0; i < entry; i++) {
      if (this.#taken[i] !== 1) continue
      settled++
      bytes += Number(this.#parts.source.entries[i]?.bytes ?? 0n)
    }
    return { settled, bytes }
  }

  /** Computes the root over what the receiver has (RA-FIL-064). */
  async #prefix(run: number, { transferId, entry, verifiedBytes }: On<'file.prefix-wanted'>): Promise<void> {
    let tree = this.#noLeaves()
    const bytes = this.#parts.source.entries[entry]?.bytes ?? 0n
    if (verifiedBytes > 0n && verifiedBytes <= bytes) {
      const file = await this.#parts.source.open(entry)
      try {
        for (let leaf = 0; leaf < Number(verifiedBytes / LEAF_BYTES); leaf++) {
          const hash = this.#parts.hasher.leaf()
          hash.update(await readExactly(file, this.#path(entry), leaf * LEAF_SIZE, LEAF_SIZE))
          tree = await tree.with(await hash.digest())
          if (run !== this.#run) return
        }
      } finally {
        await file.close()
      }
    }
    const root = tree.leaves === 0 ? undefined : await tree.root()
    if (run !== this.#run) return
    this.#resume = { entry, offset: tree.leaves * LEAF_SIZE, tree }
    this.#say({ type: 'local.prefix', transferId, root, settled: this.#before(entry).settled })
  }

  #resumed({ entry, offset }: On<'file.resumed'>): void {
    const known = this.#resume
    const tree = known?.entry === entry && BigInt(known.offset) === offset ? known.tree : this.#noLeaves()
    this.#retries.length = 0
    for (const lost of [...this.#lost.keys()]) if (lost >= entry) this.#lost.delete(lost)
    this.#suspended = false
    if (this.#held) this.#sayHold()
    this.#go(run => this.#send(run, { entry, offset: tree.leaves * LEAF_SIZE, tree }))
  }

  /** Sends what was taken, from this place on, then whatever is asked for again. */
  async #send(run: number, from: Place): Promise<void> {
    const { source, hasher } = this.#parts
    const { entries } = source
    const isSent = (entry: number) => this.#taken[entry] === 1 && entries[entry]?.kind === 'file'
    const ahead = new ReadAhead(source, hasher, isSent)
    this.#position = this.#before(from.entry).bytes
    let next = from.entry
    // What has no bytes needs no credit: a receiver may give none.
    const isEmpty = !entries.some(({ bytes }, entry) => entry >= from.entry && bytes > 0n && isSent(entry))
    await this.#until(run, () => this.#ready || isEmpty)
    while (run === this.#run) {
      const again = this.#retries.shift()
      if (again !== undefined) {
        await this.#sendEntry(run, { entry: again, offset: 0, tree: this.#noLeaves() }, false)
        continue
      }
      while (next < entries.length && !isSent(next)) next++
      if (next === entries.length) {
        await this.#until(run, () => this.#retries.length > 0)
        continue
      }
      const small = next === from.entry && from.offset > 0 ? [] : await ahead.from(next)
      if (run !== this.#run) return
      if (small.length > 0) {
        await this.#sendWhole(run, small)
        next = (small.at(-1)?.entry ?? next) + 1
        continue
      }
      const place = next === from.entry ? from : { entry: next, offset: 0, tree: this.#noLeaves() }
      await this.#sendEntry(run, place, true)
      next++
    }
  }

  /** Sends small files back to back: what the line takes in a moment leaves in one record. */
  async #sendWhole(run: number, files: readonly WholeFile[]): Promise<void> {
    const { transferId, channel } = this.#parts
    let said = 0
    for (const { entry, data, leaf, root } of files) {
      this.#say({ type: 'local.entry', transferId, entry, bytes: BigInt(data.length) })
      for (let offset = 0; offset < data.length; ) {
        if (said === 0 || said >= this.#chunkBytes() || this.#credit === 0) {
          await this.#until(run, () => this.#credit > 0)
          if (run !== this.#run) return
          said = 0
          channel.burst(this.#chunkBytes())
        }
        const part = data.subarray(offset, offset + Math.min(this.#credit, channel.maxChunkBytes))
        this.#chunk(part)
        said += part.length
        offset += part.length
        this.#position += part.length
      }
      if (leaf !== undefined) this.#say({ type: 'local.leaf', transferId, sha256: leaf })
      this.#say({ type: 'local.entryDone', transferId, root })
      this.#tell(entry)
    }
  }

  #chunk(data: Uint8Array): void {
    const { transferId, channel } = this.#parts
    this.#credit -= data.length
    this.#say({ type: 'local.chunk', transferId, data, sentAtUs: BigInt(Math.round(channel.now() * 1_000)) })
  }

  /** Sends one file, from its place on. Ends early if it is to be sent again. `counted`: it moves the progress on. */
  async #sendEntry(run: number, { entry, offset: from, tree: before }: Place, counted: boolean): Promise<void> {
    const { transferId, source, hasher } = this.#parts
    const bytes = Number(source.entries[entry]?.bytes ?? 0n)
    const base = this.#position
    const file = await source.open(entry)
    try {
      if (run !== this.#run) return
      this.#say({ type: 'local.entry', transferId, entry, bytes: BigInt(bytes) })
      const reader = new BlockReader(file, this.#path(entry), bytes)
      let tree = before
      for (let offset = from; offset < bytes; ) {
        const leafEnd = Math.min(bytes, (tree.leaves + 1) * LEAF_SIZE)
        const hash = hasher.leaf()
        while (offset < leafEnd) {
          await this.#until(run, () => this.#credit > 0)
          if (run !== this.#run || this.#retries.includes(entry)) return
          const data = await reader.read(offset, Math.min(this.#chunkBytes(), leafEnd - offset, this.#credit))
          while (run === this.#run && this.#credit < data.length) await this.#until(run, () => this.#credit >= data.length)
          if (run !== this.#run) return
          hash.update(data)
          this.#chunk(data)
          offset += data.length
          if (counted) this.#position = base + offset
          this.#tell(entry)
        }
        const sha256 = await hash.digest()
        tree = await tree.with(sha256)
        if (run !== this.#run) return
        this.#say({ type: 'local.leaf', transferId, sha256 })
      }
      const root = await tree.root()
      if (!(await file.unchanged())) throw sourceError(this.#path(entry))
      if (run !== this.#run) return
      this.#say({ type: 'local.entryDone', transferId, root })
      if (counted) this.#position = base + bytes
    } finally {
      await file.close()
    }
  }

  /** Waits until this holds and the line has room, or the run is over. */
  async #until(run: number, holds: () => boolean): Promise<void> {
    while (run === this.#run) {
      const room = this.#parts.channel.room()
      if (room !== undefined) await Promise.race([room, this.#changed.wait()])
      else if (holds()) return
      else await this.#changed.wait()
    }
  }

  #chunkBytes(): number {
    const rate = this.#meter.bytesPerSecond
    const wanted = rate === undefined ? FIRST_CHUNK_BYTES : Math.max(MIN_CHUNK_BYTES, Math.floor((rate * CHUNK_MS) / 1_000))
    return Math.min(wanted, this.#parts.channel.maxChunkBytes)
  }

  #tell(entry: number): void {
    this.#meter.reach(this.#position, this.#path(entry))
  }

  #end(outcome: Outcome): void {
    this.#meter.stop()
    const { transfer, source } = this.#parts
    if (outcome.result === 'done' || outcome.result === 'declined') {
      const failures = [...this.#refused, ...this.#lost.values()]
      if (failures.length > 0) return transfer.fail(failedEntries(failures))
      if (outcome.result === 'declined' && this.#skipped.length < source.entries.length) return transfer.fail(outcomeError(outcome))
      const arrived = source.entries.flatMap(({ path }, entry) => (this.#taken[entry] === 1 && !this.#lost.has(entry) ? [path.join('/')] : []))
      return transfer.succeed({ arrived, skipped: this.#skipped, refused: [] }, this.#meter.done(this.#path(source.entries.length - 1)))
    }
    transfer.fail(this.#because ?? outcomeError(outcome))
  }
}
