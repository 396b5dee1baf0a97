import type { Customer, FileAsk, FileOffer, FileSource, Transfer, TransferResult } from '@remote-assist/peer'
import type { CustomerState, FileQuestion, Told, Transferred } from './model.js'
import { plain } from './plain.js'
import { toldOf } from './told.js'

type FileState = Pick<CustomerState, 'fileQuestions' | 'transfers' | 'received'>

/** What a desk asks of its owner. */
export interface DeskOwner {
  readonly customer: () => Customer | undefined
  nameOf(participant: number): string
  /** Who may have files. */
  takers(): readonly number[]
  /** Accepts an offer. */
  take(offer: FileOffer): Promise<Transfer>
  /** Something came, all of it. */
  took(result: TransferResult): void
  changed(state: FileState): void
  failed(error: unknown): void
}

type Asked = { readonly offer: FileOffer } | { readonly ask: FileAsk }
/** Silence refuses: then the question is taken away. */
type Open = Asked & { readonly lapse: ReturnType<typeof setTimeout> }

/** Why nothing came of an offer. */
const UNANSWERED: Told = { code: 'E_FILE_TIMEOUT', message: 'nobody answered', hint: undefined }

/** So many lines of transfers are kept. */
const MAX_TRANSFERS_SHOWN = 50

/** Files between a customer and the agents: what is offered and asked for, what moves, and what came. */
export class FileDesk {
  readonly #owner: DeskOwner
  readonly #open = new Map<number, Open>()
  #state: FileState = { fileQuestions: [], transfers: [], received: [] }
  #nextId = 1

  constructor(owner: DeskOwner) {
    this.#owner = owner
  }

  /** Hears what agents want, from now on. */
  attend(customer: Customer): void {
    customer.on('file', ({ participant, offer }) => {
      const entries = offer.entries.filter(({ kind }) => kind === 'file').map(({ path, bytes }) => ({ path: plain(path), bytes: Number(bytes) }))
      this.#question({ offer }, { kind: 'offer', name: this.#owner.nameOf(participant), prompt: '', entries, bytes: Number(offer.bytes) }, offer.answerWithinMs)
    })
    customer.on('file-ask', ({ participant, ask }) =>
      this.#question({ ask }, { kind: 'ask', name: this.#owner.nameOf(participant), prompt: plain(ask.prompt), entries: [], bytes: 0 }, ask.answerWithinMs),
    )
  }

  /** Takes what is offered. */
  accept(id: number): void {
    const open = this.#take(id)
    if (open === undefined || !('offer' in open)) return
    this.#owner.take(open.offer).then(
      transfer => {
        this.#follow(transfer, namesOf(open.offer))
        transfer.done.then(
          result => this.#owner.took(result),
          () => undefined,
        )
      },
      (error: unknown) => this.#owner.failed(error),
    )
  }

  /** Takes or gives nothing. */
  decline(id: number): void {
    const open = this.#take(id)
    if (open === undefined) return
    if ('offer' in open) open.offer.refuse()
    else open.ask.decline()
  }

  /** Sends files, by their paths or from a source: as the answer to an ask, else to everybody who may have them. Returns what moves them. */
  send(what: readonly string[] | FileSource, names: readonly string[], question: number | undefined): readonly Transfer[] {
    const open = question === undefined ? undefined : this.#take(question)
    const transfers =
      open !== undefined && 'ask' in open ? [open.ask.give(what)] : this.#owner.takers().flatMap(taker => this.#owner.customer()?.files(taker).send(what) ?? [])
    for (const transfer of transfers) this.#follow(transfer, names)
    return transfers
  }

  /** A file lies where the person finds it. */
  received(file: CustomerState['received'][number]): void {
    this.#set({ received: [...this.#state.received, file] })
  }

  /** No question is open any more. */
  close(): void {
    for (const { lapse } of this.#open.values()) clearTimeout(lapse)
    this.#open.clear()
    this.#set({ fileQuestions: [] })
  }

  #question(asked: Asked, question: Omit<FileQuestion, 'id' | 'byMs'>, withinMs: number): void {
    const id = this.#nextId++
    // It would be answered in vain by then.
    this.#open.set(id, { ...asked, lapse: setTimeout(() => this.#lapse(id), withinMs) })
    this.#set({ fileQuestions: [...this.#state.fileQuestions, { ...question, id, byMs: Date.now() + withinMs }] })
  }

  /** Nobody answered: who comes back to the screen finds out what they missed. */
  #lapse(id: number): void {
    const open = this.#take(id)
    if (open === undefined) return
    if ('ask' in open) this.#owner.failed({ code: 'E_LATE' })
    else this.#list({ way: 'receiving', state: 'failed', why: UNANSWERED }, namesOf(open.offer))
  }

  #take(id: number): Open | undefined {
    const open = this.#open.get(id)
    clearTimeout(open?.lapse)
    if (this.#open.delete(id)) this.#set({ fileQuestions: this.#state.fileQuestions.filter(question => question.id !== id) })
    return open
  }

  #follow(transfer: Transfer, names: readonly string[]): void {
    const id = this.#list({ way: transfer.way, state: 'moving', why: undefined }, names)
    const tell = (change: Partial<Transferred>) => this.#set({ transfers: this.#state.transfers.map(it => (it.id === id ? { ...it, ...change } : it)) })
    const watch = async () => {
      for await (const { fraction, bytesPerSecond } of transfer) tell({ fraction, bytesPerSecond })
      await transfer.done
    }
    watch().then(
      () => tell({ state: 'done', fraction: 1 }),
      (error: unknown) => tell({ state: 'failed', why: toldOf(error) }),
    )
  }

  /** Adds a line of a transfer; returns its id. */
  #list(what: Pick<Transferred, 'way' | 'state' | 'why'>, [name = '', ...others]: readonly string[]): number {
    const id = this.#nextId++
    const line = { ...what, id, name: others.length === 0 ? name : `${name} +${others.length}`, fraction: 0, bytesPerSecond: 0 }
    this.#set({ transfers: [...this.#state.transfers, line].slice(-MAX_TRANSFERS_SHOWN) })
    return id
  }

  #set(change: Partial<FileState>): void {
    this.#state = { ...this.#state, ...change }
    this.#owner.changed(this.#state)
  }
}

/** The files of an offer, as people read their names. */
const namesOf = ({ entries }: FileOffer): readonly string[] => entries.filter(({ kind }) => kind === 'file').map(({ path }) => plain(path))
