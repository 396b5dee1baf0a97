/** Commands as a person types them into a shell. */
import type { TesteeChoice } from './options.js'

/** The words of a command in one line that a shell takes apart into the same words. */
export const shellLine = (words: readonly string[]): string => words.map(quoted).join(' ')

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** What to type to play one case against this testee again. */
export const replayLine = (caseId: string, { attach, command, lagMs, reference, wire }: TesteeChoice): string =>
  shellLine([
    'remote-assist-conformance',
    'replay',
    caseId,
    ...(reference ? ['--reference'] : []),
    ...(attach === undefined ? [] : ['--attach', String(attach)]),
    ...(wire === 'protobuf' ? [] : ['--wire', wire]),
    ...(lagMs === 0 ? [] : ['--lag', String(lagMs)]),
    ...(command.length === 0 ? [] : ['--', ...command]),
  ])
