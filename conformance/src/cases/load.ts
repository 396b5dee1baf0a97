/** Cases of a file: checked against the language's schema, rows spread out, checks declared. */
import type protobuf from 'protobufjs'
import type { CaseDeclaration, CheckDeclaration, ProfileName, RoleName } from '../model.js'
import { profileAt } from '../registry/index.js'
import { requireControls } from './controls.js'
import { CaseError, show } from './pattern.js'
import { conform } from './strict.js'

export type Plain = Readonly<Record<string, unknown>>

/** Where a case begins; see `Given` in case.proto. */
export interface Given {
  readonly at?: string
  readonly grants?: readonly string[]
  readonly with?: readonly string[]
  readonly policy?: Plain
  readonly welcome?: Plain
  readonly manners?: Plain
  readonly screens?: readonly Plain[]
  readonly clock?: boolean
  readonly binding?: string
  readonly code?: string
  readonly control?: boolean
  readonly watching?: boolean
  readonly elevated?: boolean
  readonly lacks?: readonly string[]
  readonly broker?: Plain
  readonly trust?: readonly string[]
  readonly credential?: string
  readonly impostor?: boolean
  readonly restarted?: boolean
  /** How long to wait for each thing on the way there, ms: of a run, never of a file. */
  readonly patienceMs?: number
}

/** A step: its kind, what it says, and the check that it decides, if any. */
export interface Step {
  readonly kind: string
  readonly value: unknown
  readonly check: CheckDeclaration | undefined
  readonly withinMs: number
  /** What the specification allows, ms from the step before on; undefined: nothing. */
  readonly dueMs?: number
  readonly note: string
}

/** A case that can be played. */
export interface LoadedCase {
  readonly declaration: CaseDeclaration
  readonly given: Given
  readonly steps: readonly Step[]
}

const ROLES: ReadonlySet<string> = new Set(['agent', 'customer', 'viewer', 'broker'])
const DEFAULT_WITHIN_MS = 5_000

/**
 * The cases of a file, as plain data. `area` is its place below the folder of cases, without the ending: `customer/consent`. A file about several roles has its cases
 * once for each, with `${role}` filled in. `requirements`: the ids that exist. Throws `CaseError` that names file and case.
 */
export function loadCases(root: protobuf.Root, area: string, file: unknown, requirements: ReadonlySet<string>): readonly LoadedCase[] {
  const type = root.lookupType('remoteassist.conformance.v1.CaseFile')
  const raw = file as { readonly role?: unknown; readonly cases?: readonly Plain[] }
  const roles = String(raw.role).split(/,\s*/)
  const loaded = roles.flatMap(role => {
    if (!ROLES.has(role)) throw new CaseError(`${area}: role is ${show(role)}`)
    const [own, place] = roles.length === 1 ? [raw, area] : [inRole(raw, role) as typeof raw, area.replace(/^[^/]+/, role)]
    const spread = { ...own, cases: (own.cases ?? []).flatMap(one => spreadRows(one)) }
    const { profile, given = {}, cases } = conform(type, spread, area) as { profile?: string; given?: Given; cases: readonly Plain[] }
    return cases.map(one => loadCase(one, { area: place, role: role as RoleName, profile, given, requirements }))
  })
  const ids = loaded.map(({ declaration }) => declaration.id)
  const twice = ids.find((id, place) => ids.indexOf(id) < place)
  if (twice !== undefined) throw new CaseError(`${twice} is there twice`)
  return loaded
}

/** The same about one role. */
function inRole(value: unknown, role: string): unknown {
  if (Array.isArray(value)) return value.map(item => inRole(item, role))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inRole(item, role)]))
  return typeof value === 'string' ? value.replaceAll(/\$\{role\}/g, role).replaceAll(/\$\{ROLE\}/g, role.toUpperCase()) : value
}

interface Surroundings {
  readonly area: string
  readonly role: RoleName
  readonly profile: string | undefined
  readonly given: Given
  readonly requirements: ReadonlySet<string>
}

