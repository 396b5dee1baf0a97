/** MUSTs that the suite does not see, or of which no mutant shows that it does. */
import type { CaseDeclaration } from '../model.js'
import type { MutantDeclaration, Registry } from '../registry/index.js'

/** What `gaps.json` says. */
export interface Gaps {
  /** MUSTs that no check of a case cites: ids with blanks between. */
  readonly unseen: readonly { readonly requirements: string; readonly why: string }[]
  /** MUSTs that a check cites, and of which there is a part that none sees. */
  readonly partly: readonly { readonly requirement: string; readonly part: string; readonly why: string }[]
  /** MUSTs that a check cites, and that no mutant breaks: ids with blanks between, by area. */
  readonly unplanted: { readonly why: string; readonly requirements: Readonly<Record<string, string>> }
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

/** MUSTs that a check cites, and that no mutant breaks, by area as `gaps.json` has them. */
export function unplanted({ registry, cases }: Known, mutants: readonly MutantDeclaration[]): Gaps['unplanted']['requirements'] {
  const planted = new Set(mutants.map(({ requirement }) => requirement))
  const cited = citedBy(cases)
  const ids = mustsOf(registry).filter(id => cited.has(id) && !planted.has(id))
  const areas = [...new Set(ids.map(areaOf))]
  return Object.fromEntries(areas.map(area => [area, ids.filter(id => areaOf(id) === area).join(' ')]))
}

/** What stands in an id between its hyphens. */
const areaOf = (id: string): string => id.slice(3, 6)

/** The tables of them, for people. */
export const tablesOf = ({ unseen, partly, unplanted }: Gaps): string =>
  [
    '| requirements | why no case sees them |',
    '| --- | --- |',
    ...unseen.map(({ requirements, why }) => `| ${requirements.replaceAll(' ', ', ')} | ${why} |`),
    ...partly.map(({ requirement, part, why }) => `| of ${requirement} ${part} | ${why} |`),
    '',
    unplanted.why,
    '',
    '| area | requirements |',
    '| --- | --- |',
    ...Object.entries(unplanted.requirements).map(([area, ids]) => `| ${area} | ${ids.replaceAll(' ', ', ')} |`),
  ].join('\n')
