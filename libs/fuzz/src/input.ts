/** The input of a seed: the same each time. */
import fc from 'fast-check'
import { readCorpus } from './corpus.js'
import { mutate, mutateUnits } from './mutate.js'
import { Random } from './random.js'
import { MAX_INPUT_UNITS, type Target } from './target.js'

/** Makes the inputs of a target: half of them are seeds, or what was found before, with changes; half come from its grammar, some of them changed. */
export function inputsOf(target: Target): (seed: number) => Uint8Array {
  const { name, seeds, unit = 1 } = target
  const grammar = target.grammar()
  const maxBytes = target.maxBytes ?? unit * MAX_INPUT_UNITS
  const known = [...seeds(), ...readCorpus(name).map(({ input }) => input)]
  const change = unit === 1 ? mutate : mutateUnits
  return seed => {
    const random = new Random(seed)
    if (random.oneIn(2)) return change(random.pick(known), random, known, maxBytes)
    const made = fc.sample(grammar, { numRuns: 1, seed: random.next() | 0 })[0] ?? new Uint8Array()
    return random.oneIn(3) ? change(made, random, known, maxBytes) : made.slice(0, maxBytes)
  }
}