function loadCase(one: Plain, { area, role, profile, given, requirements }: Surroundings): LoadedCase {
  const id = `${area}/${String(one.name ?? '')}`
  if (!/^[a-z0-9/-]+$/.test(id)) throw new CaseError(`${id} is no name for a case: lower case, digits and hyphens`)
  if (typeof one.title !== 'string' || one.title === '') throw new CaseError(`${id} has no title`)
  const steps = ((one.steps ?? []) as readonly Plain[]).map((step, i) => loadStep(step, `${id}, step ${i + 1}`, i + 1, requirements))
  const checks = steps.flatMap(({ check }) => check ?? [])
  const ofRole = profileAt(role, (one.profile ?? profile ?? 'core') as ProfileName)
  if (ofRole === undefined) throw new CaseError(`${id}: a ${role} has no profile ${show(one.profile ?? profile)}`)
  if (checks.length === 0) throw new CaseError(`${id} checks nothing`)
  if (new Set(checks.map(check => check.id)).size < checks.length) throw new CaseError(`${id} has two checks of one name`)
  requireControls(id, steps)
  const merged: Given = { ...given, ...(one.given as Given | undefined) }
  const needs = [
    ...new Set([
      ...((one.needs as readonly string[] | undefined) ?? []),
      ...(merged.clock ? ['clock'] : []),
      ...(merged.binding === 'grpc' ? ['grpc'] : []),
      ...(merged.lacks === undefined ? [] : ['hindrances']),
      ...(merged.restarted || steps.some(({ kind }) => kind === 'restart') ? ['restart'] : []),
    ]),
  ]
  const kind = one.kind === 'hostile' ? 'hostile' : 'scenario'
  const declaration: CaseDeclaration = {
    id,
    title: one.title,
    role,
    profile: ofRole,
    kind,
    needs,
    checks,
    source: describe(merged, steps),
  }
  return { declaration, given: merged, steps }
}

function loadStep(step: Plain, place: string, number: number, requirements: ReadonlySet<string>): Step {
  const { check, dueMs, withinMs, note, ...kinds } = step
  const [entry, ...more] = Object.entries(kinds)
  if (entry === undefined || more.length > 0) throw new CaseError(`${place} has to have exactly one kind, not ${Object.keys(kinds).join(', ') || 'none'}`)
  const [kind, value] = entry
  return {
    kind,
    value,
    check: check === undefined ? undefined : loadCheck(check as Plain, place, number, requirements),
    withinMs: typeof withinMs === 'number' ? withinMs : DEFAULT_WITHIN_MS,
    ...(typeof dueMs === 'number' ? { dueMs } : {}),
    note: typeof note === 'string' ? note : '',
  }
}

function loadCheck(check: Plain, place: string, number: number, requirements: ReadonlySet<string>): CheckDeclaration {
  const cites = (check.cites ?? []) as readonly string[]
  const unknown = cites.find(id => !requirements.has(id))
  if (unknown !== undefined) throw new CaseError(`${place} cites ${unknown}, which the specification does not have`)
  if (cites.length === 0) throw new CaseError(`${place} cites no requirement`)
  if (typeof check.title !== 'string' || check.title === '') throw new CaseError(`${place}: its check has no title`)
  return { id: typeof check.id === 'string' && check.id !== '' ? check.id : String(number), title: check.title, cites, control: check.control === true }
}

/** One case for each of its rows, `${field}` filled in; the case itself if it has none. */
function spreadRows(one: Plain): readonly Plain[] {
  const { rows, ...rest } = one
  if (!Array.isArray(rows)) return [rest]
  return (rows as readonly Plain[]).map(row => {
    if (typeof row.name !== 'string') throw new CaseError(`${String(one.name)}: a row has no name`)
    const filled = withRow(rest, row, String(one.name)) as Plain
    return { ...filled, name: `${String(one.name)}-${row.name}` }
  })
}

function withRow(value: unknown, row: Plain, place: string): unknown {
  if (Array.isArray(value)) return value.map(item => withRow(item, row, place))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [withRow(key, row, place) as string, withRow(item, row, place)]))
  }
  if (typeof value !== 'string') return value
  const whole = /^\$\{(\w+)\}$/.exec(value)
  const named = (name: string): unknown => {
    if (!(name in row)) throw new CaseError(`${place}: a row has no ${name}`)
    return row[name]
  }
  return whole === null ? value.replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => String(named(name))) : named(whole[1] as string)
}

/** The case as text, for `list` and reports. */
function describe(given: Given, steps: readonly Step[]): string {
  const lines = [`given ${JSON.stringify(given)}`]
  for (const { kind, value, check } of steps)
    lines.push(`${kind} ${JSON.stringify(value)}${check === undefined ? '' : `  ⟵ ${check.id}: ${check.title} (${check.cites.join(', ')})`}`)
  return lines.join('\n')
}
