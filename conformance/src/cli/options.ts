/** What stands on the command line, read and checked. */
import { availableParallelism } from 'node:os'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { WireFormat } from '../adapter/index.js'
import type { ProfileName, RoleName } from '../model.js'
import { usage } from './exit.js'

const ROLES = ['agent', 'customer', 'viewer', 'broker'] as const satisfies readonly RoleName[]
/** In the order in which people read them. */
export const PROFILES = [
  'core',
  'viewer',
  'relay',
  'resume',
  'multi-tenant',
  'files',
  'clipboard',
  'elevation',
  'annotation-chat',
  'binding-websocket',
  'binding-grpc',
] as const satisfies readonly ProfileName[]
export const REPORTERS = ['json', 'junit', 'html', 'md', 'badge'] as const
export type Reporter = (typeof REPORTERS)[number]

/** Where the implementation under test is. */
export interface TesteeChoice {
  readonly reference: boolean
  /** The port at which it dials in. */
  readonly attach: number | undefined
  readonly wire: WireFormat
  /** How much longer everything takes between it and the suite, one way, ms. */
  readonly lagMs: number
  /** Program and arguments, behind `--`. */
  readonly command: readonly string[]
}

/** Which cases. */
export interface CaseChoice {
  readonly role: RoleName | undefined
  /** Undefined: all that the testee claims. */
  readonly profiles: readonly ProfileName[] | undefined
  readonly only: readonly string[]
  readonly skip: readonly string[]
}

export interface RunChoice extends TesteeChoice, CaseChoice {
  readonly spec: string | undefined
  readonly baseline: string | undefined
  readonly repeat: number
  /** Undefined: in the order of the catalogue. */
  readonly seed: number | undefined
  readonly concurrency: number
  readonly trace: 'fail' | 'all'
  readonly out: string | undefined
  readonly reporters: readonly Reporter[]
  readonly docs: string | undefined
  /** The file that the report is written to as JSON, beside those of `out`. */
  readonly json: string | undefined
}

const TEXT = { type: 'string' } as const
const FLAG = { type: 'boolean' } as const
const LIST = { ...TEXT, multiple: true } as const
export const TESTEE_OPTIONS = { reference: FLAG, attach: TEXT, wire: TEXT, lag: TEXT } as const
export const CASE_OPTIONS = { role: TEXT, profile: LIST, case: LIST, skip: LIST } as const
export const RUN_OPTIONS = {
  ...TESTEE_OPTIONS,
  ...CASE_OPTIONS,
  spec: TEXT,
  baseline: TEXT,
  repeat: TEXT,
  shuffle: FLAG,
  seed: TEXT,
  jobs: { ...TEXT, short: 'j' },
  trace: TEXT,
  out: TEXT,
  reporter: LIST,
  docs: TEXT,
  json: TEXT,
} as const
export const SELFTEST_OPTIONS = {
  role: TEXT,
  case: LIST,
  'all-cases': FLAG,
  percent: TEXT,
  seed: TEXT,
  mutant: LIST,
  mutations: TEXT,
  only: TEXT,
  json: TEXT,
} as const

/** What was typed: values of options, words, and what stands behind `--`. */
export interface Typed<O extends NonNullable<ParseArgsConfig['options']>> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values']
  readonly words: readonly string[]
  readonly behind: readonly string[]
}

/** Reads a command's arguments. Throws `Abort` with exit code 2. */
export function read<const O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O): Typed<O> {
  const dashes = args.indexOf('--')
  const own = dashes < 0 ? args : args.slice(0, dashes)
  try {
    const { values, positionals } = parseArgs({ args: [...own], options, allowPositionals: true })
    return { values, words: positionals, behind: dashes < 0 ? [] : args.slice(dashes + 1) }
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error))
  }
}

type Values<O extends NonNullable<ParseArgsConfig['options']>> = Typed<O>['values']

