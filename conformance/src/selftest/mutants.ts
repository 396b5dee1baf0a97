/** Seeded faults of the reference implementations: each breaks one requirement, and the check that it names has to find it. */
import { execFileSync } from 'node:child_process'
import { attachChild } from '../adapter/index.js'
import { hasReference, referenceCommand } from '../cli/testee.js'
import type { CaseResult } from '../model.js'
import type { MutantDeclaration } from '../registry/index.js'
import type { Lab } from './lab.js'

/** What became of the mutants. */
export interface MutantFigures {
  readonly seeded: number
  readonly killed: number
  /** `consent-bypass: customer/consent/denied#3 passed` */
  readonly survivors: readonly string[]
}

/** Mutants at a time: each is a process of its own. */
const CONCURRENCY = 2
/** Cases of one mutant at a time. */
const CASES_AT_A_TIME = 8

/** The mutants of the reference implementations; none where those are not at hand. */
export function mutantsOfReference(): readonly MutantDeclaration[] {
  if (!hasReference()) return []
  const [program, ...args] = referenceCommand()
  return JSON.parse(execFileSync(program, [...args, '--list-mutants'], { encoding: 'utf8' }))
}

/** Plays each mutant: against the case that names it, or against all of its role. Killed: the named check did not pass, and was reached. */
export async function playMutants(lab: Lab, mutants: readonly MutantDeclaration[], allCases: boolean): Promise<MutantFigures> {
  const survivors: string[] = []
  const waiting = [...mutants]
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const survived = await survives(lab, mutant, allCases)
      if (survived === undefined) continue
      survivors.push(`${mutant.name}: ${survived}`)
      lab.say(`survives ${mutant.name}: ${survived}`)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return { seeded: mutants.length, killed: mutants.length - survivors.length, survivors: survivors.sort() }
}

/** Why a mutant is not killed; undefined if it is. */
async function survives(lab: Lab, { name, check, requirement }: MutantDeclaration, allCases: boolean): Promise<string | undefined> {
  const [id = '', checkId = ''] = check.split('#')
  const named = lab.suite.cases.find(({ declaration }) => declaration.id === id)
  const declared = named?.declaration.checks.find(one => one.id === checkId)
  if (named === undefined || declared === undefined) return `there is no check ${check}`
  if (!declared.cites.includes(requirement)) return `${check} does not cite ${requirement}`
  const cases = allCases ? lab.suite.cases.filter(({ declaration }) => declaration.role === named.declaration.role) : [named]
  const results = await played(lab, name, cases)
  if (results instanceof Error) return String(results)
  const result = results.find(one => one.case.id === id)
  const verdict = result?.checks.find(one => one.check.id === checkId)?.verdict
  if (result?.verdict === 'FAILED' && verdict !== undefined && verdict !== 'PASSED' && verdict !== 'NOT_REACHED') return undefined
  return `${check} ${result?.verdict === 'SKIPPED' || result?.verdict === 'BROKEN' ? `is ${result.verdict}: ${result.reason}` : verdict}`
}

async function played(lab: Lab, mutant: string, cases: Lab['suite']['cases']): Promise<readonly CaseResult[] | Error> {
  try {
    const testee = await attachChild(lab.program, lab.args, { env: { RA_MUTANT: mutant } })
    try {
      return await lab.suite.runCases({ testee, cases, concurrency: CASES_AT_A_TIME, repeat: 1, seed: undefined })
    } finally {
      await testee.close()
    }
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
