/** Sums that several reports show. */
import { type CaseResult, type CheckResult, holds, type ProfileName, type RequirementResult, type RunReport, type TraceEntry } from '../model.js'
import { profileAt, type Registry } from '../registry/index.js'

/** What the run says about one profile. */
export interface ProfileSummary {
  readonly profile: ProfileName
  /** As of the whole run; `untested` if no case belongs to it. */
  readonly verdict: RunReport['verdict'] | 'untested'
  /** Cases. */
  readonly cases: number
  readonly passed: number
  readonly failed: number
  readonly warned: number
  readonly skipped: number
  readonly broken: number
  /** MUSTs of the profile, and how many of them a check proved. */
  readonly musts: number
  readonly proven: number
}

/** One line for each profile that was asked for, in that order. */
export function byProfile(report: RunReport, registry: Registry): readonly ProfileSummary[] {
  return report.profiles.map(profile => {
    const results = report.results.filter(result => result.case.profile === profile)
    const count = (verdict: CaseResult['verdict']) => results.filter(result => result.verdict === verdict).length
    const musts = report.requirements.filter(({ id, level }) => level === 'MUST' && isOf(report.role, registry.get(id)?.profile, profile))
    const failed = count('FAILED')
    const broken = count('BROKEN')
    const skipped = count('SKIPPED')
    const verdict = results.length === 0 ? 'untested' : failed + broken > 0 ? 'failed' : skipped > 0 ? 'partial' : 'conformant'
    return {
      profile,
      verdict,
      cases: results.length,
      passed: count('PASSED'),
      failed,
      warned: count('WARNED'),
      skipped,
      broken,
      musts: musts.length,
      proven: musts.filter(isProven).length,
    }
  })
}

const isOf = (role: RunReport['role'], stated: ProfileName | undefined, profile: ProfileName): boolean =>
  stated !== undefined && profileAt(role, stated) === profile

/** A check that cites it ran, and all that did passed. */
export const isProven = ({ verdict }: RequirementResult): boolean => verdict === 'PASSED'

/** Cases that people want to look at: failed and broken ones. */
export const troubles = (report: RunReport): readonly CaseResult[] => report.results.filter(({ verdict }) => verdict === 'FAILED' || verdict === 'BROKEN')

/** Cases in which nothing but a SHOULD was not kept. */
export const warnings = (report: RunReport): readonly CaseResult[] => report.results.filter(({ verdict }) => verdict === 'WARNED')

/** SHOULDs that were not kept: `customer/capability/renewed: there is another: …`. */
export const unkept = (report: RunReport): readonly string[] => warnings(report).map(result => `${result.case.id}: ${reasonOf(result)}`)

/** The check that ended the case: the first that did not pass. */
export const culprit = (result: CaseResult): CheckResult | undefined => result.checks.find(check => !holds(check))

/** Checks that came out later than the specification allows: `customer/binding/silent#broken: it took 11 s, …`. */
export const slowOnes = ({ results }: RunReport): readonly string[] =>
  results.flatMap(result => result.checks.flatMap(({ check, message, verdict }) => (verdict === 'SLOW' ? [`${result.case.id}#${check.id}: ${message}`] : [])))

/** Why a case did not pass, in one line. */
export function reasonOf(result: CaseResult): string {
  const check = culprit(result)
  if (result.verdict === 'BROKEN' || result.verdict === 'SKIPPED' || check === undefined) return result.reason
  return `${check.check.title}: ${check.message || result.reason || check.verdict}`
}

/** The place of an entry in its case's trace. */
export const placeOfEntry = (entry: TraceEntry): number =>
  entry.kind === 'arrival' ? entry.arrival.index : entry.kind === 'closing' ? entry.closing.index : entry.index

/** When it happened, ms since the case began. */
export const timeOfEntry = (entry: TraceEntry): number =>
  entry.kind === 'arrival' ? entry.arrival.atMs : entry.kind === 'closing' ? entry.closing.atMs : entry.atMs

/** 0.04 s, 12.3 s, 3 min 20 s. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  // What would be written as 60.0 s is a minute.
  if (seconds < 59.95) return `${seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1)} s`
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** “1 case”, “300 cases”. */
export const counted = (count: number, what: string): string => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`

/** Results by area (`customer/consent` of `customer/consent/denied`), in the order in which areas come first. */
export function byArea(results: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> {
  const areas = new Map<string, CaseResult[]>()
  for (const result of results) {
    const area = result.case.id.split('/').slice(0, -1).join('/')
    const others = areas.get(area)
    if (others === undefined) areas.set(area, [result])
    else others.push(result)
  }
  return areas
}