/** The testee that was chosen. Throws if it is none, or several. */
export function testeeChoice(values: Values<typeof TESTEE_OPTIONS>, command: readonly string[]): TesteeChoice {
  const ways = [values.reference === true, values.attach !== undefined, command.length > 0].filter(Boolean).length
  if (ways === 0)
    throw usage('There is nothing to test.', 'Put the adapter behind --, as in: run --role customer -- ./adapter. Or --attach PORT for one that dials in.')
  if (ways > 1) throw usage('--reference, --attach and a command behind -- exclude one another.')
  return {
    reference: values.reference === true,
    attach: values.attach === undefined ? undefined : portOf(values.attach),
    wire: oneOf('--wire', values.wire ?? 'protobuf', ['protobuf', 'jsonl'] as const),
    lagMs: whole('--lag', values.lag ?? '0', 0, 1_000),
    command,
  }
}

/** The port of `8080`, or of an address of this machine: `ws://127.0.0.1:8080`. */
function portOf(text: string): number {
  const port = /^ws:\/\/127\.0\.0\.1:(\d+)\/?$/.exec(text)?.[1] ?? text
  if (!/^\d+$/.test(port)) throw usage(`--attach takes a port, or ws://127.0.0.1:PORT, not “${text}”.`)
  return whole('--attach', port, 0, 65_535)
}

/** The cases that were chosen. */
export function caseChoice(values: Values<typeof CASE_OPTIONS>): CaseChoice {
  const profiles = (values.profile ?? ['all']).flatMap(text => text.split(','))
  return {
    role: values.role === undefined ? undefined : oneOf('--role', values.role, ROLES),
    profiles: profiles.includes('all') ? undefined : profiles.map(profile => oneOf('--profile', profile, PROFILES)),
    only: values.case ?? [],
    skip: values.skip ?? [],
  }
}

/** Everything that `run` takes. */
export function runChoice(values: Values<typeof RUN_OPTIONS>, command: readonly string[]): RunChoice {
  const reporters = (values.reporter ?? []).flatMap(text => text.split(',')).map(name => oneOf('--reporter', name, REPORTERS))
  const wantsFiles = values.out !== undefined || reporters.length > 0
  const shuffles = values.shuffle === true || values.seed !== undefined
  if (values.docs !== undefined && !/^https?:\/\/\S+$/.test(values.docs))
    throw usage(`--docs takes an address that begins with https://, not “${values.docs}”.`)
  return {
    ...testeeChoice(values, command),
    ...caseChoice(values),
    spec: values.spec,
    baseline: values.baseline,
    repeat: whole('--repeat', values.repeat ?? '1', 1, 100_000),
    seed: shuffles ? whole('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0, 2 ** 31) : undefined,
    concurrency: whole('-j', values.jobs ?? String(Math.max(2, availableParallelism())), 1, 256),
    trace: oneOf('--trace', values.trace ?? 'fail', ['fail', 'all'] as const),
    out: wantsFiles ? (values.out ?? 'conformance-report') : undefined,
    reporters: reporters.length > 0 ? reporters : REPORTERS,
    docs: values.docs?.replace(/\/+$/, ''),
    json: values.json,
  }
}

/** A whole number of that range. */
export function whole(name: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw usage(`${name} takes a whole number of ${min} to ${max}, not “${text}”.`)
}

/** One of these words. */
export function oneOf<const W extends string>(name: string, text: string, words: readonly W[]): W {
  const word = words.find(candidate => candidate === text)
  if (word === undefined) throw usage(`${name} takes ${words.join(', ')}, not “${text}”.`)
  return word
}

/** Whether a case's id fits: `*` is anything but a slash, `**` anything, and a folder stands for all below it. */
export function fitsGlob(id: string, glob: string): boolean {
  const pattern = glob
    .split(/(\*\*|\*|\?)/)
    .map(part => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('')
  return new RegExp(`^${pattern}(?:/.*)?$`).test(id)
}
