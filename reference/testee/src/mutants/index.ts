import type { Mutant } from './mutant.js'
import { SESSION } from './session.js'

/** Every mutant, by area. */
export const MUTANTS: readonly Mutant[] = [...SESSION]
