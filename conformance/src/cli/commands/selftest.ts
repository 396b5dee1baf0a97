/** `selftest`: what the suite refuses, in figures. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DEGENERATES, type DegenerateFigures, playDegenerates } from '../../selftest/degenerates.js'
import { plantedOf } from '../../selftest/gaps.js'
import { type ProxyFigures, playMutations } from '../../selftest/hostile.js'
import type { Lab } from '../../selftest/lab.js'
import { type Against, type MutantFigures, mutantsOfReference, playMutants } from '../../selftest/mutants.js'
import { EXIT, type ExitCode, usage } from '../exit.js'
import { fitsGlob, oneOf, read, SELFTEST_OPTIONS, whole } from '../options.js'
import type { Suite } from '../suite.js'
import type { Terminal } from '../terminal.js'
import { referenceCommand } from '../testee.js'

/** How much of a hostile wire has to be noticed at least. */
const DETECTED = 0.95
const PARTS = ['mutants', 'degenerates', 'proxy'] as const

interface SelftestFigures {
  readonly mutants?: MutantFigures & Planted
  readonly proxy?: ProxyFigures
  readonly degenerates?: DegenerateFigures
}

/** How many MUSTs that cases cite a mutant breaks, and which none does. */
interface Planted {
  readonly planted: number
  readonly unplanted: readonly string[]
}

/** Plays mutants, degenerates and mutations of the wire with the reference implementations. Exit code 1 if anything got through. */
export async function selftest(suite: Suite, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, words } = read(args, SELFTEST_OPTIONS)
  if (words.length > 0) throw usage(`“${words.join(' ')}” means nothing here.`)
  const role = values.role === undefined ? undefined : oneOf('--role', values.role, ['agent', 'customer', 'viewer', 'broker'] as const)
  const parts = values.only === undefined ? PARTS : values.only.split(',').map(part => oneOf('--only', part, PARTS))
  const mutations = whole('--mutations', values.mutations ?? '200', 1, 1_000_000)
  const seed = whole('--seed', values.seed ?? '1', 0, 2 ** 31)
  const [program, ...rest] = referenceCommand()
  const lab: Lab = { suite, program, args: rest, say: text => terminal.err(text) }
  const only = values.case ?? []
  const cases = suite.cases.filter(
    ({ declaration }) => (role === undefined || declaration.role === role) && (only.length === 0 || only.some(glob => fitsGlob(declaration.id, glob))),
  )
  if (cases.length === 0 && (parts.includes('degenerates') || parts.includes('proxy')))
    throw usage(`No case${role === undefined ? '' : ` of ${role}`} is called ${only.join(' or ')}.`, '“list” shows them.')
  const seeded = parts.includes('mutants') ? mutantsOfReference() : []
  const mutants = parts.includes('mutants')
    ? seeded.filter(
        mutant => (role === undefined || mutant.role === role) && (values.mutant === undefined || values.mutant.some(glob => fitsGlob(mutant.id, glob))),
      )
    : []

  const against: Against =
    values['all-cases'] === true ? { cases: 'all', seed, percent: whole('--percent', values.percent ?? '100', 0, 100) } : { cases: 'hunters' }
  // Who does nothing has everybody wait, and so has who hears wrong things: they leave the machine to others meanwhile.
  const [killed, passes, noticed] = await Promise.all([
    parts.includes('mutants') ? playMutants(lab, mutants, against) : undefined,
    parts.includes('degenerates') ? playDegenerates(lab, DEGENERATES, cases) : undefined,
    parts.includes('proxy') ? playMutations(lab, cases, mutations, seed) : undefined,
  ])
  const { planted, unplanted } = plantedOf({ registry: suite.registry, cases: suite.cases.map(({ declaration }) => declaration) }, seeded)
  const figures: SelftestFigures = {
    ...(killed && { mutants: { ...killed, planted: planted.length, unplanted } }),
    ...(noticed && { proxy: noticed }),
    ...(passes && { degenerates: passes }),
  }
  if (values.json !== undefined) writeFileSync(resolve(terminal.folder, values.json), `${JSON.stringify(figures, undefined, 2)}\n`)
  return tell(figures, mutations, terminal)
}

/** As many mutations as were asked for came about, enough of them were noticed, and nothing was where there was none. */
const isNoticed = ({ control, detected, mutations }: ProxyFigures, asked: number): boolean =>
  mutations === asked && detected >= mutations * DETECTED && control.failed.length === 0

function tell({ mutants, proxy, degenerates }: SelftestFigures, asked: number, terminal: Terminal): ExitCode {
  if (mutants !== undefined)
    terminal.out(
      [
        `mutants: ${mutants.killed} of ${mutants.seeded} killed by the check that names them`,
        ...mutants.survivors.map(text => `  survives ${text}`),
        `  of ${mutants.planted + mutants.unplanted.length} MUSTs that cases cite, ${mutants.planted} are broken by a mutant; ${mutants.unplanted.length} by none: README, “What it does not see”`,
      ].join('\n'),
    )
  if (proxy !== undefined)
    terminal.out(
      [
        `hostile wire: ${proxy.detected} of ${proxy.mutations} mutations noticed; ${proxy.missed} more did not come about`,
        ...proxy.undetected.map(text => `  not noticed ${text}`),
        `  with none, ${proxy.control.cases - proxy.control.failed.length} of ${proxy.control.cases} of the same cases pass`,
        ...proxy.control.failed.map(text => `  fails with none ${text}`),
      ].join('\n'),
    )
  if (degenerates !== undefined)
    terminal.out(
      `degenerates: ${Object.entries(degenerates)
        .map(([name, passed]) => `${name} passes ${passed}`)
        .join(', ')}`,
    )
  const escaped =
    (mutants !== undefined && (mutants.killed < mutants.seeded || mutants.seeded === 0)) ||
    (proxy !== undefined && !isNoticed(proxy, asked)) ||
    (degenerates !== undefined && Object.values(degenerates).some(passed => passed > 0))
  return escaped ? EXIT.failed : EXIT.conformant
}
