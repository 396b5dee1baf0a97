/** What a run of the suite is made of, and what it says about an implementation: the one model behind every report. */
import type { WireEvent } from './play/player.js'

/** A role of the protocol that an implementation plays. */
export type RoleName = 'agent' | 'customer' | 'viewer' | 'broker'

/** Profiles by their names in the specification. */
export type ProfileName =
  | 'core'
  | 'viewer'
  | 'relay'
  | 'resume'
  | 'multi-tenant'
  | 'files'
  | 'clipboard'
  | 'elevation'
  | 'annotation-chat'
  | 'binding-websocket'
  | 'binding-grpc'

/** A check as a case declares it, before anything runs. */
export interface CheckDeclaration {
  /** Unique in its case; `<case id>#<check id>` names it everywhere. */
  readonly id: string
  /** What holds if it passes, one sentence. */
  readonly title: string
  /** The requirements that it proves, at least one. */
  readonly cites: readonly string[]
  /** A positive control: it proves that what a negative check of the case says did not happen could have happened. */
  readonly control: boolean
}

/**
 * How a check came out. NOT_REACHED: the case ended before it. HANG: what it waits for never came. SLOW: all is as it says, but it came after the time that the
 * specification allows, by the clock on the wall: that is told, and fails nobody, since a busy machine does the same.
 */
export type CheckVerdict = 'PASSED' | 'FAILED' | 'NOT_REACHED' | 'HANG' | 'SLOW'

/**
 * In what way a check that did not pass is wrong. absent: what had to come did not, though whoever is to send it is there and answers. different: it came, or stands,
 * otherwise. forbidden: what may not come came. ended: an end came instead. Of the last two nothing is learned about a requirement: died: the testee's line broke, or
 * it says that it failed; hang: it answers nothing any more.
 */
export type Failing = 'absent' | 'different' | 'forbidden' | 'ended' | 'died' | 'hang'

/** What the check says is so, in time or late. */
export const holds = ({ verdict }: { readonly verdict: CheckVerdict }): boolean => verdict === 'PASSED' || verdict === 'SLOW'

/** How a check of a case came out, and on what evidence. */
export interface CheckResult {
  readonly check: CheckDeclaration
  readonly verdict: CheckVerdict
  /** Of one that was reached and did not pass. */
  readonly failing?: Failing
  /** What was expected and what came, for a person; empty if it passed. */
  readonly message: string
  /** Indices into the case's wire events that it looked at. */
  readonly evidence: readonly number[]
}

/** What a case is, as `list` shows it. */
export interface CaseDeclaration {
  /** `customer/consent/denied`: role, area, name. */
  readonly id: string
  readonly title: string
  readonly role: RoleName
  readonly profile: ProfileName
  /** A scenario, a line of the rule matrix, a limit of a field, or bytes that nobody should send. */
  readonly kind: 'scenario' | 'matrix' | 'limit' | 'hostile'
  /** Features of the adapter without which it cannot run. */
  readonly needs: readonly string[]
  readonly checks: readonly CheckDeclaration[]
  /** The source as a person reads it. */
  readonly source: string
}

/**
 * PASSED: every check did. FAILED: one did not. WARNED: one did not, and all that it and others like it cite are SHOULDs: that is told, and fails nobody.
 * SKIPPED: it could not run, and why. BROKEN: the suite or the adapter failed, nothing is said about the testee.
 */
export type CaseVerdict = 'PASSED' | 'FAILED' | 'WARNED' | 'SKIPPED' | 'BROKEN'

/** How a case came out, each of its checks, and what happened on the way. */
export interface CaseResult {
  readonly case: CaseDeclaration
  readonly verdict: CaseVerdict
  /** Why it was skipped or is broken. */
  readonly reason: string
  readonly checks: readonly CheckResult[]
  readonly seconds: number
  /** Gave the order in which it was played; undefined: the order of the catalogue. */
  readonly seed?: number
  /** What to type to play it again; of those that failed, are warned or broken. */
  readonly replay?: string
  /** What crossed the wire, and the steps between, in order. */
  readonly trace: readonly TraceEntry[]
}

/** A line of a case's timeline. */
export type TraceEntry =
  | WireEvent
  | { readonly kind: 'step'; readonly index: number; readonly atMs: number; readonly text: string }
  | {
      readonly kind: 'adapter'
      readonly index: number
      readonly atMs: number
      readonly direction: 'to' | 'from'
      readonly what: string
      readonly fields: unknown
    }

/** What was run against what. */
export interface RunReport {
  /** `conformant`: every required case passed, or was not more than warned. `partial`: none failed, some of Core were skipped. `failed`: the rest. */
  readonly verdict: 'conformant' | 'partial' | 'failed'
  readonly role: RoleName
  readonly profiles: readonly ProfileName[]
  readonly spec: string
  readonly suite: string
  readonly implementation: { readonly name: string; readonly version: string }
  /** How many. */
  readonly cases: number
  readonly checks: number
  /** Checks. */
  readonly passed: number
  readonly failed: number
  /** Of warned cases, those that did not pass. */
  readonly warned: number
  /** Cases. */
  readonly skipped: number
  readonly broken: number
  /** Cases that did not come out the same each time they were played: `<case>: 4 times PASSED; FAILED (seed 17)`. */
  readonly unsteady: readonly string[]
  readonly seconds: number
  readonly seed: number
  readonly startedAt: string
  readonly command: string
  /** Levels and results of every requirement of the role and profiles. */
  readonly requirements: readonly RequirementResult[]
  readonly results: readonly CaseResult[]
}

/** How a requirement came out: over all checks of the run that cite it. */
export interface RequirementResult {
  readonly id: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY'
  readonly text: string
  readonly page: string
  /** Checks that cite it, `<case>#<check>`, and how they came out together. */
  readonly checks: readonly string[]
  readonly verdict: 'PASSED' | 'FAILED' | 'UNCHECKED'
}
