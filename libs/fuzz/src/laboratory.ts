/** Watches targets at work: what does not come back, or takes all memory, is a finding as well. */
import { Worker } from 'node:worker_threads'
import type { Budget, Campaign } from './campaign.js'
import type { Finding } from './finding.js'
import { inputsOf } from './input.js'
import { targetNamed } from './targets/index.js'

/** What a worker is to do next. */
export interface Order {
  readonly target: string
  readonly seed: number
  readonly budget: Budget
  /** Two numbers of 64 bits: the seed at work, and a count that goes on as long as it is alive. */
  readonly pulse: SharedArrayBuffer
}

const SILENCE_MS = 15_000
const LOOK_MS = 250
/** The heap of a worker, and its stack: as small as that of a browser's main thread. In MiB. */
const HEAP_MIB = 512
const STACK_MIB = 1

/** Runs targets one after another, in a thread that is replaced when a target takes it along. */
export class Laboratory {
  readonly #silenceMs: number
  #worker: Worker | undefined

  /** A target that gives no sign of life for `silenceMs` does not come back. */
  constructor(silenceMs = SILENCE_MS) {
    this.#silenceMs = silenceMs
  }

  /** Runs a target for its budget. Resolves whatever happens to it. */
  run(target: string, seed: number, budget: Budget): Promise<Campaign> {
    const pulse = new SharedArrayBuffer(16)
    const beats = new Float64Array(pulse)
    this.#worker ??= new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, stackSizeMb: STACK_MIB } })
    const worker = this.#worker
    const began = performance.now()
    return new Promise(resolve => {
      let [seen, seenAt] = [-1, began]
      const settle = (campaign: Campaign) => {
        clearInterval(timer)
        worker.off('message', settle).off('error', died)
        resolve(campaign)
      }
      const lost = (kind: Finding['kind'], message: string) => {
        const at = beats[0] ?? seed
        const finding = { target, kind, message, seed: at, input: inputsOf(targetNamed(target))(at) }
        settle({ target, executions: beats[1] ?? 0, ms: performance.now() - began, words: {}, findings: [finding] })
        void this.close()
      }
      const died = (error: NodeJS.ErrnoException) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? lost('memory', `it took all of ${HEAP_MIB} MiB`) : lost('exception', `${error.name}: ${error.message}`)
      const timer = setInterval(() => {
        const now = performance.now()
        if (beats[1] !== seen) [seen, seenAt] = [beats[1] ?? 0, now]
        else if (now - seenAt > this.#silenceMs) lost('hang', `it did not come back within ${this.#silenceMs / 1_000} s`)
      }, LOOK_MS)
      worker.once('message', settle).once('error', died)
      worker.postMessage({ target, seed, budget, pulse } satisfies Order)
    })
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}
