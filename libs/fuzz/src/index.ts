/** Seeded fuzzing of everything that reads bytes or text from others. */

export type { Budget, Campaign } from './campaign.js'
export { readCorpus } from './corpus.js'
export { execute } from './execute.js'
export type { Finding, FindingKind } from './finding.js'
export { inputsOf } from './input.js'
export { Laboratory } from './laboratory.js'
export type { Target } from './target.js'
export { TARGETS, targetNamed } from './targets/index.js'
