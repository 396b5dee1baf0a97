/** Transfers as the console shows them, and what its controls can ask of them. */
import type { Picked } from '../../files/source.js'
import type { Told } from '../told.js'

/** How far a transfer is. `asking`: the customer is asked. `held`: this agent holds it; `held-there`: the customer does. */
export type Progressing = 'listing' | 'asking' | 'moving' | 'held' | 'held-there' | 'done' | 'failed' | 'cancelled'

/** A file of a transfer. */
export interface EntryRow {
  readonly path: string
  readonly bytes: number
  /** 0–1; undefined while it is its turn and nobody knows how much of it is through. */
  readonly fraction: number | undefined
  /** Why it does not arrive. */
  readonly failure: Told | undefined
}

/** A transfer. */
export interface TransferRow {
  readonly id: number
  readonly way: 'sending' | 'receiving'
  /** What it is called: its one file or folder, or the first one of several. */
  readonly name: string
  /** So many things beside that one, at the top. */
  readonly others: number
  readonly progress: Progressing
  readonly bytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | undefined
  /** At most `MAX_SHOWN`. */
  readonly entries: readonly EntryRow[]
  readonly files: number
  /** Why it failed. */
  readonly why: Told | undefined
  /** It failed, and may be sent again: it goes on where it stopped. */
  readonly canRetry: boolean
}

/** Files of a transfer that are shown one by one. */
export const MAX_SHOWN = 200

/** What the customer would like to give. */
export interface OfferRow {
  readonly id: number
  readonly name: string
  readonly others: number
  readonly files: number
  readonly bytes: number
  /** Files that will not be taken, whatever is answered, with why. */
  readonly refused: readonly Told[]
}

/** Everything about files. */
export interface FilesState {
  /** The newest first. */
  readonly rows: readonly TransferRow[]
  readonly offers: readonly OfferRow[]
  /** The customer was asked for files and has not answered. */
  readonly asking: boolean
  /** The administrator's limit on one file; undefined while it is not known. */
  readonly maxFileBytes: number | undefined
}

/** What can be done about files. Each tells what came of it through the state. */
export interface FileActions {
  send(picked: readonly Picked[] | Promise<readonly Picked[]>): void
  /** Asks the customer for files. `prompt`: for them to read. */
  ask(prompt: string): void
  /** Takes an offer: into a folder that is picked, or to the downloads. */
  take(offer: number, to: 'folder' | 'downloads'): void
  refuse(offer: number): void
  hold(id: number): void
  goOn(id: number): void
  cancel(id: number): void
  retry(id: number): void
  /** Takes what is over off the list. */
  forget(id: number): void
}

/** It is over, one way or the other. */
export const isSettled = ({ progress }: Pick<TransferRow, 'progress'>): boolean => progress === 'done' || progress === 'failed' || progress === 'cancelled'
