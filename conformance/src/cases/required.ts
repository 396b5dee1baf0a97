/** The cases and checks that a version of the specification requires: frozen with it. */
import type { CaseDeclaration } from '../model.js'

/** Ids of checks, with blanks between, by the id of their case: both in order. */
export type Required = Readonly<Record<string, string>>

/** What these cases require. */
export const requiredBy = (cases: readonly CaseDeclaration[]): Required =>
  Object.fromEntries(
    cases
      .map(({ checks, id }) => [id, checks.map(check => check.id).sort()] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, checks]) => [id, checks.join(' ')]),
  )

/** `customer/consent/denied#out`, of each check that is required here and not there. */
export const missingIn = (there: Required, here: Required): readonly string[] =>
  Object.entries(here).flatMap(([id, checks]) => {
    const has = new Set(there[id]?.split(' '))
    return checks.split(' ').flatMap(check => (has.has(check) ? [] : [`${id}#${check}`]))
  })
