/** A browser's store: what arrives is staged until it is verified, then goes where its user said. */
import type { Entry } from '@remote-assist/codec'
import {
  type FileOffer,
  type FilePlatform,
  type FileStore,
  FileTransferError,
  type Intake,
  type Occupant,
  type Placement,
  StoreError,
  type Transfer,
  webHasher,
} from '@remote-assist/peer'
import type { Destination } from './destination.js'
import { browserStaging, type Staged, type Staging } from './staging.js'

/** An unfinished file, with the digests of its verified leaves. */
interface Unfinished {
  readonly staged: Staged
  readonly leaves: Uint8Array[]
}

/** The files of a browser, which come into this store; a page picks what it sends, and reads nothing by its path. */
export const browserFiles = (store: FileStore): FilePlatform => ({
  hasher: webHasher,
  store,
  source: () => Promise.reject(new FileTransferError('E_FILE_UNSUPPORTED', 'A browser cannot read files by their paths.')),
})

export class BrowserStore implements FileStore {
  #staging: Promise<Staging> | undefined
  /** Where what is being decided about goes: one offer after the other. */
  #destination: Destination | undefined
  #decided: () => void = () => undefined
  #turn: Promise<void> = Promise.resolve()
  readonly #make: () => Promise<Staging>

  constructor(staging: () => Promise<Staging> = browserStaging) {
    this.#make = staging
  }

  /** Takes an offer, all of it that may be taken, to this destination. */
  take(offer: Pick<FileOffer, 'accept'>, destination: Destination): Promise<Transfer> {
    const accepted = this.#turn.then(() => {
      this.#destination = destination
      return offer.accept()
    })
    this.#turn = accepted.then(
      transfer =>
        new Promise<void>(resolve => {
          this.#decided = resolve
          transfer.done.then(
            () => resolve(),
            () => resolve(),
          )
        }),
    )
    return accepted
  }

  async room(): Promise<bigint> {
    return (await this.#place()).room()
  }

  async names(folder: readonly string[]): Promise<ReadonlyMap<string, Occupant>> {
    return this.#destination?.names(folder) ?? new Map()
  }

  async begin(): Promise<Intake> {
    const destination = this.#destination
    if (destination === undefined) throw new StoreError('storage')
    return new BrowserIntake(await this.#place(), destination, () => this.#decided())
  }

  #place(): Promise<Staging> {
    this.#staging ??= this.#make()
    return this.#staging
  }
}

/** One transfer. What is unfinished is kept for a return of the line, and no longer than the page. */
class BrowserIntake implements Intake {
  readonly kept = undefined
  readonly #files = new Map<number, Unfinished>()

  constructor(
    readonly staging: Staging,
    readonly destination: Destination,
    readonly decided: () => void,
  ) {}

  async plan(): Promise<void> {
    this.decided()
  }

  folder(_entry: Entry, { path }: Placement): Promise<void> {
    return this.destination.folder(path)
  }

  async leaves({ entry }: Entry): Promise<readonly Uint8Array[]> {
    return this.#files.get(entry)?.leaves ?? []
  }

  async write({ entry }: Entry, offset: number, data: Uint8Array): Promise<void> {
    const file = await this.#file(entry)
    await file.staged.write(offset, data)
  }

  async verified({ entry }: Entry, index: number, sha256: Uint8Array): Promise<void> {
    const { leaves } = await this.#file(entry)
    leaves.splice(index, leaves.length, sha256)
  }

  async commit({ entry }: Entry, { path, overwrite }: Placement): Promise<void> {
    const { staged } = await this.#file(entry)
    await this.destination.deliver(path, await staged.finish(), overwrite)
    this.#files.delete(entry)
    const { after } = this.destination
    if (after === 'copied' || (after === 'read' && this.staging.inMemory)) await staged.discard()
  }

  async discard({ entry }: Entry): Promise<void> {
    const file = this.#files.get(entry)
    this.#files.delete(entry)
    await file?.staged.discard()
  }

  async end(): Promise<void> {
    const unfinished = [...this.#files.values()]
    this.#files.clear()
    await Promise.all(unfinished.map(({ staged }) => staged.discard()))
  }

  async #file(entry: number): Promise<Unfinished> {
    const known = this.#files.get(entry)
    if (known !== undefined) return known
    const file = { staged: await this.staging.begin(), leaves: [] }
    this.#files.set(entry, file)
    return file
  }
}
