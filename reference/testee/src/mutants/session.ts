/** Faults in joining, consent, grants, resume and the end. */
import { mutantsOf } from './mutant.js'

export const SESSION = mutantsOf('session', [])
