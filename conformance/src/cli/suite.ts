/** Selects cases, has them played, and says what came out. */
import type { Testee } from '../adapter/index.js'
import type { LoadedCase } from '../cases/load.js'
import type { runCases } from '../cases/run.js'
import { type CaseResult, type CheckResult, holds, type ProfileName, type RequirementResult, type RoleName, type RunReport } from '../model.js'
import { coreOf, PROFILES_OF, profileAt, type Registry } from '../registry/index.js'
import { usage } from './exit.js'
import { type CaseChoice, fitsGlob } from './options.js'
import { SUITE } from './testee.js'

/** What commands work with; tests bring their own. */
export interface Suite {
  readonly registry: Registry
  readonly cases: readonly LoadedCase[]
  readonly runCases: typeof runCases
}

/** The cases of a role and profiles: those to play, and those that are there and will not be, each with the reason. */
export interface Selection {
  readonly role: RoleName
  readonly profiles: readonly ProfileName[]
  readonly cases: readonly LoadedCase[]
  readonly skipped: readonly (readonly [LoadedCase, string])[]
  /** Cases of the role and profiles that nobody asked for. */
  readonly left: number
  /** Profiles that are claimed, or asked for, and for which there is no case. */
  readonly unplayed: readonly ProfileName[]
}

/** The role that is asked for, or the only one that the testee plays. */
export function roleOf({ role }: CaseChoice, testee: Testee): RoleName {
  const { roles, name } = testee.hello
  const chosen = role ?? (roles.length === 1 ? roles[0] : undefined)
  if (chosen === undefined) throw usage(`${name} plays ${roles.join(', ')}: say which with --role.`)
  if (!roles.includes(chosen)) throw usage(`${name} does not play ${chosen}; it plays ${roles.join(', ')}.`)
  return chosen
}

/** The profiles that were asked for, each once, as this role has them: its own core stands for core. Throws if the role has no such profile. */
export function profilesAt(role: RoleName, asked: readonly ProfileName[] | undefined): readonly ProfileName[] | undefined {
  const own = asked?.map(name => {
    const profile = profileAt(role, name)
    if (profile === undefined) throw usage(`A ${role} has no profile ${name}; it has ${PROFILES_OF[role].join(', ')}.`)
    return profile
  })
  return own && [...new Set(own)]
}

/** Chooses cases for a testee. Profiles that it does not claim are skipped, as is what --skip names; what --case does not name is left out. */
export function select(suite: Suite, choice: CaseChoice, testee: Testee): Selection {
  const role = roleOf(choice, testee)
  const { profiles: claimed } = testee.hello
  const isPlayed = (profile: ProfileName): boolean => suite.cases.some(({ declaration }) => declaration.role === role && declaration.profile === profile)
  const wanted = profilesAt(role, choice.profiles) ?? PROFILES_OF[role].filter(profile => profile === coreOf(role) || claimed.includes(profile))
  // What is claimed and has no case of its own is not said to be tested.
  const profiles = choice.profiles === undefined ? wanted.filter(isPlayed) : wanted
  const all = suite.cases.filter(({ declaration }) => declaration.role === role && profiles.includes(declaration.profile))
  const asked = all.filter(({ declaration: { id } }) => choice.only.length === 0 || choice.only.some(glob => fitsGlob(id, glob)))
  for (const glob of [...choice.only, ...choice.skip]) {
    if (!all.some(({ declaration: { id } }) => fitsGlob(id, glob)))
      throw usage(`No case of ${role} and ${profiles.join(', ')} is called ${glob}.`, '“list” shows them.')
  }
  const why = ({ declaration: { id, profile } }: LoadedCase): string | undefined => {
    if (choice.skip.some(glob => fitsGlob(id, glob))) return 'left out by --skip'
    return profile === coreOf(role) || claimed.includes(profile) ? undefined : `the testee does not claim the profile ${profile}`
  }
  return {
    role,
    profiles,
    cases: asked.filter(loaded => why(loaded) === undefined),
    skipped: asked.flatMap(loaded => {
      const reason = why(loaded)
      return reason === undefined ? [] : [[loaded, reason] as const]
    }),
    left: all.length - asked.length,
    unplayed: wanted.filter(profile => !isPlayed(profile)),
  }
}

export interface Execution {
  readonly selection: Selection
  readonly testee: Testee
  readonly concurrency: number
  readonly repeat: number
  readonly seed: number | undefined
  readonly trace: 'fail' | 'all'
  readonly command: string
  /** What to type to play a case again. */
  readonly replay: (caseId: string) => string
  readonly onResult?: (result: CaseResult) => void
}

/** Plays the selection and makes the report. Rejects with `AdapterError` if the adapter broke the contract. */
export async function execute(suite: Suite, { selection, testee, concurrency, repeat, seed, trace, command, replay, onResult }: Execution): Promise<RunReport> {
  const startedAt = new Date()
  const weigh = (result: CaseResult): CaseResult => {
    const told = weighed(result, suite.registry)
    return told.verdict === 'PASSED' || told.verdict === 'SKIPPED' ? told : { ...told, replay: replay(told.case.id) }
  }
  const told = onResult === undefined ? {} : { onResult: (result: CaseResult) => onResult(weigh(result)) }
  const played = await suite.runCases({ testee, cases: selection.cases, concurrency, repeat, seed, trace, ...told })
  const results = [...played.map(weigh), ...selection.skipped.map(([loaded, reason]) => skippedResult(loaded, reason))]
  return reportOf(suite.registry, selection, results, {
    suite: SUITE,
    implementation: { name: testee.hello.name, version: testee.hello.version },
    seconds: (Date.now() - startedAt.getTime()) / 1_000,
    seed: seed ?? 0,
    startedAt: startedAt.toISOString(),
    command,
  })
}

