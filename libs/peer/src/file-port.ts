/** Where file transfer plugs in: between the core's channel for one counterpart and whoever moves the bytes. */
import { MAX_CHUNK_BYTES } from '@remote-assist/codec'
import type { CustomerChannelCall, CustomerNotice, Instant, JoinerChannelCall, JoinerNotice } from '@remote-assist/core'
import type { FileChannel } from './files/channel.js'
import { FileTransferError } from './files/errors.js'
import { webHasher } from './files/hasher.js'
import type { FilePlatform } from './files/store.js'

/** What the core says about files, at either end. */
export type FileNotice = Extract<CustomerNotice | JoinerNotice, { readonly kind: `file.${string}` }>
/** What may be said to the core about files, at either end. */
export type FileCall = Extract<CustomerChannelCall | JoinerChannelCall, { readonly channel: 'file' }>['event']

/** What the port is connected to. */
export interface FileWire {
  /** Throws when that is not possible now. */
  call(event: FileCall): void
  now(): Instant
  /** Does something so many milliseconds from now, once. Returns what calls it off. */
  later(ms: number, task: () => void): () => void
  /** Undefined = the line has room; else a sender reads no further ahead before it resolves. */
  room(): Promise<void> | undefined
  /** Small messages may leave in records of up to so many bytes. */
  burst(bytes: number): void
  /** The most bytes that one message may have. */
  maxMessageBytes(): number
  /** The administrator's limit; the default before the broker has told. */
  maxFileBytes(): bigint
}

/** What a chunk has besides its data, at most, in bytes. */
const CHUNK_OVERHEAD_BYTES = 64

/** The file channel for one counterpart, over the driver of a session. */
export function fileChannel(side: FileChannel['side'], wire: FileWire): FileChannel {
  return {
    side,
    say: event => wire.call(event as FileCall),
    now: () => wire.now(),
    later: (ms, task) => wire.later(ms, task),
    get maxChunkBytes() {
      return Math.min(MAX_CHUNK_BYTES, wire.maxMessageBytes() - CHUNK_OVERHEAD_BYTES)
    },
    get maxFileBytes() {
      return wire.maxFileBytes()
    },
    room: () => wire.room(),
    burst: bytes => wire.burst(bytes),
  }
}

/** A platform of which nothing is known: it sends from sources that it is given, and takes nothing. */
export const NO_FILES: FilePlatform = {
  hasher: webHasher,
  store: undefined,
  source: () =>
    Promise.reject(
      new FileTransferError('E_FILE_UNSUPPORTED', 'This end cannot read files by their paths.', {
        hint: "In Node, pass files: diskFiles({ folder }) from '@remote-assist/peer/node'.",
      }),
    ),
}
