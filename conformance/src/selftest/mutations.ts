/** Plays cases over a hostile wire: each mutation has to be noticed, by a check or by how the case ends. */
import { attachChild } from '../adapter/index.js'
import type { LoadedCase } from '../cases/load.js'
import type { CaseResult } from '../model.js'
import type { Lab } from './lab.js'
import { type Counts, DEEDS, HostileWire, type Mutation } from './proxy.js'

/** What came of the mutations. */
export interface ProxyFigures {
  readonly mutations: number
  readonly detected: number
  /** `customer/consent/denied: flip bit 77 of frame 3 up` */
  readonly undetected: readonly string[]
}

/** The last frames of a case may come after everything that it looks at. */
const LOOKED_AT = 0.8
/** Cases mostly wait. */
const CONCURRENCY = 8
const SAID_EVERY = 100

interface Trial {
  readonly loaded: LoadedCase
  readonly mutation: Mutation
}

/** Plays so many mutations, spread over the cases that pass on a clean wire. `seed` gives them. */
export async function playMutations(lab: Lab, cases: readonly LoadedCase[], count: number, seed: number): Promise<ProxyFigures> {
  const proxy = await HostileWire.open()
  try {
    const clean = await playThrough(lab, proxy, cases, [])
    const usable = cases.flatMap((loaded, index) => {
      const result = clean.results[index]
      const counts = clean.counts.get(index)
      return result?.verdict === 'PASSED' && counts !== undefined && counts.up + counts.down > 0 ? [{ loaded, counts, end: endOf(result) }] : []
    })
    if (usable.length === 0) return { mutations: 0, detected: 0, undetected: [] }
    const random = generator(seed)
    const trials = Array.from({ length: count }, (_none, index) => {
      const { loaded, counts, end } = usable[index % usable.length] as (typeof usable)[number]
      return { loaded, end, mutation: mutationOf(counts, random) }
    })
    const mutated = await playThrough(
      lab,
      proxy,
      trials.map(({ loaded }) => loaded),
      trials,
    )
    const undetected = trials.flatMap(({ loaded, mutation, end }, index) => {
      const result = mutated.results[index]
      return result === undefined || endOf(result) !== end ? [] : [`${loaded.declaration.id}: ${describe(mutation)}`]
    })
    return { mutations: trials.length, detected: trials.length - undetected.length, undetected }
  } finally {
    await proxy.close()
  }
}

async function playThrough(lab: Lab, proxy: HostileWire, cases: readonly LoadedCase[], trials: readonly Trial[]) {
  const counts = new Map<number, Counts>()
  const testee = await attachChild(lab.program, lab.args, {
    detour: async (target, key) => {
      // The runner's keys end with the turn: which of the cases it is.
      const turn = Number(/@(\d+)$/.exec(key)?.[1])
      const detour = proxy.detour(target, trials[turn]?.mutation)
      counts.set(turn, detour.counts)
      return detour.url
    },
  })
  try {
    let done = 0
    const onResult = () => {
      done += 1
      if (done % SAID_EVERY === 0) lab.say(`${done} of ${cases.length} ${trials.length === 0 ? 'cases on a clean wire' : 'mutations'}`)
    }
    return { counts, results: await lab.suite.runCases({ testee, cases, concurrency: CONCURRENCY, repeat: 1, seed: undefined, onResult }) }
  } finally {
    await testee.close()
  }
}

/** How a case ended: its checks, with which codes lines were closed, and how many frames could not be read or had a wrong header. */
function endOf({ verdict, checks, trace }: CaseResult): string {
  const closings = trace.flatMap(entry => (entry.kind === 'closing' ? [`${entry.closing.to} ${entry.closing.code}`] : []))
  const faults = trace.filter(entry => entry.kind === 'arrival' && entry.arrival.fault !== undefined).length
  return JSON.stringify([verdict, checks.map(check => check.verdict), closings, faults])
}

function mutationOf(counts: Counts, random: (below: number) => number): Mutation {
  const up = Math.ceil(counts.up * LOOKED_AT)
  const down = Math.ceil(counts.down * LOOKED_AT)
  const place = random(up + down)
  const deed = DEEDS[random(DEEDS.length)] ?? 'drop'
  return { deed, direction: place < up ? 'up' : 'down', frame: place < up ? place : place - up, bit: random(2 ** 16) }
}

const describe = ({ deed, direction, frame, bit }: Mutation): string => `${deed}${deed === 'flip' ? ` bit ${bit}` : ''} of frame ${frame} ${direction}`

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
