/** Everything about files in the console: what is sent, offered, asked for and taken. */
import { AssistError, type FileOffer, type FilePlatform, type FileSource, FileTransferError, type Session, tooLargeEntry } from '@remote-assist/peer'
import { downloads, pickFolder } from '../../files/destination.js'
import { type Picked, pickedSource } from '../../files/source.js'
import { BrowserStore, browserFiles } from '../../files/store.js'
import { failureOf, Job, titleOf } from './job.js'
import { type FileActions, type FilesState, isSettled, type OfferRow } from './model.js'

/** How often what the customer holds is looked at, in milliseconds. */
const LOOK_MS = 500

/** What the transfers of a console are told to. */
export interface TransfersListener {
  changed(files: FilesState): void
  /** Something did not work that has no row. */
  failed(error: unknown): void
}

export class Transfers implements FileActions {
  readonly #listener: TransfersListener
  readonly #store = new BrowserStore()
  #session: Session | undefined
  #jobs: readonly Job[] = []
  #offers: readonly { readonly row: OfferRow; readonly offer: FileOffer }[] = []
  #asking = false
  #nextId = 1
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(listener: TransfersListener) {
    this.#listener = listener
  }

  /** The files of a browser. */
  get platform(): FilePlatform {
    return browserFiles(this.#store)
  }

  /** Files go to and come from this customer from now on. */
  open(session: Session): void {
    this.#session = session
    session.on('file', offer => this.#offered(offer))
    this.#timer = setInterval(() => this.#jobs.some(job => !job.settled) && this.#tell(), LOOK_MS)
    this.#tell()
  }

  /** The session is over. */
  close(): void {
    clearInterval(this.#timer)
    this.#session = undefined
    this.#jobs = []
    this.#offers = []
    this.#asking = false
  }

  async send(picked: readonly Picked[] | Promise<readonly Picked[]>): Promise<void> {
    try {
      const all = await picked
      if (all.length > 0) this.#send(await pickedSource(all))
    } catch (error) {
      this.#listener.failed(error)
    }
  }

  ask(prompt: string): void {
    if (this.#session === undefined || this.#asking) return
    this.#asking = true
    this.#tell()
    const done = () => {
      this.#asking = false
      this.#tell()
    }
    this.#session.files.ask(prompt).then(
      offer => {
        done()
        this.#offered(offer)
      },
      error => {
        done()
        this.#listener.failed(error)
      },
    )
  }

  async take(id: number, to: 'folder' | 'downloads'): Promise<void> {
    const offered = this.#offers.find(({ row }) => row.id === id)
    if (offered === undefined) return
    try {
      const destination = to === 'folder' ? await pickFolder() : downloads
      if (destination === undefined || !this.#unlist(id)) return
      const { offer } = offered
      const job = this.#receiving(offer)
      void job.follow(await this.#store.take(offer, destination))
    } catch (error) {
      this.#listener.failed(error)
    }
  }

  refuse(id: number): void {
    const offered = this.#offers.find(({ row }) => row.id === id)
    if (this.#unlist(id)) offered?.offer.refuse()
  }

  hold(id: number): void {
    this.#find(id)?.hold()
  }

  goOn(id: number): void {
    this.#find(id)?.goOn()
  }

  cancel(id: number): void {
    this.#find(id)?.cancel()
  }

  retry(id: number): void {
    const source = this.#find(id)?.source
    this.forget(id)
    if (source !== undefined) this.#send(source)
  }

  forget(id: number): void {
    this.#jobs = this.#jobs.filter(job => job.id !== id || !isSettled(job.row))
    this.#tell()
  }

  #send(source: FileSource): void {
    const session = this.#session
    const job = this.#job('sending', source)
    const paths = source.entries.map(({ path }) => path.join('/'))
    const limit = session?.files.maxFileBytes
    const files = source.entries.flatMap(({ kind, bytes }, i) => {
      const path = paths[i] ?? ''
      const failure = tooLargeEntry({ path, bytes }, limit)
      return kind === 'folder' ? [] : [{ path, bytes: Number(bytes), failure: failure && failureOf(failure) }]
    })
    job.list(paths, files)
    if (session === undefined) return job.fail(new AssistError('E_LEFT', 'The session is over.'))
    void job.follow(session.files.send(source))
  }

  #receiving(offer: FileOffer): Job {
    const job = this.#job('receiving', undefined)
    const files = offer.entries.filter(({ kind }) => kind === 'file')
    job.list(
      offer.entries.map(({ path }) => path),
      files.map(({ path, bytes, refused }) => ({ path, bytes: Number(bytes), failure: refused && failureOf(refused) })),
    )
    return job
  }

  #job(way: Job['way'], source: FileSource | undefined): Job {
    const job = new Job(this.#nextId++, way, source, () => this.#tell())
    this.#jobs = [job, ...this.#jobs]
    return job
  }

  #offered(offer: FileOffer): void {
    const { entries, bytes } = offer
    const files = entries.filter(({ kind }) => kind === 'file')
    const id = this.#nextId++
    const refused = entries.flatMap(entry => (entry.refused === undefined ? [] : [{ ...failureOf(entry.refused), file: entry.path }]))
    const row = { id, ...titleOf(entries.map(({ path }) => path)), files: files.length, bytes: Number(bytes), refused }
    this.#offers = [...this.#offers, { row, offer }]
    // It would be taken in vain by then; who comes back to the screen finds out what they missed.
    setTimeout(() => this.#unlist(id) && this.#receiving(offer).fail(unanswered()), offer.answerWithinMs)
    this.#tell()
  }

  /** False if it was answered, or is void. */
  #unlist(id: number): boolean {
    const before = this.#offers.length
    this.#offers = this.#offers.filter(({ row }) => row.id !== id)
    if (this.#offers.length === before) return false
    this.#tell()
    return true
  }

  #find(id: number): Job | undefined {
    return this.#jobs.find(job => job.id === id)
  }

  #tell(): void {
    const session = this.#session
    if (session === undefined) return
    const limit = session.files.maxFileBytes
    this.#listener.changed({
      rows: this.#jobs.map(({ row }) => row),
      offers: this.#offers.map(({ row }) => row),
      asking: this.#asking,
      maxFileBytes: limit === undefined ? undefined : Number(limit),
    })
  }
}

const unanswered = (): FileTransferError =>
  new FileTransferError('E_FILE_TIMEOUT', 'Nobody took it in time.', { hint: 'Ask the customer to offer it again.', cause: 'offer' })
