/** What is known about a requirement, for a person. */
import type { CaseDeclaration, RoleName } from '../model.js'
import type { Registry, Requirement } from './registry.js'

/** A seeded fault of the reference programs. */
export interface MutantDeclaration {
  readonly id: string
  /** The role that has to be under test. */
  readonly role: RoleName
  /** The requirement that it breaks. */
  readonly requirement: string
  /** What is wrong then, a sentence. */
  readonly why: string
  /** `<case id>#<check id>`, the check that has to find it; any that cites the requirement where none is named. */
  readonly check?: string
}

/** Where a requirement stands: `docs/spec/file.md, “Offers”`. */
export const placeOf = ({ page, section }: Requirement): string => `docs/spec/${page}${section === '' ? '' : `, “${section}”`}`

/** Everything about one requirement; undefined if there is none of this id. */
export function explain(id: string, registry: Registry, cases: readonly CaseDeclaration[], mutants: readonly MutantDeclaration[]): string | undefined {
  const requirement = registry.get(id)
  if (requirement === undefined) return undefined
  const { level, roles, profile, testability, since, text } = requirement
  const checks = cases.flatMap(({ id: caseId, checks }) =>
    checks.filter(({ cites }) => cites.includes(id)).map(check => `${caseId}#${check.id}${check.control ? ' (control)' : ''}  ${check.title}`),
  )
  const breaking = mutants
    .filter(mutant => mutant.requirement === id)
    .map(({ id, role, why, check }) => `${id} (${role})  ${why}${check === undefined ? '' : ` Found by ${check}.`}`)
  return [
    `${id} · ${level} · ${roles.join(', ')} · ${profile} · ${testability} · since ${since}`,
    '',
    `  ${text}`,
    '',
    `Where it stands: ${placeOf(requirement)}`,
    ...list('Checks that cite it', checks),
    ...list('Mutants that break it', breaking),
  ].join('\n')
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${title}: none`] : [`${title}:`, ...lines.map(line => `  ${line}`)]
}

/** The ids that are nearest to one that does not exist: those of its area. */
export function nearest(id: string, registry: Registry): readonly string[] {
  const wanted = id.toUpperCase()
  const area = /^(?:RA-)?([A-Z]{3})/.exec(wanted)?.[1]
  const number = Number(/\d+/.exec(wanted)?.[0] ?? 0)
  return registry.requirements
    .map(requirement => requirement.id)
    .filter(other => other.slice(3, 6) === area)
    .sort((a, b) => Math.abs(Number(a.slice(7)) - number) - Math.abs(Number(b.slice(7)) - number))
    .slice(0, 3)
}
