/** Files between ends under test: what is offered is made up, what arrives is in a folder. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type FileOffer, type FileSource, FileTransferError, type Transfer } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import type { ActionValue, FileEntry, Happening, Standing } from '../contract.js'
import { Trouble } from '../host/trouble.js'
import { Refused } from './role.js'

/** Where the store keeps what is not verified: no file that arrived. */
const QUARANTINE = '.remote-assist'
/** Larger files that follow the contract's pattern are told by their size. */
const MAX_SHOWN_BYTES = 65_536

/** Byte `index` of a file that is told by its size alone. */
export const patternAt = (index: number): number => (index * 31 + 7) % 251

/** Files that do not exist anywhere: folders come before what is in them, and the same entries have the same content id. */
function madeUp(entries: readonly FileEntry[], trouble: Trouble): FileSource {
  const listed = entries.map(({ path, data, size }): FileSource['entries'][number] & { readonly data: Uint8Array } => {
    const folder = path.endsWith('/')
    const bytes = folder ? 0n : data.length > 0 ? BigInt(data.length) : size
    return { path: path.replace(/\/$/, '').split('/'), kind: folder ? 'folder' : 'file', bytes, modifiedMs: 0, mode: 0, data }
  })
  const digest = createHash('sha256')
  for (const { path, bytes, data } of listed) digest.update(`${JSON.stringify(path)}${bytes}`).update(data)
  return {
    entries: listed,
    contentId: digest.digest().subarray(0, 16),
    open: async at => {
      const { data, bytes } = listed[at] ?? { data: new Uint8Array(), bytes: 0n }
      return {
        read: async (offset, into) => {
          if (trouble.is('sources')) throw new FileTransferError('E_FILE_SOURCE', 'It cannot be read.')
          const count = Math.max(0, Math.min(into.length, Number(bytes) - offset))
          if (data.length > 0) into.set(data.subarray(offset, offset + count))
          else for (let i = 0; i < count; i++) into[i] = patternAt(offset + i)
          return count
        },
        unchanged: async () => !trouble.is('changed-sources'),
        close: async () => undefined,
      }
    },
  }
}

/** Writes these into a new folder inside `folder`, links and all: the paths of what is at its top. */
async function written(entries: readonly FileEntry[], folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const root = await mkdtemp(join(folder, 'offer-'))
  for (const { path, data, size, link } of entries) {
    const at = join(root, path)
    await mkdir(path.endsWith('/') ? at : dirname(at), { recursive: true })
    if (link !== '') await symlink(link, at)
    else if (!path.endsWith('/')) await writeFile(at, data.length > 0 ? data : Uint8Array.from({ length: Number(size) }, (_, index) => patternAt(index)))
  }
  return [...new Set(entries.map(({ path }) => join(root, path.split('/')[0] ?? '')))]
}

/** What arrived in a folder, by path, in order. */
async function arrivedIn(folder: string): Promise<{ path: string; data?: Uint8Array; size?: bigint }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = found.map(entry => ({ entry, path: join(entry.parentPath, entry.name).slice(folder.length + 1) }))
  const mine = paths.filter(({ path }) => path.split('/')[0] !== QUARANTINE).sort((a, b) => (a.path < b.path ? -1 : 1))
  return Promise.all(
    mine.map(async ({ entry, path }) => {
      if (!entry.isFile()) return { path: `${path}/` }
      const data = await readFile(join(folder, path))
      const patterned = data.length > MAX_SHOWN_BYTES && data.every((byte, at) => byte === patternAt(at))
      return patterned ? { path, size: BigInt(data.length) } : { path, data }
    }),
  )
}

/** How a transfer that failed ended, in the contract's words. */
function outcomeOf(error: unknown): string {
  if (!(error instanceof FileTransferError) || error.code === 'E_FILE_LOST') return 'lost'
  if (error.code === 'E_FILE_CANCELLED' || error.code === 'E_FILE_REVOKED' || error.code === 'E_FILE_TIMEOUT') return 'cancelled'
  return error.code === 'E_FILE_REFUSED' && error.failures.length === 0 ? 'declined' : 'refused'
}

