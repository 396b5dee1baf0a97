/** Every case that there is: those that people wrote, and those made from the schema. */
import type { RoleName } from '../model.js'
import { root } from '../wire/schema.js'
import { brokerCases } from './generate/broker.js'
import { limitCases } from './generate/limits.js'
import { matrixCases } from './generate/matrix.js'
import { openingCases } from './generate/openings.js'
import { type LoadedCase, loadCases } from './load.js'
import { CaseError } from './pattern.js'

/** The cases of files, which are by their areas, and the generated ones. `requirements`: the ids that exist. Throws `CaseError` for the first that makes no sense. */
export function catalogue(files: Readonly<Record<string, unknown>>, requirements: ReadonlySet<string>): readonly LoadedCase[] {
  const written = Object.entries(files).flatMap(([area, file]) => loadCases(root, area, file, requirements))
  const cases = [...written, ...ENDS.flatMap(role => [...matrixCases(role), ...limitCases(role), ...openingCases(role)]), ...brokerCases()]
  const twice = cases.find(({ declaration: { id } }, i) => cases.findIndex(other => other.declaration.id === id) < i)
  if (twice !== undefined) throw new CaseError(`${twice.declaration.id} is there twice`)
  return cases
}

const ENDS = ['agent', 'customer', 'viewer'] as const satisfies readonly RoleName[]
