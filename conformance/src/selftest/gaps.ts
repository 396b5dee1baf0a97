/** MUSTs that the suite does not see, or of which no mutant shows that it does. */
import type { CaseDeclaration } from '../model.js'
import type { MutantDeclaration, Registry } from '../registry/index.js'

/** What `gaps.json` says. */
export interface Gaps {
  /** MUSTs that no check of a case cites: ids with blanks between. */
  readonly unseen: readonly { readonly requirements: string; readonly why: string }[]
  /** MUSTs that a check cites, and of which there is a part that none sees. */
  readonly partly: readonly { readonly requirement: string; readonly part: string; readonly why: string }[]
  /** MUSTs that a check cites, and that no mutant breaks: ids with blanks between. The last group is where new ones go. */
  readonly unplanted: readonly { readonly requirements: string; readonly why: string }[]
}

interface Known {
  readonly registry: Registry
  readonly cases: readonly CaseDeclaration[]
}

const mustsOf = (registry: Registry): readonly string[] => registry.requirements.filter(({ level }) => level === 'MUST').map(({ id }) => id)

const citedBy = (cases: readonly CaseDeclaration[]): ReadonlySet<string> => new Set(cases.flatMap(({ checks }) => checks.flatMap(({ cites }) => cites)))

/** MUSTs that no check cites, in order. */
export function uncited({ registry, cases }: Known): readonly string[] {
  const cited = citedBy(cases)
  return mustsOf(registry).filter(id => !cited.has(id))
}

/** MUSTs that a check cites, in order: those that a mutant breaks, and those that none does. */
export function plantedOf(
  { registry, cases }: Known,
  mutants: readonly MutantDeclaration[],
): { readonly planted: readonly string[]; readonly unplanted: readonly string[] } {
  const broken = new Set(mutants.map(({ requirement }) => requirement))
  const cited = citedBy(cases)
  const ids = mustsOf(registry).filter(id => cited.has(id))
  return { planted: ids.filter(id => broken.has(id)), unplanted: ids.filter(id => !broken.has(id)) }
}

/** The groups as they are now: without what a mutant breaks by now, and with what is new in the last one. */
export function regrouped(groups: Gaps['unplanted'], unplanted: readonly string[]): Gaps['unplanted'] {
  const known = new Set(groups.flatMap(({ requirements }) => requirements.split(' ')))
  const added = unplanted.filter(id => !known.has(id))
  return groups
    .map(({ requirements, why }, i) => {
      const here = new Set([...requirements.split(' '), ...(i === groups.length - 1 ? added : [])])
      return { requirements: unplanted.filter(id => here.has(id)).join(' '), why }
    })
    .filter(({ requirements }) => requirements !== '')
}

/** The tables of them, for people. */
export const tablesOf = ({ unseen, partly, unplanted }: Gaps): string =>
  [
    '| requirements | why no case sees them |',
    '| --- | --- |',
    ...unseen.map(({ requirements, why }) => `| ${requirements.replaceAll(' ', ', ')} | ${why} |`),
    ...partly.map(({ requirement, part, why }) => `| of ${requirement} ${part} | ${why} |`),
    '',
    'Cases check these MUSTs too, and no fault is planted by which that is shown:',
    '',
    '| requirements | why |',
    '| --- | --- |',
    ...unplanted.map(({ requirements, why }) => `| ${requirements.replaceAll(' ', ', ')} | ${why} |`),
  ].join('\n')
