/** The thread that reads and writes small files: a few system calls for each, one after the other, with nobody to be woken in between. */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Answer, Order, Orders } from './file-store-orders.js'

interface Waiting {
  resolve(result: never): void
  reject(error: unknown): void
}

/** One thread, which starts with the first order, and keeps its process alive only while it is at work. */
class Hands {
  readonly #waiting: Waiting[] = []
  #thread: Worker | undefined

  /** Has something done, in the order of asking. Rejects if the thread ended. `moved`: buffers that are given away. */
  do<K extends keyof Orders>(kind: K, asked: Orders[K]['asked'], moved: readonly ArrayBuffer[] = []): Promise<Orders[K]['done']> {
    return new Promise((resolve, reject) => {
      const thread = this.#thread ?? this.#start()
      this.#waiting.push({ resolve, reject })
      thread.ref()
      thread.postMessage({ kind, asked } as Order, moved)
    })
  }

  #start(): Worker {
    // Resolved as a package resolves it, so that it is found from wherever this module runs.
    const thread = new Worker(createRequire(import.meta.url).resolve('#file-store-thread'))
    thread.on('message', (answer: Answer) => {
      this.#waiting.shift()?.resolve(answer as never)
      if (this.#waiting.length === 0) thread.unref()
    })
    thread.on('error', error => this.#ended(thread, error))
    thread.on('exit', () => this.#ended(thread, new Error('The thread for small files ended.')))
    this.#thread = thread
    return thread
  }

  #ended(thread: Worker, error: unknown): void {
    if (this.#thread !== thread) return
    this.#thread = undefined
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

/** Those of this process. */
export const hands = new Hands()