type Circumstances = Pick<RunReport, 'suite' | 'implementation' | 'seconds' | 'seed' | 'startedAt' | 'command'>

/** Judges results. */
function reportOf(registry: Registry, { role, profiles, left, unplayed }: Selection, results: readonly CaseResult[], circumstances: Circumstances): RunReport {
  const checks = results.flatMap(result => result.checks)
  const count = (verdict: CaseResult['verdict']) => results.filter(result => result.verdict === verdict).length
  const incomplete = left > 0 || unplayed.includes(coreOf(role)) || count('SKIPPED') > 0 || results.length === 0
  const unsteady = unsteadyOf(results)
  const ran = results.filter(({ verdict }) => verdict !== 'SKIPPED').flatMap(result => result.checks)
  const warned = results.flatMap(({ verdict, checks }) => (verdict === 'WARNED' ? checks.filter(check => !holds(check)) : [])).length
  return {
    verdict: count('FAILED') + count('BROKEN') > 0 || unsteady.length > 0 ? 'failed' : incomplete ? 'partial' : 'conformant',
    role,
    profiles,
    spec: registry.spec,
    ...circumstances,
    cases: results.length,
    checks: checks.length,
    passed: ran.filter(holds).length,
    failed: ran.filter(check => !holds(check)).length - warned,
    warned,
    skipped: count('SKIPPED'),
    broken: count('BROKEN'),
    unsteady,
    requirements: requirementsOf(registry, role, profiles, results),
    results,
  }
}

/** Cases of which one result is not like another: what a check finds must not depend on when it is played. */
function unsteadyOf(results: readonly CaseResult[]): readonly string[] {
  const times = new Map<string, Map<string, CaseResult[]>>()
  for (const result of results) {
    const { id } = result.case
    const outcome = [result.verdict, ...result.checks.map(check => (holds(check) ? 'PASSED' : check.verdict))].join()
    const outcomes = times.get(id) ?? new Map<string, CaseResult[]>()
    times.set(id, outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), result]))
  }
  return [...times].flatMap(([id, outcomes]) => (outcomes.size > 1 ? [`${id}: ${[...outcomes.values()].map(toldTogether).join('; ')}`] : []))
}

/** Results that are alike: how often, and what did not pass in which order. */
function toldTogether(alike: readonly CaseResult[]): string {
  const [{ verdict, checks }] = alike as readonly [CaseResult]
  const often = `${alike.length === 1 ? '' : `${alike.length} times `}${verdict}`
  const wrong = checks.find(one => !holds(one))
  const orders = alike.map(({ seed }) => (seed === undefined ? 'in order' : `seed ${seed}`)).join(', ')
  return wrong === undefined ? often : `${often} (${orders}) at ${wrong.check.id}, ${wrong.verdict}`
}

/** The result as the report has it: a failed case is only warned if a check is what ended it, and no check that did not pass cites a MUST. */
function weighed(result: CaseResult, registry: Registry): CaseResult {
  const wrong = result.checks.filter(one => !holds(one))
  const isReached = wrong[0] !== undefined && wrong[0].verdict !== 'NOT_REACHED'
  const isMust = wrong.some(({ check }) => check.cites.some(id => registry.get(id)?.level === 'MUST'))
  return result.verdict === 'FAILED' && isReached && !isMust ? { ...result, verdict: 'WARNED' } : result
}

function requirementsOf(registry: Registry, role: RoleName, profiles: readonly ProfileName[], results: readonly CaseResult[]): readonly RequirementResult[] {
  const citing = new Map<string, { readonly name: string; readonly result: CheckResult }[]>()
  for (const { case: declared, verdict, checks } of results) {
    if (verdict === 'SKIPPED') continue
    for (const result of checks) {
      for (const id of result.check.cites) {
        const list = citing.get(id)
        const entry = { name: `${declared.id}#${result.check.id}`, result }
        if (list === undefined) citing.set(id, [entry])
        else list.push(entry)
      }
    }
  }
  return registry.of(role, profiles).map(({ id, level, text, page }) => {
    const checks = citing.get(id) ?? []
    const verdict = checks.length === 0 ? 'UNCHECKED' : checks.every(({ result }) => holds(result)) ? 'PASSED' : 'FAILED'
    return { id, level, text, page, checks: [...new Set(checks.map(({ name }) => name))], verdict }
  })
}

const skippedResult = ({ declaration }: LoadedCase, reason: string): CaseResult => ({
  case: declaration,
  verdict: 'SKIPPED',
  reason,
  checks: declaration.checks.map(check => ({ check, verdict: 'NOT_REACHED', message: reason, evidence: [] })),
  seconds: 0,
  trace: [],
})
