/** Seeded faults of the reference implementations: each breaks one requirement, and the check that it names has to find it. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { attachChild, type Testee } from '../adapter/index.js'
import type { RunCases } from '../cases/run.js'
import { hasReference, referenceCommand } from '../cli/testee.js'
import type { CaseResult, CheckDeclaration, Failing } from '../model.js'
import type { MutantDeclaration } from '../registry/index.js'
import type { Lab } from './lab.js'

/** What became of the mutants. */
export interface MutantFigures {
  readonly seeded: number
  readonly killed: number
  /** `consent-bypass: customer/consent/denied#3: PASSED` */
  readonly survivors: readonly string[]
}

/** Mutants at a time, each in a process: who is played against a case or two mostly waits for what does not come, who is played against many does not. */
const CONCURRENCY = { hunters: 12 * availableParallelism(), all: availableParallelism() } as const
/** Mutants of one process, one after the other: what each of them loads stays there. */
const MUTANTS_OF_A_PROCESS = 24
/** Cases of one mutant at a time. */
const CASES_AT_A_TIME = 8

/** The mutants of the reference implementations; none where those are not at hand. */
export function mutantsOfReference(): readonly MutantDeclaration[] {
  if (!hasReference()) return []
  const [program, ...args] = referenceCommand()
  return JSON.parse(execFileSync(program, [...args, '--list-mutants'], { encoding: 'utf8' }))
}

/**
 * Against what a mutant is played: `hunters`, the cases that have to find it, or beside them `all` of its role, in an order that the seed gives. `percent`: how many of
 * these, drawn for each mutant by the seed, so that other seeds draw others.
 */
export type Against = { readonly cases: 'hunters' } | { readonly cases: 'all'; readonly seed: number; readonly percent: number }

/**
 * Plays each mutant. Killed: the check that it names cites its requirement, was reached, and failed by what it looked at, which a testee that died or hangs does not show;
 * where it names none, one that cites its requirement. With that the verdict of the run stands: it has failed, whatever else would be played, and nothing else is.
 * Until then nothing may have broken the suite.
 */
export async function playMutants(lab: Lab, mutants: readonly MutantDeclaration[], against: Against): Promise<MutantFigures> {
  const survivors: string[] = []
  // One role after the other: what its mutants have in common is loaded once in a process.
  const waiting = [...mutants].sort((one, other) => (one.role < other.role ? -1 : Number(one.role > other.role)))
  const work = async (): Promise<void> => {
    const host = new Host(lab)
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const survived = await survives(lab, host, mutant, against)
      if (survived === undefined) continue
      survivors.push(`${mutant.id}: ${survived}`)
      lab.say(`survives ${mutant.id}: ${survived}`)
    }
    await host.close()
  }
  await Promise.all(Array.from({ length: CONCURRENCY[against.cases] }, work))
  return { seeded: mutants.length, killed: mutants.length - survivors.length, survivors: survivors.sort() }
}

/** Why a mutant is not killed; undefined if it is. */
async function survives(lab: Lab, host: Host, mutant: MutantDeclaration, against: Against): Promise<string | undefined> {
  const ofRole = lab.suite.cases.filter(({ declaration }) => declaration.role === mutant.role)
  const hunters = new Set(
    ofRole.flatMap(({ declaration: { id, checks } }) => checks.filter(check => hunts(mutant, id, check)).map(check => `${id}#${check.id}`)),
  )
  if (hunters.size === 0) return `no check of ${mutant.role} cites ${mutant.requirement}${mutant.check === undefined ? '' : ` and is ${mutant.check}`}`
  const cases = ofRole.filter(
    ({ declaration: { id, checks } }) => checks.some(check => hunters.has(`${id}#${check.id}`)) || (against.cases === 'all' && isDrawn(against, mutant.id, id)),
  )
  const waysOf = (result: CaseResult): readonly string[] =>
    result.checks.flatMap(({ check, failing, verdict }) =>
      hunters.has(`${result.case.id}#${check.id}`) ? [result.verdict === 'FAILED' ? (failing ?? verdict) : result.verdict] : [],
    )
  const results = await host.play(mutant.id, {
    cases,
    seed: against.cases === 'all' ? against.seed : undefined,
    until: result => waysOf(result).some(way => SAYS_SOMETHING.has(way)),
  })
  if (results instanceof Error) return results.message
  const ways = [...new Set(results.flatMap(waysOf))]
  if (!ways.some(way => SAYS_SOMETHING.has(way))) return `${[...hunters].join(', ')}: ${ways.join(', ')}`
  const broken = results.find(({ verdict }) => verdict === 'BROKEN')
  return broken === undefined ? undefined : `it broke the suite at ${broken.case.id}: ${broken.reason.split('\n', 1)[0]}`
}

const isDrawn = ({ percent, seed }: { readonly percent: number; readonly seed: number }, mutant: string, caseId: string): boolean =>
  createHash('sha256').update(`${seed}/${mutant}/${caseId}`).digest().readUInt32BE() % 100 < percent

/** In what ways a check fails by what it looked at. A testee that died or hangs has not shown what is wrong with it. */
const SAYS_SOMETHING: ReadonlySet<string> = new Set<Failing>(['absent', 'different', 'ended', 'forbidden'])

const hunts = ({ check, requirement }: MutantDeclaration, caseId: string, { id, cites }: CheckDeclaration): boolean =>
  cites.includes(requirement) && (check === undefined || check === `${caseId}#${id}`)

/** The process that plays mutants, one after the other. */
class Host {
  #testee: Promise<Testee> | undefined
  #played = 0

  constructor(private readonly lab: Lab) {}

  /** The results, or why there are none. */
  async play(mutant: string, what: Pick<RunCases, 'cases' | 'seed' | 'until'>): Promise<readonly CaseResult[] | Error> {
    try {
      if (this.#played++ % MUTANTS_OF_A_PROCESS === 0) await this.close()
      this.#testee ??= attachChild(this.lab.program, [...this.lab.args, '--mutants'])
      const testee = await this.#testee
      return await this.lab.suite.runCases({ ...what, testee, concurrency: CASES_AT_A_TIME, repeat: 1, trace: 'fail', keyed: `${mutant}!` })
    } catch (error) {
      await this.close()
      if (error instanceof Error) return error
      throw error
    }
  }

  async close(): Promise<void> {
    const testee = await this.#testee?.catch(() => undefined)
    this.#testee = undefined
    await testee?.close()
  }
}
