/** One execution: an input is read, and what that cost is measured. */
import { getHeapStatistics } from 'node:v8'
import type { Finding } from './finding.js'
import { Disagreement, type Target } from './target.js'

/** What came of an execution: a word that is counted, or what is wrong. */
export type Execution = { readonly word: string } | Pick<Finding, 'kind' | 'message'>

/** The longest that an input may take, in ms. */
export const MAX_MS = 500
/** The most that reading an input may allocate, in bytes: this much, and so many times its length. */
const MAX_BYTES = 48 * 1024 * 1024
const MAX_BYTES_PER_BYTE = 256
/** A machine has other things to do, and a heap is tidied at any time: what is only slow or large once is neither. */
const TRIES = 3

const allocated = () => {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics()
  return used + external
}

/** Runs a target on an input. Never rejects. */
export async function execute(target: Target, input: Uint8Array): Promise<Execution> {
  let excess: Execution = { word: '' }
  for (let i = 0; i < TRIES; i++) {
    const execution = await once(target, input)
    if ('word' in execution || (execution.kind !== 'hang' && execution.kind !== 'memory')) return execution
    excess = execution
  }
  return excess
}

async function once({ run }: Target, input: Uint8Array): Promise<Execution> {
  // In the middle of something larger: whoever reads beyond the end, or forgets where a view begins, reads this.
  const around = new Uint8Array(input.length + 48).fill(0xa5)
  around.set(input, 24)
  const bytesBefore = allocated()
  const began = performance.now()
  let word: string
  try {
    word = await run(around.subarray(24, 24 + input.length))
  } catch (error) {
    if (error instanceof Disagreement) return { kind: 'disagreement', message: error.message }
    return { kind: 'exception', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
  const ms = performance.now() - began
  if (ms > MAX_MS) return { kind: 'hang', message: `it took ${Math.round(ms)} ms, longer than ${MAX_MS} ms` }
  const bytes = allocated() - bytesBefore
  const most = MAX_BYTES + MAX_BYTES_PER_BYTE * input.length
  return bytes > most ? { kind: 'memory', message: `it took ${bytes} bytes of memory, more than ${most}` } : { word }
}

/** Two findings are one if they differ in figures and quotations alone. */
export const keyOf = ({ kind, message }: Pick<Finding, 'kind' | 'message'>): string =>
  `${kind} ${message
    .replace(/\d+/g, '#')
    .replace(/[“"'].*?[”"']/gsu, '“”')
    .slice(0, 200)}`
