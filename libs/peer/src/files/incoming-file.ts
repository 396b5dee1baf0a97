/** One file that arrives: its bytes are written and hashed in order, its leaves and root compared, and it is moved to its final name. */
import type { Entry } from '@remote-assist/codec'
import { type Hasher, type LeafHash, sameDigest } from './hasher.js'
import type { Slots } from './slots.js'
import { type Intake, type Placement, SMALL_FILE_BYTES, StoreError, type StoreFault } from './store.js'
import { LEAF_SIZE, MerkleTree } from './tree.js'

/** What becomes of a file. It is told once; nothing follows. */
export type Verdict =
  | { readonly is: 'verified' }
  /** `leaf`: the one that does not fit. */
  | { readonly is: 'corrupt'; readonly leaf: number }
  | { readonly is: 'lost'; readonly fault: StoreFault; readonly cause: unknown; readonly leaf: number }

/** What an incoming file is made of. */
export interface IncomingParts {
  readonly entry: Entry
  readonly intake: Intake
  /** Undefined = the file is at its final name already: it is compared, and nothing is written. */
  readonly placement: Placement | undefined
  readonly hasher: Hasher
  readonly slots: Slots
  /** The verified leaves that are here. */
  readonly tree: MerkleTree
  /** What must be done before. */
  readonly after: Promise<void>
  /** So many more bytes wait to be written (or, negative, wait no longer). */
  waiting(bytes: number): void
  /** So many bytes of it are still to be written. */
  missing(bytes: bigint): void
  verdict(verdict: Verdict): void
}

export class IncomingFile {
  readonly #parts: IncomingParts
  #tree: MerkleTree
  /** The tree over whole leaves alone: a return goes on from there. */
  #whole: MerkleTree
  #hash: LeafHash
  #chain: Promise<void>
  #over = false
  /** No further byte is taken: the line is gone. */
  #closed = false
  /** Its slot is given back, or it never needed one. */
  #released = false
  /** Bytes of it that wait to be written. */
  #waitingBytes = 0

  constructor(parts: IncomingParts) {
    this.#parts = parts
    this.#tree = parts.tree
    this.#whole = parts.tree
    this.#hash = parts.hasher.leaf()
    // A small file holds nothing open: it waits in memory until it is complete.
    this.#released = this.#isSmall
    this.#chain = this.#isSmall ? parts.after : parts.after.then(() => parts.slots.take())
  }

  get entry(): Entry {
    return this.#parts.entry
  }

  get #isSmall(): boolean {
    return this.#parts.entry.bytes <= SMALL_FILE_BYTES
  }

  /** There is a verdict: what still comes of it counts for nothing. */
  get over(): boolean {
    return this.#over
  }

  /** The tree over the whole leaves that are verified; settles with `idle`. */
  get wholeLeaves(): MerkleTree {
    return this.#whole
  }

  /** Resolves when everything that came so far is dealt with. */
  get idle(): Promise<void> {
    return this.#chain
  }

  /** The next bytes. */
  chunk(offset: number, data: Uint8Array): void {
    if (this.#over || this.#closed) return
    const { intake, entry, placement } = this.#parts
    this.#hash.update(data)
    if (placement === undefined) return
    this.#wait(data.length)
    this.#then(
      async () => {
        await intake.write(entry, offset, data)
        if (!this.#isSmall) this.#parts.missing(entry.bytes - BigInt(offset + data.length))
      },
      () => this.#isSmall || this.#wait(-data.length),
    )
  }

  /** A leaf is complete; its sender says that this is its digest (RA-FIL-043). */
  leaf(index: number, sha256: Uint8Array): void {
    if (this.#over || this.#closed) return
    const hash = this.#hash
    this.#hash = this.#parts.hasher.leaf()
    this.#then(async () => {
      const digest = await hash.digest()
      if (!sameDigest(digest, sha256)) return this.#end({ is: 'corrupt', leaf: index })
      this.#tree = await this.#tree.with(digest)
      if ((index + 1) * LEAF_SIZE <= Number(this.#parts.entry.bytes)) this.#whole = this.#tree
      if (this.#parts.placement !== undefined) await this.#parts.intake.verified(this.#parts.entry, index, digest)
    })
  }

  /** Everything is here; its sender says that this is the root. */
  complete(root: Uint8Array): void {
    if (this.#over || this.#closed) return
    const { intake, entry, placement } = this.#parts
    this.#then(async () => {
      if (!sameDigest(await this.#tree.root(), root)) return this.#end({ is: 'corrupt', leaf: Math.max(0, this.#tree.leaves - 1) })
      if (placement !== undefined) await intake.commit(entry, placement)
      await this.#end({ is: 'verified' })
    })
  }

  /** The line is gone, or the transfer is over: what came is dealt with, nothing is waited for. Resolves when that is done. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      if (!this.#over) this.#chain = this.#chain.then(() => this.#release())
    }
    return this.#chain
  }

  #wait(bytes: number): void {
    this.#waitingBytes += bytes
    this.#parts.waiting(bytes)
  }

  /** Does one thing after the other, until there is a verdict. */
  #then(task: () => Promise<void>, always: () => void = () => {}): void {
    this.#chain = this.#chain.then(async () => {
      try {
        if (!this.#over) await task()
      } catch (cause) {
        const fault = cause instanceof StoreError ? cause.fault : 'storage'
        await this.#end({ is: 'lost', fault, cause, leaf: this.#tree.leaves })
      } finally {
        always()
      }
    })
  }

  async #end(verdict: Verdict): Promise<void> {
    if (this.#over) return
    this.#over = true
    const { intake, entry, placement } = this.#parts
    if (verdict.is !== 'verified' && placement !== undefined) {
      this.#whole = MerkleTree.empty(this.#parts.hasher)
      await intake.discard(entry).catch(() => {})
    }
    if (placement !== undefined) this.#parts.missing(verdict.is === 'verified' ? 0n : entry.bytes)
    this.#release()
    this.#parts.verdict(verdict)
  }

  #release(): void {
    if (this.#waitingBytes > 0 && this.#isSmall) this.#wait(-this.#waitingBytes)
    if (!this.#released) this.#parts.slots.give()
    this.#released = true
  }
}