/** The offers and transfers of an end, by number. */
export class Transfers {
  readonly #offers = new Map<number, FileOffer>()
  readonly #transfers = new Map<number, Transfer>()
  #nextId = 1

  /** `place`: a folder of its own. */
  constructor(
    readonly place: string,
    readonly tell: (happening: Happening) => void,
    readonly trouble = new Trouble(),
  ) {}

  /** Where files arrive. */
  get folder(): string {
    return join(this.place, 'arrived')
  }

  /** Makes something fail, or work again. */
  async hinder(what: ActionValue<'hinder'>): Promise<void> {
    this.trouble.set(what)
    if (what.what !== 'links' || !what.on) return
    for (const folder of [this.folder, this.#elsewhere]) await mkdir(folder, { recursive: true })
    await symlink(this.#elsewhere, join(this.folder, 'linked'))
    await symlink(join(this.#elsewhere, 'linked.txt'), join(this.folder, 'linked.txt'))
  }

  /** What a user sees of the files: those that arrived, and those where the links lead. */
  async look(): Promise<Pick<Standing, 'files' | 'filesElsewhere'>> {
    return { files: await arrivedIn(this.folder), filesElsewhere: await arrivedIn(this.#elsewhere) }
  }

  get #elsewhere(): string {
    return join(this.place, 'elsewhere')
  }

  /** What is offered: made up, or of the disk where there are links among it. */
  async offering(entries: readonly FileEntry[]): Promise<FileSource | string[]> {
    return entries.some(({ link }) => link !== '') ? written(entries, join(this.place, 'offered')) : madeUp(entries, this.trouble)
  }

  /** The files of this end: what comes is put into its folder. */
  get platform(): ReturnType<typeof diskFiles> {
    const files = diskFiles({ folder: this.folder })
    const { store } = files
    if (store === undefined) return files
    const room = async () => (this.trouble.is('storage') ? 0n : store.room())
    return { ...files, store: { room, names: folder => store.names(folder), begin: key => store.begin(key) } }
  }

  /** Somebody offers files. */
  offered(participant: number, offer: FileOffer): void {
    const id = this.#nextId++
    this.#offers.set(id, offer)
    const entries = offer.entries.map(({ path, kind, bytes }) => ({ path: kind === 'folder' ? `${path}/` : path, size: bytes }))
    this.tell({ case: 'offered', value: { id, participant, entries } })
  }

  /** This end sends; returns the number of the transfer. */
  sending(transfer: Transfer): number {
    return this.#follow(this.#nextId++, transfer)
  }

  /** The user answers an offer. */
  answer({ offer: id, accept }: ActionValue<'answerOffer'>): void {
    const offer = this.#offers.get(id)
    if (offer === undefined) throw new Refused(`There is no open offer ${id}.`)
    this.#offers.delete(id)
    if (accept) this.#follow(id, offer.accept())
    else offer.refuse()
  }

  /** The user holds, continues or cancels a transfer. */
  control({ transfer: id, what }: ActionValue<'controlTransfer'>): void {
    const transfer = this.#transfers.get(id)
    if (transfer === undefined) throw new Refused(`There is no transfer ${id} under way.`)
    if (what === 'pause') transfer.hold()
    else if (what === 'resume') transfer.continue()
    else if (what === 'cancel') transfer.cancel()
    else throw new Error(`A transfer cannot be told to “${what}”.`)
  }

  #follow(id: number, transfer: Transfer): number {
    this.#transfers.set(id, transfer)
    const over = (outcome: string) => {
      this.#transfers.delete(id)
      this.tell({ case: 'transferEnded', value: { id, outcome } })
    }
    transfer.done.then(
      () => over('done'),
      (error: unknown) => over(outcomeOf(error)),
    )
    return id
  }
}
