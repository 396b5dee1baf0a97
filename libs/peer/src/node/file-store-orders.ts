/** What the thread for small files is asked to do. */

/** What tells a file from another one, and from itself when it changed. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
}

/** What a file was when it was listed. */
export interface Listed extends Identity {
  readonly at: string
}

/** What is at a path. */
export interface Seen {
  readonly kind: 'file' | 'folder' | 'other'
  readonly stats: Identity
  /** Milliseconds since 1970-01-01 UTC. */
  readonly mtimeMs: number
  readonly mode: number
}

/** A complete file that goes into the quarantine. */
export interface Part {
  readonly name: string
  /** Where its bytes are among those of all. */
  readonly from: number
  readonly to: number
  /** Permission bits. */
  readonly mode: number
  /** Milliseconds since 1970-01-01 UTC; 0 = not known. */
  readonly modifiedMs: number
}

/** A file in the quarantine that gets its final name. */
export interface Naming {
  readonly part: string
  /** Components below the root. */
  readonly path: readonly string[]
  readonly overwrite: boolean
}

/** Each kind of order, and what comes of it. */
export interface Orders {
  /** Looks at paths, and follows no link. Undefined = that is not possible. */
  readonly look: { readonly asked: readonly string[]; readonly done: readonly (Seen | undefined)[] }
  /** Reads whole files. Undefined = it is not what was listed, or cannot be read. */
  readonly read: { readonly asked: readonly Listed[]; readonly done: readonly (Uint8Array | undefined)[] }
  /** Writes whole files into the quarantine and makes them last. What was there of them is replaced. The code of what went wrong, by file. */
  readonly write: {
    readonly asked: { readonly quarantine: string; readonly bytes: Uint8Array; readonly parts: readonly Part[] }
    readonly done: readonly (string | undefined)[]
  }
  /** Moves files to their final names and makes those last. The code of what went wrong, by file. */
  readonly name: {
    readonly asked: { readonly quarantine: string; readonly root: string; readonly files: readonly Naming[] }
    readonly done: readonly (string | undefined)[]
  }
}

/** What is said to the thread. */
export type Order = { readonly [K in keyof Orders]: { readonly kind: K; readonly asked: Orders[K]['asked'] } }[keyof Orders]

/** What it says back. */
export type Answer = Orders[keyof Orders]['done']
