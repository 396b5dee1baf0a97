/** Drives a receiving transfer: judges its manifest, asks, takes what was decided into the store, verifies it, and goes on after a return. */
import { CancelReason, EntryAction, EntryKind, FileRefusal } from '@remote-assist/codec'
import { LEAF_BYTES, MAX_EXPECTED, type Outcome } from '@remote-assist/core'
import { Brake } from './brake.js'
import type { FileChannel, FileLocal, TransferNotice } from './channel.js'
import { corruptEntry, type FileFailure, type FileTransferError, failedEntries, outcomeError, refusedEntry } from './errors.js'
import type { Hasher } from './hasher.js'
import { IncomingFile, type Verdict } from './incoming-file.js'
import { type BadName, type Choice, type Conflict, decide, decisionParts, Manifest, missingBytes, refuse } from './manifest.js'
import { Meter } from './progress.js'
import { Share } from './room.js'
import { Slots } from './slots.js'
import type { FileStore, Intake, Placement, StoreFault } from './store.js'
import { Transfer } from './transfer.js'
import { LEAF_SIZE, MerkleTree } from './tree.js'

/** Files at work in the store at a time. */
const MAX_OPEN_FILES = 16

type On<K extends TransferNotice['kind']> = Extract<TransferNotice, { readonly kind: K }>

/** What the driver of a receiving transfer is made of. */
export interface ReceiverParts {
  readonly channel: FileChannel
  readonly hasher: Hasher
  /** Undefined = this end takes no files. */
  readonly store: FileStore | undefined
  /** Who sends, for what is kept (RA-FIL-066). */
  readonly peer: string
  readonly offered: On<'file.offered'>
  /** The manifest is complete, and something of it may be taken: the user is to be asked. */
  ask(receiver: Receiver, byMs: number): void
}

/** What the user wants of an offer. */
export interface Acceptance {
  readonly wants: (path: string) => boolean
  readonly conflict: Conflict
  readonly badName: BadName
}

const FAULTS: { readonly [F in StoreFault]: FileRefusal } = {
  space: FileRefusal.SPACE,
  exists: FileRefusal.NAME,
  storage: FileRefusal.UNSPECIFIED,
}

/** Whether it may go on in another session: nobody wanted its end. */
const isUnfinished = (outcome: Outcome): boolean => outcome.result === 'lost' || (outcome.result === 'cancelled' && outcome.reason === CancelReason.TIMEOUT)

