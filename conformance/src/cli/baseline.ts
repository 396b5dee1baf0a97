/** Failures that are known: each with its message, a reason and a day on which it has to be gone. */
import { readFileSync } from 'node:fs'
import type { CaseResult, RunReport } from '../model.js'
import { culprit } from '../report/index.js'
import { usage } from './exit.js'

export interface BaselineEntry {
  /** `<case id>#<check id>`: the check that ends the case. */
  readonly check: string
  /** The failure's message, word for word. */
  readonly message: string
  /** Why it is borne. */
  readonly reason: string
  /** `2027-01-31`: the last day on which it is. */
  readonly expires: string
}

export interface Judgement {
  /** Failing cases that the baseline does not know, or knows with another message. */
  readonly red: readonly CaseResult[]
  /** How many failures are known. */
  readonly known: number
  /** Entries that are no longer true: they expired, or what they name passed, or was not played though it was asked for. */
  readonly stale: readonly string[]
}

/** Reads a baseline: `{"entries": […]}`. Throws `Abort` with exit code 2 if it is none. */
export function readBaseline(file: string): readonly BaselineEntry[] {
  try {
    const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { readonly entries?: unknown }
    if (Array.isArray(entries) && entries.every(isEntry)) return entries
  } catch (error) {
    throw usage(`The baseline cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  throw usage(
    `${file} is no baseline.`,
    'It is {"entries": [{"check", "message", "reason", "expires": "2027-01-31"}, …]}; reason and message may not be empty.',
  )
}

function isEntry(value: unknown): value is BaselineEntry {
  const { check, message, reason, expires } = (value ?? {}) as Partial<Record<keyof BaselineEntry, unknown>>
  const texts = [check, message, reason].every(text => typeof text === 'string' && text.trim() !== '')
  return texts && typeof expires === 'string' && /^\d{4}-\d\d-\d\d$/.test(expires) && !Number.isNaN(Date.parse(expires))
}

/** Holds a report against a baseline. `today`: `2026-04-01`. `cases`: ids of all that there are; entries of those that the report is not about are not judged. */
export function judge(report: RunReport, entries: readonly BaselineEntry[], today: string, cases: readonly string[]): Judgement {
  const byCheck = new Map(entries.map(entry => [entry.check, entry]))
  const failing = report.results.filter(({ verdict }) => verdict === 'FAILED')
  const nameOf = (result: CaseResult): string => `${result.case.id}#${culprit(result)?.check.id ?? ''}`
  const isKnown = (result: CaseResult): boolean => byCheck.get(nameOf(result))?.message === messageOf(result)
  const failed = new Set(failing.map(nameOf))
  const played = new Set(report.results.flatMap(result => result.checks.map(({ check }) => `${result.case.id}#${check.id}`)))
  const asked = new Set(report.results.map(result => result.case.id))
  const left = new Set(cases.filter(id => !asked.has(id)))
  return {
    red: failing.filter(result => !isKnown(result)),
    known: failing.filter(isKnown).length,
    stale: entries.flatMap(({ check, expires }) => {
      if (left.has(check.split('#', 1)[0] ?? '')) return []
      if (expires < today) return [`${check} expired on ${expires}`]
      if (!played.has(check)) return [`${check} was not played`]
      return failed.has(check) ? [] : [`${check} passes now: take it out`]
    }),
  }
}

/** The message that an entry pins. */
export const messageOf = (result: CaseResult): string => culprit(result)?.message || result.reason
