/** Where files come from and where they go: small enough for a disk, a browser's folder handle, and memory. */
import type { Entry } from '@remote-assist/codec'
import type { Hasher } from './hasher.js'

/** A file or folder that may be sent. */
export interface SourceEntry {
  /** Components below the transfer's root. */
  readonly path: readonly string[]
  readonly kind: 'file' | 'folder'
  /** Of a file. A folder has 0. */
  readonly bytes: bigint
  /** Milliseconds since 1970-01-01 UTC; 0 = not known. */
  readonly modifiedMs: number
  /** Unix permission bits, 0–0o777; 0 = not known. */
  readonly mode: number
}

/** A file that is being read. */
export interface SourceFile {
  /** Fills `into` from `offset` on; less only at the end. Resolves to how many bytes. */
  read(offset: number, into: Uint8Array): Promise<number>
  /** Whether the file is still what was listed. */
  unchanged(): Promise<boolean>
  close(): Promise<void>
}

/** Up to so many bytes a file is small: it is read whole, and written whole when it is complete. */
export const SMALL_FILE_BYTES = 32_768n

/** Files and folders to send, listed once. */
export interface FileSource {
  /** Folders come before what is in them; no links, devices, sockets or pipes (RA-FIL-029). */
  readonly entries: readonly SourceEntry[]
  /** 16 bytes; the same again for the same files, unchanged, so that a transfer may go on in another session. */
  readonly contentId: Uint8Array
  /** Opens a file of `entries`. Rejects with `E_FILE_SOURCE` if it is not what was listed. */
  open(entry: number): Promise<SourceFile>
  /** Reads small files whole, in the order asked for. Rejects with `E_FILE_SOURCE` if one is not what was listed, before or after it was read. Optional: a source without it is read piece by piece. */
  whole?(entries: readonly number[]): Promise<readonly Uint8Array[]>
}

/** What has a name already. `other`: a link, a device, or a name that is kept for the store itself. */
export type Occupant = 'file' | 'folder' | 'other'

/** A folder that takes files. */
export interface FileStore {
  /** Bytes that it has room for. */
  room(): Promise<bigint>
  /** The names in a folder below the store's own, with what has them; empty if there is no such folder, or it may not be entered. */
  names(folder: readonly string[]): Promise<ReadonlyMap<string, Occupant>>
  /** Begins to receive, or goes on with what is kept under the same key. */
  begin(key: TransferKey): Promise<Intake>
}

/** What tells one content of one peer from another (RA-FIL-066). */
export interface TransferKey {
  readonly contentId: Uint8Array
  /** Who sends: the same again when it returns. */
  readonly peer: string
  /** A digest of the manifest: another one is another content. */
  readonly manifest: Uint8Array
}

/** What is decided about the entries of a transfer: where each goes; undefined = it is not taken. */
export interface Placement {
  readonly path: readonly string[]
  readonly overwrite: boolean
}

/** What was kept of an earlier transfer with the same key. */
export interface Kept {
  /** Where entries that were taken were to go, as decided then: it counts for those that are there. */
  readonly placements: ReadonlyMap<number, Placement>
  /** Files and folders that are at their final names, as they were put there. */
  readonly settled: ReadonlySet<number>
  /** Bytes of unfinished files that are here already. */
  readonly partBytes: ReadonlyMap<number, bigint>
}

/** Why an entry cannot be kept. */
export type StoreFault = 'space' | 'exists' | 'storage'

/** The store could not do what it should. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  constructor(
    readonly fault: StoreFault,
    options?: { readonly cause?: unknown },
  ) {
    super(`the store failed: ${fault}`, options)
  }
}

/** One transfer at its store. Nothing is at a final name before `commit`; until then nobody else can read it (RA-FIL-046, RA-FIL-047). Every method rejects with `StoreError`. */
export interface Intake {
  readonly kept: Kept | undefined
  /** Remembers what was decided, for a return. */
  plan(placements: ReadonlyMap<number, Placement>): Promise<void>
  /** Makes a folder; one that is there already is fine. */
  folder(entry: Entry, to: Placement): Promise<void>
  /** The digests of the leaves of an unfinished file that are here, in order, as the bytes say. */
  leaves(entry: Entry, hasher: Hasher): Promise<readonly Uint8Array[]>
  /** Writes bytes of a file, in order from 0 or from the leaf where it goes on. */
  write(entry: Entry, offset: number, data: Uint8Array): Promise<void>
  /** A leaf was verified: it is kept for a return. */
  verified(entry: Entry, index: number, sha256: Uint8Array): Promise<void>
  /** Moves a complete file to its final name, and makes it last. Rejects with `exists` if the name is taken and may not be replaced. */
  commit(entry: Entry, to: Placement): Promise<void>
  /** Throws away what is here of an unfinished file. */
  discard(entry: Entry): Promise<void>
  /** The transfer is over. `keep`: what is unfinished is kept for a return, for 24 h; else nothing is left behind. */
  end(keep: boolean): Promise<void>
}

/** Everything a platform gives: its files, its store and its hash. */
export interface FilePlatform {
  readonly hasher: Hasher
  /** Where files go; undefined = this end takes none. */
  readonly store: FileStore | undefined
  /** Lists files and folders by their paths. Rejects with `E_FILE_SOURCE`. */
  source(paths: readonly string[]): Promise<FileSource>
}
