import { inspect, isDeepStrictEqual } from 'node:util'

const LOOK_EVERY_MS = 25

/** Throws unless it holds. */
export function prove(holds, sentence) {
  if (!holds) throw new Error(sentence)
}

/** Throws unless both are the same, in value. */
export function proveSame(actual, expected, what) {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${what}: ${inspect(actual)} instead of ${inspect(expected)}`)
}

/**
 * Looks until what is seen is what is wanted, and returns it; for witnesses that do not tell by themselves. Throws, with what was seen last, if `signal` is
 * aborted first.
 */
export async function seeing(look, isSo, signal, what) {
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    if (signal.aborted) throw new Error(`${what}: ${inspect(seen)}`)
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
