/** Files between the person and the agents: what is offered and asked for, what moves, and what came. */
import { type Customer, type FileAsk, type FileOffer, type FilePlatform, type Transfer, webHasher } from '@remote-assist/peer'
import { pickedFiles, pickedSource } from '../../files/source.js'
import { BrowserStore } from '../../files/store.js'
import type { CustomerState, FileQuestion, Transferred } from '../model.js'
import { plain, toldOf } from '../told.js'
import { linkedFiles } from './received.js'

type FileState = Pick<CustomerState, 'fileQuestions' | 'transfers' | 'received'>

/** What a desk asks of its owner. */
export interface DeskOwner {
  readonly customer: () => Customer | undefined
  nameOf(participant: number): string
  /** Who may have files. */
  takers(): readonly number[]
  changed(state: FileState): void
  failed(error: unknown): void
}

type Open = { readonly offer: FileOffer } | { readonly ask: FileAsk }

/** So many lines of transfers are kept. */
const MAX_TRANSFERS_SHOWN = 50

export class FileDesk {
  /** The files of a browser: from the person's dialog, into memory. */
  readonly platform: FilePlatform
  readonly #owner: DeskOwner
  readonly #store = new BrowserStore()
  readonly #destination = linkedFiles(file => this.#set({ received: [...this.#state.received, file] }))
  readonly #open = new Map<number, Open>()
  #state: FileState = { fileQuestions: [], transfers: [], received: [] }
  #nextId = 1

  constructor(owner: DeskOwner) {
    this.#owner = owner
    this.platform = { hasher: webHasher, store: this.#store, source: () => Promise.reject(new TypeError('A browser has no paths.')) }
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
    const names = open.offer.entries.filter(({ kind }) => kind === 'file').map(({ path }) => plain(path))
    this.#store.take(open.offer, this.#destination).then(
      transfer => this.#follow(transfer, names),
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

  /** Sends files: as the answer to an ask, else to everybody who may have them. */
  async send(files: readonly File[], question: number | undefined): Promise<void> {
    if (files.length === 0) return
    const source = await pickedSource(pickedFiles(files))
    const names = files.map(({ name }) => plain(name))
    const open = question === undefined ? undefined : this.#take(question)
    if (open !== undefined && 'ask' in open) return this.#follow(open.ask.give(source), names)
    for (const taker of this.#owner.takers()) {
      const transfer = this.#owner.customer()?.files(taker).send(source)
      if (transfer !== undefined) this.#follow(transfer, names)
    }
  }

  /** No question is open any more. */
  close(): void {
    this.#open.clear()
    this.#set({ fileQuestions: [] })
  }

  #question(open: Open, question: Omit<FileQuestion, 'id' | 'byMs'>, withinMs: number): void {
    const id = this.#nextId++
    this.#open.set(id, open)
    this.#set({ fileQuestions: [...this.#state.fileQuestions, { ...question, id, byMs: Date.now() + withinMs }] })
    // Silence has refused by then: the question would be answered in vain.
    setTimeout(() => this.#take(id), withinMs)
  }

  #take(id: number): Open | undefined {
    const open = this.#open.get(id)
    if (this.#open.delete(id)) this.#set({ fileQuestions: this.#state.fileQuestions.filter(question => question.id !== id) })
    return open
  }

  #follow(transfer: Transfer, names: readonly string[]): void {
    const id = this.#nextId++
    const first: Transferred = {
      id,
      way: transfer.way,
      name: names.length === 1 ? (names[0] as string) : `${names[0]} +${names.length - 1}`,
      fraction: 0,
      bytesPerSecond: 0,
      state: 'moving',
      why: undefined,
    }
    this.#set({ transfers: [...this.#state.transfers, first].slice(-MAX_TRANSFERS_SHOWN) })
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

  #set(change: Partial<FileState>): void {
    this.#state = { ...this.#state, ...change }
    this.#owner.changed(this.#state)
  }
}
