/** What a case has to show before "nothing happened" proves something: a testee that does nothing must not pass. */
import type { CheckDeclaration } from '../model.js'
import { CaseError, fitsNothing } from './pattern.js'

/** Of a step, what the rule is about. */
interface Step {
  readonly kind: string
  readonly value: unknown
  readonly check: CheckDeclaration | undefined
}

/** Kinds of steps that say that nothing happened. */
const NEGATIVE: ReadonlySet<string> = new Set(['never', 'silent', 'unchanged'])

/** Fields of a snapshot that nothing right fills, and those that an adapter lists in the same way. */
const LISTED_LIKE: Readonly<Record<string, string>> = { filesElsewhere: 'files' }

/** That nothing happened proves something only where something could have. Throws `CaseError` for the first check of a case to which that does not apply. */
export function requireControls(id: string, steps: readonly Step[]): void {
  let controlled = false
  for (const { kind, check } of steps) {
    if (check?.control) controlled = true
    if (NEGATIVE.has(kind) && check !== undefined && !controlled) {
      throw new CaseError(`${id}: check ${check.id} says that nothing happened, and no control before it shows that something could have`)
    }
  }
  requireFilled(id, steps)
}

/** What an adapter says is empty may be what it never tells: the case shows it filled, before or behind, or does not pass. */
function requireFilled(id: string, steps: readonly Step[]): void {
  const snapshots = steps.filter(({ kind }) => kind === 'snapshot').map(({ value, check }) => ({ fields: fieldsOf(value as object), check }))
  const filled = new Set(snapshots.flatMap(({ fields }) => fields.filter(([, pattern]) => !fitsNothing(pattern)).map(([name]) => name)))
  for (const { fields, check } of snapshots) {
    const bare = fields.find(([name, pattern]) => fitsNothing(pattern) && !filled.has(LISTED_LIKE[name] ?? name))
    if (check !== undefined && bare !== undefined)
      throw new CaseError(`${id}: check ${check.id} is passed by an adapter that tells nothing, and no step shows ${bare[0]} filled`)
  }
}

const fieldsOf = (snapshot: object): readonly (readonly [string, unknown])[] => Object.entries(snapshot).filter(([name]) => !name.startsWith('$'))
