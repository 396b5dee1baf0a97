/** The thread that reads and writes small files: a few system calls for each, one after the other, with nobody to be woken in between. */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Answer, Order, Orders } from './file-store-orders.js'

/** Resolved as a package resolves it, so that it is found from wherever this module runs. */
const THREAD = createRequire(import.meta.url).resolve('#file-store-thread')

interface Waiting {
  resolve(result: never): void
  reject(error: unknown): void
}

/** One thread, which starts with the first order and keeps no process alive. */
class Hands {
  readonly #waiting: Waiting[] = []
  #thread: Worker | undefined

  /** Has something done, in the order of asking. Rejects if the thread ended. `moved`: buffers that are given away. */
  do<K extends keyof Orders>(kind: K, asked: Orders[K]['asked'], moved: readonly ArrayBuffer[] = []): Promise<Orders[K]['done']> {
    const thread = this.#thread ?? this.#start()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      thread.postMessage({ kind, asked } as Order, moved)
    })
  }

  #start(): Worker {
    const thread = new Worker(THREAD)
    thread.unref()
    thread.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer as never))
    thread.on('error', error => this.#ended(error))
    thread.on('exit', () => this.#ended(new Error('The thread for small files ended.')))
    this.#thread = thread
    return thread
  }

  #ended(error: unknown): void {
    this.#thread = undefined
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

/** Those of this process. */
export const hands = new Hands()
