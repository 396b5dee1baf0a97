/** Plays cases over a hostile wire: where something was done to it, no case may pass; where nothing was, all have to. */
import { attachChild } from '../adapter/index.js'
import type { LoadedCase } from '../cases/load.js'
import type { CaseResult, RoleName } from '../model.js'
import { channelName } from '../wire/schema.js'
import type { Lab } from './lab.js'
import { describe, draw, meaningful, type Recording } from './mutations.js'
import { digestOf, HostileWire, type Mutation, type Passage, type PassedFrame } from './proxy.js'

/** What came of the mutations. */
export interface ProxyFigures {
  /** Mutations that came about, each in a run of its own. */
  readonly mutations: number
  /** Of these, those in whose run the case failed. */
  readonly detected: number
  /** The others: `customer/consent/denied: drop SESSION 3 up on line 1 (…)`. */
  readonly undetected: readonly string[]
  /** Mutations that were planned and did not come about, since the frame did not come in that run: they count for nothing. */
  readonly missed: number
  /** The same cases over the same proxy with nothing done: all have to pass. */
  readonly control: { readonly cases: number; readonly failed: readonly string[] }
}

const ROLES: readonly RoleName[] = ['agent', 'customer', 'viewer', 'broker']
/** Cases mostly wait. */
const CONCURRENCY = 24
/** How often what did not come about is replaced by something else. */
const ROUNDS = 10
const SAID_EVERY = 100

interface Trial {
  readonly loaded: LoadedCase
  readonly mutation: Mutation
  readonly hit: PassedFrame | undefined
}

/**
 * Does so many wrong things, as the seed gives them: spread over the roles alike, over the cases of each in an order by chance, and in each over what can be done and
 * means something. Cases by gRPC are left out, since the proxy speaks WebSocket, and those about what a binding does beside frames, since the proxy is an end of it.
 */
export async function playMutations(lab: Lab, cases: readonly LoadedCase[], count: number, seed: number): Promise<ProxyFigures> {
  const random = generator(seed)
  const chosen = chooseCases(cases, count, random)
  const wire = await HostileWire.open()
  try {
    const clean = await playThrough(lab, wire, chosen, [])
    const failed = clean.flatMap(({ result }) => (result.verdict === 'FAILED' || result.verdict === 'BROKEN' ? [`${result.case.id}: ${told(result)}`] : []))
    const usable = clean.flatMap(({ passage, result }, index) => {
      const loaded = chosen[index]
      if (loaded === undefined || passage === undefined || result.verdict !== 'PASSED') return []
      const candidates = meaningful(recordingOf(result, passage))
      return candidates.length === 0 ? [] : [{ loaded, passage, candidates }]
    })
    const undetected: string[] = []
    let [mutations, missed, next] = [0, 0, 0]
    for (let round = 0; round < ROUNDS && mutations < count && usable.length > 0; round++) {
      const trials = Array.from({ length: count - mutations }, (): Trial => {
        const { candidates, loaded, passage } = usable[next++ % usable.length] as (typeof usable)[number]
        const mutation = draw(candidates, random) as Mutation
        return { loaded, mutation, hit: passage.passed.find((one): one is PassedFrame => 'place' in one && isAt(one, mutation)) }
      })
      const played = await playThrough(
        lab,
        wire,
        trials.map(({ loaded }) => loaded),
        trials,
      )
      for (const [index, { passage, result }] of played.entries()) {
        if (passage?.applied !== true) missed += 1
        else {
          mutations += 1
          if (result.verdict !== 'FAILED')
            undetected.push(`${result.case.id}: ${named(trials[index] as Trial)}${result.verdict === 'PASSED' ? '' : ` (${result.verdict})`}`)
        }
      }
    }
    return { mutations, detected: mutations - undetected.length, undetected, missed, control: { cases: chosen.length, failed } }
  } finally {
    await wire.close()
  }
}

const isAt = ({ place }: PassedFrame, { place: at }: Mutation): boolean =>
  place.line === at.line && place.direction === at.direction && place.channel === at.channel && place.nth === at.nth

const named = ({ hit, mutation }: Trial): string => describe(mutation, hit, channelName(mutation.place.channel))

const told = ({ checks, reason }: CaseResult): string => checks.find(({ verdict }) => verdict !== 'PASSED')?.message || reason

/** Steps that a proxy does not bear: how lines are asked for, cut up, held up and ended. */
const OF_LINES: ReadonlySet<string> = new Set([
  'fragments',
  'upgrade',
  'call',
  'crowd',
  'stalls',
  'stray',
  'halfClose',
  'holdAnswer',
  'reads',
  'flood',
  'closeLine',
])

const isAboutFrames = ({ declaration, given, steps }: LoadedCase): boolean =>
  given.binding !== 'grpc' && !declaration.profile.startsWith('binding-') && !steps.some(({ kind }) => OF_LINES.has(kind))

/** As many cases as mutations if there are that many, in turns of the roles. */
function chooseCases(cases: readonly LoadedCase[], count: number, random: (below: number) => number): readonly LoadedCase[] {
  const piles = ROLES.map(role =>
    shuffled(
      cases.filter(loaded => loaded.declaration.role === role && isAboutFrames(loaded)),
      random,
    ),
  )
  const chosen: LoadedCase[] = []
  for (let turn = 0; chosen.length < count && piles.some(pile => turn < pile.length); turn++) {
    for (const pile of piles) {
      const loaded = pile[turn]
      if (loaded !== undefined && chosen.length < count) chosen.push(loaded)
    }
  }
  return chosen
}

function recordingOf({ case: declared, checks, trace }: CaseResult, { passed }: Passage): Recording {
  const evidence = new Set(checks.flatMap(check => check.evidence))
  const looked = trace.flatMap(entry => (entry.kind === 'arrival' && evidence.has(entry.arrival.index) ? [digestOf(entry.arrival.frame)] : []))
  return { testee: declared.role === 'broker' ? 'broker' : 'end', passed, looked: new Set(looked) }
}

interface Played {
  readonly result: CaseResult
  /** Undefined if nobody dialled through the proxy. */
  readonly passage: Passage | undefined
}

async function playThrough(lab: Lab, wire: HostileWire, cases: readonly LoadedCase[], trials: readonly Trial[]): Promise<readonly Played[]> {
  const ways = new Map<number, ReturnType<HostileWire['detour']>>()
  const testee = await attachChild(lab.program, lab.args, {
    detour: async (target, key) => {
      // The runner's keys end with the turn: which of the cases it is.
      const turn = Number(/@(\d+)$/.exec(key)?.[1])
      // Who is started again within a case goes the same way, over its next line.
      const way = ways.get(turn) ?? wire.detour(target, trials[turn]?.mutation)
      ways.set(turn, way)
      return way.url
    },
  })
  let done = 0
  const onResult = (): void => {
    done += 1
    if (done % SAID_EVERY === 0) lab.say(`${done} of ${cases.length} ${trials.length === 0 ? 'cases on a clean wire' : 'mutations'}`)
  }
  try {
    const results = await lab.suite.runCases({ testee, cases, concurrency: CONCURRENCY, repeat: 1, seed: undefined, onResult })
    return results.map((result, turn) => ({ result, passage: ways.get(turn)?.passage }))
  } finally {
    await testee.close()
  }
}

/** The same things in an order by chance. */
function shuffled<T>(list: readonly T[], random: (below: number) => number): readonly T[] {
  const items = [...list]
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[items[i], items[j]] = [items[j] as T, items[i] as T]
  }
  return items
}

/** Whole numbers below a bound, as a seed gives them (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
