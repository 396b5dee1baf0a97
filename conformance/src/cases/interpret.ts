/** Plays one case from its beginning to its end, and says how its checks came out. */
import { performance } from 'node:perf_hooks'
import { type CaseResult, type CheckDeclaration, type CheckResult, holds, type TraceEntry } from '../model.js'
import type { Cast } from './cast.js'
import { CONDUCT, requireConduct } from './conduct.js'
import type { LoadedCase, Step } from './load.js'
import { CaseError, show } from './pattern.js'
import { Disappointment, Performance } from './performance.js'
import { playStep } from './steps/index.js'

/** Calls everybody together for a case. */
export type Begin = (loaded: LoadedCase) => Promise<Cast>

/** Anything that is not the testee's fault is thrown: the runner calls the case broken. */
export async function interpret(loaded: LoadedCase, begin: Begin): Promise<CaseResult> {
  const startedAt = performance.now()
  const { declaration, steps } = loaded
  const verdicts = new Map<CheckDeclaration, CheckResult>()
  const notes: TraceEntry[] = []
  let cast: Cast | undefined
  let reason = ''
  try {
    cast = await begin(loaded)
    await cast.arrive()
    const play = new Performance(cast)
    await playAll(play, steps, verdicts, notes)
    await judgeConduct(play, verdicts)
  } catch (error) {
    if (!(error instanceof Disappointment)) throw error instanceof CaseError ? new CaseError(`${declaration.id}: ${error.message}`) : error
    reason = error.message
  } finally {
    await cast?.close()
  }
  const declared = declaration.checks.map(check => verdicts.get(check) ?? { check, verdict: 'NOT_REACHED' as const, message: reason, evidence: [] })
  const conduct = verdicts.get(CONDUCT)
  const checks = conduct === undefined ? declared : [...declared, conduct]
  const isWrong = reason !== '' || !checks.every(holds)
  return {
    case: declaration,
    verdict: isWrong ? 'FAILED' : 'PASSED',
    reason,
    checks,
    seconds: (performance.now() - startedAt) / 1_000,
    trace: timeline(cast, [...(cast?.notes ?? []), ...notes], startedAt),
  }
}

async function playAll(play: Performance, steps: readonly Step[], verdicts: Map<CheckDeclaration, CheckResult>, notes: TraceEntry[]): Promise<void> {
  const { stage } = play.cast
  for (const step of steps) {
    const begunAt = performance.now()
    notes.push({ kind: 'step', index: stage.events.length, atMs: begunAt, text: `${step.kind} ${show(step.value)}` })
    try {
      const evidence = await playStep(play, step)
      for (const index of evidence) play.accounted.add(index)
      if (step.check !== undefined) verdicts.set(step.check, { check: step.check, ...inTime(step, performance.now() - begunAt), evidence })
    } catch (error) {
      if (!(error instanceof Disappointment)) throw error
      if (step.check !== undefined) verdicts.set(step.check, failed(step.check, error))
      throw error
    }
  }
}

const failed = (check: CheckDeclaration, { evidence, failing, message }: Disappointment): CheckResult => ({
  check,
  verdict: failing === 'hang' ? 'HANG' : 'FAILED',
  failing,
  message,
  evidence,
})

/** Passed, or passed late. */
const inTime = ({ dueMs = Number.POSITIVE_INFINITY }: Step, ms: number): Pick<CheckResult, 'verdict' | 'message'> =>
  ms <= dueMs ? { verdict: 'PASSED', message: '' } : { verdict: 'SLOW', message: `it took ${Math.round(ms)} ms, and the specification allows ${dueMs} ms` }

/** A case whose steps came out well fails where its lines do not bear a look. */
async function judgeConduct(play: Performance, verdicts: Map<CheckDeclaration, CheckResult>): Promise<void> {
  try {
    await requireConduct(play)
  } catch (error) {
    if (!(error instanceof Disappointment)) throw error
    verdicts.set(CONDUCT, failed(CONDUCT, error))
    throw error
  }
}

/** What crossed the wire and what was done, in one order, each at its time since the case began. */
function timeline(cast: Cast | undefined, notes: readonly TraceEntry[], startedAt: number): readonly TraceEntry[] {
  if (cast === undefined) return notes.map(entry => since(startedAt, entry))
  const place = (entry: TraceEntry): number => (entry.kind === 'arrival' ? entry.arrival.index : entry.kind === 'closing' ? entry.closing.index : entry.index)
  return [...notes.map(entry => ({ entry, order: place(entry) - 0.5 })), ...cast.stage.events.map(entry => ({ entry, order: place(entry) }))]
    .map(({ entry, order }) => ({ entry: since(startedAt, entry), order }))
    .sort((a, b) => a.order - b.order || timeOf(a.entry) - timeOf(b.entry))
    .map(({ entry }) => entry)
}

/** The entry with its time counted from this one, to the microsecond. */
function since(startedAt: number, entry: TraceEntry): TraceEntry {
  const at = { atMs: Math.round((timeOf(entry) - startedAt) * 1_000) / 1_000 }
  if (entry.kind === 'arrival') return { ...entry, arrival: { ...entry.arrival, ...at } }
  if (entry.kind === 'closing') return { ...entry, closing: { ...entry.closing, ...at } }
  return { ...entry, ...at }
}

const timeOf = (entry: TraceEntry): number => (entry.kind === 'arrival' ? entry.arrival.atMs : entry.kind === 'closing' ? entry.closing.atMs : entry.atMs)