export class Receiver {
  readonly transfer: Transfer
  readonly manifest = new Manifest()
  readonly #parts: ReceiverParts
  readonly #meter: Meter
  readonly #slots = new Slots(MAX_OPEN_FILES)
  readonly #refused: FileFailure[] = []
  /** Entries that are at their final names. */
  readonly #arrived = new Set<number>()
  /** Entries that were taken and given up. */
  readonly #failures = new Map<number, FileFailure>()
  /** Entries that the sender was asked to send again. */
  readonly #retried = new Set<number>()
  readonly #atWork = new Map<number, IncomingFile>()
  #choices: readonly Choice[] = []
  /** The entries that are taken, ascending, and the files among them. */
  #taken: number[] = []
  #files: number[] = []
  /** How many of `#files` the core knows of. */
  #expected = 0
  #intake: Intake | undefined
  /** What the store was promised to have room for. */
  readonly #share: Share | undefined
  #folders: Promise<void> = Promise.resolve()
  /** Where each file begins among the bytes that are taken. */
  readonly #startsAt = new Map<number, number>()
  /** The entry at which a resumption goes on, with the leaves that are here. */
  #resume: { readonly entry: number; readonly tree: MerkleTree } | undefined
  /** The last file that came: a return may have to go on at its end. */
  #last: IncomingFile | undefined
  #life = 0
  readonly #brake = new Brake(() => {
    if (!this.#suspended) this.#sayHold()
  })
  #suspended = false
  #ended = false
  #because: FileTransferError | undefined

  constructor(parts: ReceiverParts) {
    this.#parts = parts
    this.#share = parts.store && new Share(parts.store)
    this.#meter = new Meter(parts.channel, progress => this.transfer.tell(progress))
    this.transfer = new Transfer('receiving', {
      hold: () => this.#brake.hold(true),
      continue: () => this.#brake.hold(false),
      cancel: () => this.#cancel(CancelReason.USER),
    })
  }

  get transferId(): number {
    return this.#parts.offered.transferId
  }

  /** Bytes in all, as offered. */
  get bytes(): bigint {
    return this.#parts.offered.bytes
  }

  /** The ask that the offer answers; 0 = none. */
  get requestId(): number {
    return this.#parts.offered.requestId
  }

  /** Hears what the core says about this transfer. */
  notice(notice: TransferNotice): void {
    switch (notice.kind) {
      case 'file.page':
        if (!this.manifest.add(notice.entries, notice.tooLarge)) this.#cancel(CancelReason.PROTOCOL)
        return
      case 'file.decide':
        if (this.#ended) return
        if (this.#parts.store === undefined) return this.refuse(FileRefusal.UNSUPPORTED)
        if (this.manifest.listed.every(({ fault }) => fault !== undefined)) return this.refuse()
        return this.#parts.ask(this, Math.max(0, notice.by - this.#parts.channel.now()))
      case 'file.expect':
        return this.#expect(notice.room)
      case 'file.chunk':
        return this.#chunk(notice)
      case 'file.leaf':
        return this.#incoming(notice.entry, undefined)?.leaf(notice.index, notice.sha256)
      case 'file.complete':
        return this.#complete(notice)
      case 'file.suspended':
        return this.#suspend()
      case 'file.resume-wanted':
        return void this.#goOn()
      case 'file.held':
        this.#meter.pause()
        return this.transfer.setHeld({ us: this.#brake.held, peer: notice.byPeer })
      case 'file.ended':
        return void this.#end(notice.outcome)
    }
  }

  /** Takes what the user wants of it. Nothing happens if the offer is over. */
  async accept(wishes: Acceptance): Promise<void> {
    const { store, offered, peer, hasher } = this.#parts
    const share = this.#share
    if (store === undefined || share === undefined) return this.refuse(FileRefusal.UNSUPPORTED)
    if (this.#ended) return
    try {
      const manifest = await this.manifest.digest(hasher)
      const intake = await store.begin({ contentId: offered.contentId, peer, manifest })
      if (this.#ended) return await intake.end(intake.kept !== undefined)
      this.#intake = intake
      const names = (folder: readonly string[]) => store.names(folder)
      const choices = await share.decide(async roomBytes => {
        const choices = await decide({ manifest: this.manifest, ...wishes, roomBytes, names, kept: intake.kept })
        if (!this.#ended) this.#reserve(choices, share, intake)
        return choices
      })
      if (!this.#ended) await this.#take(choices, intake)
    } catch (cause) {
      this.#storageFailed(cause)
    }
  }

  /** Takes nothing. `refusal`: why, for the entries that have no fault of their own. */
  refuse(refusal: FileRefusal = FileRefusal.DENIED): void {
    this.#decide(this.manifest.listed.map(listed => refuse(listed.fault?.refusal ?? refusal, this.manifest.proposal(listed))))
  }

  /** What the faults of its manifest mean to the user. */
  failureOf(entry: number): FileFailure | undefined {
    const listed = this.manifest.listed[entry]
    return listed?.fault === undefined ? undefined : this.#refusedEntry(entry, { refusal: listed.fault.refusal, name: this.manifest.proposal(listed) })
  }

  #say(event: FileLocal): void {
    if (!this.#ended) this.#parts.channel.say(event)
  }

  #cancel(reason: CancelReason): void {
    this.#say({ type: 'local.cancel', transferId: this.transferId, reason })
  }

  #path(entry: number): string {
    return this.manifest.listed[entry]?.entry.path.join('/') ?? ''
  }

  #refusedEntry(entry: number, { refusal, name }: { readonly refusal: FileRefusal; readonly name: string }): FileFailure {
    const { bytes } = this.#listed(entry)
    return refusedEntry({ path: this.#path(entry), bytes }, refusal, { maxFileBytes: this.#parts.channel.maxFileBytes, name })
  }

  /** What is taken has its room from now on. */
  #reserve(choices: readonly Choice[], share: Share, { kept }: Intake): void {
    for (const [entry, { placement }] of choices.entries()) {
      if (placement !== undefined) share.missing(entry, missingBytes(this.#listed(entry), kept))
    }
  }

  async #take(choices: readonly Choice[], intake: Intake): Promise<void> {
    const taken = choices.flatMap(({ placement }, entry) => (placement === undefined ? [] : [[entry, placement] as const]))
    this.#taken = taken.map(([entry]) => entry)
    this.#files = this.#taken.filter(entry => this.#listed(entry).kind === EntryKind.FILE)
    for (const entry of this.#files) {
      this.#startsAt.set(entry, this.#meter.totalBytes)
      this.#meter.totalBytes += Number(this.#listed(entry).bytes)
    }
    for (const entry of intake.kept?.settled ?? []) this.#arrived.add(entry)
    await intake.plan(new Map(taken))
    this.#decide(choices)
    if (intake.kept !== undefined) return this.#goOn()
    this.#expect(MAX_EXPECTED)
    this.#makeFolders(this.#life, this.#taken)
  }

  #decide(choices: readonly Choice[]): void {
    this.#choices = choices
    for (const [entry, choice] of choices.entries()) if (choice.refusal !== FileRefusal.UNSPECIFIED) this.#refused.push(this.#refusedEntry(entry, choice))
    for (const part of decisionParts(choices)) this.#say({ type: 'local.decide', transferId: this.transferId, ...part })
  }

  #listed(entry: number) {
    const listed = this.manifest.listed[entry]
    if (listed === undefined) throw new Error(`the manifest has no entry ${entry}`)
    return listed.entry
  }

  #placement(entry: number): Placement | undefined {
    return this.#choices[entry]?.placement
  }

  /** Tells the core of the next files that will come. */
  #expect(room: number): void {
    const next = this.#files.slice(this.#expected, this.#expected + room)
    if (next.length === 0) return
    this.#expected += next.length
    this.#say({ type: 'local.expect', transferId: this.transferId, entries: next.map(entry => ({ entry, bytes: this.#listed(entry).bytes })) })
  }

  /** Makes the folders, in order, while files arrive already: a file waits for them. */
  #makeFolders(life: number, entries: readonly number[]): void {
    this.#folders = this.#folders.then(async () => {
      try {
        for (const entry of entries) {
          const listed = this.#listed(entry)
          const placement = this.#placement(entry)
          if (listed.kind !== EntryKind.FOLDER || placement === undefined) continue
          await this.#intake?.folder(listed, placement)
          if (life !== this.#life) return
          this.#settled(entry)
        }
      } catch (cause) {
        this.#storageFailed(cause)
      }
    })
  }

  /** An entry is at its final name. Said also while the line is down and behind the end: the audit log has it, whether the other end hears of it or not. */
  #settled(entry: number): void {
    this.#arrived.add(entry)
    const { bytes, kind } = this.#listed(entry)
    try {
      this.#parts.channel.say({ type: 'local.verified', transferId: this.transferId, entry, bytes: kind === EntryKind.FILE ? bytes : 0n })
    } catch (error) {
      // Behind the end there may be nobody left to tell.
      if (!this.#ended) throw error
    }
  }

  #chunk({ entry, offset, data }: On<'file.chunk'>): void {
    const at = Number(offset)
    this.#incoming(entry, at)?.chunk(at, data)
    this.#meter.reach((this.#startsAt.get(entry) ?? 0) + at + data.length, this.#path(entry))
  }

  #complete({ entry, root }: On<'file.complete'>): void {
    this.#incoming(entry, Number(this.#listed(entry).bytes))?.complete(root)
  }

  /** The file that arrives. `at`: the place of what comes now, where a file may begin: with nothing, or with what is here of it from before. */
  #incoming(entry: number, at: number | undefined): IncomingFile | undefined {
    const known = this.#atWork.get(entry)
    const kept = this.#resume?.entry === entry ? this.#resume.tree : undefined
    const begins = at === 0 || (kept !== undefined && at === kept.leaves * LEAF_SIZE)
    if (!begins || (known !== undefined && !known.over) || this.#intake === undefined) return known
    const { hasher } = this.#parts
    const life = this.#life
    const tree = at === 0 || kept === undefined ? MerkleTree.empty(hasher) : kept
    this.#resume = undefined
    const file = new IncomingFile({
      entry: this.#listed(entry),
      intake: this.#intake,
      placement: this.#arrived.has(entry) ? undefined : this.#placement(entry),
      hasher,
      slots: this.#slots,
      tree,
      after: known === undefined ? this.#folders : Promise.all([this.#folders, known.idle]).then(() => {}),
      waiting: bytes => this.#brake.wait(bytes),
      missing: bytes => this.#share?.missing(entry, bytes),
      verdict: verdict => this.#judge(entry, verdict, life),
    })
    this.#atWork.set(entry, file)
    this.#last = file
    return file
  }

  #judge(entry: number, verdict: Verdict, life: number): void {
    if (verdict.is === 'verified') {
      this.#atWork.delete(entry)
      return this.#settled(entry)
    }
    if (life !== this.#life) return
    if (verdict.is === 'lost' && verdict.fault === 'storage') return this.#storageFailed(verdict.cause)
    const refusal = verdict.is === 'lost' ? FAULTS[verdict.fault] : FileRefusal.UNSPECIFIED
    const again = refusal === FileRefusal.UNSPECIFIED && !this.#retried.has(entry)
    if (again) this.#retried.add(entry)
    else {
      this.#atWork.delete(entry)
      this.#share?.missing(entry, 0n)
      const named = { path: this.#path(entry), bytes: this.#listed(entry).bytes }
      this.#failures.set(entry, verdict.is === 'corrupt' ? corruptEntry(named) : this.#refusedEntry(entry, { refusal, name: '' }))
    }
    const { bytes } = this.#listed(entry)
    this.#say({ type: 'local.corrupt', transferId: this.transferId, entry, bytes, leaf: verdict.leaf, refusal })
  }

  #storageFailed(cause: unknown): void {
    this.#because ??= outcomeError({ result: 'cancelled', reason: CancelReason.STORAGE, byPeer: false }, cause)
    this.#cancel(CancelReason.STORAGE)
  }

  #sayHold(): void {
    this.#say({ type: this.#brake.on ? 'local.hold' : 'local.continue', transferId: this.transferId })
  }

  #suspend(): void {
    this.#suspended = true
    this.#life++
    this.#meter.pause()
  }

  /** Finishes what arrived, then says where to go on (RA-FIL-063, RA-FIL-067). */
  async #goOn(): Promise<void> {
    const life = this.#life
    try {
      await this.#settle()
      const entry = this.#taken.find(it => !this.#arrived.has(it) && !this.#failures.has(it)) ?? this.#taken.at(-1)
      if (entry === undefined) return
      const tree = await this.#brake.during(this.#leavesOf(entry), this.#parts.channel)
      const prefixRoot = tree.leaves === 0 ? new Uint8Array() : await tree.root()
      if (life !== this.#life || this.#ended) return
      this.#resumeAt(entry, tree, prefixRoot)
    } catch (cause) {
      this.#storageFailed(cause)
    }
  }

  #resumeAt(entry: number, tree: MerkleTree, prefixRoot: Uint8Array): void {
    const settled = this.#taken.indexOf(entry)
    const onward = this.#taken.slice(settled)
    for (const again of onward) this.#failures.delete(again)
    this.#atWork.clear()
    this.#retried.clear()
    this.#suspended = false
    this.#resume = { entry, tree }
    this.#expected = this.#files.findIndex(it => it >= entry)
    if (this.#expected < 0) this.#expected = this.#files.length
    this.#say({ type: 'local.resume', transferId: this.transferId, entry, verifiedBytes: BigInt(tree.leaves) * LEAF_BYTES, prefixRoot, settled })
    if (this.#brake.on) this.#sayHold()
    this.#expect(MAX_EXPECTED)
    this.#makeFolders(this.#life, onward)
  }

  /** Resolves when nothing is at work in the store. */
  async #settle(): Promise<void> {
    await Promise.all([this.#folders, ...[...this.#atWork.values()].map(file => file.close())])
  }

  /** The verified leaves of an entry that are here. */
  async #leavesOf(entry: number): Promise<MerkleTree> {
    const { hasher } = this.#parts
    const file = this.#atWork.get(entry) ?? (this.#last?.entry.entry === entry ? this.#last : undefined)
    if (file !== undefined) return file.wholeLeaves
    if (this.#resume?.entry === entry) return this.#resume.tree
    const listed = this.#listed(entry)
    const isPart = listed.kind === EntryKind.FILE && !this.#arrived.has(entry)
    return MerkleTree.over(hasher, isPart ? ((await this.#intake?.leaves(listed, hasher)) ?? []) : [])
  }

  async #end(outcome: Outcome): Promise<void> {
    this.#ended = true
    this.#life++
    this.#meter.stop()
    try {
      await this.#settle()
      await this.#intake?.end(isUnfinished(outcome))
    } catch (cause) {
      this.#because ??= outcomeError({ result: 'cancelled', reason: CancelReason.STORAGE, byPeer: false }, cause)
    }
    this.#share?.release()
    if (outcome.result !== 'done') return this.transfer.fail(this.#because ?? this.#declined(outcome) ?? outcomeError(outcome))
    if (this.#failures.size > 0) return this.transfer.fail(failedEntries([...this.#failures.values()]))
    const at = (entry: number): string => this.#placement(entry)?.path.join('/') ?? ''
    const skipped = this.#choices.flatMap(({ action }, entry) => (action === EntryAction.SKIP ? [this.#path(entry)] : []))
    const arrived = this.#taken.filter(entry => this.#arrived.has(entry)).map(at)
    this.transfer.succeed({ arrived, skipped, refused: this.#refused }, this.#meter.done(this.#path(this.#taken.at(-1) ?? 0)))
  }

  #declined({ result }: Outcome): FileTransferError | undefined {
    return result === 'declined' && this.#refused.length > 0 ? failedEntries(this.#refused) : undefined
  }
}
