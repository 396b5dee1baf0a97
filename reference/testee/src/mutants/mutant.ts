import { CHECKS } from './checks/index.js'

/** A fault that can be planted into a reference implementation: it breaks one requirement, and a suite that is any good finds it. */

/** Areas of the specification, as in requirement ids. */
export const AREAS = ['session', 'security', 'screen', 'input', 'clipboard', 'files', 'elevation', 'chat', 'annotation', 'relay', 'binding'] as const
export type Area = (typeof AREAS)[number]

export interface Mutant {
  /** Stable: `RA_MUTANT` and reports use it. */
  readonly id: string
  readonly area: Area
  /** The one that it breaks. */
  readonly requirement: string
  /** The role that has to be under test. */
  readonly role: 'agent' | 'customer' | 'viewer' | 'broker'
  /** The package that it is planted into, without the scope. */
  readonly package: Package
  /** The built file, below the package's `dist`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  /** What is wrong then, in a sentence. */
  readonly why: string
  /** The check that has to find it, by case and name; a test of this list wants one for each. */
  readonly check?: string
}

/** The packages that a testee runs. */
export type Package = 'codec' | 'core' | 'secure' | 'transport' | 'transport-websocket' | 'transport-grpc' | 'peer' | 'broker'

/** A mutant of an area, written down in a line or two. */
export type Row = readonly [id: string, requirement: string, role: Mutant['role'], where: `${Package}/${string}`, find: string, replace: string, why: string]

/** The mutants of an area. */
export const mutantsOf = (area: Area, rows: readonly Row[]): readonly Mutant[] =>
  rows.map(([id, requirement, role, where, find, replace, why]) => {
    const [name, ...path] = where.split('/')
    const check = CHECKS[id]
    return { id, area, requirement, role, package: name as Package, file: path.join('/'), find, replace, why, ...(check === undefined ? {} : { check }) }
  })
